"""What the parsers read in the demo's world is what was put into it."""

import tomllib
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.demo_world import Scenario, load_world, world_folder
from parsers.detecting import detect
from parsers.model import Capture, Parsed
from parsers.registry import read
from parsers.urls import canonical_url, document_key

BRUSSELS = ZoneInfo("Europe/Brussels")
PAGES = "http://www.nato.int/cps/en/natohq/"
COP27 = "Secretary General joins an online COP27 discussion on energy and security"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_world(world_folder())


def capture(scenario: Scenario, url: str, day: int, parser: str = "auto") -> Capture:
    host, _, path = url.removeprefix("http://").partition("/")
    route = scenario.find(host, "/" + path, day)
    assert route is not None
    now = scenario.days[day - 1]
    date = ("Date", now.strftime("%a, %d %b %Y %H:%M:%S GMT"))
    return Capture(
        source_id="s",
        parser=parser,
        url=url,
        final_url=url,
        fetched_at=now,
        status=route.status,
        headers=(date, *route.headers),
        body=route.body,
    )


def read_source(scenario: Scenario, name: str, day: int) -> Parsed:
    table = next(entry for entry in tomllib.loads(scenario.sources)["source"] if entry["id"] == name)
    url = table["url"] + ("/" if name == "act" else "")  # the redirect adds the slash
    found = capture(scenario, url, day, table["parser"])
    assert detect(found) == table["parser"]
    parsed = read(found)
    assert parsed.problems == ()
    return parsed


def local(moment):
    return moment.astimezone(BRUSSELS).strftime("%d %b %H:%M:%S")


@pytest.mark.parametrize(
    ("source", "first", "second"),
    [
        ("natowatch", 11, 12),
        ("nato-rss", 7, 7),
        ("nato-home", 15, 15),
        ("uk-mod", 4, 4),
        ("act", 2, 2),
        ("what-is-nato", 1, 1),
    ],
)
def test_every_source_gives_all_its_items_on_both_days(scenario, source, first, second):
    assert len(read_source(scenario, source, 1).entries) == first
    assert len(read_source(scenario, source, 2).entries) == second


def test_no_aggregator_item_is_the_line_that_says_when_the_feed_was_polled(scenario):
    parsed = read_source(scenario, "natowatch", 1)
    assert parsed.page.checked is not None
    assert parsed.page.description == "What´s new at NATO Headquarters?"
    assert all(entry.title and entry.summary and entry.url for entry in parsed.entries)


def test_a_relative_date_narrows_from_one_day_to_the_next(scenario):
    widths = []
    for day in (1, 2):
        entries = {entry.title: entry for entry in read_source(scenario, "natowatch", day).entries}
        when = entries["Auditors from across the Alliance meet in Brussels on 27 October 2022"].published
        widths.append((when.earliest, when.latest))
    (low, high), (low_2, high_2) = widths
    assert (local(max(low, low_2)), local(min(high, high_2))) == ("27 Oct 09:40:06", "27 Oct 11:00:21")


def test_a_feed_that_stamps_noon_on_everything_states_days(scenario):
    entries = read_source(scenario, "nato-rss", 1).entries
    assert [entry.published.precision for entry in entries] == ["day"] * 7
    when = next(entry.published for entry in entries if entry.title == COP27)
    assert (local(when.earliest), local(when.latest)) == ("08 Nov 00:00:00", "08 Nov 23:59:59")


def test_the_home_page_keeps_events_apart_and_drops_what_is_in_focus(scenario):
    entries = read_source(scenario, "nato-home", 1).entries
    by_kind: dict[str, list[str]] = {}
    for entry in entries:
        by_kind.setdefault(entry.kind, []).append(entry.title)
    assert len(by_kind["event"]) == 3
    assert len(by_kind["review"]) == 2
    assert "Deterrence and defence" not in {entry.title for entry in entries}
    events = {entry.title: entry.event for entry in entries if entry.kind == "event"}
    assert [local(when.earliest)[:6] for when in events.values()] == ["29 Nov", "18 Jan", "12 Oct"]
    assert next(iter(events.values())).earliest.year == 2022
    assert events["Military Committee in Chiefs of Defence Session"].earliest.year == 2023


def test_a_wrong_charset_is_read_right(scenario):
    titles = [entry.title for entry in read_source(scenario, "act", 1).entries]
    assert titles[0] == "Cyber Coalition opens in Tallinn next week – “practice makes partners”"
    assert "café" in read_source(scenario, "act", 1).entries[1].text


def test_the_ministry_lists_two_pages_of_nato_under_their_own_spelling(scenario):
    urls = [entry.url for entry in read_source(scenario, "uk-mod", 1).entries]
    listed = [entry.url for entry in read_source(scenario, "natowatch", 1).entries]
    assert not set(urls) & set(listed)
    assert {document_key(url) for url in urls[2:]} <= {document_key(url) for url in listed}
    assert canonical_url(urls[2]) in {canonical_url(url) for url in listed}


def article(scenario, name, day):
    found = capture(scenario, f"{PAGES}{name}.htm", day)
    assert detect(found) == "nato_article"
    parsed = read(found)
    assert parsed.problems == ()
    (entry,) = parsed.entries
    return entry


@pytest.mark.parametrize(
    "name", ["news_209281", "news_208936", "news_208768", "news_208495", "news_208272", "news_209105"]
)
def test_an_article_gives_its_own_text_and_no_furniture(scenario, name):
    entry = article(scenario, name, 1)
    listed = {item.title: item for item in read_source(scenario, "nato-rss", 1).entries}[entry.title]
    assert entry.text.startswith(listed.summary) or listed.summary in entry.text
    for furniture in ("Newsroom", "Français", "Contact us", "Last updated", "Read the full transcript"):
        assert furniture not in entry.text
    low, high = listed.published.earliest, listed.published.latest
    assert entry.published.earliest >= low
    assert entry.published.latest <= high


def test_only_one_of_two_changed_articles_says_that_it_changed(scenario):
    cop, cop_2 = (article(scenario, "news_208768", day) for day in (1, 2))
    assert cop.text != cop_2.text
    assert cop_2.updated.earliest - cop.updated.latest > timedelta(days=18)
    prague, prague_2 = (article(scenario, "news_208495", day) for day in (1, 2))
    assert prague.text != prague_2.text
    assert (prague.updated.earliest, prague.updated.latest) == (
        prague_2.updated.earliest,
        prague_2.updated.latest,
    )


def test_the_transcript_has_its_byline_and_its_turns(scenario):
    entry = article(scenario, "opinions_209287", 1)
    assert entry.kind == "transcript"
    assert entry.byline.startswith("by NATO Secretary General Jens Stoltenberg")
    assert "(As delivered)" not in entry.text.splitlines()[0]
    for turn in ("NATO Spokesperson Oana Lungescu:", "Question:", "Jens Stoltenberg:"):
        assert turn in entry.text


def test_the_static_page_changes_by_one_number(scenario):
    first, second = (read_source(scenario, "what-is-nato", day).entries[0] for day in (1, 2))
    assert first.text.replace("31 member", "32 member") == second.text != first.text
    assert "COLLECTIVE DEFENCE" in first.text
    assert "cookies" not in first.text
