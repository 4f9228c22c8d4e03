"""Laws of every layout: only ParseError is raised, time is linear, an address has one spelling."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import registry
from parsers.errors import ParseError
from parsers.markup import plain_text
from parsers.urls import absolute_url, canonical_url, document_key, host_of, kind_of, twin_key
from tests.captures import capture_of

LAWS = settings(derandomize=True, max_examples=100, deadline=None)
FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
BODIES = [next(meta.parent.glob("body.*")).read_bytes() for meta in sorted(FIXTURES.glob("*/*/meta.json"))]
NAMES = [*registry.PARSERS, "auto"]


def read(body, parser, url="https://www.nato.int/cps/en/natohq/news_1.htm", headers=()):
    capture = capture_of(body, url, parser=parser, headers=headers)
    try:
        return registry.read(capture)
    except ParseError as error:
        assert str(error)  # noqa: PT017  the message is the law here
        return None


@LAWS
@given(body=st.binary(max_size=400), parser=st.sampled_from(NAMES))
def test_arbitrary_bytes_raise_only_parse_errors(body, parser):
    read(body, parser)


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            ["Date", "Age", "Content-Type", "X-Drupal-Cache", "X-Powered-By", "Content-Language"]
        ),
        st.text(max_size=40),
    ),
    max_size=4,
)


@LAWS
@given(
    body=st.sampled_from(BODIES),
    parser=st.sampled_from(NAMES),
    cut=st.tuples(st.integers(0, 4000), st.integers(0, 300)),
    put=st.binary(max_size=30) | st.text(max_size=30).map(lambda text: text.encode("utf-8", "replace")),
    headers=HEADERS,
)
def test_damaged_pages_raise_only_parse_errors(body, parser, cut, put, headers):
    at, length = cut
    parsed = read(body[:at] + put + body[at + length :], parser, headers=tuple(headers))
    for entry in parsed.entries if parsed else ():
        for value in (entry.title, entry.summary, entry.text, entry.url, entry.byline):
            value.encode("utf-8")  # what leaves a parser can be stored
        assert "\n" not in entry.title
        assert entry.url == "" or host_of(entry.url)


ADDRESS = st.text(max_size=60) | st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["http://", "https:", "//", "HTTPS://www.nato.int", "", "\\\\", "http://a:80"]),
    st.text(max_size=20),
    st.sampled_from(["/", "/../", "/%2e./", "?utm_a=1&", "#!", "/cps/en/natohq/news_1.htm", "/SID-A/"]),
    st.text(max_size=20),
)


@LAWS
@given(url=ADDRESS, base=st.just("") | ADDRESS)
def test_a_canonical_address_is_its_own_spelling(url, base):
    spelled = canonical_url(url, base)
    assert canonical_url(spelled) == spelled
    assert spelled.isascii()
    absolute = absolute_url(url, base)
    assert bool(absolute) == bool(spelled)
    assert canonical_url(absolute) == spelled
    assert document_key(absolute) == document_key(spelled)
    assert document_key(spelled).startswith(twin_key(spelled))
    assert kind_of(url)


@LAWS
@given(markup=st.text(alphabet="<>/pbdiv &;!-='\"ax\n", max_size=120))
def test_plain_text_of_anything(markup):
    text = plain_text(markup)
    assert text == text.strip()
    assert "\n\n\n" not in text


HUGE = {
    "deep": b"<div>" * 100_000,
    "wide": b"<p>a</p>" * 60_000,
    "unclosed": b"<a href='" * 40_000,
    "lines": b"<article><h3><a href=/x>t</a></h3><div>1 day ago</div></article>" * 3_000,
    "headings": b"<h2>LATEST NEWS</h2>" + b"<div><h3><a href=/x>t</a></h3><span>1 Jan. 2024</span>" * 200,
    "words": b"<p>" + b"2 weeks 3 days " * 40_000,
    "bold": b"<h1>t</h1><p>" + b"<b>A</b>" * 40_000,
    "entities": b"<p>" + b"&amp;" * 100_000,
    "comments": b"<!--" * 100_000,
    "tags": b"<" * 300_000,
    "scripts": b"<script type='application/ld+json'>" + b"[" * 100_000 + b"</script><h1>t</h1><p>x",
    "items": b"<rss><channel>" + b"<item>" * 15_000,
    "cdata": b"<rss><channel><item><description><![CDATA[" * 4_000,
    "json": b'{"items":' + b"[" * 200_000,
    "model": b'{"dataLayer":{},"title":"t"' + b',":items":{"a":{"text":"<p>x' * 400,
    "texts": b'{"dataLayer":{},"title":"t",":items":{'
    + b'"a":{"text":"<b>A</b> B"},' * 20_000
    + b'"b":{}}}',
    "pages": b'{"pages":[' + b'{"title":"t","link":"/x"},' * 19_000 + b"{}]}",
    "sitemap": b"<urlset>" + b"<url><loc>https://www.nato.int/en/news-and-events/articles/news/" * 9_000,
    "depth": b"<urlset><url>" + b"<loc>" * 200_000,
    "locs": b"<urlset>" + b"<url><loc>/a</loc></url>" * 20_000 + b"</urlset>",
}


@pytest.mark.slow
@pytest.mark.parametrize("parser", NAMES)
@pytest.mark.parametrize("name", HUGE)
def test_hostile_pages_end_in_time(parser, name):
    started = time.process_time()
    read(HUGE[name], parser)
    read(b"<html><body><main>" + HUGE[name], parser)
    assert time.process_time() - started < 10
