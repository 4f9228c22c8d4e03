"""The sample pages, served as they once were, through the whole of natowire: fetched, dated, searched."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from tests.command import LOOPBACK, Ran, run
from tests.seed_pages import (
    MARKUPS,
    Aggregator,
    Home,
    read_aggregator,
    read_home,
    render_aggregator,
    render_home,
)
from tests.seed_variants import AGGREGATORS, HOMES
from tests.small_web import serving

pytestmark = pytest.mark.samples

BRUSSELS = ZoneInfo("Europe/Brussels")
AUTUMN = datetime(2022, 11, 26, 10, 8, tzinfo=UTC)
SUMMER = datetime(2022, 6, 30, 8, 0, tzinfo=UTC)
WINTER = datetime(2024, 1, 23, 16, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNITS = {"minute": timedelta(minutes=1), "hour": HOUR, "day": DAY, "week": 7 * DAY, "month": 31 * DAY}
SLACK = 2 * HOUR
"""What not knowing the server's PHP adds to an interval."""


class Seeds(NamedTuple):
    autumn: Aggregator
    summer: Aggregator
    home: Home

    @property
    def shown(self) -> set[str]:
        """The titles on the home page."""
        home = self.home
        return {one.title for one in (*home.news, *home.featured, *home.review, *home.events)}

    @property
    def aggregated(self):
        return [*self.autumn.items, *self.summer.items]


class Kept:
    """An archive to be asked."""

    def __init__(self, folder, outcomes: Ran):
        self.folder, self.outcomes = folder, outcomes

    def ask(self, *words) -> Ran:
        return run("--archive", self.folder, *words)

    def search(self, *words) -> list[dict]:
        return self.ask("search", *words, "--limit", 99, "--json").json["hits"]


@pytest.fixture(scope="module")
def seeds(samples) -> Seeds:
    autumn, summer, winter = (
        next((samples / "seeds").glob(f"{number}_*")).read_text(encoding="utf-8")
        for number in ("002", "003", "004")
    )
    return Seeds(read_aggregator(autumn), read_aggregator(summer), read_home(winter))


@pytest.fixture(scope="module", params=MARKUPS)
def kept(request, seeds, tmp_path_factory) -> Iterator[Kept]:
    """The three pages in one markup, fetched by natowire into an archive."""
    markup = request.param
    folder = tmp_path_factory.mktemp(markup) / "archive"
    assert run("--archive", folder, "init", "--empty").code == 0
    named = {"autumn": ("--parser", "drupal"), "home": ("--parser", "nato_home")} if markup < "p" else {}
    with serving() as web:
        for name, path, body, day in (
            ("autumn", "/aggregator/sources/1", render_aggregator(seeds.autumn, markup), AUTUMN),
            ("summer", "/aggregator/sources/1?page=3", render_aggregator(seeds.summer, markup), SUMMER),
            ("home", "/cps/en/natohq/index.htm", render_home(seeds.home, flat=markup < "p"), WINTER),
        ):
            url = web.put(path, body, date=day)
            add = ("sources", "add", url, "--id", name, *named.get(name, ()))
            assert run("--archive", folder, *add).code == 0
        yield Kept(folder, run("--archive", folder, "fetch", *LOOPBACK, "--json"))


def test_every_item_and_nothing_else_is_archived(kept, seeds):
    assert kept.outcomes.code == 0
    listed = {row["id"]: (row["outcome"], row["listed"]) for row in kept.outcomes.json["sources"]}
    home = seeds.shown
    assert listed == {"autumn": ("fetched", 7), "summer": ("fetched", 6), "home": ("fetched", len(home))}
    titles = [hit["title"] for hit in kept.search()]
    assert sorted(titles) == sorted([item.title for item in seeds.aggregated] + list(home))
    assert not home & set(seeds.home.focus)
    stats = kept.ask("stats", "--json").json
    assert (stats["items"], stats["captures"], stats["sources"]) == (13 + len(home), 3, 3)
    assert stats["revisions"] == stats["items"]
    assert stats["bytes"] > 0


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def bounds(published: dict) -> tuple[datetime, datetime]:
    return instant(published["earliest"]), instant(published["latest"])


def widest(printed: str) -> timedelta:
    """How wide an age may be that Drupal prints with two units at most: one of the smallest it can show."""
    names = [word.rstrip("s") for word in printed.removesuffix(" ago").split()[1::2]]
    if len(names) == 2:
        return UNITS[names[-1]]
    smaller = {"month": "week", "week": "day", "day": "hour", "hour": "minute"}
    return UNITS[smaller[names[0]]]


STATED = re.compile(r"\((\d{1,2}) (\w+) (\d{4})\)")


def stated_day(body: str) -> date | None:
    """The day a body names in brackets: "today (8 November 2022)", "on Tuesday (25 October 2022)"."""
    found = STATED.search(body)
    return datetime.strptime(found[0], "(%d %B %Y)").date() if found else None  # noqa: DTZ007 (a day has no zone)


def assert_dated(published: dict, printed: str, body: str, now: datetime) -> None:
    earliest, latest = bounds(published)
    assert earliest <= instant(published["best"]) <= latest <= now
    assert latest - earliest <= widest(printed) + SLACK
    if day := stated_day(body):
        first = datetime.combine(day, time(), BRUSSELS)
        assert earliest < first + DAY, printed
        assert latest >= first, printed


def test_dates_are_as_narrow_as_the_page_allows_and_agree_with_the_text(kept, seeds):
    hits = {hit["title"]: hit for hit in kept.search()}
    for page, now in ((seeds.autumn, AUTUMN), (seeds.summer, SUMMER)):
        for item in page.items:
            assert_dated(hits[item.title]["published"], item.date, item.body, now)
    assert sum(stated_day(item.body) is not None for item in seeds.aggregated) == 7


def test_an_aggregated_item_has_its_text_and_its_address(kept, seeds):
    hits = {hit["title"]: hit for hit in kept.search()}
    for item in (seeds.autumn.items[1], seeds.summer.items[-1]):
        shown = kept.ask("show", hits[item.title]["id"], "--json").json["item"]
        assert (shown["summary"], shown["url"]) == (item.body, item.url)
        assert [seen["source"] for seen in shown["observations"]] == [hits[item.title]["source"]]
        assert {witness["kind"] for witness in shown["published"]["evidence"]} >= {"relative"}


def test_the_home_page_gives_each_kind_with_its_date(kept, seeds):
    hits = {hit["title"]: hit for hit in kept.search("--source", "home")}
    home = seeds.home
    kinds = (("review", home.review), ("event", home.events), ("news", home.news))
    expected = {one.title: kind for kind, listed in kinds for one in listed}
    assert {title: hits[title]["kind"] for title in expected} == expected
    assert {hits[one.title]["kind"] for one in seeds.home.featured}.isdisjoint({"event", "review"})
    for one in (*seeds.home.news, *seeds.home.featured, *seeds.home.review):
        published = hits[one.title]["published"]
        if not one.date:
            assert published["earliest"] is None, one.title
            continue
        first = datetime.strptime(one.date, "%d %b. %Y").replace(tzinfo=BRUSSELS)
        assert bounds(published) == (first, first + DAY - timedelta(seconds=1)), one.title


def test_events_stand_apart_from_news_and_have_their_own_days(kept, seeds):
    events = kept.search("--kind", "event")
    assert {hit["title"] for hit in events} == {one.title for one in seeds.home.events}
    news = {hit["title"] for hit in kept.search("--kind", "news")}
    assert not news & {one.title for one in seeds.home.events}
    for hit in events:
        item = kept.ask("show", hit["id"], "--json").json["item"]
        day = next(one.date for one in seeds.home.events if one.title == hit["title"])
        first = datetime.strptime(f"{day} 2024", "%b %d %Y").replace(tzinfo=BRUSSELS)
        assert bounds(item["event"]) == (first, first + DAY - timedelta(seconds=1))
        assert item["published"]["earliest"] is None


def test_searches_find_who_speaks_not_who_is_mentioned(kept, seeds):
    november = ("--after", "2022-11-01", "--before", "2022-11-30")
    cop27, geoana = seeds.autumn.items[1], [seeds.autumn.items[at] for at in (2, 5)]
    assert "COP27" in cop27.title
    assert [hit["title"] for hit in kept.search("--speaker", "stoltenberg", *november)] == [cop27.title]
    found = {hit["title"]: hit["speakers"] for hit in kept.search("--speaker", "geoana")}
    assert set(found) >= {item.title for item in geoana}
    assert all("Mircea Geoană" in speakers for speakers in found.values())
    assert not set(found) & {item.title for item in seeds.autumn.items if item not in geoana}
    chair = kept.search("--office", "chair of the military committee")
    assert [hit["speakers"] for hit in chair] == [["Rob Bauer"]]
    assert "Serbia" in chair[0]["title"]


def test_what_was_said_is_told_with_who_said_it(kept, seeds):
    asked = kept.ask("statements", "--speaker", "stoltenberg", "--after", "2022-11", "--json")
    said = asked.json["statements"]
    cop27 = next(one for one in said if one["item"]["title"] == seeds.autumn.items[1].title)
    assert (cop27["person"], cop27["office"]) == ("Jens Stoltenberg", "NATO Secretary General")
    assert "diversify energy supplies" in cop27["text"]
    bauer = kept.ask("statements", "--speaker", "bauer", "--json").json["statements"]
    words = "NATO fully respects Serbia’s policy of military neutrality"
    assert [one["text"].strip("“”") for one in bauer] == [words]


def test_words_within_dates_come_newest_first(kept, seeds):
    hits = kept.search("NATO", "--after", "2022-03-01", "--before", "2022-12-01", "--source", "autumn")
    best = [instant(hit["published"]["best"]) for hit in hits]
    assert len(hits) == 7
    assert best == sorted(best, reverse=True)
    found = kept.search("NATO", "--after", "2022-11-01", "--before", "2022-12-01")
    dated = [hit for hit in found if hit["published"]["best"]]
    assert [hit["title"] for hit in dated] == [item.title for item in seeds.autumn.items[:3]]


@pytest.fixture(scope="module")
def varied(seeds, tmp_path_factory) -> Kept:
    """The same pages spelled otherwise, all in one archive."""
    folder = tmp_path_factory.mktemp("varied") / "archive"
    assert run("--archive", folder, "init", "--empty").code == 0
    with serving() as web:

        def serve(name, page, text, now):
            url = web.put(f"/{name}", page(text), date=now)
            assert run("--archive", folder, "sources", "add", url, "--id", name).code == 0

        for name, page in AGGREGATORS.items():
            serve(f"{name}-autumn", page, seeds.autumn, AUTUMN)
            serve(f"{name}-summer", page, seeds.summer, SUMMER)
        for name, page in HOMES.items():
            serve(name, page, seeds.home, WINTER)
        outcomes = run("--archive", folder, "fetch", *LOOPBACK, "--json")
    return Kept(folder, outcomes)


def test_other_spellings_of_the_markups_list_the_same(varied, seeds):
    assert varied.outcomes.code == 0, varied.outcomes
    home = seeds.shown
    expected = {f"{name}-autumn": 7 for name in AGGREGATORS} | {f"{name}-summer": 6 for name in AGGREGATORS}
    expected |= dict.fromkeys(HOMES, len(home))
    assert {row["id"]: row["listed"] for row in varied.outcomes.json["sources"]} == expected
    assert {hit["title"] for hit in varied.search()} == {item.title for item in seeds.aggregated} | home


def test_other_spellings_are_dated_alike(seeds, tmp_path):
    for text, now in ((seeds.autumn, AUTUMN), (seeds.summer, SUMMER)):
        files = [tmp_path / f"{name}.html" for name in AGGREGATORS]
        for file, page in zip(files, AGGREGATORS.values(), strict=True):
            file.write_text(page(text), encoding="utf-8")
        saved = ("--fetched-at", now.isoformat(), "--url", "https://natowatch.org/aggregator/sources/1")
        ran = run("parse", *files, *saved)
        assert ran.code == 0
        for line in ran.lines:
            assert (line["parser"], line["problems"], line["error"]) == ("drupal", [], None)
            for entry, item in zip(line["entries"], text.items, strict=True):
                assert entry["title"] == item.title
                assert_dated(entry["published"], item.date, item.body, now)
