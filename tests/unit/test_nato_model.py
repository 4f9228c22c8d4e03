"""A page's model: title, text and modification, and that it says nothing it does not show."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from parsers import registry
from parsers.errors import LayoutError, ParseError
from parsers.model import Detail
from tests.captures import capture_of

ZONE = ZoneInfo("Europe/Brussels")
PATH = "/en/news-and-events/articles/news/2025/11/14/a-pier-is-mended"
URL = f"https://www.nato.int/content/nato{PATH}.model.json"
LAYER = {"page-1": {"dc:title": "A pier is mended", "repo:modifyDate": "2025-11-20T09:30:00Z"}}
TEXT = {"root": {":items": {"text": {"text": "<p>Engineers mended the pier.</p>", "richText": True}}}}


def read(document, url=URL, parser="auto"):
    capture = capture_of(document, url, parser=parser)
    return registry.read(capture)


def model(**fields):
    return {"title": "A pier is mended", "dataLayer": LAYER, ":items": TEXT, **fields}


def test_a_model_speaks_of_its_page():
    parsed = read(model(description="A pier, mended."))
    (entry,) = parsed.entries
    assert (parsed.parser, parsed.page.listing, parsed.problems) == ("nato_model", False, ())
    assert entry.url == f"https://www.nato.int{PATH}"
    assert (entry.kind, entry.language, entry.detail) == ("news", "en", Detail.FEED)
    assert (entry.title, entry.summary, entry.text) == (
        "A pier is mended",
        "A pier, mended.",
        "Engineers mended the pier.",
    )


def test_a_modification_is_no_publication():
    (entry,) = read(model()).entries
    assert entry.updated.best == datetime(2025, 11, 20, 9, 30, tzinfo=UTC)
    assert [one.kind for one in entry.updated.evidence] == ["modified"]
    assert entry.published.earliest == datetime(2025, 11, 14, tzinfo=ZONE)
    assert [one.kind for one in entry.published.evidence] == ["path"]
    elsewhere = "https://www.nato.int/content/nato/en/about-us/who-we-are.model.json"
    assert read(model(), elsewhere).entries[0].published is None


def test_the_last_modification_counts():
    layers = {
        str(n): {"repo:modifyDate": moment}
        for n, moment in enumerate(["2025-11-20", "2025-11-22", "2025-11-21", "?"])
    }
    parsed = read(model(dataLayer=layers))
    assert parsed.entries[0].updated.earliest == datetime(2025, 11, 22, tzinfo=ZONE)
    assert "cannot be read: '?'" in parsed.problems[0].what


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ({"a": {"text": "One."}, "b": {"text": "Two."}}, "One.\n\nTwo."),
        (
            {
                "a": {"richText": "<p>One.</p>"},
                "b": {":items": {"c": {"text": "Two."}}},
                "d": {"text": "Three."},
            },
            "One.\n\nTwo.\n\nThree.",
        ),
        ({"a": {"text": "One.", "richText": "One."}}, "One."),
        ({"a": {"text": "1 < 2 &amp; so on", "richText": False}}, "1 < 2 & so on"),
        ({"a": {"text": "A pier is mended"}, "b": {"text": "It stands."}}, "It stands."),
        ({"a": {"text": "14 November 2025"}, "b": {"text": "It stands."}}, "It stands."),
        ({"a": {"text": 7, "richText": True, ":items": [{"text": "It stands."}, 3]}}, "It stands."),
        ({"a": {"i18n": {"text": "Close"}, "text": "It stands."}}, "It stands."),
    ],
)
def test_text_is_what_items_say_in_their_order(items, text):
    (entry,) = read(model(**{":items": items})).entries
    assert entry.text == text


def test_a_printed_day_corroborates():
    (entry,) = read(
        model(**{":items": {"a": {"text": "14 November 2025"}, "b": {"text": "It stands."}}})
    ).entries
    assert {one.kind for one in entry.published.evidence} == {"path", "printed"}


def test_what_is_not_there_is_not_claimed():
    parsed = read({"title": "A pier is mended", "dataLayer": {}})
    (entry,) = parsed.entries
    assert (entry.text, entry.summary, entry.updated, entry.detail) == ("", "", None, Detail.LINK)
    assert parsed.problems[0].what == "There is no text in it."
    assert read({"dataLayer": LAYER, ":items": TEXT}).entries[0].title == "A pier is mended"


def test_two_titles_are_told():
    parsed = read(model(title="A pier is broken"))
    assert parsed.entries[0].title == "A pier is broken"
    assert "its data layer calls it 'A pier is mended'" in parsed.problems[0].what
    assert read(model(title="A PIER is mended ")).problems == ()


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"title": "Some other JSON"}, LayoutError),
        ({":items": TEXT}, LayoutError),
        ({"dataLayer": {"page": {"dc:title": " "}}}, LayoutError),
        ([], LayoutError),
        ("{", ParseError),
        ('{":items":' * 100_000, ParseError),
        ("<html><body>Sorry</body></html>", ParseError),
    ],
)
def test_what_is_no_model_is_refused(document, error):
    with pytest.raises(ParseError) as caught:
        read(document, parser="nato_model")
    assert type(caught.value) is error


def test_a_heading_that_repeats_the_title_takes_no_paragraph_away():
    first = "Engineers of four nations met at the river on Friday and looked at what was left of it. " * 3
    html = f"<p>{first}</p><h2>A pier is mended</h2><p>Then they went to work.</p>"
    (entry,) = read(model(**{":items": {"a": {"text": html}}})).entries
    assert entry.text.startswith("Engineers of four nations")
    assert entry.text.endswith("Then they went to work.")
