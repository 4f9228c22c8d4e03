"""Documents from disk as captures: saved pages, feeds and WARC files, as if they had been fetched then."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from aggregator.fetch.coding import read_codings, undo
from aggregator.merging.taking import REFUSED
from parsers.errors import DamagedError, NatowireError, ParseError, TransportError, UsageError
from parsers.model import Capture, Ref
from parsers.urls import canonical_url
from schedules.sources import Source
from storage.foreign import MOST_BYTES, Decided, Found, Passed, Response, is_archive, read_responses
from storage.joining import Bodies, Finder
from storage.scan import Damage
from storage.state import Decision

SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d{4}\)(\S{1,2000}?)\s*-->", re.IGNORECASE)
"""Browsers write the address into the head of a page they save."""
_SINGLE_FILE = re.compile(
    rb"<!--\s*Page saved with SingleFile\s+url:\s*(\S{1,2000}?)\s*(?:\n|-->)", re.IGNORECASE
)
_LINK = re.compile(rb"<link\b([^>]{1,2500})>", re.IGNORECASE)
_CANONICAL = re.compile(rb"""\brel\s*=\s*["']?canonical\b""", re.IGNORECASE)
_HREF = re.compile(rb"""\bhref\s*=\s*["']?([^"'\s>]{1,2000})""", re.IGNORECASE)
_HEAD = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One document: its capture, or why there is none.

    A WARC file holds many; `is_record` marks them. `passed` says in a word what a record is that is no
    document. `decision` is what somebody decided in the archive natowire wrote the file of; beside a
    capture, that it is not to be folded.
    """

    file: str
    capture: Capture | None = None
    error: NatowireError | None = None
    is_record: bool = False
    passed: str = ""
    decision: Decision | None = None


def read_instant(text: str) -> datetime:
    """Read an ISO 8601 instant from the command line; without a zone it is UTC.

    Raises:
        UsageError: It is none.
    """
    try:
        instant = datetime.fromisoformat(text)
        aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
        return aware.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        hint = "Write it as 2022-11-26T11:00:00Z."
        raise UsageError(f'"{text}" is no ISO 8601 time.', value=text, hint=hint) from None


def open_saved(
    files: Iterable[Path],
    source: Source,
    *,
    url: str = "",
    fetched_at: str = "",
    elsewhere: Finder | None = None,
) -> Iterator[Saved]:
    """Read files as captures, one at a time.

    Args:
        files: Saved pages or feeds, and WARC files of them.
        source: The source they count for, and how it is read. What natowire itself wrote into a WARC
            file keeps its own.
        url: The address they were saved from; default: what the page itself says of that.
        fetched_at: When, ISO 8601. The page's "now" is known only where this is given; otherwise the
            file's own time bounds it from above and a page of relative dates is dated by its items.
        elsewhere: Finds what a revisit in a WARC file speaks of where no file has it.

    Yields:
        Each file's capture, or its error; for a WARC file the same for each of its records.

    Raises:
        UsageError: `url` or `fetched_at` is none.
    """
    if url and not canonical_url(url):
        raise UsageError(
            f'"{url}" is no web address.', value=url, hint="Give a full http or https address."
        )
    instant = read_instant(fetched_at) if fetched_at else None
    documents = list(files)
    if url or fetched_at:
        _refuse_archives(documents)
    with Bodies.opened(elsewhere) as bodies:
        for file in documents:
            try:
                if is_archive(file):
                    yield from _records(file, source, bodies)
                else:
                    yield Saved(file=str(file), capture=_capture(file, source, url, instant))
            except OSError as error:
                yield Saved(file=str(file), error=_unreadable(file, error))
            except NatowireError as error:
                yield Saved(file=str(file), error=error)


def _unreadable(file: Path, error: OSError) -> ParseError:
    hint = "Name the files in it." if file.is_dir() else "Check the path."
    message = f"Cannot read {file}: {error.strerror or 'it is no regular file'}."
    return ParseError(message, url=str(file), hint=hint)


def _refuse_archives(files: Iterable[Path]) -> None:
    archives = [file for file in files if _is_archive(file)]
    if archives:
        message = f"{archives[0]} is a WARC file and says itself what was fetched when."
        raise UsageError(message, value=str(archives[0]), hint="Leave out --url and --fetched-at.")


def _is_archive(file: Path) -> bool:
    try:
        return file.is_file() and is_archive(file)
    except OSError:
        return False  # It is told when its turn comes.


def _records(file: Path, source: Source, bodies: Bodies) -> Iterator[Saved]:
    for found, refusal in _with_refusals(read_responses(file, _undo, bodies)):
        match found:
            case Response(capture=capture, number=number):
                told = capture if number else _count_for(capture, source)
                yield Saved(file=str(file), capture=told, is_record=True, decision=refusal)
            case Decided(decision=decision):
                yield Saved(file=str(file), decision=decision, is_record=True)
            case Passed(why=why):
                yield Saved(file=str(file), passed=why, is_record=True)
            case Damage(where=where, what=what):
                error = DamagedError(what, where=f"byte {where}")
                yield Saved(file=str(file), error=error, is_record=True)


def _with_refusals(records: Iterable[Found]) -> Iterator[tuple[Found, Decision | None]]:
    """Each record, with the refusal that comes right behind a capture which natowire did not believe."""
    waiting: Response | None = None
    for found in records:
        if waiting is not None and isinstance(found, Decided) and _refuses(found.decision, waiting):
            yield waiting, found.decision
            waiting = None
            continue
        if waiting is not None:
            yield waiting, None
        waiting = found if isinstance(found, Response) and found.number else None
        if waiting is None:
            yield found, None
    if waiting is not None:
        yield waiting, None


def _refuses(decision: Decision, response: Response) -> bool:
    return decision.kind == REFUSED and dict(decision.terms).get("capture") == str(response.number)


def _undo(codings: Sequence[str], body: bytes) -> bytes:
    """Undo content codings; some tools do it and leave the header as it was."""
    try:
        return b"".join(undo([body], read_codings(codings), MOST_BYTES))
    except TransportError:
        if body.lstrip(b" \t\r\n\xef\xbb\xbf").startswith((b"<", b"{", b"[")):
            return body
        raise


def _count_for(capture: Capture, source: Source) -> Capture:
    """The capture as one of that source."""
    return replace(
        capture,
        source_id=source.id,
        parser=source.parser,
        zone=source.zone,
        language=source.language,
        trusts=source.trusts,
    )


def _capture(file: Path, source: Source, url: str, instant: datetime | None) -> Capture:
    with file.open("rb") as opened:
        body = opened.read(MOST_BYTES + 1)
    changed_at = datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
    if len(body) > MOST_BYTES:
        raise ParseError(f"{file} is larger than {MOST_BYTES >> 20} MB.", url=str(file))
    if not body.strip():
        raise ParseError("The file is empty.", url=str(file), hint="Save it again.")
    address = url or _address_within(body)
    return Capture(
        source_id=source.id,
        parser=source.parser,
        url=address,
        final_url=address,
        fetched_at=instant or changed_at,
        status=200,
        reason="saved",
        headers=(),
        body=body,
        zone=source.zone,
        language=source.language,
        trusts=source.trusts,
        reference=Ref(earliest=instant, latest=instant, source="given") if instant else None,
    )


def _address_within(body: bytes) -> str:
    """The address a saved page has by the program that saved it, else by its own canonical link."""
    for saved_by in (SAVED_FROM, _SINGLE_FILE):
        if found := saved_by.search(body[:4096]):
            return _spell(found[1])
    links = (link[1] for link in _LINK.finditer(body[:_HEAD]) if _CANONICAL.search(link[1]))
    return next(
        (address for link in links if (found := _HREF.search(link)) and (address := _spell(found[1]))), ""
    )


def _spell(address: bytes) -> str:
    return canonical_url(html.unescape(address.decode("utf-8", "replace")))
