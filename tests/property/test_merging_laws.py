"""Laws of identity: a copy is one from both sides, folding again changes nothing, nothing raises."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.merging.alike import compare_texts, judge_copy
from aggregator.merging.copies import fingerprint
from aggregator.merging.merge import found, merge, settle, words_of
from aggregator.merging.naming import Sighting, name_entries
from aggregator.merging.noise import core_of
from parsers.dates import parse_absolute
from parsers.model import Detail, Entry, Revision

LAW = settings(derandomize=True, max_examples=100, deadline=None)
NOON = datetime(2022, 11, 26, 12, tzinfo=UTC)
SAID = "the crew Oslo 12 mended lines. Riga 40 light, came back. said Anna “We go” on\n и день"
WORD = st.sampled_from(SAID.split(" "))
TEXT = st.lists(WORD, max_size=80).map(" ".join)
LONG = st.lists(WORD, min_size=24, max_size=300).map(" ".join)
URLS = ("", "https://home.example/1", "https://home.example/2", "https://mirror.example/1")

ENTRY = st.builds(
    Entry,
    url=st.sampled_from(URLS),
    guid=st.sampled_from(["", "1", "2"]),
    kind=st.just("news"),
    detail=st.sampled_from(Detail),
    title=TEXT,
    summary=TEXT,
    text=TEXT,
    language=st.just("en"),
    published=st.sampled_from(["8 November 2022", "20 November 2022", ""]).map(
        lambda text: parse_absolute(text, tz=UTC)
    ),
)


def seen(hour, source="home"):
    address = f"https://{source}.example/feed"
    return Sighting(source_id=source, final_url=address, seen_at=NOON + timedelta(hours=hour))


@LAW
@given(ENTRY, ENTRY, st.sampled_from(["home", "mirror"]))
def test_folding_the_same_again_changes_nothing(one, other, source):
    item = found(name_entries([one], seen(0))[0], seen(0)).item
    named, again = name_entries([other], seen(1, source))[0], seen(1, source)
    once = merge(item, named, again).item
    told = merge(once, named, again)
    assert told.item == once
    assert told.outcome == "seen"


@LAW
@given(st.lists(ENTRY, min_size=1, max_size=6), st.lists(st.integers(0, 5), max_size=20))
def test_revisions_are_never_more_than_there_were_texts(entries, turns):
    item = found(name_entries([entries[0]], seen(0))[0], seen(0)).item
    revisions = {1: _revision(item)}
    texts = {words_of(item)}
    for hour, turn in enumerate(turns, 1):
        entry = entries[turn % len(entries)]
        told = merge(item, name_entries([entry], seen(hour))[0], seen(hour)).item
        if told.revision != item.revision:
            told = settle(told, revisions.values())
            revisions.setdefault(told.revision, _revision(told))
            texts.add(words_of(told))
        item = told
    assert len(revisions) == len(texts)
    assert words_of(revisions[item.revision]) == words_of(item)


def _revision(item):
    return Revision(
        item_id=item.id,
        number=item.revision,
        seen_at=item.revised_at,
        title=item.title,
        summary=item.summary,
        text=item.text,
    )


@LAW
@given(ENTRY, st.integers(1, 8))
def test_a_feed_and_a_page_in_turns_make_two_revisions_at_most(entry, rounds):
    feed = replace(entry, url=URLS[1], detail=Detail.FEED)
    page = replace(entry, url=URLS[1], detail=Detail.PAGE, text=f"{entry.text} And more.")
    item = found(name_entries([feed], seen(0))[0], seen(0)).item
    for hour in range(1, 2 * rounds):
        sighting = replace(seen(hour), final_url=page.url) if hour % 2 else seen(hour)
        item = merge(item, name_entries([page if hour % 2 else feed], sighting)[0], sighting).item
    assert item.revision <= 2
    assert not item.edited


@LAW
@given(TEXT, TEXT, TEXT, TEXT)
def test_a_copy_is_one_from_both_sides(title, body, other_title, other_body):
    assert bool(judge_copy(title, body, other_title, other_body)) == bool(
        judge_copy(other_title, other_body, title, body)
    )


@LAW
@given(TEXT, LONG)
def test_a_text_is_a_copy_of_itself_and_is_found(title, body):
    assert judge_copy(title, body, title, body) == 1.0
    prints = fingerprint(title, body)
    spread = fingerprint(title.upper(), body.replace(" ", "  \n "))
    assert set(prints.bands) & set(spread.probes) or not prints.bands


@LAW
@given(st.text(), st.text())
def test_no_text_is_too_strange(one, other):
    fingerprint(one, other * 30)
    assert 0.0 <= compare_texts(one, other).score <= 1.0
    assert core_of(core_of(one)) == core_of(one)
