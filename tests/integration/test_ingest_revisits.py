"""A revisit has the body it speaks of, wherever that is: in the file, in another, or in the archive."""

import base64
import gzip
import hashlib
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from storage.archive import Archive
from storage.segments import list_segments
from storage.verify import verify
from tests.archive_cases import make_capture
from tests.command import run
from tests.warc_files import Maker, page

NOON = datetime(2022, 11, 9, 12, tzinfo=UTC)
URL, COPY, AWAY = "https://news.example/1", "https://news.example/copy", "https://away.example/"
LONG_AGO = "2020-01-01T00:00:00Z"
LOST = "revisit without its original"


def digest_of(body, name="sha1"):
    return f"{name}:{base64.b32encode(hashlib.new(name, body).digest()).decode()}"


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    run("--archive", folder, "init", "--empty")
    return folder


def write(tmp_path, made, name):
    path = tmp_path / name
    path.write_bytes(made.packed())
    return path


def ingest(folder, *files):
    ran = run("--archive", folder, "--json", "ingest", *files)
    assert ran.code == 0, ran
    return [one["records"] for one in ran.json["sources"]]


def captures(folder):
    with Archive.open(folder) as archive:
        assert verify(archive) == ()
        return [capture for _, capture in archive.captures()]


REVISITS = {
    "by SHA-256": (Maker().revisit(URL, digest_of(page(1), "sha256"), of=AWAY), 1),
    "by SHA-1 from the same address": (
        Maker().revisit(URL, digest_of(page(1)), of_at=LONG_AGO),
        1,
    ),
    "by SHA-1 of what it refers to": (
        Maker().revisit(COPY, digest_of(page(1)), of=URL),
        1,
    ),
    "another body": (Maker().revisit(URL, digest_of(page(2))), 0),
    "another address": (
        Maker().revisit(COPY, digest_of(page(1)), of=AWAY),
        0,
    ),
    "no digest": (Maker().revisit(URL, "sha1:UNKNOWN"), 1),
    "neither digest nor moment": (Maker().revisit(URL, "x", of_at=LONG_AGO), 0),
}


@pytest.mark.parametrize("name", REVISITS)
def test_what_the_archive_holds_is_found(tmp_path, archive, name):
    made, found = REVISITS[name]
    ingest(archive, write(tmp_path, Maker().response(URL, page(1)), "first.warc.gz"))
    (records,) = ingest(archive, write(tmp_path, made, "second.warc.gz"))
    assert (records.get("read", 0), records.get(LOST, 0)) == (found, 1 - found)
    assert [one.body for one in captures(archive)] == [page(1)] * (1 + found)


def test_a_digest_of_a_packed_body_speaks_against_nothing(tmp_path, archive):
    packed = gzip.compress(page(1), mtime=0)
    first = Maker().response(URL, packed, headers=[("Content-Encoding", "gzip")])
    ingest(archive, write(tmp_path, first, "first.warc.gz"))
    (records,) = ingest(archive, write(tmp_path, Maker().revisit(URL, digest_of(packed)), "b.warc.gz"))
    assert records["read"] == 1
    assert [one.body for one in captures(archive)] == [page(1)] * 2


def test_one_file_speaks_of_another_given_before_it(tmp_path, archive):
    first = write(
        tmp_path, Maker().response(URL, page(1), **{"WARC-Payload-Digest": digest_of(page(1))}), "1.warc.gz"
    )
    second = write(
        tmp_path,
        Maker().revisit(COPY, digest_of(page(1)), of=AWAY),
        "2.warc.gz",
    )
    assert [records["read"] for records in ingest(archive, first, second)] == [1, 1]


def test_what_was_set_aside_speaks_of_what_the_archive_kept(tmp_path):
    """A killed run stored a page again that had not changed: only a revisit stands in `set-aside`."""
    folder = tmp_path / "kept"
    with Archive.create(folder) as archive, archive.writing("test") as writer:
        with writer.transaction():
            writer.add_capture(make_capture(1, body=page(1)))
        shutil.copytree(folder, tmp_path / "archive")
        later = make_capture(2, body=page(1))
        with writer.transaction():
            writer.add_capture(later)
    (segment,) = list_segments(folder / "captures").values()
    (before,) = list_segments(tmp_path / "archive" / "captures").values()
    aside = tmp_path / "archive" / "set-aside" / "natowire-00001-500.warc.gz"
    aside.parent.mkdir()
    aside.write_bytes(segment.read_bytes()[before.stat().st_size :])
    (records,) = ingest(tmp_path / "archive", aside)
    assert records == {"read": 1}
    first, second = captures(tmp_path / "archive")
    assert second == later
    assert second.fetched_at - first.fetched_at == timedelta(hours=1)
    with Archive.open(tmp_path / "archive") as archive, archive.reading() as connection:
        owners = connection.exec_driver_sql("SELECT body_of FROM captures ORDER BY id").scalars().all()
    assert owners == [None, 1]
