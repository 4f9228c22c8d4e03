"""The sitemap: which addresses are pages, the day of each, the newest of many, and what is refused."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parsers import registry, sitemap
from parsers.errors import LayoutError, ParseError
from parsers.model import Detail
from tests.captures import capture_of

ZONE = ZoneInfo("Europe/Brussels")
SITE = "https://www.nato.int"
NEWS = "/en/news-and-events/articles/news/"
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def read(body, *, url=f"{SITE}/sitemap.xml", parser="auto"):
    capture = capture_of(body, url, parser=parser)
    return registry.read(capture)


def written(*urls, head="<?xml version='1.0' encoding='UTF-8'?>\n", root=f"urlset {SPACE}"):
    return f"{head}<{root}>{''.join(urls)}</{root.split()[0]}>"


def url(path, lastmod="", more=""):
    moment = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    return f"<url>{more}<loc>{path if '//' in path else SITE + path}</loc>{moment}</url>\n"


def test_an_entry_is_a_page_with_the_day_of_its_path():
    parsed = read(written(url(NEWS + "2025/11/14/a-pier-is-mended", "2025-11-20T09:30:00.000Z")))
    (entry,) = parsed.entries
    assert parsed.parser == "sitemap"
    assert (parsed.problems, parsed.page.listing, parsed.page.inventory) == ((), True, True)
    assert (entry.kind, entry.language, entry.detail) == ("news", "en", Detail.LINK)
    assert (entry.title, entry.summary, entry.text) == ("", "", "")  # a slug is no title
    assert entry.published.earliest == datetime(2025, 11, 14, tzinfo=ZONE)
    assert entry.published.latest == datetime(2025, 11, 15, tzinfo=ZONE) - timedelta(seconds=1)
    assert [one.kind for one in entry.published.evidence] == ["path"]
    assert entry.updated.earliest == datetime(2025, 11, 20, 9, 30, tzinfo=UTC)
    assert [(one.kind, one.where) for one in entry.updated.evidence] == [("modified", "lastmod")]


@pytest.mark.parametrize(
    ("lastmod", "seconds"),
    [
        ("2025-11-20", 86_400),
        ("2025-11-20T09:30+01:00", 60),
        ("2025-11-20T09:30:00Z", 1),
        ("2025-11", 30 * 86_400),
    ],
)
def test_a_modification_is_as_wide_as_it_is_written(lastmod, seconds):
    (entry,) = read(written(url(NEWS + "2025/11/14/x", lastmod))).entries
    assert entry.updated.latest - entry.updated.earliest == timedelta(seconds=seconds - 1)
    assert entry.published.evidence[0].kind == "path"


def test_only_pages_of_the_sites_dated_sections_are_entries():
    parsed = read(
        written(
            url("/en/"),
            url("/en/news-and-events/articles/news"),
            url("/en/what-we-do/deterrence"),
            url(NEWS + "2025/11/14/one"),
            url("/fr/news-and-events/events/transcripts/2025/11/13/deux"),
            url("/en/about-us/official-texts-and-resources/official-texts/1949/04/04/four"),
            url("/en/news-and-events/events/media-advisories/2025/11/12/three"),
            url("/en/news-and-events/articles/nato-stories/a-story", "2020-01-01"),
            url("/content/nato" + NEWS + "2025/11/14/one.model.json"),
            url("/cps/en/natohq/news_1.htm"),
        )
    )
    assert [(one.kind, one.language) for one in parsed.entries] == [
        ("news", "en"),
        ("transcript", "fr"),
        ("media_advisory", "en"),
        ("story", "en"),
        ("official_text", "en"),
    ]
    assert parsed.entries[3].published is None  # a modification is no publication
    assert parsed.problems == ()


def test_addresses_of_other_hosts_are_left_out_and_told():
    parsed = read(
        written(
            url(NEWS + "2025/11/14/one"),
            url("https://nato.int" + NEWS + "2025/11/14/two"),  # another name of the same host
            url("https://example.org" + NEWS + "2025/11/14/three"),
            url("https://shape.nato.int" + NEWS + "2025/11/14/four"),
            "<url><loc></loc></url><url/>",
        )
    )
    assert len(parsed.entries) == 2
    (problem,) = parsed.problems
    assert problem.what.startswith("4 addresses are not of this site")
    assert "example.org (1)" in problem.what


def test_an_address_listed_twice_is_one_entry():
    page = NEWS + "2025/11/14/one"
    assert len(read(written(url(page), url(page + "?utm_source=x"), url(page))).entries) == 1


def test_days_and_moments_that_are_none_are_told():
    parsed = read(
        written(
            url(NEWS + "2025/13/45/one"), url(NEWS + "2025/11/14/two", "lately"), url(NEWS + "2025/11/13/x")
        )
    )
    assert [entry.url[-3:] for entry in parsed.entries] == ["two", "3/x"]
    assert parsed.entries[0].updated is None
    assert [problem.what[:24] for problem in parsed.problems] == [
        "1 addresses name a day t",
        "1 addresses have a lastm",
    ]


def test_of_more_than_a_listing_holds_the_newest_are_taken(monkeypatch):
    monkeypatch.setattr(sitemap, "MOST", 3)
    days = [date(2025, 1, 1) + timedelta(days=n) for n in (4, 0, 3, 1, 2)]
    parsed = read(written(*(url(f"{NEWS}{day:%Y/%m/%d}/x", "2026-01-01") for day in days)))
    assert [entry.url[-12:-2] for entry in parsed.entries] == ["2025/01/05", "2025/01/04", "2025/01/03"]
    assert parsed.problems[0].what == "It lists 5 pages; the newest 3 are taken."


@pytest.mark.parametrize(
    "body",
    [
        written(url(NEWS + "2025/11/14/x"), head=""),
        written(url(NEWS + "2025/11/14/x"), head="\ufeff"),
        written(url(NEWS + "2025/11/14/x"), head="\n \n<?xml version='1.0'?>"),
        written(url(NEWS + "2025/11/14/x"), root="urlset"),
        written(url(NEWS + "2025/11/14/x")).encode("utf-16"),
        written(f"<url><loc>\n  <![CDATA[{SITE}{NEWS}2025/11/14/x]]>\n</loc></url>"),
        written(
            url(
                NEWS + "2025/11/14/x",
                more="<i:image><i:loc>https://a.example/b.png</i:loc></i:image><h:link href='https://b.example/'/>",
            ),
            root=f"urlset {SPACE} xmlns:i='urn:i' xmlns:h='urn:h'",
        ),
        written(
            url(NEWS + "2025/11/14/x"),
            head="<?xml version='1.0'?><?xml-stylesheet href='x.xsl'?><!-- made -->",
        ),
    ],
)
def test_spellings_of_one_sitemap(body):
    (entry,) = read(body, parser="sitemap").entries
    assert entry.url == f"{SITE}{NEWS}2025/11/14/x"


def test_prefixes_are_read_by_their_namespace():
    body = (
        f"<s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'><s:url><s:loc>{SITE}{NEWS}2025/11/14/x</s:loc>"
        "</s:url></s:urlset>"
    )
    assert len(read(body).entries) == 1


def test_what_was_read_of_a_cut_sitemap_stands():
    whole = written(url(NEWS + "2025/11/14/one"), url(NEWS + "2025/11/15/two"))
    parsed = read(whole[: whole.index("two")])
    assert [entry.url[-3:] for entry in parsed.entries] == ["one"]
    assert "not well-formed" in parsed.problems[0].what


LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))


@pytest.mark.parametrize(
    ("body", "error", "what"),
    [
        (f"<!DOCTYPE urlset [<!ENTITY l0 'ha'>{LAUGHS}]><urlset>&l11;</urlset>", ParseError, "entities"),
        ("<!DOCTYPE u SYSTEM 'file:///etc/passwd'><urlset></urlset>", ParseError, "entities"),
        (f"<urlset><url>{'<a>' * 5_000}", ParseError, "nested"),
        ("<urlset><<<", ParseError, "not well-formed"),
        ("<urlset></urlset>", LayoutError, "0 addresses"),
        (written(url("/en/"), url("/fr/")), LayoutError, "2 addresses"),
        ("<rss><channel></channel></rss>", LayoutError, "<rss>"),
        ("<!doctype html><html><body>Sorry</body></html>", LayoutError, "HTML"),
        ("<?xml version='1.0' encoding='nobody-knows'?><urlset/>", LayoutError, "0 addresses"),
    ],
)
def test_what_is_no_sitemap_is_refused(body, error, what):
    with pytest.raises(ParseError, match=what) as caught:
        read(body, parser="sitemap")
    assert type(caught.value) is error


def test_an_index_says_which_sitemaps_it_lists():
    rows = "".join(
        f"<sitemap><loc>{SITE}/sitemap-{n}.xml</loc><lastmod>2025-0{n}-01</lastmod></sitemap>"
        for n in (1, 3, 2)
    )
    with pytest.raises(LayoutError, match="index of 3 sitemaps") as caught:
        read(written(rows, root=f"sitemapindex {SPACE}"))
    assert f"{SITE}/sitemap-3.xml" in caught.value.hint


def test_a_mirror_has_the_same_paths():
    (entry,) = read(
        written(url("http://127.0.0.1:8080" + NEWS + "2025/11/14/x")), url="http://127.0.0.1:8080/map"
    ).entries
    assert entry.kind == "news"


def test_days_that_are_none_are_told_and_take_nobodys_place(monkeypatch):
    monkeypatch.setattr(sitemap, "MOST", 2)
    odd = [url(NEWS + f"{day}/x") for day in ("2025/02/31", "9999/99/99", "2025/13/01", "0000/00/00")]
    parsed = read(written(*odd, url(NEWS + "2025/11/14/x"), url(NEWS + "2025/11/13/x")))
    assert len(parsed.entries) == 2
    assert "4 addresses name a day that is none" in parsed.problems[0].what
    with pytest.raises(LayoutError, match="none is a page"):
        read(written(*odd))
