"""A small world of sources for tests of identity: documents that say what their entries are in JSON."""

import json
from datetime import UTC, datetime, timedelta

from aggregator.merging.absorb import absorb
from aggregator.merging.taking import take_in
from parsers.dates import parse_absolute
from parsers.model import Capture, Detail, Entry, Page, Parsed

NOON = datetime(2022, 11, 26, 12, tzinfo=UTC)
OTHER = (
    "A ship with medicine on board reached the northern harbour this morning after eleven days at sea. "
    "Doctors of four clinics waited on the quay, and lorries took the boxes inland within the hour. "
    "The captain said the crossing had been rough and that everybody was glad to see the shore again."
)
TEXT = (
    "Ministers from the partner nations met at headquarters to go through the plans for the winter months. "
    "They agreed to send further generators to the towns on the coast before the end of the week. "
    "The chair of the meeting thanked the engineers who had worked through the night to mend the lines. "
    "A second meeting will follow once the first report on the state of the network has been read by all."
)


def entry(url="https://home.example/1", title="Partners meet in Oslo", text=TEXT, **fields):
    return {"url": url, "title": title, "text": text, "day": "26 November 2022", **fields}


def make_capture(source, entries, hour, *, url="", final_url="", status=200, listing=True, trusts=()):
    address = url or f"https://{source}.example/feed"
    return Capture(
        source_id=source,
        parser="feed",
        url=address,
        final_url=final_url or address,
        fetched_at=NOON + timedelta(hours=hour),
        status=status,
        headers=(),
        body=json.dumps({"listing": listing, "entries": entries}).encode(),
        trusts=trusts,
    )


def read(capture):
    told = json.loads(capture.body)
    return Parsed(
        parser="feed",
        entries=tuple(_entry(one) for one in told["entries"]),
        page=Page(listing=told["listing"]),
    )


def _entry(told):
    def when(name):
        return parse_absolute(told[name], tz=UTC) if told.get(name) else None

    return Entry(
        url=told.get("url", ""),
        guid=told.get("guid", ""),
        kind="news",
        detail=Detail[told.get("detail", "FEED")],
        title=told.get("title", ""),
        summary=told.get("summary", ""),
        text=told.get("text", ""),
        language="en",
        published=when("day"),
        updated=when("updated"),
        event=when("event"),
        byline=told.get("byline", ""),
    )


def tell(archive, source, entries, hour, **how):
    """Archive what a source says; gives what came of it."""
    return take(archive, make_capture(source, entries, hour, **how))[1]


def tell_page(archive, source, told, hour, **how):
    """Archive the page of an item, at its own address."""
    address = told["url"]
    return tell(archive, source, [{"detail": "PAGE", **told}], hour, listing=False, url=address, **how)


def take(archive, capture):
    with archive.writing("test") as writer, writer.transaction():
        capture_id = writer.add_capture(capture)
        return capture_id, absorb(writer, capture, capture_id, read(capture), archive.register)


def list_again(archive, source, entries, hour):
    """Archive a listing and note what left it; gives how many did."""
    capture = make_capture(source, entries, hour)
    return visit(archive, capture, read(capture))


def visit(archive, capture, parsed):
    """Archive an answer and all that follows from it; gives how many withdrawals were recorded."""
    known = len(archive.withdrawals())
    with archive.writing("test") as writer, writer.transaction():
        take_in(writer, capture, writer.add_capture(capture), parsed, archive.register)
    return len(archive.withdrawals()) - known


def items_of(archive):
    return sorted((archive.item(item.id) for item in archive.items()), key=lambda item: item.url)


def told(item):
    return item.title, item.summary, item.text, item.published.earliest, item.published.latest, item.byline
