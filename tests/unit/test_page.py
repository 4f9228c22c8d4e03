from datetime import UTC, datetime

import pytest

from parsers import page
from parsers.errors import LayoutError
from parsers.model import Detail
from tests.captures import capture_of


def read(body, url="https://www.nato.int/what/index.html", **more):
    capture = capture_of(body, url, parser="page", **more)
    return page.parse(capture)


FRAME = """<html lang="en"><head><title>What we are</title></head><body>
<header><nav><a href="/">Home</a><a href="/news">News</a></nav></header>
<div class="cookie-banner">This website uses cookies to serve you. <button>Accept all</button></div>{}
<footer><p>Contact us</p></footer><script>var words = "not to be seen";</script></body></html>"""


def test_sections_are_text_with_their_headings():
    parsed = read(
        FRAME.format(
            "<main><h1>What we are</h1><h2>Purpose</h2>"
            "<p>Thirty-one <a href='/m'>member countries</a> agree.</p>"
            "<h2>Ways</h2><ul><li>to <b>consult</b></li><li>to decide</li></ul><p>Close</p></main>"
        )
    )
    (entry,) = parsed.entries
    assert entry.title == "What we are"
    assert entry.text == "Purpose\n\nThirty-one member countries agree.\n\nWays\n\nto consult\n\nto decide"
    assert (entry.kind, entry.detail, entry.published, entry.language) == ("page", Detail.PAGE, None, "en")
    assert parsed.page.listing is False


def test_pop_up_sections_are_text_of_the_page():
    popup = "<div class='modal' hidden><h3>Council</h3><p>It meets.</p></div>"
    body = f"<main><p>Members meet every week here.</p>{popup}</main>"
    (entry,) = read(FRAME.format(body)).entries
    assert "Council\n\nIt meets." in entry.text


@pytest.mark.parametrize(
    "line",
    ["Last updated: 21 Nov. 2019 10:03", "This page was last edited on 21 November 2019, at 10:03"],
)
def test_the_last_update_is_a_date_and_no_text(line):
    (entry,) = read(FRAME.format(f"<main><p>Some words that make a page.</p><p>{line}</p></main>")).entries
    assert entry.updated.earliest.date().isoformat() == "2019-11-21"
    assert entry.updated.latest.date().isoformat() == "2019-11-21"
    assert entry.published is None


@pytest.mark.parametrize(
    "line", ["Оновлення законодавства триває.", "Updated rules of the road.", "Mise à jour du règlement."]
)
def test_a_line_of_updates_without_a_date_is_text(line):
    (entry,) = read(FRAME.format(f"<main><p>Some words that make a page.</p><p>{line}</p></main>")).entries
    assert line in entry.text
    assert entry.updated is None


def test_only_what_changed_changes():
    one, two = (
        read(FRAME.format(f"<main><p>A pact of {count} member countries, kept daily.</p></main>"))
        .entries[0]
        .text
        for count in (31, 32)
    )
    assert one.replace("31", "32") == two


@pytest.mark.parametrize(
    "main", ["", "<main></main>", "<div id=root></div>", "<main><button>Sign in</button></main>"]
)
def test_a_page_without_text_is_no_page(main):
    with pytest.raises(LayoutError, match="no text"):
        read(FRAME.format(main))


def linked(document):
    return f'<script type="application/ld+json">{document}</script>'


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2019-11-21T09:03:00Z">',
        '<meta name="DCTERMS.issued" content="2019-11-21T09:03:00Z">',
        linked('{"@type": "Article", "datePublished": "2019-11-21T09:03:00Z"}'),
        linked(
            '{"@graph": [5, {"a": 1}, {"datePublished": "2019-11-21T09:03Z"}, {"datePublished": "2001"}]}'
        ),
    ],
)
def test_a_page_that_states_its_publication(head):
    body = FRAME.format("<main><p>Some words that make a page.</p></main>").replace(
        "</head>", head + "</head>"
    )
    (entry,) = read(body).entries
    assert entry.published.earliest == datetime(2019, 11, 21, 9, 3, tzinfo=UTC)
    assert entry.published.conflicts == ()
    assert entry.kind == "page"


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="soon">',
        '<script type="application/ld+json">{"datePublished": 5}</script>',
        '<script type="application/ld+json">{"@graph": {"a": 1}}</script>',
        '<script type="application/ld+json">[[1], null</script>',
    ],
)
def test_a_page_that_states_nonsense(head):
    body = FRAME.format("<main><p>Some words that make a page.</p></main>").replace(
        "</head>", head + "</head>"
    )
    assert read(body).entries[0].published is None


def test_an_address_that_names_a_day_dates_the_document():
    url = "https://www.nato.int/docu/speech/2003/s030918a.htm"
    (entry,) = read(FRAME.format("<main><p>Some words that make a page.</p></main>"), url=url).entries
    assert entry.published.earliest == datetime(2003, 9, 17, 22, tzinfo=UTC)
    assert entry.published.latest == datetime(2003, 9, 18, 21, 59, 59, tzinfo=UTC)
    assert entry.kind == "transcript"
