from __future__ import annotations

import re
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from zoneinfo import ZoneInfo

import pytest

from aggregator import config
from aggregator.render.digest import (
    HEADINGS,
    PERIODS,
    Digest,
    bound_days,
    render_eml,
    render_html,
    render_text,
    select,
    span_period,
)
from parsers.dates import describe
from parsers.errors import ConfigError
from parsers.model import KINDS, Item
from tests.unit.delivery_cases import BRUSSELS, UNDATED, at, day, make, say, span

OFFICES = {"secretary-general": "NATO Secretary General"}
ON = date(2022, 11, 8)


def ids(digest: Digest) -> list[str]:
    return [line.item.id for group in digest.groups for line in group.lines]


def daily(*items: Item) -> Digest:
    return select(items, "daily", ON, BRUSSELS, offices=OFFICES)


@pytest.mark.parametrize(
    ("period", "on", "first", "last"),
    [
        ("daily", "2022-11-08", "2022-11-08", "2022-11-08"),
        ("weekly", "2022-11-08", "2022-11-07", "2022-11-13"),
        ("weekly", "2022-11-13", "2022-11-07", "2022-11-13"),
        ("weekly", "2023-01-01", "2022-12-26", "2023-01-01"),
        ("monthly", "2024-02-29", "2024-02-01", "2024-02-29"),
        ("monthly", "2022-12-31", "2022-12-01", "2022-12-31"),
        ("monthly", "9999-12-05", "9999-12-01", "9999-12-31"),
        ("weekly", "9999-12-31", "9999-12-27", "9999-12-31"),
        ("weekly", "0001-01-01", "0001-01-01", "0001-01-07"),
    ],
)
def test_a_period_has_its_days(period: str, on: str, first: str, last: str) -> None:
    days = span_period(period, date.fromisoformat(on))
    assert days == (date.fromisoformat(first), date.fromisoformat(last))


def test_every_period_and_kind_is_known() -> None:
    assert config.PERIODS == PERIODS
    assert set(HEADINGS) == set(KINDS)


def test_an_unknown_period_says_which_there_are() -> None:
    with pytest.raises(ConfigError, match="daily, weekly, monthly"):
        select([], "hourly", ON, BRUSSELS)


@pytest.mark.parametrize(
    ("zone", "on", "hours"),
    [
        ("Europe/Brussels", "2022-11-08", 24),
        ("Europe/Brussels", "2022-10-30", 25),
        ("Europe/Brussels", "2022-03-27", 23),
        ("America/Sao_Paulo", "2018-11-04", 23),  # midnight itself is skipped
        ("Africa/Cairo", "2023-04-28", 23),
        ("Africa/Cairo", "2023-10-26", 25),  # 23:00 comes twice
        ("Pacific/Apia", "2011-12-31", 24),
    ],
)
def test_days_are_as_long_as_their_clock_says(zone: str, on: str, hours: int) -> None:
    day_on, place = date.fromisoformat(on), ZoneInfo(zone)
    begin, end = bound_days(day_on, day_on, place)
    assert end - begin == timedelta(hours=hours) - timedelta(seconds=1)
    assert begin.astimezone(place).date() == end.astimezone(place).date() == day_on
    before = begin - timedelta(seconds=1)
    assert before.astimezone(place).date() < day_on < (end + timedelta(seconds=1)).astimezone(place).date()


def test_days_at_the_ends_of_the_calendar_have_bounds() -> None:
    begin, end = bound_days(date.min, date.max, BRUSSELS)
    assert begin.year == 1
    assert end.year == 9999


@pytest.mark.parametrize(
    ("published", "is_in", "certain"),
    [
        (day("2022-11-08"), True, True),
        (day("2022-11-07"), False, None),
        (day("2022-11-09"), False, None),
        (span("2022-11-07T23:00", "2022-11-08T22:59", precision="range"), True, True),
        (span("2022-11-07T12:00", "2022-11-08T12:00"), True, False),
        (span("2022-11-06T12:00", "2022-11-11T12:00"), True, False),
        (span("2022-11-08T12:00", "2022-11-09T12:00"), True, False),
        (span("2022-11-01T00:00", "2022-11-06T00:00"), False, None),
    ],
)
def test_an_item_belongs_by_its_interval(published: object, is_in: bool, certain: bool | None) -> None:
    item = make(published=published)
    digest = daily(item)
    assert bool(ids(digest)) is is_in
    if is_in:
        line = digest.groups[0].lines[0]
        assert line.date == describe(item.published, BRUSSELS)
        assert (line.note == "") is certain


def test_an_item_on_the_edge_stands_in_both_days_and_says_so() -> None:
    item = make(published=span("2022-11-07T12:00", "2022-11-08T12:00"))
    for on in (date(2022, 11, 7), date(2022, 11, 8)):
        digest = select([item], "daily", on, BRUSSELS)
        assert "may belong to another period" in render_text(digest)
    assert "may belong" not in render_text(select([item], "weekly", ON, BRUSSELS))


@pytest.mark.parametrize(
    "published",
    [
        UNDATED,
        span("2004-03-29T00:00", None, None, "bound"),
        span("2004-03-29T00:00", "2022-11-08T09:00", "2022-01-01T00:00"),
    ],
)
def test_without_a_usable_date_the_first_sighting_counts(published: object) -> None:
    item = make(published=published, first_seen=at("2022-11-08T09:00"))
    assert ids(daily(item)) == [item.id]
    assert "first seen 8 Nov 2022" in render_text(daily(item))
    assert ids(select([item], "daily", date(2022, 11, 9), BRUSSELS)) == []


def test_an_event_goes_by_the_days_it_takes_place() -> None:
    event = make(kind="event", published=UNDATED, event=span("2022-11-07T23:00", "2022-11-09T22:59"))
    assert ids(daily(event)) == [event.id]
    assert daily(event).groups[0].lines[0].note == ""
    assert ids(select([event], "daily", date(2022, 11, 10), BRUSSELS)) == []


def test_order_is_by_kind_then_newest_first_whatever_the_input() -> None:
    items = [
        make(1, kind="transcript"),
        make(2, published=span("2022-11-08T08:00", "2022-11-08T08:00", precision="second")),
        make(3, published=span("2022-11-08T10:00", "2022-11-08T10:00", precision="second")),
        make(4, kind="event"),
        make(5, published=span("2022-11-08T08:00", "2022-11-08T08:00", precision="second")),
    ]
    assert ids(daily(*items)) == ["i0003", "i0002", "i0005", "i0004", "i0001"]
    assert daily(*items) == daily(*reversed(items))
    assert [group.heading for group in daily(*items).groups] == ["News", "Events", "Transcripts"]


@pytest.mark.parametrize(
    ("period", "on", "name"),
    [
        ("daily", "2022-11-08", "natowire: Tuesday 8 November 2022"),
        ("weekly", "2022-11-08", "natowire: 7 to 13 November 2022"),
        ("weekly", "2022-12-01", "natowire: 28 November to 4 December 2022"),
        ("weekly", "2022-12-31", "natowire: 26 December 2022 to 1 January 2023"),
        ("monthly", "2022-11-08", "natowire: November 2022"),
    ],
)
def test_the_title_names_the_days(period: str, on: str, name: str) -> None:
    assert select([], period, date.fromisoformat(on), BRUSSELS).title == name


def test_text_shows_what_a_reader_needs() -> None:
    item = make(statements=(say(),))
    text = render_text(daily(item))
    for part in (
        item.title,
        describe(item.published, BRUSSELS),
        "Jens Stoltenberg, NATO Secretary General",
        item.summary,
        item.url,
        item.id,
        "Europe/Brussels",
    ):
        assert part in text


def test_text_keeps_to_72_columns_but_for_addresses() -> None:
    url = "https://www.nato.int/" + "a" * 100
    item = make(
        title="A title of many words " * 10, summary="w" * 200, text="", url=url, statements=(say(),) * 3
    )
    long_lines = [line for line in render_text(daily(item)).splitlines() if len(line) > 72]
    assert long_lines == [f"  {url}"]


def test_text_carries_no_terminal_escapes_and_no_forged_lines() -> None:
    item = make(title="One\x1b]0;x\x07\r\n[forged]", summary="\x1b[2Jtwo", url="https://nato.int/\x1b[31m")
    text = render_text(daily(item))
    assert "\x1b" not in text
    assert "\r" not in text
    assert "\n[forged]" not in text


def test_html_is_escaped_and_loads_nothing() -> None:
    item = make(
        title='<script>alert("x")</script>',
        summary="<img src=http://evil/x.png>",
        url='https://www.nato.int/"onclick="x',
        statements=(say(person="<b>Bold</b>", office=""),),
    )
    html = render_html(daily(item))
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;" in html
    assert not re.search(r"\bsrc=|<link|@import|url\(", html.replace("&lt;img src=", ""))
    assert set(re.findall(r'href="([^"]*)"', html)) == {"https://www.nato.int/&quot;onclick=&quot;x"}
    assert "prefers-color-scheme: dark" in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "", "//nato.int/x"])
def test_html_links_to_web_addresses_only(url: str) -> None:
    assert "href" not in render_html(daily(make(url=url)))


def test_an_empty_digest_says_so() -> None:
    assert "Nothing in this period" in render_text(daily())
    assert "Nothing in this period" in render_html(daily())


def test_a_mail_has_both_texts_and_is_the_same_each_time() -> None:
    digest = daily(make(title="Vučić visits", statements=(say(),)))
    sent = at("2022-11-09T07:00")
    raw = render_eml(digest, "natowire <wire@example.org>", ["a@example.org", "b@example.org"], sent)
    assert raw == render_eml(
        digest, "natowire <wire@example.org>", ["a@example.org", "b@example.org"], sent
    )
    mail = message_from_bytes(raw, policy=default)
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert text.get_content().replace("\r\n", "\n") == render_text(digest)
    assert html.get_content().replace("\r\n", "\n") == render_html(digest)
    assert mail["Subject"] == digest.title
    assert mail["To"] == "a@example.org, b@example.org"
    assert mail["Date"].datetime == sent
    assert mail["List-Unsubscribe"] is None
    assert re.fullmatch(r"<[0-9a-f]{40}@example\.org>", mail["Message-ID"])
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_the_message_id_is_that_of_the_content() -> None:
    sent = at("2022-11-09T07:00")

    def read_id(digest: Digest, to: str) -> str:
        return str(message_from_bytes(render_eml(digest, "wire@example.org", to, sent))["Message-ID"])

    one, two = daily(make(1)), daily(make(2))
    assert read_id(one, "a@example.org") == read_id(one, "a@example.org")
    assert (
        len({read_id(one, "a@example.org"), read_id(two, "a@example.org"), read_id(one, "b@example.org")})
        == 3
    )


def test_a_title_cannot_forge_a_header() -> None:
    digest = select(
        [make(title="x\r\nBcc: evil@example.org")], "daily", ON, BRUSSELS, title="a\r\nBcc: e@x.org"
    )
    mail = message_from_bytes(
        render_eml(digest, "Wire\r\nBcc: e@x.org <w@example.org>", "a@example.org", at("2022-11-09T07:00"))
    )
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    ("written", "header"),
    [
        ("a@example.org", "a@example.org"),
        ("<a@localhost>", "a@localhost"),
        ("Ann B. <a.b+c@example.org>", '"Ann B." <a.b+c@example.org>'),
        ('"Ann, B" <a@example.org>', '"Ann, B" <a@example.org>'),
        ("Žofie <a@example.org>", "Žofie <a@example.org>"),
    ],
)
def test_an_address_may_have_a_name(written: str, header: str) -> None:
    raw = render_eml(daily(), written, [written, "z@example.org"], at("2022-11-09T07:00"))
    mail = message_from_bytes(raw, policy=default)
    assert (mail["From"], mail["To"]) == (header, f"{header}, z@example.org")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "a",
        "a@",
        "@b",
        "a b@c.org",
        "a@b@c",
        "<a@b.org",
        "a@b.org>",
        "a@b..",
        "é@b.org",
        "a@b.org, c@d.org",
    ],
)
def test_what_is_no_address_is_said_so(written: str) -> None:
    with pytest.raises(ConfigError, match="is no mail address"):
        render_eml(daily(), written, "a@example.org", at("2022-11-09T07:00"))
    with pytest.raises(ConfigError, match="is no mail address"):
        render_eml(daily(), "a@example.org", ["b@example.org", written], at("2022-11-09T07:00"))
