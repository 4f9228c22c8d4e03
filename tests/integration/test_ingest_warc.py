"""Other tools' WARC files come into the archive as if natowire had fetched what they hold."""

import gzip
import random
import re
import shutil
import subprocess
import zlib
from datetime import UTC, datetime

import brotli
import pytest

from aggregator.saved import open_saved
from schedules.sources import Source
from storage.archive import Archive
from storage.scan import MOST_DAMAGES
from storage.verify import verify
from tests.command import run
from tests.small_web import serving
from tests.warc_files import FEED, HTML, Maker, feed, page

NOON = datetime(2022, 11, 9, 12, tzinfo=UTC)
SHAPES = ("plain", "packed", "squeezed")


def crawl():
    """What a crawl of a small site leaves: pages, a feed, and all that is no document."""
    made = Maker(version="1.0").info()
    made.response("dns:news.example", b"1.2.3.4", "text/dns")
    for number in (1, 2):
        url = f"https://news.example/page/{number}"
        made.request(url).response(url, page(number)).other("metadata", url)
    made.response("https://news.example/feed", feed(3, 4), FEED)
    made.response("https://news.example/a.png", b"\x89PNG", "image/png")
    made.response("https://news.example/a.css", b"p{}", "text/css")
    made.response("https://news.example/drawing", b"<svg/>", "image/svg+xml")
    return made


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    run("--archive", folder, "init", "--empty")
    return folder


def write(tmp_path, content, name="crawl.warc.gz"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def ingest(folder, *words, code=0):
    ran = run("--archive", folder, "--json", "ingest", *words)
    assert ran.code == code, ran
    return ran.json["sources"]


def told(folder):
    with Archive.open(folder) as archive:
        assert verify(archive) == ()
        return sorted(
            (item.id, item.title, item.revision, item.url, item.published.best) for item in archive.items()
        )


def captures(folder):
    with Archive.open(folder) as archive:
        return [capture for _, capture in archive.captures()]


def read(path):
    return list(open_saved([path], Source(id="saved", url="")))


def responses(path):
    return [one.capture for one in read(path) if one.capture]


@pytest.mark.parametrize("shape", ["packed", "bundled"])
def test_a_crawl_comes_in_with_its_own_addresses_and_times(tmp_path, archive, shape):
    made = crawl()
    path = (
        made.bundled(tmp_path / "x.wacz") if shape == "bundled" else write(tmp_path, getattr(made, shape)())
    )
    (outcome,) = ingest(archive, path)
    assert (outcome["outcome"], outcome["new"], outcome["error"]) == ("fetched", 4, None)
    assert outcome["records"] == {
        "read": 3,
        "request": 2,
        "metadata": 2,
        "warcinfo": 1,
        "not from the web": 1,
        "image/png": 1,
        "text/css": 1,
        "image/svg+xml": 1,
    }
    kept = captures(archive)
    assert {one.final_url for one in kept} == {
        "https://news.example/page/1",
        "https://news.example/page/2",
        "https://news.example/feed",
    }
    assert {(one.fetched_at, one.status, one.reason) for one in kept} == {(NOON, 200, "OK")}
    assert [one.header("content-type") for one in kept] == [HTML, HTML, FEED]
    before = told(archive)
    assert len(before) == 4
    (again,) = ingest(archive, path)
    assert again["records"]["known"] == 3
    assert (again["new"], again["changed"]) == (0, 0)
    assert told(archive) == before
    assert len(captures(archive)) == 3


def test_the_shape_of_the_file_makes_no_difference(tmp_path):
    made = crawl()
    read = [responses(write(tmp_path, getattr(made, shape)(), shape)) for shape in SHAPES]
    assert read[0] == read[1] == read[2]
    assert len(read[0]) == 3


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ([("Content-Encoding", "gzip")], gzip.compress),
        ([("Content-Encoding", "x-gzip")], gzip.compress),
        ([("Content-Encoding", "br")], brotli.compress),
        ([("Content-Encoding", "gzip")], bytes),
        ([("Transfer-Encoding", "chunked")], lambda body: b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)),
        ([("Transfer-Encoding", "chunked")], bytes),
        (
            [("Transfer-Encoding", "Chunked"), ("Content-Encoding", "GZIP")],
            lambda body: b"%x\r\n%s\r\n0\r\n\r\n" % (len(gzip.compress(body)), gzip.compress(body)),
        ),
        ([("Content-Encoding", "zstd")], lambda body: __import__("zstandard").compress(body)),
    ],
)
def test_codings_are_undone(tmp_path, headers, code):
    made = Maker().response("https://news.example/1", code(page(1)), headers=headers)
    (capture,) = responses(write(tmp_path, made.packed()))
    assert capture.body == page(1)
    assert capture.headers[1:] == tuple(headers)


def test_a_revisit_has_the_body_it_speaks_of(tmp_path, archive):
    url, digest = "https://news.example/1", "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
    made = Maker().info("Browsertrix-Crawler 1.5")
    made.response(url, page(1), **{"WARC-Payload-Digest": digest}).revisit(url, digest)
    made.other("resource", "urn:pageinfo:https://news.example/1", b"{}", "application/json")
    made.revisit("https://news.example/else", "sha1:UNKNOWN", of="https://nowhere.example/")
    path = write(tmp_path, made.packed())
    one, two = responses(path)
    assert one.body == two.body == page(1)
    assert (two.fetched_at - one.fetched_at).days == 1
    (outcome,) = ingest(archive, path)
    assert outcome["records"] == {
        "read": 2,
        "warcinfo": 1,
        "resource": 1,
        "revisit without its original": 1,
    }
    with Archive.open(archive) as opened:
        (item,) = opened.items()
        assert (item.revision, len(opened.item(item.id).observations)) == (1, 2)


def test_redirects_lead_up_to_the_response(tmp_path, archive):
    made = Maker()
    moved = {"status": "301 Moved", "kind": HTML}
    made.response("http://news.example/old", b"moved", headers=[("Location", "/older")], **moved)
    made.response(
        "http://news.example/older",
        b"moved",
        headers=[("Location", "https://news.example/1#top")],
        at="2022-11-09T12:00:01Z",
        **moved,
    )
    made.response("https://news.example/1", page(1), at="2022-11-09T12:00:02Z")
    made.response("http://news.example/lost", b"moved", headers=[("Location", "http://[bad")], **moved)
    made.response("http://news.example/away", b"moved", headers=[("Location", "/never")], **moved)
    path = write(tmp_path, made.packed())
    first, *others = responses(path)
    assert (first.url, first.final_url) == ("http://news.example/old", "https://news.example/1")
    assert [(hop.url, hop.status) for hop in first.redirects] == [
        ("http://news.example/old", 301),
        ("http://news.example/older", 301),
    ]
    assert [(one.final_url, one.status) for one in others] == [
        ("http://news.example/lost", 301),
        ("http://news.example/away", 301),
    ]
    (outcome,) = ingest(archive, path)
    assert outcome["records"] == {"read": 1, "kept, not read": 2}
    assert ingest(archive, path)[0]["records"] == {"known": 3}


def test_an_error_page_is_kept_and_not_read(tmp_path, archive):
    made = Maker().response("https://news.example/gone", b"<html>no</html>", status="404 Not Found")
    made.response("https://news.example/1", page(1))
    (outcome,) = ingest(archive, write(tmp_path, made.plain(), "x.warc"))
    assert outcome["outcome"] == "fetched"
    assert outcome["records"] == {"kept, not read": 1, "read": 1}
    assert "404" in outcome["problems"][0]["what"]
    assert [one.status for one in captures(archive)] == [404, 200]


@pytest.mark.parametrize("shape", ["plain", "packed"])
def test_damaged_records_are_told_and_the_rest_is_taken(tmp_path, archive, shape):
    made = Maker()
    for number in range(9):
        made.response(f"https://news.example/page/{number}", page(number))
    pieces = [one if shape == "plain" else gzip.compress(one, mtime=0) for one in made.records]
    for place, change in ((2, lambda b: b[: len(b) // 2]), (5, lambda b: _flip(b, len(b) // 2))):
        pieces[place] = change(pieces[place])
    pieces.insert(7, b"\x00rubbish between\r\nthe records\r\n")
    (outcome,) = ingest(archive, write(tmp_path, b"".join(pieces), "x.warc"), code=1)
    assert outcome["records"]["read"] == 7
    assert outcome["records"]["damaged"] == len(outcome["problems"]) in {3, 4}
    assert outcome["error"]["code"] == "damaged"
    assert {one.final_url[-1] for one in captures(archive)} == set("0134678")


def _flip(content, place):
    changed = bytearray(content)
    changed[place] ^= 0x10
    return bytes(changed)


@pytest.mark.parametrize("shape", SHAPES)
def test_whatever_is_damaged_the_reading_ends_and_most_is_there(tmp_path, shape):
    chance = random.Random(7)
    made = Maker()
    for number in range(12):
        made.response(f"https://news.example/page/{number}", page(number))
    content = getattr(made, shape)()
    for _ in range(60):
        changed = _flip(content, chance.randrange(len(content)))
        if chance.random() < 0.3:
            # One member that is torn has no checksum: then a flip that spoils the name of a digest too is
            # seen by nobody.
            torn = content if shape == "squeezed" else changed
            changed = torn[: chance.randrange(1, len(torn))]
        path = write(tmp_path, changed, "x.warc")
        whole = [one.body for one in responses(path)]
        assert set(whole) <= {page(number) for number in range(12)}
        if len(changed) == len(content) and shape != "squeezed":
            assert len(whole) >= 10


def test_a_file_of_nothing_but_damage_is_given_up(tmp_path):
    head = b"WARC/1.0\r\nContent-Length: 400000\r\n\r\n"
    for content in (head * 3_000, gzip.compress(head)[:40] * 3_000, b"WARC/1.0\r\n" * 30_000):
        found = read(write(tmp_path, content))
        assert found
        assert len(found) <= MOST_DAMAGES + 2
        assert all(one.error for one in found)


def test_records_of_any_length_cost_bounded_memory(tmp_path):
    long = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n" % (64 << 20)
    path = tmp_path / "long.warc"
    with path.open("wb") as file:
        file.write(long)
        file.truncate(len(long) + (64 << 20))
        file.seek(0, 2)
        file.write(b"\r\n\r\n" + Maker().response("https://news.example/1", page(1)).plain())
    passed, response = read(path)
    assert passed.passed == "too long"
    assert response.capture.body == page(1)


def test_addresses_and_times_given_beside_a_warc_file_are_refused(tmp_path, archive):
    path = write(tmp_path, Maker().response("https://news.example/1", page(1)).packed())
    assert run("--archive", archive, "ingest", path, "--url", "https://news.example/").code == 2
    assert run("--archive", archive, "ingest", path, "--fetched-at", "2022-11-09").code == 2


def test_an_older_file_that_comes_later_makes_nothing_new_again(tmp_path, archive):
    url = "https://news.example/1"
    new = Maker().response(
        url, page(1, "The port is open again and ships come in."), at="2023-01-09T12:00:00Z"
    )
    ingest(archive, write(tmp_path, new.packed(), "new.warc.gz"))
    old = Maker().response(
        url, page(1, "The port is closed by ice and nobody comes."), at="2022-01-09T12:00:00Z"
    )
    ingest(archive, write(tmp_path, old.packed(), "old.warc.gz"))
    with Archive.open(archive) as opened:
        (item,) = opened.items()
        whole = opened.item(item.id)
    assert "open again" in whole.text
    assert ["closed by ice" in one.text for one in whole.revisions] == [True, False]
    assert whole.first_seen.year == 2022


def test_what_wget_writes_comes_in(tmp_path, archive):
    if shutil.which("wget") is None:
        pytest.skip("there is no wget on this machine")
    with serving() as web:
        web.put("/1", page(1))
        web.put("/feed", feed(3, 4), type=FEED)
        web.put("/old", b"", status=302, headers={"Location": "/1"})
        web.put("/a.png", b"\x89PNG", type="image/png")
        words = [
            "wget",
            "-q",
            "--warc-file=site",
            "-O",
            "all",
            *map(web.url, ("/1", "/feed", "/old", "/a.png")),
        ]
        subprocess.run(words, cwd=tmp_path, check=True, timeout=30)
    (outcome,) = ingest(archive, tmp_path / "site.warc.gz")
    assert outcome["new"] == 3
    assert outcome["records"]["read"] == 3
    assert outcome["records"]["image/png"] == 1
    assert [len(one.redirects) for one in captures(archive)] == [0, 0, 1]


def test_an_older_listing_that_comes_later_withdraws_nothing(tmp_path, archive):
    url = "https://news.example/feed"
    for at, numbers in (("2023-01-09", (3, 4, 5)), ("2022-01-09", (1, 2, 3)), ("2023-01-10", (4, 5, 6))):
        made = Maker().response(url, feed(*numbers), FEED, at=f"{at}T12:00:00Z")
        ingest(archive, write(tmp_path, made.packed()))
    with Archive.open(archive) as opened:
        assert opened.stats().items == 6
        assert opened.withdrawals() == ()
        assert verify(opened) == ()


def test_parse_shows_each_document_of_a_file(tmp_path):
    ran = run("parse", write(tmp_path, crawl().packed()))
    assert ran.code == 0, ran.err
    assert [(one["url"], len(one["entries"])) for one in ran.lines] == [
        ("https://news.example/page/1", 1),
        ("https://news.example/page/2", 1),
        ("https://news.example/feed", 2),
    ]


def test_what_a_killed_run_left_aside_comes_in(tmp_path, archive):
    """Natowire's own records: source, parser and the rest come back exactly."""
    made = crawl()
    ingest(archive, write(tmp_path, made.packed()), "--source", "news")
    with Archive.open(archive) as opened:
        segment = next((archive / "captures").iterdir())
        kept = dict(opened.captures())
    aside = tmp_path / "natowire-00001-500.warc.gz"
    content = segment.read_bytes()
    aside.write_bytes(content[content.index(b"\x1f\x8b\x08", 10) :])
    again = tmp_path / "again"
    run("--archive", again, "init", "--empty")
    (outcome,) = ingest(again, aside, "--source", "ignored")
    assert outcome["records"]["read"] == 3
    assert captures(again) == list(kept.values())
    assert told(again) == told(archive)


def test_whatever_a_file_claims_of_natowires_is_looked_at(tmp_path, archive):
    url = "https://news.example/1"
    ingest(archive, write(tmp_path, Maker().response(url, page(1)).packed()))
    segment = next((archive / "captures").iterdir())
    records = [gzip.decompress(part) for part in _members(segment.read_bytes())]
    whole, files = records[-1], []
    values = (b'"x"', b"7", b"null", b"[]", b'{"a":1}', b"-1", b'[["a"]]', b'"2022-01-01T00:00:00"')
    values += (b'"9999-12-31T23:59:59-12:00"', b'"0001-01-01T00:00:00+12:00"', rb'"a\\u0000b\\ud800"')
    for name in re.findall(rb'"(\w+)":', whole):
        for value in values:
            changed = re.sub(
                rb'("%s":)("[^"]*"|\d+|null|\[\]|\[\[.*?\]\])' % name, rb"\g<1>" + value, whole, count=1
            )
            head, _, block = changed.partition(b"\r\n\r\n")
            length = len(block) - 4
            head = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % length, head)
            head = re.sub(rb"WARC-(Block|Payload)-Digest: .*?\r\n", b"", head)
            made = b"".join(gzip.compress(one) for one in (*records[1:-1], head + b"\r\n\r\n" + block))
            files.append(write(tmp_path, made, f"{len(files)}.warc.gz"))
    ran = run("--archive", archive, "--json", "ingest", *files)
    assert ran.code == 1, ran.err
    outcomes = [one["outcome"] for one in ran.json["sources"]]
    assert len(outcomes) == len(files)
    assert 20 < outcomes.count("failed") < len(files)
    with Archive.open(archive) as opened:
        assert verify(opened) == ()


def _members(content):
    while content:
        member = zlib.decompressobj(31)
        member.decompress(content)
        yield content[: len(content) - len(member.unused_data)]
        content = member.unused_data
