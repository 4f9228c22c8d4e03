"""The archive made anew from its captures: all of them read and folded again, in the order of arrival.

```
captures, decisions ──read (workers)──▶ fold, in batches ──▶ draft ──compare──▶ report ──▶ adopted
```

The draft stands beside the archive, which goes on as it is until the draft takes its place; a stopped
rebuild goes on where it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from heapq import merge as merge_sorted
from itertools import islice

from aggregator.ahead import read_ahead
from aggregator.merging.merges import honour
from aggregator.merging.taking import list_refused, take_in
from aggregator.polling import Reader
from parsers.model import Capture, Item
from storage.archive import Archive
from storage.rebuild import adopt, drafting, drop_draft, item_digests, open_draft
from storage.state import Decision

BATCH = 100
"""Captures folded in one transaction."""
FOLDED = "folded"
"""The note that says up to which capture the draft has come."""
EXAMPLES = 20

FIELDS = ("kind", "url", "title", "summary", "text", "language", "byline", "published", "updated", "event")

Event = tuple[int, Capture | Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a rebuild changes: how many items, which of their fields, and by which parser's reading.

    `fields` and `parsers` count changed items; `examples` are (item id, field, before, after).
    """

    items: int
    captures: int
    added: int = 0
    lost: int = 0
    changed: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    parsers: Counter[str] = field(default_factory=Counter)
    examples: tuple[tuple[str, str, str, str], ...] = ()
    adopted: bool = False


def rebuild(
    archive: Archive,
    read: Reader,
    *,
    dry_run: bool = False,
    source_id: str = "",
    tell: Callable[[int], None] = lambda _capture_id: None,
) -> Report:
    """Fold all captures into a draft, say what it changes, and put it in the archive's place.

    Args:
        archive: Open.
        read: Reads a capture.
        dry_run: Only say it; the draft is thrown away.
        source_id: Tell of the items of this source only; all are made anew all the same, since items
            are made of several sources.
        tell: Called with the number of each capture that is folded.

    Raises:
        LockedError: Another process rebuilds it.
        StorageError: The archive cannot be read or written; what was folded stays for the next time.
    """
    with drafting(archive):
        while True:
            with open_draft(archive) as draft:
                fold_all(draft, read, tell)
                report = compare(archive, draft, source_id)
                if dry_run:
                    break
                if adopt(archive, draft):
                    return replace(report, adopted=True)
        drop_draft(archive)
    return report


def fold_all(draft: Archive, read: Reader, tell: Callable[[int], None]) -> None:
    """Fold what the draft has not folded yet, a batch in each transaction."""
    refused = list_refused(draft.decisions())
    events = read_ahead(_events(draft, int(draft.note(FOLDED) or 0)), read, _capture_of)
    with draft.writing("reparse") as writer:
        while batch := list(islice(events, BATCH)):
            with writer.transaction():
                for (number, event), parsed in batch:
                    if isinstance(event, Decision):
                        honour(writer, draft, event, read)
                    elif number not in refused:
                        take_in(writer, event, number, parsed, draft.register)
                    tell(number)
                writer.set_note(FOLDED, str(batch[-1][0][0]))


def _events(draft: Archive, after: int) -> Iterator[Event]:
    """Captures and decisions in the order of arrival."""
    return merge_sorted(draft.captures(after), draft.decisions(after), key=lambda event: event[0])


def _capture_of(event: Event) -> Capture | None:
    return event[1] if isinstance(event[1], Capture) else None


def compare(old: Archive, new: Archive, source_id: str = "") -> Report:
    """What is different between two archives of the same captures."""
    before, after = item_digests(old), item_digests(new)
    differing = [item_id for item_id in before if after.get(item_id, before[item_id]) != before[item_id]]
    fields: Counter[str] = Counter()
    parsers: Counter[str] = Counter()
    examples: list[tuple[str, str, str, str]] = []
    changed = 0
    for item_id in differing:
        was, now = old.item(item_id), new.item(item_id)
        if source_id not in ("", was.owner):
            continue
        found = _differences(was, now)
        changed += bool(found)
        fields.update(name for name, _, _ in found)
        parsers.update({_parser_of(new, now)} if found else ())
        examples += [(item_id, *one) for one in found[: EXAMPLES - len(examples)]]
    return Report(
        items=len(after),
        captures=new.stats().captures,
        added=len(after.keys() - before.keys()),
        lost=len(before.keys() - after.keys()),
        changed=changed,
        fields=fields,
        parsers=parsers,
        examples=tuple(examples),
    )


def _differences(was: Item, now: Item) -> list[tuple[str, str, str]]:
    """The fields that differ, each with its value before and after."""
    pairs = [(name, getattr(was, name), getattr(now, name)) for name in FIELDS]
    pairs.append(("statements", was.statements, now.statements))
    pairs.append(("revisions", was.revisions, now.revisions))
    return [(name, _short(before), _short(after)) for name, before, after in pairs if before != after]


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _parser_of(archive: Archive, item: Item) -> str:
    """The parser by which the last sighting of an item was read."""
    return archive.capture(item.observations[-1].capture_id).parser if item.observations else ""
