"""The list service's answers: what an entry shows is read, the rest is not claimed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parsers import registry
from parsers.errors import LayoutError, ParseError
from parsers.model import Detail
from tests.captures import capture_of

ZONE = ZoneInfo("Europe/Brussels")
URL = "https://www.nato.int/content/nato/en/news-and-events/events/x/jcr:content/root/search.search.json?page=1"
EVENT = "/en/news-and-events/events/event-programmes/a-summit"
SPEECH = "/en/news-and-events/events/transcripts/2025/11/14/a-speech"


def read(document, url=URL):
    capture = capture_of(document, url)
    return registry.read(capture)


def read_one(**fields):
    return read({"pages": [{"title": "A summit", "link": EVENT, **fields}]}).entries[0]


def test_an_event_takes_place_on_its_days_and_has_no_publication():
    entry = read_one(
        startDate="07 July 2026", endDate="08 July 2026", eventCity="Ankara", country="Türkiye"
    )
    assert (entry.kind, entry.language, entry.summary, entry.detail) == (
        "event",
        "en",
        "Ankara, Türkiye",
        Detail.TEASER,
    )
    assert entry.event.earliest == datetime(2026, 7, 7, tzinfo=ZONE)
    assert entry.event.latest == datetime(2026, 7, 9, tzinfo=ZONE) - timedelta(seconds=1)
    assert entry.published is None


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        ({"startDate": "07 July 2026"}, 1),
        ({"startDate": "07 July 2026", "endDate": "07 July 2026"}, 1),
        ({"startDate": "07 July 2026", "endDate": ""}, 1),
        ({"startDate": "07 July 2026", "endDate": "01 July 2026"}, 1),
        ({"startDate": "07 July 2026", "endDate": "soon"}, 1),
        ({"startDate": "31 December 2026", "endDate": "02 January 2027"}, 3),
        ({"endDate": "07 July 2026"}, 0),
        ({"startDate": 1783375200}, 0),
        ({}, 0),
    ],
)
def test_events_of_any_length(dates, days):
    entry = read_one(**dates)
    width = (entry.event.latest - entry.event.earliest) if entry.event else timedelta(seconds=-1)
    assert width == timedelta(days=days, seconds=-1)
    assert (entry.event.precision == "day" if entry.event else days == 0) or days > 1


def test_a_transcript_has_the_day_of_its_path_alone():
    entry = read_one(title="A speech", link=SPEECH, startDate="01 January 2020")
    assert (entry.kind, entry.event, entry.detail) == ("transcript", None, Detail.LINK)
    assert entry.published.earliest == datetime(2025, 11, 14, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        (SPEECH, f"https://www.nato.int{SPEECH}"),
        (f"https://www.nato.int{SPEECH}.html", f"https://www.nato.int{SPEECH}.html"),
        (f"/content/nato{SPEECH}.html", f"https://www.nato.int{SPEECH}"),
        ("https://shape.nato.int/content/nato/en/a", "https://shape.nato.int/content/nato/en/a"),
    ],
)
def test_links_lead_to_where_readers_are_led(link, url):
    assert read_one(link=link).url == url


def test_keys_in_any_case_at_the_top_or_below():
    page = {"Title": "A <em>speech</em> &amp; more", "LINK": SPEECH, "unknown": {"a": [1]}}
    for document in ({"pages": [page]}, {"Pages": [page]}, {"results": {"pages": [page]}, "total": 1}):
        (entry,) = read(document).entries
        assert entry.title == "A speech & more"


def test_what_has_no_title_or_link_is_told():
    parsed = read({"pages": [{"title": "A speech"}, {"link": SPEECH}, 7, {"title": "One", "link": SPEECH}]})
    assert [entry.title for entry in parsed.entries] == ["One"]
    assert [(one.where, one.what) for one in parsed.problems] == [
        ("A speech", "It has no link."),
        ("page 2", "It has no title."),
        ("page 3", "It has no title."),
    ]


def test_no_pages_is_an_empty_listing():
    assert read({"pages": []}).entries == ()


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"results": 3}, LayoutError),
        ({"pages": {}}, LayoutError),
        ({"pages": [{"name": "x"}]}, LayoutError),
        ("{", ParseError),
    ],
)
def test_what_is_no_list_is_refused(document, error):
    with pytest.raises(ParseError) as caught:
        read(document)
    assert type(caught.value) is error
