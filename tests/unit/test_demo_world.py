"""The world of the demo says nothing false about time: its relative dates are Drupal's own."""

import re
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from aggregator.demo_world import load_world, world_folder
from parsers.errors import ConfigError
from parsers.registry import PARSERS
from schedules.sources import parse_sources

BRUSSELS = ZoneInfo("Europe/Brussels")


def brussels(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BRUSSELS)


# When each item of the aggregator page was really published, in Brussels; the pages are rendered from this.
PUBLISHED = {
    "news_209322": brussels(2022, 11, 26, 15, 20, 40),
    "news_209281": brussels(2022, 11, 25, 16, 10, 5),
    "news_208936": brussels(2022, 11, 21, 17, 45, 30),
    "news_208864": brussels(2022, 11, 14, 18, 30, 12),
    "news_208813": brussels(2022, 11, 10, 17, 5, 51),
    "news_208790": brussels(2022, 11, 9, 17, 0, 33),
    "news_208768": brussels(2022, 11, 8, 16, 40, 20),
    "news_208495": brussels(2022, 11, 3, 14, 15, 50),
    "news_208272": brussels(2022, 10, 28, 10, 5, 27),
    "news_208251": brussels(2022, 10, 27, 10, 20, 15),
    "news_208187": brussels(2022, 10, 25, 17, 30, 44),
    "news_208174": brussels(2022, 10, 25, 20, 10, 9),
}
CHECKED = {1: brussels(2022, 11, 26, 9, 52, 14), 2: brussels(2022, 11, 27, 9, 7, 33)}
ITEM = re.compile(r"<article.*?natohq/(news_\d+)\.htm.*?field--type-created[^>]*>([^<]*)</div>", re.DOTALL)
CHECKED_LINE = re.compile(r'field--name-checked.*?field__item">([^<]*)</div>', re.DOTALL)


def calendar_parts(item: datetime, now: datetime) -> dict[str, int]:
    """PHP's date interval between two instants of one zone, which Python, too, counts on its wall clock.

    Right for every pair with no change of the clock in its last day; there PHP counts elapsed time.
    """
    months = (now.year - item.year) * 12 + now.month - item.month
    while (start := months_before(now, months)) < item:
        months -= 1
    rest = start - item
    hours, seconds = divmod(rest.seconds, 3600)
    return {
        "year": months // 12,
        "month": months % 12,
        "day": rest.days,
        "hour": hours,
        "minute": seconds // 60,
        "second": seconds % 60,
    }


def months_before(now: datetime, months: int) -> datetime:
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=1) + timedelta(days=now.day - 1)


def format_diff(item: datetime, now: datetime, granularity: int = 2) -> str:
    """What Drupal's DateFormatter::formatDiff prints, walked as its loop walks."""
    printed: list[tuple[int, str]] = []
    for unit, count in calendar_parts(item, now).items():
        if granularity <= 0:
            break
        if count == 0:
            if printed:
                break
            continue
        if unit != "day":
            printed.append((count, unit))
            granularity -= 1
            continue
        weeks, days = divmod(count, 7)
        before = bool(printed)
        if weeks:
            printed.append((weeks, "week"))
            granularity -= 1
        if (not before or weeks) and granularity > 0 and days:
            printed.append((days, "day"))
            granularity -= 1
        else:
            granularity = 0
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in printed) or "0 seconds"


@pytest.mark.parametrize(
    ("item", "now", "expected"),
    [
        ((2022, 11, 8, 12), (2022, 11, 26, 11), "2 weeks 3 days"),
        ((2022, 11, 12, 10, 59), (2022, 11, 26, 11), "2 weeks"),
        ((2022, 10, 27, 10, 20), (2022, 11, 26, 11), "4 weeks 2 days"),
        ((2022, 10, 26, 10), (2022, 11, 26, 11), "1 month"),
        ((2022, 10, 18, 10), (2022, 11, 26, 11), "1 month 1 week"),
        ((2022, 11, 25, 11), (2022, 11, 26, 11), "1 day"),
        ((2022, 11, 26, 10, 59), (2022, 11, 26, 11), "1 minute"),
        ((2023, 3, 1, 12), (2023, 3, 31, 12), "4 weeks 2 days"),
        ((2023, 1, 31, 12), (2023, 3, 1, 12), "1 month"),
        ((2022, 5, 31, 12), (2022, 6, 30, 12), "4 weeks 2 days"),
        ((2020, 2, 29, 12), (2021, 2, 28, 12), "11 months 4 weeks"),
        ((2022, 11, 26, 11), (2022, 11, 26, 11), "0 seconds"),
    ],
)
def test_the_oracle_prints_what_drupal_is_known_to_print(item, now, expected):
    assert format_diff(brussels(*item), brussels(*now)) == expected


def page(day: int) -> tuple[str, datetime]:
    scenario = load_world(world_folder())
    route = scenario.find("natowatch.org", "/aggregator/sources/1", day)
    assert route is not None
    return route.body.decode("utf-8"), scenario.days[day - 1].astimezone(BRUSSELS)


@pytest.mark.parametrize(("day", "count"), [(1, 11), (2, 12)])
def test_every_relative_date_is_what_drupal_prints_for_the_true_instant(day, count):
    html, now = page(day)
    printed = dict(ITEM.findall(html))
    assert len(printed) == count == html.count("<article")
    assert printed == {key: f"{format_diff(PUBLISHED[key], now)} ago" for key in printed}
    assert list(printed) == sorted(printed, key=PUBLISHED.get, reverse=True)


@pytest.mark.parametrize("day", [1, 2])
def test_the_line_below_the_items_says_when_the_feed_was_polled(day):
    html, now = page(day)
    assert CHECKED_LINE.findall(html) == [f"{format_diff(CHECKED[day], now)} ago"]
    assert html.rindex("</article>") < html.index("field--name-checked")


def test_the_second_day_shows_all_the_items_of_the_first_and_a_new_one():
    first, second = (dict(ITEM.findall(page(day)[0])) for day in (1, 2))
    assert set(second) - set(first) == {"news_209322"}
    assert set(first) <= set(second)


def test_its_sources_are_a_configuration_natowire_takes():
    text = load_world(world_folder()).sources
    sources = parse_sources(tomllib.loads(text), file="sources.toml", text=text, parsers=PARSERS)
    assert [source.id for source in sources if source.details] == ["nato-rss"]


def test_days_and_modification_times_state_their_zone():
    scenario = load_world(world_folder())
    assert [day.astimezone(BRUSSELS).isoformat() for day in scenario.days] == [
        "2022-11-26T11:00:21+01:00",
        "2022-11-27T09:40:05+01:00",
    ]
    text = (world_folder() / "world.toml").read_text("utf-8")
    assert not re.search(r"T\d\d:\d\d:\d\d\s", text)


def test_no_document_was_modified_after_the_day_it_is_served_on():
    scenario = load_world(world_folder())
    for route in scenario.routes:
        shown = scenario.days[max(route.day, 1) - 1]
        assert route.last_modified is None or route.last_modified <= shown, route.path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "not a world"),
        ('title = "x"', "lacks the key 'zone'"),
        ('title = "x"\nzone = "UTC"\ndays = []\n[[routes]]\nhost = "a"', "lacks the key 'path'"),
        (
            'title = "x"\nzone = "UTC"\ndays = []\n[[routes]]\nhost = "a"\npath = "/"\nfile = "none.html"',
            "none.html: No such file",
        ),
        ('title = "x"\nzone = "UTC"\ndays = [7]\nroutes = []', "not a world"),
    ],
)
def test_a_broken_world_is_named(tmp_path: Path, text, message):
    (tmp_path / "world.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=message):
        load_world(tmp_path)
