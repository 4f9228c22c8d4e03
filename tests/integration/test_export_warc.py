"""Captures leave the archive as a WARC file that warcio reads, and natowire again."""

import subprocess
from collections import Counter
from io import BytesIO

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from storage.archive import Archive
from storage.verify import verify
from tests.command import call, run
from tests.conftest import ROOT
from tests.warc_files import FEED, Maker, feed, page


def same(folder):
    """What is known of every item but by which captures."""
    with Archive.open(folder) as archive:
        assert verify(archive) == ()
        items = [archive.item(item.id) for item in archive.items()]
    return {
        item.id: (
            item.title,
            item.text,
            item.published,
            item.statements,
            item.revision,
            [(one.number, one.seen_at, one.text) for one in item.revisions],
            [(one.source_id, one.seen_at) for one in item.observations],
        )
        for item in items
    }


def read(content):
    """The records of a file: kind, address and body, with revisits as they stand."""
    return [
        (one.rec_type, one.rec_headers.get_header("WARC-Target-URI"), one.content_stream().read())
        for one in ArchiveIterator(BytesIO(content), check_digests="raise")
    ]


def check(path):
    """What `warcio check` says."""
    checker = Checker(type("Told", (), {"inputs": [str(path)], "verbose": False})())
    checker.process_all()
    return checker.exit_value


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Two pages, of which one came three times unchanged, and a feed."""
    folder = tmp_path_factory.mktemp("export") / "archive"
    run("--archive", folder, "init", "--empty")
    made = Maker()
    for day in (9, 10, 11):
        made.response("https://news.example/page/1", page(1), at=f"2022-11-{day:02}T12:00:00Z")
    made.response("https://news.example/page/2", page(2, "An ice breaker leaves for the north."))
    made.response("https://mirror.example/page/2", page(2, "An ice breaker leaves for the north."))
    made.response("https://news.example/feed", feed(3, 4), FEED)
    path = folder.parent / "in.warc.gz"
    path.write_bytes(made.packed())
    assert run("--archive", folder, "ingest", path, "--source", "news").code == 0
    return folder


def test_all_captures_come_out_and_in_again(archive, tmp_path):
    path = tmp_path / "all.warc.gz"
    assert run("--archive", archive, "export", "--format", "warc", "-o", path).code == 0
    assert check(path) == 0
    kinds = Counter(kind for kind, _, _ in read(path.read_bytes()))
    assert kinds == {"warcinfo": 1, "response": 3, "revisit": 3, "request": 6, "metadata": 6}
    again = tmp_path / "again"
    run("--archive", again, "init", "--empty")
    (outcome,) = run("--archive", again, "--json", "ingest", path).json["sources"]
    assert outcome["records"]["read"] == 6
    assert same(again) == same(archive)
    (outcome,) = run("--archive", archive, "--json", "ingest", path).json["sources"]
    assert outcome["records"]["known"] == 6


def test_only_what_is_asked_for_comes_out_each_with_its_body(archive, tmp_path):
    path = tmp_path / "some.warc.gz"
    run("--archive", archive, "export", "--format", "warc", "--query", "source:news breaker", "-o", path)
    assert check(path) == 0
    found = [(kind, uri) for kind, uri, _ in read(path.read_bytes()) if kind in ("response", "revisit")]
    assert ("response", "https://news.example/page/2") in found
    assert not any(uri.endswith(("/feed", "/page/1")) for _, uri in found)


def test_a_revisit_without_its_original_is_written_with_its_body(tmp_path):
    folder = tmp_path / "archive"
    run("--archive", folder, "init", "--empty")
    # The first is an error page, in which no item was seen, but it holds the body of the others.
    made = Maker().response("https://news.example/1", page(1), status="500 Oops", at="2022-11-08T12:00:00Z")
    made.response("https://news.example/1", page(1)).response("https://news.example/1?x=2", page(1))
    (tmp_path / "in.warc").write_bytes(made.plain())
    run("--archive", folder, "ingest", tmp_path / "in.warc")
    path = tmp_path / "out.warc.gz"
    run("--archive", folder, "export", "--format", "warc", "-o", path)
    assert check(path) == 0
    answers = [(kind, body) for kind, _, body in read(path.read_bytes()) if kind in ("response", "revisit")]
    assert answers == [("response", page(1)), ("revisit", b"")]
    run("--archive", tmp_path / "again", "init", "--empty")
    run("--archive", tmp_path / "again", "ingest", path)
    assert same(tmp_path / "again") == same(folder)


def test_a_pipe_gets_the_same_bytes(archive, tmp_path):
    words = call("--archive", archive, "export", "--format", "warc", "--query", "breaker")
    ran = subprocess.run(words, capture_output=True, cwd=ROOT, timeout=60, check=True)
    assert [kind for kind, _, _ in read(ran.stdout)][:2] == ["warcinfo", "response"]


def test_an_unwritable_file_is_told(archive, tmp_path):
    ran = run("--archive", archive, "export", "--format", "warc", "-o", tmp_path / "no" / "where.warc.gz")
    assert ran.code == 3
    assert "Cannot write" in ran.err


def test_the_archive_itself_passes_the_check_and_a_damaged_one_does_not(archive, tmp_path):
    segment = next((archive / "captures").iterdir())
    assert check(segment) == 0
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "damaged.warc.gz").write_bytes(content)
    assert check(tmp_path / "damaged.warc.gz") == 1
