"""Answers to queries, written for people or for programs."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping
from datetime import tzinfo

from aggregator.cli.session import Session
from aggregator.render.shapes import shape_hit, shape_statement
from storage.archive import Archive
from storage.hits import Hit, Page, Sayings
from storage.query import Query

COLUMNS = (
    "id",
    "title",
    "url",
    "earliest",
    "latest",
    "best",
    "precision",
    "source",
    "kind",
    "speakers",
    "snippet",
)


def write_page(session: Session, page: Page, layout: str, zone: tzinfo) -> None:
    """Write the hits of a search: `table`, `json`, `jsonl` or `csv`."""
    if layout == "jsonl":
        for hit in page.hits:
            session.emit_line(shape_hit(hit, zone))
    elif layout == "csv":
        _write_csv(page.hits)
    elif session.json or layout == "json":
        hits = [shape_hit(hit, zone) for hit in page.hits]
        session.emit({"query": page.query.understood(), "hits": hits, "more": page.more})
    else:
        _write_table(session, page, zone)


def _write_csv(hits: Iterable[Hit]) -> None:
    """Rows of RFC 4180, safe to open in a spreadsheet."""
    from aggregator.render.export import disarm

    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for hit in hits:
        shape = shape_hit(hit)
        cells = {**shape, **_flat(shape["published"]), "speakers": "; ".join(hit.speakers)}
        writer.writerow([disarm(str(cells[column] or "")) for column in COLUMNS])


def _flat(when: object) -> Mapping[str, object]:
    return when if isinstance(when, Mapping) else dict.fromkeys(("earliest", "latest", "best", "precision"))


def _write_table(session: Session, page: Page, zone: tzinfo) -> None:
    from aggregator.cli.items import show_hits

    tell_ignored(session, page.query)
    if not page.hits:
        session.say("Nothing found.")
        return
    session.show(show_hits(page.hits, zone))
    if page.more:
        session.remark("There are more; --limit shows them.")


def tell_ignored(session: Session, query: Query) -> None:
    """Say what of a query could not be used, and what may have been meant."""
    for note in query.ignored:
        session.remark(f"'{note.text}': {note.hint}" if note.text else note.hint)


def tell_slips(session: Session, archive: Archive, text: str) -> dict[str, object]:
    """Say what could not be used of a query whose answer is to be sent on, and give it as understood."""
    query = archive.search(text, limit=0, now=session.now()).query
    tell_ignored(session, query)
    return query.understood()


def tell_absent(session: Session, archive: Archive, query: Query) -> None:
    """Say why a query may have found nothing: an empty archive, or words that no item has."""
    if not archive.complete("", limit=1):
        session.remark(f"The archive is empty. What fills it: {session.spell('fetch')}")
        return
    for note in archive.suggest(query):
        session.remark(f"'{note.text}': {note.hint}")


def write_sayings(session: Session, sayings: Sayings, zone: tzinfo, offices: Mapping[str, str]) -> None:
    """Write who said what."""
    if session.json:
        said = [
            {**shape_statement(one.statement, offices), "item": shape_hit(one.hit, zone)}
            for one in sayings.said
        ]
        session.emit({"query": sayings.query.understood(), "statements": said, "more": sayings.more})
        return
    from aggregator.cli.items import show_sayings

    tell_ignored(session, sayings.query)
    if not sayings.said:
        session.say("Nothing found.")
        return
    session.show(show_sayings(sayings.said, zone, offices))
    if sayings.more:
        session.remark("There are more; --limit shows them.")
