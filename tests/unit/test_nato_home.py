"""The old home page: what is an item, of which kind, and which date is whose."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from parsers import nato_home
from parsers.errors import LayoutError
from tests.captures import capture_of
from tests.seed_pages import Home, Listed, read_home, render_home

ZONE = ZoneInfo("Europe/Brussels")
HEADERS = (("Date", "Tue, 23 Jan 2024 18:00:00 GMT"),)


def read(body, *, headers=HEADERS):
    capture = capture_of(body, "https://www.nato.int/", parser="nato_home", headers=headers)
    return nato_home.parse(capture)


def day_of(when):
    if when is None:
        return ""
    assert when.latest - when.earliest <= timedelta(days=1)
    return when.earliest.astimezone(ZONE).strftime("%d %b. %Y").replace("May.", "May")


HOME = Home(
    news=[
        Listed("A harbour is dredged", "23 Jan. 2024"),
        Listed("Cooks share a recipe", ""),
        Listed("All Allies lend a ladder", ""),
        Listed("Photos of a bridge are found", ""),
    ],
    featured=[
        Listed("A winter of training", "22 Jan. 2024"),
        Listed("How a plan is made", ""),
        Listed("A dog is promoted", "04 Jan. 2024"),
    ],
    review=[
        Listed("On patience", "13 Dec. 2023", "Why it pays to wait."),
        Listed(
            "On patience",
            "13 Dec. 2023",
            "Patience is planned, like everything else, says this long essay.",
        ),
        Listed("On haste", "30 Nov. 2023", "Haste has its uses; a short list of them follows below."),
    ],
    events=[Listed("A visit to the south", "FEB 1"), Listed("Ministers meet", "DEC 15")],
    focus=["Deterrence", "Funding"],
)


@pytest.mark.parametrize("flat", [False, True])
def test_each_entry_with_its_kind_and_date(flat):
    parsed = read(render_home(HOME, flat=flat))
    told = [(e.kind, e.title, day_of(e.published), day_of(e.event)) for e in parsed.entries]
    assert told == [
        ("news", "A harbour is dredged", "23 Jan. 2024", ""),
        ("news", "Cooks share a recipe", "", ""),
        ("news", "All Allies lend a ladder", "", ""),
        ("news", "Photos of a bridge are found", "", ""),
        ("photo", "A winter of training", "22 Jan. 2024", ""),
        ("photo", "How a plan is made", "", ""),
        ("photo", "A dog is promoted", "04 Jan. 2024", ""),
        ("review", "On patience", "13 Dec. 2023", ""),
        ("review", "On haste", "30 Nov. 2023", ""),
        ("event", "A visit to the south", "", "01 Feb. 2024"),
        ("event", "Ministers meet", "", "15 Dec. 2024"),
    ]
    assert parsed.entries[7].summary == HOME.review[1].text
    assert parsed.problems == ()


def test_recent_events_lie_behind():
    body = render_home(HOME, flat=False).decode()
    body = body.replace('<a href="#u">UPCOMING</a> <a href="#r">RECENT</a>', "<b>RECENT</b>")
    assert [day_of(e.event) for e in read(body).entries if e.kind == "event"] == [
        "01 Feb. 2023",
        "15 Dec. 2023",
    ]


def test_an_old_copy_is_dated_by_its_own_news():
    parsed = read(render_home(HOME, flat=False), headers=(("Date", "Mon, 01 Jun 2026 08:00:00 GMT"),))
    assert day_of(parsed.entries[-2].event) == "01 Feb. 2024"


@pytest.mark.parametrize(
    "event",
    [
        "<a href='/cps/en/natohq/events_1.htm'><div>FEB</div><div>1</div><p>A visit</p></a>",
        "<div>FEB</div><div>1</div><p><a href='/cps/en/natohq/events_1.htm'>A visit</a></p>",
        "<a href='/cps/en/natohq/events_1.htm'><span>FEB</span><span>1</span><h3>A visit</h3></a>",
        "<p>1 FEB <a href='/cps/en/natohq/events_1.htm'>A visit</a></p>",
    ],
)
def test_a_calendar_leaf_is_a_date(event):
    body = render_home(HOME._replace(events=[]), flat=False).decode()
    body = body.replace("<section><h2>NATO IN FOCUS", f"<div>{event}</div><section><h2>NATO IN FOCUS")
    visit = read(body).entries[-1]
    assert (visit.kind, visit.title, day_of(visit.event)) == ("event", "A visit", "01 Feb. 2024")


@pytest.mark.parametrize(
    "words",
    ["› Read more", "» More", "Read the full story ›", "Full transcript", "En savoir plus", "Подробнее…"],
)
def test_the_way_to_the_rest_of_an_item_is_no_item(words):
    plain = render_home(HOME, flat=False)
    more = f"<p><a href='/cps/en/natohq/news_9.htm'>{words}</a></p></div></section>".encode()
    parsed = read(plain.replace(b"</div></section>", more))
    assert plain.count(b"</div></section>") > 0
    assert [entry.title for entry in parsed.entries] == [entry.title for entry in read(plain).entries]


def test_a_comment_in_a_paragraph_is_no_sentence():
    plain = render_home(HOME, flat=True)
    noted = plain.replace(b"<p><a", b"<p><!-- https://www.nato.int/cps/en/natohq/news_209981.htm --><a")
    assert noted != plain
    assert read(noted).entries == read(plain).entries


def test_what_stands_between_two_tabs_is_no_tab():
    body = render_home(HOME, flat=True)
    assert read(body.replace(b"UPCOMING RECENT", b"Upcoming | Recent")).entries == read(body).entries


def test_a_text_does_not_end_in_the_way_to_its_rest():
    plain = render_home(HOME, flat=True)
    text = next(one.text for one in HOME.review if one.text.endswith(".")).encode()
    more = plain.replace(text, text + b" <a href='/cps/en/natohq/news_9.htm'>Read more</a>")
    assert more != plain
    assert read(more).entries == read(plain).entries


@pytest.mark.parametrize("flat", [False, True])
def test_without_news_it_is_another_page(flat):
    body = render_home(HOME, flat=flat)
    for mark in (b"LATEST NEWS", b"GET THE LATEST UPDATES", b"hero"):
        body = body.replace(mark, b"changed")
    with pytest.raises(LayoutError, match="Latest news"):
        read(body)


def test_a_missing_section_is_a_problem():
    body = render_home(HOME, flat=False).replace(b"EVENT CALENDAR", b"AGENDA")
    parsed = read(body)
    assert not any(entry.kind == "event" for entry in parsed.entries)
    assert [problem.what for problem in parsed.problems] == [
        "The section 'Event Calendar' is missing or empty."
    ]


@pytest.mark.samples
class TestSamples:
    @pytest.mark.parametrize("flat", [False, True])
    def test_the_page_of_january_2024(self, samples, flat):
        (path,) = (samples / "seeds").glob("004_*.txt")
        home = read_home(path.read_text(encoding="utf-8"))
        parsed = read(render_home(home, flat=flat))
        review = list(dict.fromkeys((n.title, n.date) for n in home.review))
        listed = [(n.title, n.date) for n in (*home.news, *home.featured)] + review
        assert (len(home.news), len(home.featured), len(review), len(home.events)) == (7, 10, 4, 3)
        articles = [entry for entry in parsed.entries if entry.kind != "event"]
        events = [entry for entry in parsed.entries if entry.kind == "event"]
        assert [(entry.title, day_of(entry.published)) for entry in articles] == listed
        assert [(entry.title, day_of(entry.event)) for entry in events] == [
            (n.title, f"{int(n.date.split()[1]):02} Feb. 2024") for n in home.events
        ]
        assert not {entry.title for entry in parsed.entries} & set(home.focus)

    def test_the_real_fragment(self, samples):
        parsed = read(
            (samples / "data" / "nato" / "nato_home_hero_2022-12-07.html").read_bytes(), headers=()
        )
        assert len(parsed.entries) == 7
        assert day_of(parsed.entries[0].published) == "07 Dec. 2022"
        assert all(entry.published is None for entry in parsed.entries[1:])
        assert all(entry.url.startswith("https://") for entry in parsed.entries)
