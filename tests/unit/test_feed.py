"""Feeds of every kind, and what comes where a feed should be."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from parsers import feed, registry
from parsers.errors import LayoutError, ParseError
from parsers.model import Detail
from tests.captures import capture_of

BASE = "https://www.example.org/feeds/news.xml"


def capture(body, *, headers=(), url=BASE):
    return capture_of(body, url, parser="feed", headers=headers)


def read(body, **more):
    return feed.parse(capture(body, **more))


def rss(items, head=""):
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"'
        f' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>News of the Alliance</title><description>What is new</description>{head}{items}"
        f"</channel></rss>"
    )


FULL = """<item><title>Ministers meet in &lt;b&gt;Riga&lt;/b&gt;</title><link>/news/1?utm_source=rss</link>
<guid isPermaLink="false">item-1</guid><pubDate>Tue, 08 Nov 2022 14:30:00 GMT</pubDate>
<dc:creator>Press Office</dc:creator><description>&lt;p&gt;A short word.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>First paragraph.</p><p>Second &amp; last.</p>]]></content:encoded></item>"""


def test_an_item_with_everything():
    parsed = read(rss(FULL, "<language>en-gb</language><ttl>60</ttl>"))
    (entry,) = parsed.entries
    assert entry.title == "Ministers meet in Riga"
    assert entry.url == "https://www.example.org/news/1?utm_source=rss"
    assert (entry.guid, entry.byline, entry.language) == ("item-1", "Press Office", "en-gb")
    assert entry.summary == "A short word."
    assert entry.text == "First paragraph.\n\nSecond & last."
    assert entry.detail is Detail.FEED
    assert entry.published.best == datetime(2022, 11, 8, 14, 30, tzinfo=UTC)
    assert (parsed.page.title, parsed.page.description) == ("News of the Alliance", "What is new")
    assert (parsed.page.language, parsed.page.ttl, parsed.page.listing) == ("en-gb", 60, True)
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("item", "detail"),
    [
        ("<title>Only a title</title>", Detail.LINK),
        ("<link>http://example.org/a</link>", Detail.LINK),
        ("<description>Only words</description>", Detail.TEASER),
        ("<guid>only-an-id</guid>", Detail.LINK),
        ("<pubDate>Tue, 08 Nov 2022 14:30:00 GMT</pubDate>", Detail.LINK),
        ("<content:encoded>&lt;p&gt;All of it&lt;/p&gt;</content:encoded>", Detail.FEED),
    ],
)
def test_an_item_with_almost_nothing_is_still_an_entry(item, detail):
    parsed = read(rss(f"<item>{item}</item>"))
    assert [entry.detail for entry in parsed.entries] == [detail]


def test_a_content_without_summary_is_not_told_twice():
    (entry,) = read(rss("<item><content:encoded>&lt;p&gt;All&lt;/p&gt;</content:encoded></item>")).entries
    assert (entry.summary, entry.text) == ("", "All")


def test_noon_on_everything_means_days():
    days = ["19 Sep. 2025 12:00:00 GMT", "18 Sep. 2025 12:00:00 GMT", "09 Sep. 2025 12:00:00 GMT"]
    parsed = read(rss("".join(f"<item><title>{d}</title><pubDate>{d}</pubDate></item>" for d in days)))
    for entry, day in zip(parsed.entries, (19, 18, 9), strict=True):
        # A day of Brussels, which in September is two hours ahead.
        assert entry.published.earliest == datetime(2025, 9, day, tzinfo=UTC) - timedelta(hours=2)
        assert entry.published.latest == entry.published.earliest + timedelta(days=1, seconds=-1)


@pytest.mark.parametrize(
    "zero",
    [
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Thu, 01 Jan 1970 01:00:00 +0100",
        "1970-01-01",
        "Wed, 31 Dec 1969 19:00:00 EST",
    ],
)
def test_the_zero_of_a_clock_is_no_date(zero):
    parsed = read(rss(f"<item><title>A</title><pubDate>{zero}</pubDate></item>"))
    (entry,), (problem,) = parsed.entries, parsed.problems
    assert entry.published is None
    assert "never set" in problem.what


def test_a_date_near_the_zero_of_a_clock_is_one():
    parsed = read(rss("<item><title>A</title><pubDate>Mon, 05 Jan 1970 09:00:00 GMT</pubDate></item>"))
    assert parsed.entries[0].published is not None


def test_a_date_that_cannot_be_read_is_a_problem_of_its_item():
    parsed = read(
        rss("<item><title>A</title><pubDate>soonish</pubDate></item><item><title>B</title></item>")
    )
    assert [entry.published for entry in parsed.entries] == [None, None]
    (problem,) = parsed.problems
    assert (problem.where, "soonish" in problem.what) == ("A", True)


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://www.example.org/base/">
<title type="text">Ministry: &lt;news&gt;</title><id>tag:example.org,2022:feed</id>
<updated>2022-11-09T10:00:00Z</updated>
<entry><title>Aid &amp; comfort</title><id>tag:example.org,2022:1</id><link href="one"/>
<link rel="enclosure" href="https://www.example.org/x.mp3"/>
<published>2022-11-08T09:00:00+01:00</published><updated>2022-11-09T10:00:00Z</updated>
<summary>In short.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Long</p><p>er</p></div></content>
</entry>
<entry xml:lang="fr"><title>Deux</title><id>2</id><link rel="alternate" href="https://www.example.org/2"/>
<updated>2022-11-07T08:00:00Z</updated>
<content xml:lang="fr" type="html">&lt;p&gt;Texte&lt;/p&gt;</content></entry></feed>"""


def test_atom():
    parsed = read(ATOM)
    first, second = parsed.entries
    assert parsed.page.title == "Ministry: <news>"
    assert first.url == "https://www.example.org/base/one"
    assert (first.title, first.summary, first.text) == ("Aid & comfort", "In short.", "Long\n\ner")
    assert first.published.best == datetime(2022, 11, 8, 8, tzinfo=UTC)
    assert first.updated.best == datetime(2022, 11, 9, 10, tzinfo=UTC)
    assert second.language == "fr"
    assert second.published.best == second.updated.best == datetime(2022, 11, 7, 8, tzinfo=UTC)


def test_rdf_dates_are_the_items_own():
    parsed = read(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>T</title></channel>'
        '<item rdf:about="https://www.example.org/1"><title>A</title><link>https://www.example.org/1</link>'
        "<dc:date>2022-11-08</dc:date></item></rdf:RDF>"
    )
    (entry,) = parsed.entries
    assert entry.url == "https://www.example.org/1"
    assert entry.published.precision == "day"
    assert entry.updated is None


JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Alliance notes",
    "language": "en",
    "items": [
        {
            "id": 7,
            "url": "/seven",
            "title": "Seven",
            "content_html": "<p>One</p><p>Two</p>",
            "date_published": "2022-11-08T14:30:00+01:00",
            "authors": [{"name": "A. Writer"}, {"name": "B. Writer"}],
        },
        {"id": "8", "content_text": "Plain\n\nwords", "external_url": "https://example.org/8"},
        {"title": "Only a title"},
        "no object",
    ],
}


def test_json_feed():
    parsed = read(json.dumps(JSON_FEED))
    seven, eight, title = parsed.entries
    assert (seven.guid, seven.url) == ("7", "https://www.example.org/seven")
    assert (seven.text, seven.byline) == ("One\n\nTwo", "A. Writer, B. Writer")
    assert seven.published.best == datetime(2022, 11, 8, 13, 30, tzinfo=UTC)
    assert (eight.text, eight.url, eight.detail) == ("Plain\n\nwords", "https://example.org/8", Detail.FEED)
    assert (title.title, title.url, title.published) == ("Only a title", "", None)
    assert [problem.where for problem in parsed.problems] == ["item 4"]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (
            "<!DOCTYPE html><html><head><title>Sign in</title></head><body>x</body></html>",
            "titled 'Sign in'",
        ),
        ("<html><body><p>Moved</p></body></html>", "without a title"),
        ("<urlset><url><loc>https://example.org/</loc></url></urlset>", "XML document of <urlset>"),
        ("Service Unavailable", "Text that begins 'Service Unavailable'"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "came where a feed should be"),
        ('{"items": []}', "no JSON Feed"),
        ('{"items": [', "broken JSON"),
    ],
)
def test_what_came_instead_of_a_feed_is_named(body, what):
    with pytest.raises(LayoutError, match=what.replace("(", r"\(")):
        read(body)


def test_a_valid_feed_without_items_is_an_empty_listing():
    assert read(rss("")).entries == ()
    assert read('<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title></feed>').entries == ()


def test_a_broken_feed_gives_what_is_whole_and_says_so():
    parsed = read(rss(FULL).replace("</channel></rss>", "<item><title>Cut"))
    assert parsed.entries[0].title == "Ministers meet in Riga"
    assert any("well-formed" in problem.what for problem in parsed.problems)


def test_a_wrong_charset_does_not_spoil_the_words():
    body = rss("<item><title>Geoană</title></item>").encode()
    parsed = read(body, headers=(("Content-Type", "application/rss+xml; charset=utf-8"),))
    assert parsed.entries[0].title == "Geoană"
    latin = rss("<item><title>Café</title></item>").replace("utf-8", "iso-8859-1").encode("latin-1")
    assert read(latin).entries[0].title == "Café"


@pytest.mark.parametrize("parse", [feed.parse, registry.read])
def test_too_many_entries_are_refused(parse):
    with pytest.raises(ParseError, match="20000"):
        parse(capture(rss("<item><title>x</title></item>" * 20_001)))


def test_hostile_links_are_no_addresses():
    links = ("javascript:alert(1)", "data:text/html,x", "https://[::1", "ftp://example.org/x")
    parsed = read(rss("".join(f"<item><title>t</title><link>{link}</link></item>" for link in links)))
    assert [entry.url for entry in parsed.entries] == [""] * len(links)


def test_entities_are_not_expanded_without_end():
    bomb = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    body = rss("<item><title>&e12;</title></item>")
    body = body.replace("<rss", f'<!DOCTYPE rss [<!ENTITY e0 "xxxxxxxxxx">{bomb}]><rss', 1)
    try:
        titles = [entry.title for entry in read(body).entries]
    except ParseError:
        titles = []
    assert sum(map(len, titles)) < 10_000
