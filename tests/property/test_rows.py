"""What is stored comes back as it was: rows, WARC records, digests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from parsers.dates import first_seen
from parsers.model import Capture, Detail, Evidence, Exchange, Item, Ref, Statement, Strength, When
from storage.digests import item_digest
from storage.rows import evidence_rows, item_of, item_row, span_of, statement_rows
from storage.state import Decision
from storage.tables import evidence, statements
from storage.warc import (
    Original,
    groups_of,
    read_capture,
    read_decision,
    read_records,
    write_capture,
    write_decision,
)
from tests.archive_cases import START, make_item

law = settings(derandomize=True, max_examples=100, deadline=None)

moments = st.integers(-2_200_000_000, 7_200_000_000).map(
    lambda seconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
any_text = st.text(max_size=30)
witnesses = st.builds(
    Evidence,
    kind=words,
    raw=words,
    where=words,
    earliest=st.none() | moments,
    latest=st.none() | moments,
    rule=words,
    strength=st.sampled_from(Strength),
)
whens = st.builds(
    When,
    earliest=st.none() | moments,
    latest=st.none() | moments,
    best=st.none() | moments,
    precision=st.sampled_from(["second", "day", "bound"]),
    evidence=st.lists(witnesses, max_size=3).map(tuple),
    conflicts=st.lists(witnesses, max_size=2).map(tuple),
)
said = st.builds(
    Statement,
    field=st.sampled_from(["title", "summary", "text"]),
    start=st.integers(0, 20),
    end=st.integers(0, 30),
    text=words,
    kind=st.sampled_from(["direct", "indirect", "turn"]),
    cue=words,
    mention=words,
    mention_start=st.integers(-1, 20),
    mention_end=st.integers(-1, 20),
    speaker_kind=words,
    person_id=words,
    person=words,
    office_id=words,
    rule=words,
    confidence=st.sampled_from(["high", "medium", "low"]),
)
items = st.builds(
    Item,
    id=words,
    url=words,
    kind=words,
    title=words,
    summary=words,
    text=words,
    language=words,
    byline=words,
    published=whens,
    updated=st.none() | whens,
    event=st.none() | whens,
    first_seen=moments,
    last_seen=moments,
    owner=words,
    text_owner=words | st.sampled_from(["source ", "page ", "source", "page", ":"]),
    authority=st.integers(0, 9),
    detail=st.sampled_from(Detail),
    revision=st.integers(1, 99),
    revised_at=moments,
    edited=st.booleans(),
    silent=st.booleans(),
    statements=st.lists(said, max_size=3).map(tuple),
)
headers = st.lists(st.tuples(any_text, any_text), max_size=4).map(tuple)
exchanges = st.builds(
    Exchange,
    method=any_text,
    url=any_text,
    request_headers=headers,
    status=st.integers(100, 999),
    reason=any_text,
    headers=headers,
    body=st.binary(max_size=60),
    started_at=moments,
    ip=any_text,
)
captures = st.builds(
    Capture,
    source_id=any_text,
    parser=any_text,
    url=any_text,
    final_url=any_text,
    fetched_at=moments,
    status=st.integers(100, 999),
    headers=headers,
    body=st.binary(max_size=200) | st.just(b"a\r\n\r\nb"),
    reason=any_text,
    request_headers=headers,
    redirects=st.lists(exchanges, max_size=2).map(tuple),
    ip=any_text | st.sampled_from(["::1", "10.0.0.1"]),
    zone=any_text,
    language=any_text,
    trusts=st.lists(any_text, max_size=2).map(tuple),
    reference=st.none() | st.builds(Ref, earliest=moments, latest=moments, source=any_text),
)


def named(table, rows):
    names = [column.name for column in table.columns][1:]
    return [dict(zip(names, row, strict=True)) for row in rows]


@law
@given(items)
def test_an_item_comes_back_from_its_rows(item):
    texts = {"title": item.title, "summary": item.summary, "text": item.text}
    row = {**item_row(item), **texts, "last_seen": 0}
    back = item_of(row, named(evidence, evidence_rows(item)), named(statements, statement_rows(item)))
    assert replace(back, last_seen=item.last_seen) == item
    again = item_digest(item_row(back), evidence_rows(back), statement_rows(back), texts)
    assert again == item_digest(row, evidence_rows(item), statement_rows(item), texts)


@pytest.mark.parametrize(
    ("text_owner", "stored"),
    [
        ("source watch", "source"),
        ("page https://example.org/a", "page"),
        ("source other", ":source other"),
        ("page https://example.org/b", ":page https://example.org/b"),
        ("source", ":source"),
        ("page", ":page"),
        (":page", "::page"),
        ("", ":"),
    ],
)
def test_who_owns_a_text_comes_back_however_it_is_spelled(text_owner, stored):
    item = make_item(1, url="https://example.org/a", owner="watch", text_owner=text_owner)
    row = item_row(item)
    assert row["text_owner"] == stored
    texts = {"title": item.title, "summary": item.summary, "text": item.text, "last_seen": 0}
    back = item_of({**row, **texts}, named(evidence, evidence_rows(item)), ())
    assert back.text_owner == text_owner


@pytest.mark.parametrize("change", [{}, {"raw": "yesterday"}, {"earliest": START}, {"rule": "seen"}])
def test_the_witness_that_an_item_was_in_hand_takes_no_words(change):
    witness = replace(first_seen(START), **change)
    when = replace(make_item(1).published, evidence=(witness,), conflicts=(witness,))
    item = make_item(1, published=when, updated=when, event=when, statements=())
    rows = evidence_rows(item)
    assert len(rows) == 6
    assert all((row[3] is None) == (not change) for row in rows)
    texts = {"title": item.title, "summary": item.summary, "text": item.text}
    back = item_of({**item_row(item), **texts, "last_seen": 0}, named(evidence, rows), ())
    assert (back.published, back.updated, back.event) == (when, when, when)


@law
@given(items)
def test_words_that_stand_in_the_item_are_not_stored_twice(item):
    told = tuple(replace(one, text=span_of(item, one)) for one in item.statements)
    assert all(row[4] is None for row in statement_rows(replace(item, statements=told)))


@law
@given(items, st.sampled_from(["url", "title", "byline", "owner"]))
def test_the_digest_sees_every_word(item, field):
    other = replace(item, **{field: getattr(item, field) + "x"})

    def digest(one):
        texts = {"title": one.title, "summary": one.summary, "text": one.text}
        return item_digest(item_row(one), evidence_rows(one), statement_rows(one), texts)

    assert digest(other) != digest(item)


@law
@given(captures, st.integers(1, 10**6))
def test_a_capture_comes_back_exactly(capture, number):
    group = write_capture(capture, number)
    ((*records,),) = groups_of(read_records(group))
    assert read_capture(records) == capture
    assert records[-1].end == len(group)


@law
@given(captures)
def test_a_revisit_comes_back_with_the_body_of_another(capture):
    group = write_capture(
        capture, 2, Original(1, capture.final_url, capture.fetched_at - timedelta(days=1))
    )
    assert read_capture(list(read_records(group)), capture.body) == capture


@law
@given(captures)
def test_other_tools_read_the_records(capture):
    found = []
    hops = tuple(replace(hop, url="http://example.org/" + hop.url) for hop in capture.redirects)
    capture = replace(capture, final_url="https://example.org/" + capture.final_url, redirects=hops)
    for record in ArchiveIterator(BytesIO(write_capture(capture, 1)), check_digests="raise"):
        found.append(record.rec_type)
        if record.rec_type == "response":
            body = record.content_stream().read()
    assert found == ["response", "request"] * (len(capture.redirects) + 1) + ["metadata"]
    assert body == capture.body


@law
@given(any_text, moments, headers, st.integers(1, 10**6))
def test_a_decision_comes_back_exactly(kind, at, terms, number):
    decision = Decision(kind=kind, decided_at=at, terms=terms)
    assert read_decision(list(read_records(write_decision(decision, number)))) == decision


def test_an_instant_before_1970_is_negative():
    founding = datetime(1949, 4, 4, tzinfo=UTC)
    when = When(earliest=founding, latest=None, best=None, precision="bound")
    row = item_row(make_item(published=when))
    assert row["published_earliest"] == int(founding.timestamp()) < 0
    assert row["published_latest"] is None
