import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest

from parsers import registry
from parsers.detecting import detect
from parsers.errors import LayoutError, ParseError
from tests.captures import capture_of

PAGE = b"<html lang=en><body><main><h1>T</h1><p>Some words that make a sentence.</p></main></body></html>"


def capture(body, url="https://example.org/", parser="auto"):
    return capture_of(body, url, parser=parser)


PLACE = "/en/news-and-events/articles/news/2026/01/02/a"


@pytest.mark.parametrize(
    ("body", "url", "name"),
    [
        (b"<?xml version='1.0'?><rss version='2.0'></rss>", "", "feed"),
        (b"<!-- a word --><feed xmlns='http://www.w3.org/2005/Atom'/>", "", "feed"),
        (b"<rdf:RDF xmlns:rdf='x'></rdf:RDF>", "", "feed"),
        (b' {"version": "https://jsonfeed.org/version/1"}', "", "feed"),
        ("<rss version='2.0'></rss>".encode("utf-16"), "", "feed"),
        (b"<html><body><p>see <rss></p></body></html>", "", "page"),
        (b"<html><body><div class='x feed-item'></div></body></html>", "", "drupal"),
        (b"<html><body><article><div class=item-description>a</div></body></html>", "", "drupal"),
        (b"<html><body><h2>Latest news</h2><h2>EVENT CALENDAR</h2></body></html>", "", "nato_home"),
        (b"<section class='hero'><h1>Newsroom</h1></section>", "https://www.nato.int/", "nato_home"),
        (b"<html><h1 class='a fs-huge'>T</h1></html>", "", "nato_article"),
        (b"<html><h1>T</h1></html>", "https://www.nato.int/en/news/2026/01/02/a", "nato_article"),
        (b"<html><h1>T</h1></html>", "https://nato.int/cps/en/natohq/topics_1.htm", "nato_article"),
        (b"<?xml version='1.0'?><urlset><url/></urlset>", "", "sitemap"),
        (b"<html><body>see <urlset></body></html>", "", "page"),
        ("<s:sitemapindex xmlns:s='x'/>".encode("utf-16"), "", "sitemap"),
        (b'{"title": "a", ":items": {"root": {}}}', "", "nato_model"),
        (b'{"a": 1}', f"https://www.nato.int/content/nato{PLACE}.model.json", "nato_model"),
        (b'{"pages": []}', "", "nato_list"),
        (b'{"a": 1}', "https://www.nato.int/a/search.search.json?page=1", "nato_list"),
        (
            b"<html><h2>Latest news</h2><h2>NATO Review</h2></html>",
            f"http://127.0.0.1:80{PLACE}",
            "nato_article",
        ),
        (PAGE, "", "page"),
        (b"Service Unavailable", "", "feed"),
    ],
)
def test_a_layout_is_known_by_its_marks(body, url, name):
    assert detect(capture(body, url or "https://example.org/")) == name


def test_read_uses_the_layout_named_or_the_one_shown():
    assert registry.read(capture(PAGE)).parser == "page"
    assert registry.read(capture(PAGE, parser="page")).parser == "page"
    with pytest.raises(LayoutError):
        registry.read(capture(PAGE, parser="drupal"))


@pytest.mark.parametrize("name", [*registry.PARSERS, "auto"])
@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_an_empty_body_is_an_error_in_every_layout(name, body):
    with pytest.raises(ParseError, match="no body"):
        registry.read(capture(body, parser=name))


def test_an_unknown_parser_is_named_with_what_there_is():
    with pytest.raises(ParseError, match=r"'druple'.*drupal"):
        registry.read(capture(PAGE, parser="druple"))


def test_every_layout_says_what_it_reads_and_when():
    for name, layout in registry.PARSERS.items():
        assert layout.name == name
        assert layout.purpose
    home = registry.PARSERS["nato_home"]
    assert home.covers(date(2024, 1, 23))
    assert not home.covers(date(2026, 1, 1))
    assert replace(home, valid_to=None).covers(date(2026, 1, 1))


def test_naming_the_layouts_costs_no_heavy_import():
    code = (
        "import sys, parsers.registry; print(any(m in sys.modules for m in ('bs4', 'lxml', 'feedparser')))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
