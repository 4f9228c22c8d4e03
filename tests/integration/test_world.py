"""The world answers as the servers it stands for would: over real sockets, by host, path and day."""

import gzip
import http.client
import tomllib
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from aggregator.demo_world import World, serve, world_folder

AGGREGATOR = "http://natowatch.org/aggregator/sources/1"
RSS = "http://www.nato.int/cps/rss/en/natohq/rssFeed.xsl/rssFeed.xml"
ATOM = "http://www.gov.uk/government/organisations/ministry-of-defence.atom"
ACT = "http://www.act.nato.int/feed/"
WELCOME = "http://www.nato.int/nato-welcome/index.html"
ARTICLE = "http://www.nato.int/cps/en/natohq/{}.htm"


@pytest.fixture
def world() -> Iterator[World]:
    with serve(world_folder()) as world:
        yield world


class Browser:
    """A client that keeps one connection open and asks it for documents of any host."""

    def __init__(self, world):
        self.connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=5)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def ask(self, url, method="GET", **headers):
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, headers={"Host": parts.netloc, **sent})
        answer = self.connection.getresponse()
        return answer, answer.read()


@pytest.fixture
def browser(world) -> Iterator[Browser]:
    with Browser(world) as browser:
        yield browser


def test_each_source_answers_as_the_story_says(world, browser):
    expected = {"shape": 403, "act": 301}
    for source in tomllib.loads(world.scenario.sources)["source"]:
        for world.day in (1, 2):
            answer, body = browser.ask(source["url"])
            assert answer.status == expected.get(source["id"], 200), source["id"]
            assert len(body) == int(answer.headers["Content-Length"])
            assert answer.headers["Server"] == "Apache"


def test_the_servers_clocks_show_the_day_of_the_story(world, browser):
    dates = []
    for world.day in (1, 2):
        dates.append(browser.ask(AGGREGATOR)[0].headers["Date"])
    dates.append(browser.ask("http://natowatch.org/none")[0].headers["Date"])
    dates.append(browser.ask(AGGREGATOR, "DELETE")[0].headers["Date"])
    assert dates == ["Sat, 26 Nov 2022 10:00:21 GMT", *["Sun, 27 Nov 2022 08:40:05 GMT"] * 3]


def test_the_world_has_no_third_day(world):
    for day in (0, 3):
        with pytest.raises(ValueError, match="days 1 to 2"):
            world.day = day
    assert world.day == 1


def test_one_connection_serves_many_requests(browser):
    browser.ask(AGGREGATOR)
    kept = browser.connection.sock
    for url in (RSS, ATOM, "http://natowatch.org/none", WELCOME):
        browser.ask(url)
        assert browser.connection.sock is kept


@pytest.mark.parametrize(
    "url",
    [
        "http://natowatch.org/aggregator/sources/2",
        "http://natowatch.org/aggregator/sources/1?page=1",
        "http://elsewhere.example/aggregator/sources/1",
        ARTICLE.format("news_209322"),
    ],
)
def test_what_is_not_there_is_404(browser, url):
    assert browser.ask(url)[0].status == 404


def test_host_names_have_no_case_and_no_port(browser):
    assert browser.ask(AGGREGATOR.replace("natowatch.org", "NatoWatch.org:80"))[0].status == 200


def test_every_host_of_the_sources_leads_to_the_one_server(world):
    pins = dict(world.connect_to)
    sources = tomllib.loads(world.scenario.sources)["source"]
    assert {f"{urlsplit(source['url']).netloc}:80" for source in sources} == set(pins)
    assert set(pins.values()) == {f"127.0.0.1:{world.port}"}


def test_robots_may_come_everywhere(world, browser):
    for host in world.scenario.hosts:
        answer, body = browser.ask(f"http://{host}/robots.txt")
        assert (answer.status, body) == (200, b"User-agent: *\nAllow: /\n")


def test_an_etag_is_enough_until_the_document_changes(world, browser):
    etag = browser.ask(RSS)[0].headers["ETag"]
    again, body = browser.ask(RSS, If_None_Match=etag)
    assert (again.status, body, again.headers["ETag"]) == (304, b"", etag)
    assert browser.ask(RSS, If_None_Match='"other"')[0].status == 200
    world.day = 2
    assert browser.ask(RSS, If_None_Match=etag)[0].status == 200


@pytest.mark.parametrize("tags", ['W/"5f6c2b90"', '"5f6c2b90"', '"a", W/"5f6c2b90"', "*"])
def test_etags_compare_weakly(world, browser, tags):
    world.day = 2
    assert browser.ask(ATOM, If_None_Match=tags)[0].status == 304


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_Modified_Since": "Thu, 24 Nov 2022 14:05:11 GMT"}, 304),
        ({"If_Modified_Since": "Fri, 25 Nov 2022 00:00:00 GMT"}, 304),
        ({"If_Modified_Since": "Thu, 24 Nov 2022 14:05:10 GMT"}, 200),
        ({"If_Modified_Since": "some day"}, 200),
        ({"If_Modified_Since": "Fri, 25 Nov 2022 00:00:00 GMT", "If_None_Match": '"x"'}, 200),
    ],
)
def test_modification_times_decide_where_there_is_no_etag(browser, headers, status):
    assert browser.ask(ACT, **headers)[0].status == status


def test_errors_and_redirects_are_never_not_modified(browser):
    assert browser.ask("http://shape.nato.int/news-archive/2022", If_None_Match="*")[0].status == 403
    assert browser.ask("http://www.act.nato.int/feed", If_None_Match="*")[0].status == 301


def test_one_feed_is_compressed_for_those_who_can_read_it(browser):
    plain, body = browser.ask(ATOM, Accept_Encoding="identity")
    packed, bytes_sent = browser.ask(ATOM, Accept_Encoding="br;q=1.0, GZIP;q=0.8")
    assert "Content-Encoding" not in plain.headers
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert len(bytes_sent) < len(body)
    assert gzip.decompress(bytes_sent) == body


def test_head_sends_the_same_headers_and_no_body(browser):
    got, body = browser.ask(WELCOME)
    head, nothing = browser.ask(WELCOME, "HEAD")
    assert nothing == b""
    assert body
    assert dict(head.headers) == dict(got.headers)


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("http://www.act.nato.int/feed", ACT),
        ("http://www.nato.int/cps/en/natolive/news_208272.htm", ARTICLE.format("news_208272")),
    ],
)
def test_redirects_lead_somewhere(browser, url, location):
    answer, _ = browser.ask(url)
    assert (answer.status, answer.headers["Location"]) == (301, location)
    assert browser.ask(location)[0].status == 200


def both_days(world, browser, url):
    bodies = []
    for world.day in (1, 2):
        answer, body = browser.ask(url)
        assert answer.status == 200
        bodies.append(body.decode("utf-8"))
    return bodies


def test_the_static_page_counts_one_member_more(world, browser):
    first, second = both_days(world, browser, WELCOME)
    assert first.replace("31 member countries", "32 member countries") == second != first


def test_one_article_is_corrected_openly_and_one_in_silence(world, browser):
    first, second = both_days(world, browser, ARTICLE.format("news_208768"))
    assert "Last updated: 08 Nov. 2022 16:38" in first
    assert "Last updated: 27 Nov. 2022 08:55" in second
    first, second = both_days(world, browser, ARTICLE.format("news_208495"))
    assert first != second
    assert all("Last updated: 03 Nov. 2022 14:12" in text for text in (first, second))


def test_a_notice_is_taken_down(world, browser):
    url = ARTICLE.format("news_209105")
    assert browser.ask(url)[0].status == 200
    world.day = 2
    assert browser.ask(url)[0].status == 410


def test_one_feed_lies_about_its_charset(browser):
    answer, body = browser.ask(ACT)
    assert "ISO-8859-1" in answer.headers["Content-Type"]
    assert "“practice makes partners”" in body.decode("windows-1252")
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


def test_the_port_is_free_again_afterwards():
    with serve(world_folder()) as world:
        port = world.port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    with pytest.raises(ConnectionRefusedError):
        connection.request("GET", "/")
