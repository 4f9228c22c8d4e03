"""What a source was like binds it only while it is the same source: the same address, read the same way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.archive import Archive
from tests.command import LOOPBACK, run
from tests.small_web import serving

FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><item><title>{title}</title>'
    "<link>https://www.example.org/news_{title}.htm</link><guid isPermaLink='false'>{title}</guid>"
    "<description>The pier at the harbour stands again after a long winter.</description></item>"
    "</channel></rss>"
)
PAUSE = (
    "<!doctype html><html><head><title>Works on our site</title></head><body><h1>Works on our site</h1>"
    "<p>We are back on Monday, with a new roof and with all that you know from before.</p></body></html>"
)
TAGGED = {"ETag": '"one"'}


@pytest.fixture
def place(tmp_path):
    run("--archive", tmp_path, "init", "--empty")
    return tmp_path


@pytest.fixture
def web():
    with serving() as served:
        yield served


def fetch(place):
    return run("--archive", place, "fetch", "a", *LOOPBACK, "--json").json["sources"][0]


def titles(place):
    return {hit["title"] for hit in run("--archive", place, "search", "--json").json["hits"]}


def edit(place, old, new):
    config = place / "config.toml"
    text = config.read_text(encoding="utf-8")
    assert old in text
    config.write_text(text.replace(old, new), encoding="utf-8")


def test_a_passing_page_does_not_hide_the_feed_that_comes_after_it(place, web):
    run("--archive", place, "sources", "add", web.put("/feed", PAUSE), "--id", "a")
    assert fetch(place)["outcome"] == "fetched"
    web.put("/feed", FEED.format(title="pier"), type="application/rss+xml")
    assert fetch(place)["outcome"] == "fetched"
    assert "pier" in titles(place)
    web.put("/feed", PAUSE)
    assert fetch(place)["outcome"] == "failed"


def test_another_address_is_not_asked_with_what_the_first_one_said(place, web):
    first = web.put("/first", FEED.format(title="pier"), type="application/rss+xml", headers=TAGGED)
    second = web.put("/second", FEED.format(title="quay"), type="application/rss+xml", headers=TAGGED)
    run("--archive", place, "sources", "add", first, "--id", "a")
    assert fetch(place)["outcome"] == "fetched"
    assert fetch(place)["outcome"] == "not_modified"
    edit(place, first, second)
    assert fetch(place)["new"] == 1
    assert fetch(place)["outcome"] == "not_modified"
    assert titles(place) == {"pier", "quay"}


def test_another_parser_reads_the_document_anew(place, web):
    url = web.put("/feed", FEED.format(title="pier"), type="application/rss+xml", headers=TAGGED)
    run("--archive", place, "sources", "add", url, "--id", "a", "--parser", "page")
    fetch(place)
    edit(place, 'parser = "page"', 'parser = "feed"')
    assert fetch(place)["outcome"] == "fetched"
    assert "pier" in titles(place)
    edit(place, 'parser = "feed"', 'parser = "auto"')
    assert fetch(place)["outcome"] == "fetched"


def test_a_source_named_twice_is_asked_once(place, web):
    url = web.put("/feed", FEED.format(title="pier"), type="application/rss+xml")
    run("--archive", place, "sources", "add", url, "--id", "a")
    told = run("--archive", place, "fetch", "a", "a", *LOOPBACK, "--json").json
    assert [one["id"] for one in told["sources"]] == ["a"]
    assert [path for path, _ in web.asked] == ["/feed"]


def fetch_due(place):
    return run("--archive", place, "fetch", "--due", *LOOPBACK, "--json").json["sources"][0]["outcome"]


def test_a_new_address_of_a_failing_source_is_asked_at_once(place, web):
    gone = web.url("/gone")
    run("--archive", place, "sources", "add", gone, "--id", "a")
    assert fetch_due(place) == "failed"
    assert fetch_due(place) == "skipped"
    edit(place, gone, web.put("/here", FEED.format(title="pier"), type="application/rss+xml"))
    assert fetch_due(place) == "fetched"
    assert fetch_due(place) == "skipped"


def test_a_clock_that_was_set_back_puts_no_source_off(place, web):
    feed = web.put("/feed", FEED.format(title="pier"), type="application/rss+xml")
    run("--archive", place, "sources", "add", feed, "--id", "a")
    assert fetch_due(place) == "fetched"
    year = timedelta(days=365)
    with Archive.open(place) as archive, archive.writing("test") as writer, writer.transaction():
        state = archive.states()["a"]
        writer.set_state(
            replace(state, last_attempt=state.last_attempt + year, next_due_at=state.next_due_at + year)
        )
    assert fetch_due(place) == "fetched"
    assert fetch_due(place) == "skipped"


def test_a_source_that_moved_is_followed_and_told_until_the_configuration_says_so(place, web):
    feed = FEED.format(title="pier")
    new = web.put("/new", feed, type="application/rss+xml", headers=TAGGED)
    old = web.put("/old", status=301, headers={"Location": "/new"})
    run("--archive", place, "sources", "add", old, "--id", "a")
    assert fetch(place)["outcome"] == "fetched"
    with Archive.open(place) as archive, archive.writing("test") as writer, writer.transaction():
        state = archive.states()["a"]
        days = dict(state.notes) | {"moved": f"{old} {new} 2022-11-01"}
        writer.set_state(replace(state, notes=tuple(days.items())))
    assert "moved" not in run("--archive", place, "status").out
    assert fetch(place)["outcome"] == "not_modified"

    told = run("--archive", place, "status")
    assert told.code == 0, "good to know, and nothing is wrong"
    assert f'url = "{new}"' in " ".join(told.out.split())
    (alarm,) = run("--archive", place, "status", "--json").json["alarms"]
    assert alarm["kind"] == "moved"
    checked = run("--archive", place, "--json", "sources", "check", *LOOPBACK[:2]).json["sources"][0]
    assert new in checked["moved"]
    assert "a has moved" in run("--archive", place, "sources", "check", *LOOPBACK[:2]).out

    edit(place, old, new)
    assert run("--archive", place, "status", "--json").json["alarms"] == []
    assert fetch(place)["outcome"] == "not_modified", "it is the same source, and nothing is asked for anew"
