from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.fetch.manners import fresh_until, moved_to, read_date, retry_at
from parsers.model import Exchange

NOW = datetime(2022, 11, 8, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", 2 * MINUTE),
        (" 3600 ", 60 * MINUTE),
        ("0", MINUTE),
        ("1", MINUTE),
        ("9" * 400, DAY),
        ("604800", DAY),
        ("Tue, 08 Nov 2022 12:30:00 GMT", 30 * MINUTE),
        ("Tuesday, 08-Nov-22 12:30:00 GMT", 30 * MINUTE),
        ("Tue Nov  8 12:30:00 2022", 30 * MINUTE),
        ("Tue, 08 Nov 2022 14:30:00 +0200", 30 * MINUTE),
        ("Thu, 01 Jan 1970 00:00:00 GMT", MINUTE),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("1e3", None),
        ("٣", None),
        ("Tue, 99 Foo 2022 12:30:00 GMT", None),
        ("2022-11-08T12:30:00Z", None),
        ("x" * 100_000, None),
    ],
)
def test_retry_after(value, wait):
    assert retry_at((("Retry-After", value),), NOW) == (None if wait is None else NOW + wait)


def test_without_retry_after_nothing_is_asked():
    assert retry_at((), NOW) is None


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=600"}, 10 * MINUTE),
        ({"cache-control": "public, MAX-AGE = 600 , must-revalidate"}, 10 * MINUTE),
        ({"Cache-Control": 'max-age="600"'}, 10 * MINUTE),
        ({"Cache-Control": "max-age=600", "Age": "120"}, 8 * MINUTE),
        ({"Cache-Control": "max-age=600", "Age": "900"}, None),
        ({"Cache-Control": "max-age=600", "Age": "old"}, 10 * MINUTE),
        ({"Cache-Control": "max-age=0"}, None),
        ({"Cache-Control": "max-age=-1"}, None),
        ({"Cache-Control": "max-age=31536000"}, DAY),
        ({"Cache-Control": "max-age=" + "9" * 400}, None),
        ({"Cache-Control": "max-age=600, no-cache"}, None),
        ({"Cache-Control": "no-store"}, None),
        ({"Cache-Control": "max-age=0", "Expires": "Tue, 08 Nov 2022 13:00:00 GMT"}, None),
        ({"Expires": "Tue, 08 Nov 2022 13:00:00 GMT"}, 60 * MINUTE),
        (
            # The server's own clock runs an hour ahead.
            {"Date": "Tue, 08 Nov 2022 13:00:00 GMT", "Expires": "Tue, 08 Nov 2022 13:20:00 GMT"},
            20 * MINUTE,
        ),
        ({"Expires": "-1"}, None),
        ({"Expires": "0"}, None),
        ({"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
    ],
)
def test_freshness(headers, wait):
    assert fresh_until(tuple(headers.items()), NOW) == (None if wait is None else NOW + wait)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["Cache-Control", "Expires", "Age", "Date", "Retry-After"]), st.text())
)
def test_any_headers_are_survived(headers):
    for ask in (retry_at, fresh_until):
        answer = ask(tuple(headers.items()), NOW)
        assert answer is None or NOW < answer <= NOW + DAY


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.datetimes(timezones=st.just(UTC)))
def test_dates_are_utc(moment):
    moment = moment.replace(year=max(moment.year, 1000), microsecond=0)
    written = moment.astimezone(timezone(timedelta(hours=5))) if moment.year < 9999 else moment
    assert read_date(format_datetime(written)) == moment


def hop(url: str, status: int = 301) -> Exchange:
    return Exchange(
        method="GET",
        url=url,
        request_headers=(),
        status=status,
        reason="",
        headers=(),
        body=b"",
        started_at=NOW,
    )


@pytest.mark.parametrize(
    ("hops", "final", "moved"),
    [
        ([], "http://a.example/", ""),
        ([hop("http://a.example/x")], "https://a.example/x", "https://a.example/x"),
        ([hop("http://a.example/x")], "https://www.a.example/y", "https://www.a.example/y"),
        ([hop("http://a.example/x", 308)], "http://a.example/y", "http://a.example/y"),
        (
            [hop("http://a.example/x"), hop("http://a.example/y")],
            "http://a.example/z",
            "http://a.example/z",
        ),
        ([hop("http://a.example/x"), hop("http://a.example/y", 302)], "http://a.example/z", ""),
        ([hop("http://a.example/x", 307)], "http://a.example/y", ""),
        ([hop("http://a.example/x")], "http://b.example/x", ""),
        ([hop("http://a.example/x")], "http://sub.a.example/x", ""),
        ([hop("https://a.example/x")], "http://a.example/x", ""),
    ],
)
def test_where_a_source_moved(hops, final, moved):
    assert moved_to(hops, final) == moved
