"""What is remembered of sources is read and written without the archive, and both see the same."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from parsers.errors import DamagedError, LockedError, NotFoundError, SchemaError, StorageError
from storage.archive import Archive
from storage.backup import backup, restore
from storage.ledger import Ledger
from storage.state import Fetch, SourceState
from storage.verify import verify
from storage.visits import Visit
from tests.archive_cases import START, fill
from tests.command import LOOPBACK, run
from tests.conftest import ROOT
from tests.small_web import serving
from tests.warc_files import FEED

HEAVY = (
    "sqlalchemy",
    "alembic",
    "bs4",
    "feedparser",
    "lxml",
    "pebble",
    "warcio",
    "multiprocessing",
)
ITEM = "<item><title>Ice</title><guid>1</guid></item>"
BODY = f"<rss version='2.0'><channel><title>Quay</title>{ITEM}</channel></rss>"

STATE = SourceState(source_id="quay", etag='"a"', last_attempt=START, notes=(("asked", "feed"),))
FETCH = Fetch(source_id="quay", started_at=START, seconds=0.5, outcome="not_modified", status=304)
VISIT = Visit(
    url="https://quay.example/1", source_id="quay", item_id="i", planned_at=START, due_at=START, etag='"b"'
)


@pytest.fixture
def folder(tmp_path):
    Archive.create(tmp_path / "archive").close()
    return tmp_path / "archive"


def test_a_cycle_of_nothing_new_imports_nothing_that_keeps_items(folder):
    with serving() as web:
        web.put("/feed", BODY, type=FEED, headers={"ETag": '"one"'})
        (folder / "config.toml").write_text(f'[[source]]\nid = "quay"\nurl = "{web.url("/feed")}"\n')
        words = ["--archive", str(folder), "fetch", *LOOPBACK]
        assert run(*words).code == 0
        probe = (
            "import sys\nfrom aggregator.cli import main\n"
            f"try: main({words})\nexcept SystemExit: pass\n"
            f"sys.stderr.write(' '.join(sorted(set({HEAVY}) & set(sys.modules))))"
        )
        done = subprocess.run(
            [sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=ROOT
        )
    assert (done.stdout, done.stderr) == ("not modified: quay\n", "")
    with Ledger.open(folder) as ledger:
        assert [fetch.outcome for fetch in ledger.fetches("quay")] == ["not_modified", "fetched"]
    with Archive.open(folder) as archive:
        assert verify(archive) == ()


def test_the_archive_sees_what_the_ledger_wrote_and_the_other_way_round(folder):
    with Ledger.open(folder) as ledger:
        with ledger.noting("test") as entries:
            entries.note_fetches([(FETCH, STATE)])
            entries.add_visits([VISIT])
            entries.set_note("word", "said")
        for reader in (ledger, ledger.archive):
            assert reader.states() == {"quay": STATE}
            assert reader.fetches() == reader.fetches("quay") == (FETCH,)
            assert reader.due_visits(["quay"], START) == (VISIT,)
            assert reader.note("word") == "said"
            assert reader.polls(["quay", "pier"], 5) == {"quay": [(START, 0, 0)], "pier": []}
        with ledger.archive.writing("test") as writer, writer.transaction():
            writer.set_note("word", "said again")
        assert ledger.note("word") == "said again"
        assert ledger.id() == ledger.archive.id()
        assert ledger.archive.archive is ledger.archive
        assert verify(ledger.archive) == ()


def note_and_fail(ledger):
    with ledger.noting("test") as entries:
        entries.set_note("word", "half")
        entries.add_fetch(FETCH)
        entries.cursor.execute("INSERT INTO notes (name) VALUES ('nothing to say')")


def test_what_fails_half_way_leaves_nothing(folder):
    with Ledger.open(folder) as ledger:
        with pytest.raises(StorageError, match="refused"):
            note_and_fail(ledger)
        assert (ledger.note("word"), ledger.fetches()) == ("", ())
        with ledger.noting("test") as entries:
            entries.set_note("word", "whole")
        assert ledger.note("word") == "whole"


def test_one_writer_at_a_time(folder):
    with Ledger.open(folder, lock_timeout=0.1) as ledger, Archive.open(folder) as archive:
        with (
            archive.writing("reparse"),
            pytest.raises(LockedError, match="reparse"),
            ledger.noting("fetch"),
        ):
            pass
        with ledger.noting("fetch") as entries:
            entries.set_state(STATE)
        assert archive.states() == {"quay": STATE}


def test_a_restore_is_seen_by_whoever_is_open(folder, tmp_path):
    with Archive.open(folder) as archive:
        fill(archive)
        with archive.noting("test") as entries:
            entries.set_note("word", "before")
        backup(folder, tmp_path / "copy.tar")
    with Ledger.open(folder) as ledger:
        with ledger.noting("test") as entries:
            entries.set_note("word", "after")
        assert ledger.note("word") == "after"
        restore(tmp_path / "copy.tar", folder)
        assert ledger.note("word") == "before"
        with ledger.noting("test") as entries:
            entries.set_note("word", "later")
        assert ledger.note("word") == "later"


def test_what_is_no_archive_of_ours_is_refused(folder, tmp_path):
    with pytest.raises(NotFoundError, match="natowire init"):
        Ledger.open(tmp_path / "elsewhere")
    with Ledger.open(folder) as ledger, ledger.noting("test") as entries:
        entries.cursor.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaError, match="newer"):
        Ledger.open(folder)
    (folder / "archive.db").write_bytes(b"no database at all, " * 500)
    with pytest.raises(DamagedError, match="verify"):
        Ledger.open(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_read(folder):
    with Ledger.open(folder) as ledger, ledger.noting("test") as entries:
        entries.set_state(STATE)
    folder.chmod(0o500)
    try:
        with Ledger.open(folder) as ledger:
            assert ledger.states() == {"quay": STATE}
            with pytest.raises(StorageError, match="writable"), ledger.noting("test"):
                pass
    finally:
        folder.chmod(0o700)


def test_old_polls_of_nothing_new_are_thinned_but_for_the_last_of_a_run(folder):
    hours = [FETCH.started_at + timedelta(hours=hour) for hour in range(6)]
    outcomes = ["fetched", "not_modified", "not_modified", "not_modified", "fetched", "not_modified"]
    made = [
        Fetch(source_id="quay", started_at=at, seconds=0, outcome=outcome)
        for at, outcome in zip(hours, outcomes, strict=True)
    ]
    with Ledger.open(folder) as ledger:
        with ledger.noting("test") as entries:
            entries.note_fetches([(fetch, STATE) for fetch in made])
            assert entries.thin_fetches(hours[-1]) == 2
        assert [fetch.started_at for fetch in ledger.fetches()] == [hours[i] for i in (5, 4, 3, 0)]
