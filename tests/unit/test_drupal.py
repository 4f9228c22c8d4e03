"""Aggregator pages: every markup, the date of each item, and the line that is no item's."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parsers import drupal
from parsers.errors import LayoutError
from parsers.model import Capture, Detail, Ref
from tests.seed_pages import MARKUPS, Aggregator, Item, read_aggregator, render_aggregator

ZONE = ZoneInfo("Europe/Brussels")
NOW = datetime(2022, 11, 26, 13, 30, tzinfo=UTC)
DATE = ("Date", "Sat, 26 Nov 2022 13:30:00 GMT")


def read(body, *, headers=(DATE,), reference=None):
    capture = Capture(
        source_id="s",
        parser="drupal",
        url="http://natowatch.org/aggregator/sources/1",
        final_url="http://natowatch.org/aggregator/sources/1",
        fetched_at=NOW,
        status=200,
        headers=tuple(headers),
        body=body if isinstance(body, bytes) else body.encode(),
        reference=reference,
    )
    return drupal.parse(capture)


FEED = Aggregator(
    [
        Item(
            "Engineers mend a pier",
            "17 hours 3 minutes ago",
            "The pier stood again today (25 November 2022).",
        ),
        Item("A choir from eleven countries", "2 weeks 1 day ago", "They sang in the rain, all of them."),
        Item(
            "Snow school opens",
            "1 month ago",
            "On Tuesday (25 October 2022) the snow school opened its doors.",
        ),
    ],
    "1 hour 8 minutes ago",
    "What is new?",
    "Subscribe to NATO News feed",
)


@pytest.mark.parametrize("markup", MARKUPS)
def test_every_markup_gives_the_same_items(markup):
    parsed = read(render_aggregator(FEED, markup))
    assert [(entry.title, entry.url, entry.summary) for entry in parsed.entries] == [
        (item.title, item.url, item.body) for item in FEED.items
    ]
    assert {entry.detail for entry in parsed.entries} == {Detail.TEASER}
    assert parsed.page.description == "What is new?"
    assert parsed.page.checked.earliest <= NOW - timedelta(minutes=68) <= parsed.page.checked.latest
    assert parsed.problems == ()


@pytest.mark.parametrize("markup", [name for name in MARKUPS if name != "seven"])
def test_dates_are_what_the_rule_allows(markup):
    pier, choir, snow = (entry.published for entry in read(render_aggregator(FEED, markup)).entries)
    assert pier.latest == NOW - timedelta(hours=17, minutes=3)
    assert pier.earliest > NOW - timedelta(hours=17, minutes=4)
    # "1 day" is the last of two units: under sixteen days, and no less than fifteen.
    assert NOW - timedelta(days=16) < choir.earliest < choir.latest <= NOW - timedelta(days=15)
    # Under a month and a week, and not before the event told of.
    assert snow.earliest >= datetime(2022, 10, 25, tzinfo=ZONE)
    assert snow.latest <= datetime(2022, 10, 26, 14, 30, tzinfo=ZONE)


def test_a_time_element_is_read_first():
    body = render_aggregator(FEED, "olivero").replace(
        b"<div>2 weeks 1 day ago</div>", b"<time datetime='2022-11-11T09:15:00Z'>2 weeks 1 day ago</time>"
    )
    assert read(body).entries[1].published.best == datetime(2022, 11, 11, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("printed", "day", "minute"),
    [
        ("Tue, 11/08/2022 - 14:30", (2022, 11, 8), (14, 30)),
        ("Tue, 08/11/2022 - 14:30", (2022, 11, 8), (14, 30)),
        ("Sun, 12/31/2017 - 00:05", (2017, 12, 31), (0, 5)),
    ],
)
def test_old_pages_print_dates_whose_weekday_tells_the_order(printed, day, minute):
    body = render_aggregator(FEED, "seven").replace(b"<em>2 weeks 1 day</em> ago", printed.encode())
    published = read(body).entries[1].published
    assert published.earliest == datetime(*day, *minute, tzinfo=ZONE)
    assert published.latest < datetime(*day, *minute, tzinfo=ZONE) + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ('<base href="https://www.nato.int/cps/en/">', "https://www.nato.int/cps/en/natohq/news_1.htm"),
        ('<base href="/mirror/">', "http://natowatch.org/mirror/natohq/news_1.htm"),
        ('<base target="_blank">', "http://natowatch.org/aggregator/sources/natohq/news_1.htm"),
        ('<base href="javascript:0">', "http://natowatch.org/aggregator/sources/natohq/news_1.htm"),
    ],
)
def test_relative_links_start_from_the_base(base, url):
    body = render_aggregator(FEED, "classy").decode().replace(FEED.items[0].url, "natohq/news_1.htm")
    assert read(body.replace("<head>", f"<head>{base}")).entries[0].url == url


def test_three_units_on_a_page_mean_that_it_prints_three():
    items = [Item("A", "1 week 2 days 3 hours ago", "Words."), Item("B", "5 days ago", "Words.")]
    parsed = read(render_aggregator(FEED._replace(items=items), "classy"))
    wide = parsed.entries[0].published
    assert wide.latest == NOW - timedelta(days=9, hours=3)
    assert wide.latest - wide.earliest < timedelta(hours=1)


def test_without_headers_the_reference_given_counts():
    given = Ref(earliest=NOW, latest=NOW, source="given")
    parsed = read(render_aggregator(FEED, "classy"), headers=(), reference=given)
    assert parsed.page.reference == given
    assert parsed.entries[1].published.latest == NOW - timedelta(days=15)


def test_without_any_the_page_dates_itself():
    items = [
        Item("A", "2 weeks 4 days ago", "Said today (8 November 2022)."),
        Item("B", "3 weeks 2 days ago", "Said today (3 November 2022)."),
        Item("C", "2 weeks 1 day ago", "It says nothing of its day."),
    ]
    parsed = read(render_aggregator(FEED._replace(items=items), "classy"), headers=())
    reference = parsed.page.reference
    assert datetime(2022, 11, 26, tzinfo=ZONE) <= reference.earliest <= reference.latest
    assert reference.latest < datetime(2022, 11, 28, tzinfo=ZONE)
    undated = parsed.entries[2].published
    assert datetime(2022, 11, 10, tzinfo=ZONE) <= undated.earliest <= undated.latest
    assert undated.latest < datetime(2022, 11, 13, tzinfo=ZONE)


def test_a_response_without_a_date_is_dated_by_our_clock():
    items = [Item("A", "2 weeks 4 days ago", "No day is told.")]
    parsed = read(render_aggregator(FEED._replace(items=items), "classy"), headers=(("Server", "x"),))
    assert parsed.entries[0].published.latest == NOW - timedelta(days=18)


def test_a_page_that_nothing_dates_says_so():
    items = [Item("A", "2 weeks 4 days ago", "No day is told.")]
    parsed = read(render_aggregator(FEED._replace(items=items), "classy"), headers=())
    assert parsed.entries[0].published is None
    assert any("rendered" in problem.what for problem in parsed.problems)


def test_an_item_without_a_date_is_kept():
    body = render_aggregator(FEED, "classy").replace(b">2 weeks 1 day ago<", b"><")
    choir = read(body).entries[1]
    assert (choir.title, choir.published) == ("A choir from eleven countries", None)


@pytest.mark.parametrize("markup", MARKUPS)
def test_an_empty_page_is_empty_only_by_its_own_mark(markup):
    page = render_aggregator(FEED._replace(items=[]), markup)
    assert read(page).entries == ()
    for mark in (b"aggregator", b"feed-source", b"feed-description", b"feed-updated"):
        page = page.replace(mark, b"changed")
    with pytest.raises(LayoutError, match="aggregator"):
        read(page)


@pytest.mark.parametrize("markup", MARKUPS)
def test_a_page_whose_items_changed_their_markup_is_no_empty_page(markup):
    page = render_aggregator(FEED, markup)
    page = page.replace(b"<article", b"<li").replace(b"</article", b"</li").replace(b"feed-item", b"story")
    page = page.replace(b"aggregator-item", b"story")
    with pytest.raises(LayoutError):
        read(page)


def test_articles_of_a_blog_are_no_items():
    with pytest.raises(LayoutError):
        read("<main><article><h3><a href='/1'>A title</a></h3><p>Some words.</p></article></main>")


@pytest.mark.samples
class TestSamples:
    """The aggregator pages the samples hold, in each markup, as they stood when they were rendered."""

    DAYS = {
        "002": [None, (11, 8), (11, 3), None, None, None, None],
        "003": [None, None, None, None, None, None],
    }
    EVENTS = {
        "002": [(11, 9), (11, 8), (11, 3), (10, 27), (10, 27), (10, 25), (10, 25)],
        "003": [None, None, (3, 26), (3, 25), (3, 24), (3, 22)],
    }
    RENDERED = {
        "002": ("Sat, 26 Nov 2022 13:30:00 GMT", "Sun, 27 Nov 2022 10:00:00 GMT"),
        "003": ("Wed, 29 Jun 2022 08:00:00 GMT",),
    }
    CASES = [
        (seed, date, markup) for seed, dates in RENDERED.items() for date in dates for markup in MARKUPS
    ]

    @pytest.mark.parametrize(("seed", "date", "markup"), CASES)
    def test_items_and_dates(self, samples, seed, date, markup):
        (path,) = (samples / "seeds").glob(f"{seed}_*.txt")
        feed = read_aggregator(path.read_text(encoding="utf-8"))
        parsed = read(render_aggregator(feed, markup), headers=(("Date", date),))
        assert [entry.title for entry in parsed.entries] == [item.title for item in feed.items]
        assert len(parsed.entries) == {"002": 7, "003": 6}[seed]
        for entry, item, day in zip(parsed.entries, feed.items, self.EVENTS[seed], strict=True):
            assert entry.summary == item.body
            when = entry.published
            widest = timedelta(days=7, hours=2) if "month" in item.date else timedelta(days=1, hours=1)
            assert when.latest - when.earliest <= widest, entry.title
            if day is not None:
                first = datetime(2022, *day, tzinfo=ZONE)
                assert when.earliest < first + timedelta(days=3), entry.title
                assert when.latest >= first, entry.title

    @pytest.mark.parametrize("markup", [name for name in MARKUPS if name != "seven"])
    def test_days_called_today_hold_the_date(self, samples, markup):
        (path,) = (samples / "seeds").glob("002_*.txt")
        feed = read_aggregator(path.read_text(encoding="utf-8"))
        parsed = read(render_aggregator(feed, markup))
        for entry, day in zip(parsed.entries, self.DAYS["002"], strict=True):
            if day is not None:
                first = datetime(2022, *day, tzinfo=ZONE)
                assert entry.published.earliest < first + timedelta(days=1)
                assert entry.published.latest >= first
                assert entry.published.conflicts == ()

    @pytest.mark.parametrize("seed", ["002", "003"])
    def test_saved_pages_date_themselves(self, samples, seed):
        (path,) = (samples / "seeds").glob(f"{seed}_*.txt")
        feed = read_aggregator(path.read_text(encoding="utf-8"))
        reference = read(render_aggregator(feed, "classy"), headers=()).page.reference
        if seed == "002":
            assert reference.earliest == datetime(2022, 11, 26, tzinfo=ZONE)
            assert reference.latest < datetime(2022, 11, 28, tzinfo=ZONE)
        else:
            assert reference.earliest == datetime(2022, 6, 29, tzinfo=ZONE)
