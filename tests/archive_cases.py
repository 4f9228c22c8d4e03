"""Captures and items for tests of the archive: our own sentences, made to order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from parsers.model import Alias, Capture, Detail, Evidence, Item, Observation, Statement, Strength, When
from storage.puts import Put

START = datetime(2022, 11, 9, 12, tzinfo=UTC)
WORDS = [
    "the",
    "allies",
    "met",
    "in",
    "the",
    "old",
    "hall",
    "and",
    "spoke",
    "of",
    "winter",
    "aid",
    "for",
    "the",
    "port",
    "and",
    "its",
    "people",
]


def make_capture(number=0, *, body=None, source="watch", **changes):
    content = body if body is not None else b"<html><p>Page %d</p></html>" % number
    capture = Capture(
        source_id=source,
        parser="auto",
        url="https://example.org/news",
        final_url="https://example.org/news/",
        fetched_at=START + timedelta(hours=number),
        status=200,
        reason="OK",
        headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Content-Length", "9")),
        body=content,
        request_headers=(("User-Agent", "natowire"),),
        ip="127.0.0.1",
        language="en",
        trusts=("example.org",),
    )
    return replace(capture, **changes)


def make_item(number=0, *, title="", revision=1, **changes):
    day = START - timedelta(days=number)
    witness = Evidence(
        kind="relative",
        raw=f"{number} days ago",
        where="span.source",
        earliest=day,
        latest=day + timedelta(hours=1),
        rule="drupal8",
        strength=Strength.RELATIVE,
    )
    text = f"Report {number}. " + " ".join(WORDS[(number + n) % len(WORDS)] for n in range(40))
    statement = Statement(
        field="text",
        start=0,
        end=6,
        text="Report",
        kind="direct",
        cue="said",
        mention="Ms Writer",
        mention_start=-1,
        mention_end=-1,
        speaker_kind="person",
        person_id="wilma-writer",
        person="Wilma Writer",
        office_id="chair",
        rule="said",
        confidence="high",
    )
    item = Item(
        id=f"item-{number}",
        url=f"https://example.org/news/{number}",
        kind="news",
        title=title or f"Winter aid, part {number}",
        summary="A short word on aid.",
        text=text,
        language="en",
        byline="",
        published=When(
            earliest=day,
            latest=day + timedelta(hours=1),
            best=day + timedelta(minutes=30),
            precision="hour",
            evidence=(witness,),
        ),
        updated=None,
        event=None,
        first_seen=START,
        last_seen=START,
        owner="watch",
        text_owner="example.org",
        authority=1,
        detail=Detail.FEED,
        revision=revision,
        revised_at=START + timedelta(hours=revision - 1),
        edited=revision > 1,
        statements=(statement,),
    )
    return replace(item, **changes)


def make_aliases(number):
    return [
        Alias(scheme="url", scope="", value=f"https://example.org/news/{number}"),
        Alias(scheme="guid", scope="watch", value=f"guid {number}"),
    ]


def see(item, capture_id, capture, aliases=()):
    sighting = Observation(
        item_id=item.id, capture_id=capture_id, source_id=capture.source_id, seen_at=capture.fetched_at
    )
    return Put(item, aliases, sighting)


def fill(archive, *, captures=4, items=6):
    """A small archive: every capture shows all items; the second body comes again in the last."""
    with archive.writing("test") as writer:
        for number in range(captures):
            again = number == captures - 1 and captures > 2
            capture = make_capture(number, body=b"the same page" if again or number == 1 else None)
            with writer.transaction():
                capture_id = writer.add_capture(capture)
                writer.put_many(
                    [see(make_item(n), capture_id, capture, make_aliases(n)) for n in range(items)]
                )
