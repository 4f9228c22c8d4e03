"""Relative phrases: every engine and language, and the generated cases with exact answers."""

import json
from datetime import UTC, datetime, timedelta
from statistics import mean, median
from zoneinfo import ZoneInfo

import pytest

from parsers.dates import ENGINES, infer_engine, infer_granularity, parse_relative, read_date
from parsers.model import Ref, Strength

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2022, 11, 26, 13, 30, tzinfo=UTC)
HERE = Ref(earliest=NOW, latest=NOW, source="test")
D, H, M = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def utc(text):
    return datetime.fromisoformat(text)


def read(text, **how):
    return parse_relative(text, how.pop("now", HERE), tz=how.pop("tz", BRUSSELS), **how)


@pytest.mark.parametrize(
    ("text", "granularity", "oldest", "newest"),
    [
        ("2 weeks 3 days ago", 2, 18 * D, 17 * D),
        ("2 weeks ago", 2, 15 * D, 14 * D),
        ("2 weeks ago", 1, 21 * D, 14 * D),
        ("2 weeks 3 days ago", 3, 17 * D + H, 17 * D),
        ("1 day ago", 2, 25 * H, 24 * H),
        ("1 hour ago", 2, 61 * M, 60 * M),
        ("1 hour 8 minutes ago", 2, 69 * M, 68 * M),
        ("5 days 3 hours", 2, 5 * D + 4 * H, 5 * D + 3 * H),
    ],
)
def test_drupal_prints_until_a_unit_is_empty(text, granularity, oldest, newest):
    when = read(text, engine="drupal8", granularity=granularity)
    assert (when.earliest, when.latest) == (NOW - oldest + timedelta(seconds=1), NOW - newest)
    assert when.best == when.earliest + (when.latest - when.earliest) // 2 // timedelta(
        seconds=1
    ) * timedelta(seconds=1)


def test_a_month_is_clipped_where_months_end():
    at = utc("2022-03-31T10:00:00Z")  # noon in Brussels
    when = read("1 month ago", now=Ref(earliest=at, latest=at, source=""), engine="drupal8", granularity=2)
    assert when.earliest == utc("2022-02-24T11:00:01Z")
    assert when.latest == utc("2022-02-28T22:59:59Z")


def test_a_day_across_a_change_of_the_clock_is_a_day_of_the_wall():
    at = utc("2022-10-30T11:00:00Z")  # noon, the clock went back that night
    when = read("1 day ago", now=Ref(earliest=at, latest=at, source=""), engine="drupal8", granularity=2)
    assert when.latest == utc("2022-10-29T10:00:00Z")


def test_nothing_ago_is_only_a_lower_bound():
    when = read("0 seconds ago", engine="drupal8", granularity=2)
    assert (when.earliest, when.latest, when.best, when.precision) == (NOW, None, None, "bound")


def test_a_phrase_its_engine_never_prints_is_read_as_of_an_unknown_one():
    when = read("9 weeks ago", engine="drupal8", granularity=2)
    assert when.evidence[0].rule == "unknown engine"
    assert when.earliest <= NOW - 63 * D <= when.latest


def test_the_witness_says_what_was_written_and_which_rule_read_it():
    (witness,) = read("2 weeks 3 days ago", engine="drupal8", granularity=2).evidence
    assert (witness.kind, witness.raw, witness.rule) == ("relative", "2 weeks 3 days ago", "drupal8 at 2")
    assert witness.strength == Strength.RELATIVE


def test_a_reference_without_an_end_gives_a_date_without_an_end():
    now = Ref(earliest=NOW, latest=datetime(9999, 12, 31, tzinfo=UTC), source="items")
    when = read("2 weeks 3 days ago", now=now, engine="drupal8", granularity=2)
    assert when.earliest == NOW - 18 * D + timedelta(seconds=1)
    assert when.latest is None


SAME = {
    "2 weeks 3 days ago": [
        "il y a 2 semaines 3 jours",
        "2 тижні 3 дні тому",
        "2 недели 3 дня назад",
        "2 weeks, 3 days ago",
        "2 WEEKS\u00a03 DAYS AGO.",
        "(2 weeks 3 days ago)",
        "Updated: 2 weeks and 3 days ago",
        "\u200f2 weeks\u200b 3 days ago\u200e",
    ],
    "1 year 2 months ago": ["il y a 1 an 2 mois", "1 рік 2 місяці тому", "1 год 2 месяца назад"],
    "5 hours ago": [
        "il y a 5 heures",
        "5 годин тому",
        "5 часов назад",
        "5h ago",
        "5 hrs ago",
        "5 год. тому",
    ],
    "3 minutes ago": ["il y a 3 minutes", "3 хвилини тому", "3 минуты назад", "3 mins ago", "3 min ago"],
    "21 days ago": ["il y a 21 jours", "21 день тому", "21 день назад"],
    "1 hour ago": ["an hour ago", "il y a une heure", "годину тому", "час назад", "one hour ago"],
    "1 month ago": ["a month ago", "il y a un mois", "місяць тому", "месяц назад"],
    "1 year ago": ["a year ago", "il y a un an", "рік тому", "год назад"],
    "about 2 hours ago": ["il y a environ 2 heures", "близько 2 годин тому", "около 2 часов назад"],
    "over 2 years ago": [
        "il y a plus de 2 ans",
        "понад 2 роки тому",
        "больше 2 лет назад",
        "more than 2 years ago",
    ],
    "over 1 year ago": ["il y a plus d'un an", "over a year ago"],
    "almost 3 years ago": ["il y a presque 3 ans", "майже 3 роки тому", "почти 3 года назад"],
    "less than a minute ago": ["il y a moins d’une minute", "меньше минуты назад", "менше хвилини тому"],
    "a few seconds ago": ["il y a quelques secondes", "декілька секунд тому", "несколько секунд назад"],
    "just now": ["à l’instant", "щойно", "только что"],
    "yesterday": ["hier", "вчора", "вчера"],
    "last week": ["la semaine dernière", "минулого тижня", "на прошлой неделе"],
    "last year": ["l’année dernière", "торік", "в прошлом году"],
    "in 3 days": ["dans 3 jours", "через 3 дні", "через 3 дня", "3 days from now", "3 days hence"],
}


@pytest.mark.parametrize(
    ("english", "other"), [(key, word) for key, words in SAME.items() for word in words]
)
def test_other_words_say_the_same(english, other):
    first, second = read(english), read(other)
    assert second is not None
    assert (first.earliest, first.latest) == (second.earliest, second.latest)


@pytest.mark.parametrize(
    ("engine", "text", "oldest", "newest"),
    [
        ("drupal8_interval", "16 min 47 sec ago", 1007, 1007),
        ("drupal8_interval", "1 day ago", 90_000 - 1, 86_400),
        ("drupal7_interval", "1 year 1 sec ago", 31_536_001, 31_536_001),
        ("drupal7_interval", "12 months ago", 31_104_000, 31_104_000),
        ("wordpress", "1 min ago", 89, 60),
        ("wordpress", "4 weeks ago", 2_591_999, 2_116_800),
        ("rails", "about 1 hour ago", 5_369, 2_670),
        ("rails", "half a minute ago", 39, 20),
        ("moment", "a few seconds ago", 44, 0),
        ("moment", "a day ago", 129_599, 77_400),
        ("dayjs", "an hour ago", 5_399, 2_670),
        ("django_naturaltime", "1\u00a0day, 3\u00a0hours ago", 100_799, 97_200),
        ("django_naturaltime", "an hour ago", 7_199, 3_600),
        ("timeago_js", "4 weeks ago", 2_627_999, 2_419_200),
        ("timeago_js", "just now", 9, 0),
        ("calendar_word", "yesterday", 172_799, 1),
        (None, "3 hours ago", 14_399, 8_970),
    ],
)
def test_other_engines_have_their_own_rule(engine, text, oldest, newest):
    when = read(text, engine=engine, granularity=2, tz=UTC)
    assert (NOW - when.earliest, NOW - when.latest) == (
        timedelta(seconds=oldest),
        timedelta(seconds=newest),
    )


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_every_engine_reads_an_interval_of_nows_as_the_union(engine):
    late = Ref(earliest=NOW - timedelta(hours=6), latest=NOW, source="cache")
    one, two = read("3 hours ago", engine=engine), read("3 hours ago", engine=engine, now=late)
    assert two.earliest == one.earliest - timedelta(hours=6)
    assert two.latest == one.latest


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("last wk.", "last week"),
        ("la semaine passée", "last week"),
        ("le mois passé", "last month"),
        ("l’an passé", "last year"),
        ("3 г. назад", "3 years ago"),
        ("5 л. назад", "5 years ago"),
        ("il y a un instant", "just now"),
        ("an hour", "an hour ago"),
        ("три дні", "3 days"),
        ("хвилину тому", "a minute ago"),
    ],
)
def test_two_ways_to_say_the_same(text, same):
    one, other = read(text), read(same)
    assert (one.earliest, one.latest) == (other.earliest, other.latest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ago",
        "days ago",
        "-5 days ago",
        "2 weeks 3 weeks ago",
        "3 days 2 weeks ago",
        "999999 years ago",
        "9999999 days ago",
        "NATO",
        "5 min read",
        "3 days of talks",
        "May",
        "2 days ago | Politics",
        "1e3 days ago",
        "2022 год",
        "2022 р.",
        "2022 years",
        "день",
        "час",
    ],
)
def test_what_is_no_such_phrase_is_none(text):
    assert read(text) is None


@pytest.mark.parametrize(
    ("texts", "engine", "granularity"),
    [
        (["2 weeks 3 days ago", "1 month ago"], "drupal8", 2),
        (["5 min 3 sec ago", "1 day 2 hours ago"], "drupal8_interval", 2),
        (["1 year 1 sec ago"], "drupal7_interval", 2),
        (["5 mins ago", "2 days ago"], "wordpress", 1),
        (["about 2 hours ago", "3 days ago"], "rails", 1),
        (["a day ago", "3 days ago"], "moment", 1),
        (["2 weeks, 3 days ago"], "django_naturaltime", 2),
        (["just now", "3 weeks ago"], "timeago_js", 1),
        (["yesterday", "3 days ago"], "calendar_word", 1),
        (["3 days ago"], None, 1),
        (["NATO", ""], None, None),
    ],
)
def test_a_page_gives_its_engine_and_granularity_away(texts, engine, granularity):
    assert infer_engine(texts) == engine
    assert infer_granularity(texts) == granularity


def test_one_door_reads_both_kinds():
    assert read_date("2 days ago", now=HERE, tz=BRUSSELS).evidence[0].kind == "relative"
    assert read_date("2 days ago", now=None, tz=BRUSSELS) is None
    assert read_date("8 November", now=HERE, tz=BRUSSELS).latest == utc("2022-11-08T22:59:59Z")


@pytest.fixture(scope="module")
def cases(samples):
    lines = (samples / "data/dates/relative.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in lines.split("\n") if line]


def widths(cases, **how):
    """Each case's width over the tightest possible, after proving that it holds the truth."""
    found = []
    for case in cases:
        now = utc(case["now"])
        known = {"granularity": case["granularity"], "engine": case["engine"]} | how
        when = read(
            case["text"], now=Ref(earliest=now, latest=now, source=""), tz=ZoneInfo(case["tz"]), **known
        )
        assert when.earliest <= utc(case["true"]) <= when.latest, case
        found.append(((when.latest - when.earliest).total_seconds() + 1) / case["seconds"])
    return found


@pytest.mark.samples
def test_every_generated_case_is_exact(cases):
    assert len(cases) >= 990
    assert set(widths(cases)) == {1.0}


@pytest.mark.samples
def test_without_granularity_it_still_holds(cases):
    found = widths([case for case in cases if case["engine"] == "drupal8"], granularity=None)
    assert mean(found) <= 1.8


@pytest.mark.samples
def test_without_the_version_of_php_it_still_holds(cases):
    found = widths([case for case in cases if "php80" in case["engine"]], engine="drupal8_php_unknown")
    assert median(found) <= 1.01
    assert mean(found) <= 1.05


@pytest.mark.samples
def test_with_nothing_known_it_still_holds(cases):
    assert median(widths(cases, engine=None, granularity=None)) <= 2.0
