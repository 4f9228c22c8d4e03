"""nato.int as it is now, on loopback: from its sitemap to the words of a speaker."""

import json
from datetime import UTC, date, datetime, timedelta
from resource import RUSAGE_CHILDREN, getrusage
from time import monotonic

import pytest

from aggregator.visiting import AT_ONCE

SECTION = "/en/news-and-events/events/transcripts/2025/10/15/"
DOORSTEP, SEA = SECTION + "doorstep-statement-before-a-meeting", SECTION + "remarks-by-the-sea"
NEWS = "/en/news-and-events/articles/news/2025/10/14/a-lighthouse-is-lit-again"
SAID = "We have a long table today, and a longer list of things that have to be done before the evening."


def page(title, body):
    return (
        f'<html lang="en"><head><title>NATO | {title}</title></head><body><div>Sign in</div>'
        f'<div class="root"><h1>{title}</h1><div class="text">{body}</div></div></body></html>'
    )


SPEECH = (
    f"<p><b>NATO Secretary General Mark Rutte</b><br>Good morning. {SAID}</p><p><b>Question</b> Will it be"
    " shorter tonight?</p><p><b>Mark Rutte</b> The list will be shorter tonight, I am sure of that.</p>"
)


class Site:
    """The small site, with its sitemap."""

    def __init__(self, web, place):
        self.web, self.place = web, place
        web.put("/robots.txt", "User-agent: *\nDisallow: /en/NEWS\n", type="text/plain")
        config = place.folder / "config.toml"
        config.write_text(f'[[source]]\nid = "nato"\nurl = "{web.url("/sitemap.xml")}"\ndetails = true\n')

    def list(self, *paths, tag="", lastmod="2025-10-16"):
        rows = "".join(
            f"<url><loc>{self.web.url(path)}</loc><lastmod>{lastmod}</lastmod></url>" for path in paths
        )
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
        self.web.put("/sitemap.xml", body, type="application/xml", headers={"ETag": tag} if tag else {})

    def model(self, path, **fields):
        model = {"dataLayer": {}, ":items": {"root": {":items": {"text": {"text": SPEECH}}}}, **fields}
        self.web.put(f"/content/nato{path}.model.json", json.dumps(model), type="application/json")

    def fetch(self):
        ran = self.place.fetch()
        return ran.json["sources"][0]

    def show(self, name):
        return self.place.ask("show", name, "--json").json["item"]

    def asked(self):
        return [path for path, _ in self.web.asked]

    def hits(self, *query):
        return self.place.ask("search", *query, "--json").json["hits"]


@pytest.fixture
def site(web, place):
    return Site(web, place)


def test_from_the_sitemap_to_the_words_of_a_speaker(site):
    site.list(DOORSTEP, NEWS)
    site.web.put(DOORSTEP, page("Doorstep statement before a meeting", SPEECH))
    site.web.put(NEWS, page("A lighthouse is lit again", "<p>The light on the mole is lit.</p>"))
    told = site.fetch()
    assert (told["outcome"], told["listed"], told["new"], told["problems"]) == ("fetched", 2, 2, [])
    (hit,) = site.hits("speaker:rutte", "table")
    assert hit["title"] == "Doorstep statement before a meeting"
    assert hit["published"]["precision"] == "day"
    item = site.show(hit["id"])
    assert {(said["person_id"], said["kind"]) for said in item["statements"] if said["person_id"]} == {
        ("mark-rutte", "turn")
    }
    assert item["kind"] == "transcript"
    assert "Sign in" not in item["text"]


def test_an_unchanged_sitemap_costs_nothing_and_one_more_page_is_one_more_item(site):
    for tag in ('"one"', ""):
        site.list(NEWS, tag=tag)
        site.fetch()
        assert site.fetch()["outcome"] == "not_modified"
    before = site.place.held()["items"]
    site.list(NEWS, DOORSTEP)
    told = site.fetch()
    assert (told["listed"], told["new"], told["changed"]) == (2, 1, 0)
    assert site.place.held()["items"] == before + 1


def test_a_page_that_the_sitemap_calls_updated_is_visited_again_at_once(site):
    site.list(NEWS)
    site.web.put(NEWS, page("A lighthouse is lit again", "<p>It was dark for eleven long years.</p>"))
    site.fetch()
    site.web.put(NEWS, page("A lighthouse is lit again", "<p>It was dark for twelve long years.</p>"))
    site.list(NEWS, lastmod="2025-10-17")
    site.fetch()
    assert site.asked().count(NEWS) == 1, "it was visited since"
    # A date alone: whatever the hour and the zone, that day is after the visit.
    site.list(NEWS, lastmod=datetime.now(UTC).date() + timedelta(days=2))
    told = site.fetch()
    assert (told["changed"], site.asked().count(NEWS)) == (1, 2)
    item = site.show(site.web.url(NEWS))
    assert "twelve" in item["text"]
    assert item["revision"] == 3  # the address alone, and two texts
    site.fetch()
    assert site.asked().count(NEWS) == 2


def test_a_page_that_is_a_frame_is_read_by_its_model(site):
    site.list(DOORSTEP)
    site.web.put(DOORSTEP, page("Doorstep statement before a meeting", ""))
    site.model(DOORSTEP, title="Doorstep statement before a meeting")
    told = site.fetch()
    assert "no text below its title" in told["problems"][0]["what"]
    assert site.hits("table") == []
    site.fetch()
    (hit,) = site.hits("speaker:rutte", "table")
    assert hit["title"] == "Doorstep statement before a meeting"
    assert site.place.held()["items"] == 1
    asked = site.asked()
    site.fetch()
    assert site.asked()[len(asked) :] == ["/sitemap.xml"]  # neither is due


def test_a_page_and_its_model_are_one_item_and_differences_are_told(site):
    site.model(DOORSTEP, title="Doorstep statement before a dinner")
    address = site.web.url(f"/content/nato{DOORSTEP}.model.json")
    with (site.place.folder / "config.toml").open("a") as config:
        config.write(f'[[source]]\nid = "model"\nurl = "{address}"\n')
    site.list(DOORSTEP)
    site.web.put(DOORSTEP, page("Doorstep statement before a meeting", SPEECH))
    ran = site.place.fetch()
    told = [problem["what"] for source in ran.json["sources"] for problem in source["problems"]]
    assert told == [
        (
            "The page is titled 'Doorstep statement before a meeting',"
            " its model 'Doorstep statement before a dinner'."
        )
    ]
    assert site.place.held()["items"] == 1
    (hit,) = site.hits("table")
    assert hit["title"] == "Doorstep statement before a meeting"  # the page shows it to people
    for name in (address, site.web.url(DOORSTEP)):
        assert site.show(name)["id"] == hit["id"]
    assert site.place.ask("reparse", "--json").code == 0
    assert [one["id"] for one in site.hits("table")] == [hit["id"]]


def test_robots_are_heard_and_an_item_without_a_title_is_shown_as_one(site):
    name = f"(no title) {site.web.url('').removeprefix('http://')}"
    site.web.put(
        "/robots.txt", "User-agent: *\nDisallow: /en/news-and-events/articles/\n", type="text/plain"
    )
    site.list(NEWS)
    told = site.fetch()
    assert "robots.txt keeps natowire" in told["problems"][0]["what"]
    assert NEWS not in site.asked()
    (hit,) = site.hits("kind:news")
    assert hit["title"] == ""  # a slug is no title
    for words in (
        ["search", "kind:news"],
        *(["feed", "--format", form] for form in ("rss", "atom", "json")),
    ):
        shown = site.place.ask(*words).out
        assert f"{name}{NEWS}".replace(" ", "") in "".join(shown.split())  # a long one is folded
    assert "(no title)" in site.place.ask("show", hit["id"]).out
    assert "(no title)" in site.place.ask("cite", hit["id"]).out


def days_of(count):
    """Addresses of news, one a day, the oldest first."""
    first = date(2024, 1, 1)
    folder = "/en/news-and-events/articles/news"
    return [f"{folder}/{first + timedelta(days=n):%Y/%m/%d}/the-news-of-day-{n}" for n in range(count)]


def test_of_a_long_sitemap_the_newest_pages_are_visited_first_and_so_many_at_once(site):
    paths = days_of(AT_ONCE + 30)
    site.list(*paths)
    told = site.fetch()
    assert told["new"] == AT_ONCE + 30
    visited = [path for path in site.asked() if path in paths]
    assert sorted(visited) == sorted(paths)[-AT_ONCE:]  # several at a time, in no order
    site.web.asked.clear()
    site.list(*paths, NEWS)
    site.fetch()
    assert [path for path in site.asked() if "/articles/" in path] == [NEWS]


@pytest.mark.slow
def test_thirty_thousand_pages_in_bounded_time_and_memory(site):
    folder = "/en/news-and-events/articles/news/2020"
    site.list(*(f"{folder}/{n % 12 + 1:02}/{n % 28 + 1:02}/n-{n}" for n in range(30_000)))
    before = getrusage(RUSAGE_CHILDREN).ru_maxrss
    started = monotonic()
    told = site.fetch()
    assert (told["listed"], told["new"]) == (20_000, 20_000)
    assert monotonic() - started < 120
    assert max(before, getrusage(RUSAGE_CHILDREN).ru_maxrss) < 500_000  # the worker, in kilobytes
    started = monotonic()
    assert site.fetch()["outcome"] == "not_modified"
    assert monotonic() - started < 5
