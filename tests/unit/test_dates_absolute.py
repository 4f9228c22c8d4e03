"""Absolute dates: every form met, to the second at both ends."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from parsers.dates import as_days, find_path_date, parse_absolute
from parsers.model import Strength

BRUSSELS = ZoneInfo("Europe/Brussels")


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(text, **how):
    """First and last day in Brussels of a reading that covers whole days."""
    when = parse_absolute(text, tz=BRUSSELS, **how)
    assert when is not None, text
    first, last = when.earliest.astimezone(BRUSSELS), when.latest.astimezone(BRUSSELS)
    assert (first.hour, first.minute, first.second) == (0, 0, 0)
    assert (last.hour, last.minute, last.second) == (23, 59, 59)
    return f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"


DAYS = {
    "2024-01-23": [
        "23 Jan. 2024",
        "23-Jan-2024",
        "23 January 2024",
        "January 23, 2024",
        "Jan. 23, 2024",
        "23/01/2024",
        "23.01.2024",
        "23-01-2024",
        "23 janv. 2024",
        "mardi 23 janvier 2024",
        "23 січня 2024 р.",
        "23 січ. 2024",
        "23 января 2024 г.",
        "23 января 2024 года",
        "во вторник (23 января 2024 года)",
        "зі вівторка, 23 січня 2024",
        "23.01.2024 р.",
        "this Tuesday (23 January 2024)",
        "late on Tuesday evening (23 January 2024)",
        "Tuesday’s (23 January 2024)",
        "23.01.2024.",
        "Brussels (23 January 2024) -",
        "Kabul, Afghanistan (Jan. 23, 2024) – Two patrols met.",
        "the 23rd of January 2024",
        "Tuesday, 23 January 2024",
        "Tuesday (23 January 2024)",
        "today (23 January 2024)",
        "yesterday (23 January 2024)",
        "On 23 January 2024",
        "Published: 23 Jan 2024",
        "23 Jan. 2024 -",
        "| 23 Jan. 2024 |",
        "Publié le 23 janvier 2024",
        "KABUL, Afghanistan (Jan. 23, 2024) -",
        "KABUL, Afghanistan (Jan. 23, 2024) – Two patrols met.",
        "Brussels, 23 January 2024",
        "2024-01-23",
        "20240123",
        "2024-W04-2",
        "2024W042",
        "2024-023",
        "2024023",
        "2024/01/23",
        "2024.01.23",
        "2024 January 23",
        "Jan-23-2024",
        "01/23/2024",
        "23 Jan 24",
        "23/1/24",
        "23-Jan-24",
        "/2024/01/23/slug",
        "s240123a.htm",
        "https://example.org/docu/speech/2024/s240123b.htm",
        "https://example.org/en/news/2024/01/23/a-slug?x=1",
        "２３ January ２０２４",
        "23\u00a0Jan\u20602024",
    ],
    "2022-05-20": ["20 May. 2022", "20 mai 2022", "20 травня 2022", "20 мая 2022"],
    "2022-09-01": [
        "1 Sept. 2022",
        "Sept. 1, 2022",
        "1er septembre 2022",
        "1st September 2022",
        "01 Sep. 2022",
    ],
    "2022-11-08": ["mar. 8 nov. 2022", "8 листопада 2022 року", "8 ноября 2022"],
    "2006-11-26": ["Updated: 26-Nov-2006", "Last updated: 26 Nov 2006", "26-Nov-06"],
    "1999-04-24": ["24 Apr 99", "s990424a.htm"],
    "2009-04-01": ["01 Apr. 2009 / Last updated: 02 Apr. 2009 15:33"],
}


@pytest.mark.parametrize(("day", "text"), [(day, text) for day, texts in DAYS.items() for text in texts])
def test_a_day_is_all_its_seconds(day, text):
    assert days(text) == (day, day)


RANGES = [
    ("27 and 28 October 2022", "2022-10-27", "2022-10-28"),
    ("On 27 and 28 October 2022", "2022-10-27", "2022-10-28"),
    ("27, 28 and 29 October 2022", "2022-10-27", "2022-10-29"),
    ("27/28 October 2022", "2022-10-27", "2022-10-28"),
    ("13-15 September 2019", "2019-09-13", "2019-09-15"),
    ("13 – 15 Sept. 2019", "2019-09-13", "2019-09-15"),
    ("29 Jun. 2022 - 30 Jun. 2022", "2022-06-29", "2022-06-30"),
    ("29 Jun. - 1 Jul. 2022", "2022-06-29", "2022-07-01"),
    ("From 6 to 8 February 2023", "2023-02-06", "2023-02-08"),
    ("between 6 and 8 February 2023", "2023-02-06", "2023-02-08"),
    ("28 February to 2 March 2023", "2023-02-28", "2023-03-02"),
    ("30 December - 2 January 2023", "2022-12-30", "2023-01-02"),
    ("30 December 2022 – 2 January 2023", "2022-12-30", "2023-01-02"),
    ("October 27-28, 2022", "2022-10-27", "2022-10-28"),
    ("October 30 - November 2, 2022", "2022-10-30", "2022-11-02"),
    ("du 6 au 8 février 2023", "2023-02-06", "2023-02-08"),
    ("les 27 et 28 octobre 2022", "2022-10-27", "2022-10-28"),
    ("з 6 по 8 лютого 2023 року", "2023-02-06", "2023-02-08"),
    ("с 6 по 8 февраля 2023 г.", "2023-02-06", "2023-02-08"),
    ("2022-10-27/2022-10-28", "2022-10-27", "2022-10-28"),
    ("2022-10-27/28", "2022-10-27", "2022-10-28"),
    ("27.10.2022 - 28.10.2022", "2022-10-27", "2022-10-28"),
    ("2022-W45", "2022-11-07", "2022-11-13"),
    ("November 2022", "2022-11-01", "2022-11-30"),
    ("2022-11", "2022-11-01", "2022-11-30"),
    ("déc. 2022", "2022-12-01", "2022-12-31"),
    ("2022", "2022-01-01", "2022-12-31"),
]


@pytest.mark.parametrize("mark", [" - ", " – ", " to ", "/", "--"])
def test_ranges_of_iso_days(mark):
    assert days(f"2022-10-27{mark}2022-10-28") == ("2022-10-27", "2022-10-28")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022-11-26T13:30:05.999Z", "13:30:05", "13:30:05"),
        ("2022-11-26T13:30.5Z", "13:30:30", "13:30:35"),
        ("2022-11-26T13,25Z", "13:15:00", "13:15:35"),
        ("20221126T1330.75Z", "13:30:45", "13:30:45"),
    ],
)
def test_a_fraction_belongs_to_the_last_unit(text, first, last):
    when = parse_absolute(text, tz=BRUSSELS)
    assert (when.earliest, when.latest) == (utc(f"2022-11-26T{first}"), utc(f"2022-11-26T{last}"))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("8 November 2022 09:00-10:30", "2022-11-08T08:00:00", "2022-11-08T09:30:59"),
        ("8 November 2022, 14:00 – 16:00", "2022-11-08T13:00:00", "2022-11-08T15:00:59"),
        ("8 November 2022, 14:00 - 16:00 GMT", "2022-11-08T14:00:00", "2022-11-08T16:00:59"),
        ("8 November 2022 14:00 -05:00", "2022-11-08T19:00:00", "2022-11-08T19:00:59"),
        ("2022-11-08T14:00-16:00", "2022-11-08T13:00:00", "2022-11-08T13:00:59"),
        ("2022-11-08T14:00:00Z/2022-11-09T16:00:00Z", "2022-11-08T14:00:00", "2022-11-09T16:00:00"),
    ],
)
def test_from_one_time_of_day_to_another(text, first, last):
    when = parse_absolute(text, tz=BRUSSELS)
    assert (when.earliest, when.latest) == (utc(first), utc(last))


@pytest.mark.parametrize(
    "text", ["Dec 2022 - Jan 2023", "December 2022 to January 2023", "Dec. 2022-Jan. 2023"]
)
def test_months_of_two_years(text):
    assert days(text) == ("2022-12-01", "2023-01-31")


def test_the_sign_of_a_year_after_the_first():
    assert parse_absolute("+2022-11-26T13:30:00Z", tz=BRUSSELS).earliest == utc("2022-11-26T13:30:00")


@pytest.mark.parametrize("text", ["14 juill. 2021", "14 juil. 2021"])
def test_french_july(text):
    assert days(text, lang="fr") == ("2021-07-14", "2021-07-14")


@pytest.mark.parametrize(
    "text", ["п'ятниця (8 січня 2021)", "п\u2019ятниця (8 січня 2021)", "пʼятниця (8 січня 2021)"]
)
def test_every_apostrophe(text):
    assert days(text, lang="uk") == ("2021-01-08", "2021-01-08")


@pytest.mark.parametrize("text", ["-0001-01-01", "-2022-11-08", "\u22120044-03-15"])
def test_a_year_before_the_first_is_no_date(text):
    assert parse_absolute(text, tz=BRUSSELS) is None


@pytest.mark.parametrize("text", ["2022-11-08 12:31:05 +0100 CET", "Tue, 8 Nov 2022 12:31:05 +0100 CET"])
def test_an_offset_and_its_name(text):
    when = parse_absolute(text, tz=BRUSSELS)
    assert when.earliest == when.latest == utc("2022-11-08T11:31:05")


@pytest.mark.parametrize(("text", "first", "last"), RANGES)
def test_a_range_runs_from_its_first_day_to_its_last(text, first, last):
    assert days(text) == (first, last)


@pytest.mark.parametrize(
    ("text", "page", "role", "day"),
    [
        ("FEB 1", "2024-01-23", "event_upcoming", "2024-02-01"),
        ("FEB\n1", "2024-03-23", "event_upcoming", "2025-02-01"),
        ("1 FEB", "2024-02-01", "event_upcoming", "2024-02-01"),
        ("DEC 12", "2024-01-23", "event_recent", "2023-12-12"),
        ("JAN 23", "2024-01-23", "event_recent", "2024-01-23"),
        ("Monday (27 November)", "2023-11-29", "", "2023-11-27"),
        ("Monday (27 November)", "2023-11-29", "mention", "2023-11-27"),
        ("Wednesday (29 February)", "2013-01-10", "", "2012-02-29"),
        ("KABUL, Afghanistan (Sept. 1) -", "2010-09-02", "", "2010-09-01"),
        ("31 December", "2023-01-02", "", "2022-12-31"),
        ("2 January", "2022-12-30", "", "2023-01-02"),
    ],
)
def test_a_missing_year_comes_from_the_page(text, page, role, day):
    assert days(text, page_date=date.fromisoformat(page), role=role) == (day, day)
    assert parse_absolute(text, tz=BRUSSELS) is None


@pytest.mark.parametrize(
    ("text", "first", "seconds"),
    [
        ("Last updated: 21 Nov. 2019 10:03", "2019-11-21T09:03:00", 60),
        ("19 Sep. 2025 12:00:00 GMT", "2025-09-19T12:00:00", 1),
        ("Tue, 08 Nov 2022 14:03:05 GMT", "2022-11-08T14:03:05", 1),
        ("Tue, 08 Nov 2022 14:03:05 +0100", "2022-11-08T13:03:05", 1),
        ("Tue, 08 Nov 2022 14:03:05 -0330 (NST)", "2022-11-08T17:33:05", 1),
        ("Tue, 08 Nov 2022 14:03:05 EST", "2022-11-08T19:03:05", 1),
        ("Tue, 08 Nov 2022 14:03:05 CET", "2022-11-08T13:03:05", 1),
        ("Tue, 08 Nov 2022 14:03:05 UT", "2022-11-08T14:03:05", 1),
        ("08 Nov 22 14:03 Z", "2022-11-08T14:03:00", 60),
        ("Tuesday, 08-Nov-22 14:03:05 GMT", "2022-11-08T14:03:05", 1),
        ("Tue Nov  8 14:03:05 2022", "2022-11-08T13:03:05", 1),
        ("Tue Nov 08 2022 14:03:05 GMT+0100 (Central European Standard Time)", "2022-11-08T13:03:05", 1),
        ("8 Nov 2022 14:03 UTC+2", "2022-11-08T12:03:00", 60),
        ("2022-11-08T14:03:05Z", "2022-11-08T14:03:05", 1),
        ("2022-11-08t14:03:05.123z", "2022-11-08T14:03:05", 1),
        ("2022-11-08T14:03:05,5+01:00", "2022-11-08T13:03:05", 1),
        ("20221108T140305Z", "2022-11-08T14:03:05", 1),
        ("20221108T1403+0100", "2022-11-08T13:03:00", 60),
        ("2022-11-08T14:03+01", "2022-11-08T13:03:00", 60),
        ("2022-11-08T14Z", "2022-11-08T14:00:00", 3600),
        ("2022-11-08 14:03", "2022-11-08T13:03:00", 60),
        ("2022-11-08 14:03:05 +0100", "2022-11-08T13:03:05", 1),
        ("2022-11-08T24:00:00Z", "2022-11-09T00:00:00", 1),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59", 1),
        ("2022-11-08T14:03:05+01:00[Europe/Brussels]", "2022-11-08T13:03:05", 1),
        ("2022/11/08 14:03", "2022-11-08T13:03:00", 60),
        ("Tue, 11/08/2022 - 14:03", "2022-11-08T13:03:00", 60),
        ("8 November 2022 at 2:03 p.m.", "2022-11-08T13:03:00", 60),
        ("8 November 2022, 12 am", "2022-11-07T23:00:00", 3600),
        ("8 novembre 2022 à 14h03", "2022-11-08T13:03:00", 60),
        ("8 листопада 2022 р. о 14:03", "2022-11-08T13:03:00", 60),
        ("8 ноября 2022 года в 14:03", "2022-11-08T13:03:00", 60),
        ("30 October 2022 02:30", "2022-10-30T00:30:00", 3660),
        ("27 March 2022 02:30", "2022-03-27T01:30:00", 60),
    ],
)
def test_a_time_is_as_long_as_it_is_exact(text, first, seconds):
    when = parse_absolute(text, tz=BRUSSELS)
    assert when.earliest == utc(first)
    assert (when.latest - when.earliest).total_seconds() + 1 == seconds
    assert when.evidence[0].strength == Strength.EXACT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31 Feb 2022",
        "99 November 2022",
        "8 November 12022",
        "8 November 0000",
        "8 November 5",
        "1/2/3",
        "2022-13-45",
        "2022-02-30T10:00Z",
        "2022-11-08T25:00Z",
        "2022-W54",
        "2022-000",
        "2022-367",
        "NATO 2030",
        "F-16",
        "Article 5",
        "12:00",
        "GMT",
        "1.2.3.4",
        "3-5",
        "Tuesday",
        "November",
        "2022-2023",
        "/9999/99/99/x",
        "s039918a.htm",
        "NATO’s 2022 Strategic Concept",
        "8 November 2022 to 6 November 2022",
        "99999999",
        "1234",
    ],
)
def test_what_is_no_date_is_none(text):
    assert parse_absolute(text, tz=BRUSSELS, page_date=None) is None


def test_only_what_is_told_of_is_weaker():
    assert parse_absolute("8 Nov 2022", tz=BRUSSELS).evidence[0].strength == Strength.STATED
    assert parse_absolute("8 Nov 2022", tz=BRUSSELS, role="mention").evidence[0].strength == Strength.EVENT


def test_the_calendar_ends_without_an_exception():
    assert parse_absolute("31 December 9999", tz=ZoneInfo("America/New_York")).latest.year == 9999
    assert parse_absolute("1 January 0001", tz=BRUSSELS).earliest.year == 1


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://example.org/en/news/2025/11/14/a-slug", "2025-11-14"),
        ("/docu/speech/2003/s030918a.htm", "2003-09-18"),
        ("/docu/update/2006/11-november/e1126a.htm", "2006-11-26"),
        ("/news/2025-11-14-slug", "2025-11-14"),
        ("/files/20251114_statement.pdf", "2025-11-14"),
        ("/cps/en/natohq/news_208889.htm", None),
        ("/docu/pr/2003/p03-099e.htm", None),
        ("/2025/13/41/slug", None),
        ("", None),
    ],
)
def test_an_address_may_name_a_day(url, day):
    found = find_path_date(url, tz=BRUSSELS)
    if day is None:
        assert found is None
    else:
        assert found.strength == Strength.PATH
        assert f"{found.earliest.astimezone(BRUSSELS):%Y-%m-%d %H:%M:%S}" == f"{day} 00:00:00"
        assert f"{found.latest.astimezone(BRUSSELS):%Y-%m-%d %H:%M:%S}" == f"{day} 23:59:59"


def feed(*texts):
    return as_days([parse_absolute(text, tz=BRUSSELS) if text else None for text in texts], tz=BRUSSELS)


def test_a_feed_that_stamps_noon_on_everything_states_days():
    dates = (
        "19 Sep. 2025 12:00:00 GMT",
        "Thu, 18 Sep 2025 00:00:00 +0200",
        None,
        "17 Sep. 2025 12:00:00 GMT",
    )
    found = feed(*dates)
    assert found[2] is None
    assert [when.earliest for when in found if when] == [
        utc("2025-09-18T22:00:00"),
        utc("2025-09-17T22:00:00"),
        utc("2025-09-16T22:00:00"),
    ]
    assert found[0].latest == utc("2025-09-19T21:59:59")
    assert found[0].evidence[0].strength == Strength.STATED
    assert found[0].precision == "day"


@pytest.mark.parametrize(
    "dates",
    [
        ("19 Sep. 2025 12:00:00 GMT", "18 Sep. 2025 12:00:00 GMT"),
        ("19 Sep. 2025 12:00:00 GMT", "18 Sep. 2025 12:00:00 GMT", "17 Sep. 2025 12:00:01 GMT"),
        (),
    ],
)
def test_any_other_feed_keeps_its_instants(dates):
    assert feed(*dates) == tuple(parse_absolute(text, tz=BRUSSELS) for text in dates)
