"""Days as typed into a query."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from storage.days import Span, read_day, read_span

ZONE = ZoneInfo("Europe/Brussels")
NOW = datetime(2022, 11, 26, 23, 30, tzinfo=UTC)  # already the 27th in Brussels, a Sunday


def local(*parts):
    return datetime(*parts, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022", (2022, 1, 1), (2022, 12, 31, 23, 59, 59)),
        ("2022-11", (2022, 11, 1), (2022, 11, 30, 23, 59, 59)),
        ("2022-12", (2022, 12, 1), (2022, 12, 31, 23, 59, 59)),
        ("2022-11-09", (2022, 11, 9), (2022, 11, 9, 23, 59, 59)),
        ("2022/11/9", (2022, 11, 9), (2022, 11, 9, 23, 59, 59)),
        ("20221109", (2022, 11, 9), (2022, 11, 9, 23, 59, 59)),
        ("9 Nov 2022", (2022, 11, 9), (2022, 11, 9, 23, 59, 59)),
        ("9th  NOVEMBER, 2022", (2022, 11, 9), (2022, 11, 9, 23, 59, 59)),
        ("Nov. 9, 2022", (2022, 11, 9), (2022, 11, 9, 23, 59, 59)),
        ("Sept 2022", (2022, 9, 1), (2022, 9, 30, 23, 59, 59)),
        ("february 2024", (2024, 2, 1), (2024, 2, 29, 23, 59, 59)),
        ("2022-10-30", (2022, 10, 30), (2022, 10, 30, 23, 59, 59)),  # 25 hours long
        ("today", (2022, 11, 27), (2022, 11, 27, 23, 59, 59)),
        ("yesterday", (2022, 11, 26), (2022, 11, 26, 23, 59, 59)),
        ("2 weeks ago", (2022, 11, 13), (2022, 11, 13, 23, 59, 59)),
        ("9 months ago", (2022, 2, 27), (2022, 2, 27, 23, 59, 59)),
        ("this week", (2022, 11, 21), (2022, 11, 27, 23, 59, 59)),
        ("last month", (2022, 10, 1), (2022, 10, 31, 23, 59, 59)),
        ("last year", (2021, 1, 1), (2021, 12, 31, 23, 59, 59)),
        ("25/11/2022", (2022, 11, 25), (2022, 11, 25, 23, 59, 59)),
        ("11/11/2022", (2022, 11, 11), (2022, 11, 11, 23, 59, 59)),
        ("2022-11-09 13:30", (2022, 11, 9, 13, 30), (2022, 11, 9, 13, 30, 59)),
        ("2022-10..2022-11", (2022, 10, 1), (2022, 11, 30, 23, 59, 59)),
    ],
)
def test_read(text, first, last):
    assert read_span(text, zone=ZONE, now=NOW) == Span(local(*first), local(*last))


def test_instants_with_their_own_zone():
    expected = datetime(2022, 11, 9, 13, 30, tzinfo=UTC)
    assert read_day("2022-11-09T13:30:00Z", zone=ZONE, now=NOW) == Span(expected, expected)
    assert read_day("2022-11-09T14:30:00+01:00", zone=ZONE, now=NOW) == Span(expected, expected)


def test_ranges_may_be_open():
    assert read_span("2022..", zone=ZONE, now=NOW) == Span(local(2022, 1, 1), None)
    assert read_span("..2022", zone=ZONE, now=NOW) == Span(None, local(2022, 12, 31, 23, 59, 59))


@pytest.mark.parametrize("unit", ["month", "year"])
def test_a_day_a_month_has_not_is_its_last(unit):
    now = datetime(2024, 2, 29, 12, tzinfo=UTC) if unit == "year" else datetime(2023, 3, 31, 12, tzinfo=UTC)
    span = read_day(f"1 {unit} ago", zone=ZONE, now=now)
    assert span == read_day("2023-02-28", zone=ZONE, now=now)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("09/11/2022", "more than one day"),
        ("9.11.22", "more than one day"),
        ("25-11-22", "more than one day"),
        ("2022-13", "no such day"),
        ("2022-02-30", "no such day"),
        ("0000", "no such day"),
        ("9999-12-31", "no such day"),
        ("9999 years ago", "no such day"),
        ("2022-11-09T25:00", "no such day"),
        ("9 Nove 2022", "write 2022"),
        ("soon", "write 2022"),
        ("..", "write 2022"),
        ("2023..2022", "ends before it begins"),
        ("2022..soon", "write 2022"),
        ("٢٠٢٢", "write 2022"),
        ("1" * 1000, "write 2022"),
        ("", "write 2022"),
    ],
)
def test_what_is_no_day_is_told_why(text, hint):
    answer = read_span(text, zone=ZONE, now=NOW)
    assert isinstance(answer, str)
    assert hint in answer
