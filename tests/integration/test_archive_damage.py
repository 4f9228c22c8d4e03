"""Whatever is changed in an archive, `verify` finds it; and it finds nothing in a sound one."""

import random
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from parsers.errors import ConfigError, DamagedError, StorageError
from storage import names
from storage.absences import Absence
from storage.archive import Archive
from storage.folder import CAPTURES, DATABASE
from storage.segments import list_segments
from storage.state import Decision, Fetch, Merge, SourceState
from storage.verify import read_head, verify
from storage.visits import Visit
from tests.archive_cases import START, fill, make_aliases, make_capture, make_item, see

TABLES = (
    *("origin", "sources", "segments", "captures", "items", "evidence", "statements", "revisions"),
    *(
        "aliases",
        "recent_names",
        "observations",
        "merges",
        "absences",
        "withdrawals",
        "fetches",
        "source_states",
        "documents",
    ),
    *("visits", "notes"),
)

ALONE = ("visits", "notes")


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound") / "archive"
    with Archive.create(folder, segment_size=5_000) as archive:
        fill(archive, captures=5, items=3)
        capture = make_capture(20, source="mirror")
        with archive.writing("test") as writer, writer.transaction():
            number = writer.add_capture(capture)
            revised = make_item(1, title="Winter aid, corrected", revision=2)
            writer.put_many([see(revised, number, capture, make_aliases(1))])
            writer.add_fetch(
                Fetch(
                    source_id="watch",
                    started_at=START,
                    seconds=0.5,
                    outcome="fetched",
                    capture_id=number,
                    reached_known=True,
                )
            )
            writer.set_state(SourceState(source_id="watch", etag='"x"', last_attempt=START))
            merge = Merge(
                item_id="item-1",
                source_id="mirror",
                capture_id=number,
                url="https://mirror.example/1",
                title="Winter aid",
                reason="copy",
                score=0.99,
                merged_at=START,
            )
            writer.add_merge(merge)
            page = Visit(
                url="https://example.org/1",
                source_id="watch",
                item_id="item-1",
                planned_at=START,
                due_at=START,
            )
            writer.add_visits([page])
            writer.set_note("tidy", "then")
            gone = writer.add_capture(make_capture(21, url="https://example.org/news/2", status=404))
            writer.add_absences([Absence(item_id="item-2", capture_id=gone, kind="gone")])
            writer.settle_withdrawals(["item-2"])
            writer.add_decision(Decision(kind="merge_undone", decided_at=START))
            # Half the names are where they stay, as after many more items.
            names.settle(connection_of(writer), 0, names.STEP * names.PARTS // 2)
    return folder


def connection_of(writer):
    return writer._connection


@pytest.fixture
def copy(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "copy")


def examine(folder, head=None):
    """What `verify` finds; an archive that cannot even be opened is found damaged too."""
    try:
        with Archive.open(folder) as archive:
            return verify(archive, head)
    except StorageError as error:
        return (error,)


def change(folder, sql, *values):
    with closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        return connection.execute(sql, values).fetchall()


def test_a_sound_archive_gives_no_alarm(sound):
    with Archive.open(sound) as archive:
        assert verify(archive, archive.head()) == ()
        assert verify(archive, read_head(str(archive.head()))) == ()


@pytest.mark.parametrize("seeds", [range(20), pytest.param(range(20, 220), marks=pytest.mark.slow)])
def test_flipped_bits_and_cut_files_are_found(sound, tmp_path, seeds):
    for seed in seeds:
        chance = random.Random(seed)
        folder = shutil.copytree(sound, tmp_path / str(seed))
        path = chance.choice(list(list_segments(folder / CAPTURES).values()))
        content = bytearray(path.read_bytes())
        place = chance.randrange(len(content))
        if chance.random() < 0.7:
            content[place] ^= 1 << chance.randrange(8)
        else:
            del content[place:]
        path.write_bytes(content)
        assert examine(folder), f"seed {seed}: byte {place} of {path.name}"
        shutil.rmtree(folder)


# A row's own number says nothing; that others refer to it is what is checked.
FREE = {("merges", "id"), ("absences", "id"), ("withdrawals", "id"), ("fetches", "id")}


def spoil(old):
    """Another value of the same kind."""
    kinds = {int: lambda: old + 1, float: lambda: old / 2, str: lambda: old + "x", bytes: lambda: old[::-1]}
    return 1 if old is None else kinds[type(old)]()


@pytest.mark.parametrize("table", TABLES)
def test_a_changed_value_is_found(copy, table):
    kept = (copy / DATABASE).read_bytes()
    columns = [row[1] for row in change(copy, f"SELECT * FROM pragma_table_info('{table}')")]
    for column in columns:
        if (table, column) in FREE:
            continue
        ((old,),) = change(copy, f'SELECT max("{column}") FROM {table}')
        change(copy, f'UPDATE {table} SET "{column}" = ? WHERE "{column}" IS ?', spoil(old), old)
        assert examine(copy), column
        (copy / DATABASE).write_bytes(kept)
    assert examine(copy) == ()


@pytest.mark.parametrize("value", ["words", b"\x00\xff", 2**62, -5, 1.5])
@pytest.mark.parametrize("column", ["published_best", "detail", "names", "last_seen", "digest"])
def test_a_value_of_any_kind_is_found(copy, column, value):
    change(copy, f'UPDATE items SET "{column}" = ?', value)
    assert examine(copy)


@pytest.mark.parametrize(
    ("table", "column"),
    [("captures", name) for name in ("length", "offset", "record_digest", "payload_digest", "chain")]
    + [("segments", "head_length"), ("aliases", "name"), ("items", "names")],
)
def test_a_number_in_the_place_of_bytes_or_sizes_takes_no_memory(copy, table, column):
    last = f'(SELECT max("{column}") FROM {table})'
    change(copy, f'UPDATE {table} SET "{column}" = ? WHERE "{column}" = {last}', 2**50)
    assert examine(copy)


READS = {
    "items": lambda archive: archive.item("item-1"),
    "evidence": lambda archive: list(archive.items()),
    "observations": lambda archive: archive.item("item-1"),
    "fetches": lambda archive: archive.fetches(),
    "source_states": lambda archive: archive.states(),
    "visits": lambda archive: archive.due_visits(["watch"], START),
    "merges": lambda archive: archive.merges(),
    "withdrawals": lambda archive: archive.withdrawals(),
    "captures": lambda archive: archive.head(),
}


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("items", "first_seen", 2**50),
        ("items", "published_best", "words"),
        ("items", "detail", 77),
        ("evidence", "strength", 77),
        ("observations", "seen_at", 2**50),
        ("fetches", "started_at", 2**50),
        ("source_states", "last_attempt", "words"),
        ("source_states", "notes", "[[1,"),
        ("visits", "planned_at", 2**50),
        ("merges", "merged_at", 2**50),
        ("withdrawals", "noticed_at", 2**50),
        ("captures", "chain", 7),
    ],
)
def test_a_value_that_cannot_be_read_is_said_in_a_sentence(copy, table, column, value):
    change(copy, f'UPDATE {table} SET "{column}" = ?', value)
    with Archive.open(copy) as archive, pytest.raises(DamagedError, match="natowire verify"):
        READS[table](archive)


def test_an_archive_without_its_id_says_that_it_is_damaged(copy):
    change(copy, "DELETE FROM origin")
    with Archive.open(copy) as archive, pytest.raises(DamagedError, match="natowire verify"):
        archive.created_at()


# What these say of the future is not counted.
@pytest.mark.parametrize("table", [name for name in TABLES if name not in ALONE])
def test_a_missing_row_is_found(copy, table):
    first = change(copy, f"SELECT name FROM pragma_table_info('{table}')")[0][0]
    change(copy, f'DELETE FROM {table} WHERE "{first}" = (SELECT max("{first}") FROM {table})')
    assert examine(copy)


def test_removed_and_added_records_are_found(copy):
    files = list(list_segments(copy / CAPTURES).values())
    content = files[-1].read_bytes()
    files[-1].write_bytes(content + content[-200:])
    assert examine(copy)
    files[-1].write_bytes(content + b"\x00" * 40)
    assert examine(copy)
    first = files[0].read_bytes()
    files[-1].write_bytes(content + first[first.index(b"\x1f\x8b", 10) :])
    assert examine(copy)
    files[-1].write_bytes(content)
    assert examine(copy) == ()
    files[0].rename(files[0].with_name("natowire-00099.warc.gz"))
    assert {one.kind for one in examine(copy)} >= {"segment"}


def test_an_added_file_is_found(copy):
    shutil.copy(copy / CAPTURES / "natowire-00001.warc.gz", copy / CAPTURES / "extra.warc.gz")
    assert [one.where for one in examine(copy)] == ["extra.warc.gz"]


def test_the_last_rows_taken_away_are_found(copy):
    change(copy, "DELETE FROM captures WHERE id = (SELECT max(id) FROM captures)")
    assert "chain" in {one.kind for one in examine(copy)}


def test_a_tail_taken_away_with_its_rows_is_found_by_the_head(tmp_path):
    with Archive.create(tmp_path) as archive:
        with archive.writing("test") as writer:
            for number in range(3):
                with writer.transaction():
                    writer.add_capture(make_capture(number))
        head = archive.head()
    ((segment, offset),) = change(tmp_path, 'SELECT segment, "offset" FROM captures WHERE id = 3')
    change(tmp_path, "DELETE FROM captures WHERE id = 3")
    change(tmp_path, "UPDATE sqlite_sequence SET seq = 2 WHERE name = 'captures'")
    path = list_segments(tmp_path / CAPTURES)[segment]
    path.write_bytes(path.read_bytes()[:offset])
    assert examine(tmp_path) == ()
    assert [one.kind for one in examine(tmp_path, head)] == ["head"]


def test_a_rewritten_chain_is_found_by_the_head(copy, tmp_path):
    with Archive.open(copy) as archive:
        head = archive.head()
    with Archive.create(tmp_path / "other") as other:
        fill(other, captures=11)
        assert verify(other) == ()
        assert [one.kind for one in verify(other, head)] == ["head"]


def test_what_an_interrupted_writer_leaves_is_no_damage(copy):
    with Archive.open(copy) as archive:
        with archive.writing("test") as writer, writer.transaction():
            writer.add_capture(make_capture(40))
        (segment, offset, length) = change(
            copy, 'SELECT segment, "offset", length FROM captures ORDER BY id DESC LIMIT 1'
        )[0]
    path = list_segments(copy / CAPTURES)[segment]
    whole = path.read_bytes()
    change(copy, "DELETE FROM captures WHERE id = (SELECT max(id) FROM captures)")
    change(copy, "UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'captures'")
    for end in (offset + length, offset + length - 3, offset + length // 2, offset + 40, offset + 5):
        path.write_bytes(whole[:end])
        assert examine(copy) == (), f"{end - offset} of {length} bytes"
    path.write_bytes(whole)
    with Archive.open(copy) as archive, archive.writing("test") as writer, writer.transaction():
        writer.add_capture(make_capture(41))
    assert examine(copy) == ()
    assert len(list((copy / "set-aside").iterdir())) == 1, "a whole capture is set aside, not lost"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"capture":"x","chain":"00"}', '{"chain":"zz"}'])
def test_a_head_that_is_none(text):
    with pytest.raises(ConfigError, match="--export-head"):
        read_head(text)


def test_fetches_that_were_thinned_are_not_missed_and_lost_ones_are(copy):
    with Archive.open(copy) as archive:
        for hour in range(9):
            at = START + timedelta(hours=hour)
            polled = Fetch(source_id="watch", started_at=at, seconds=0.1, outcome="not_modified")
            with archive.writing("test") as writer, writer.transaction():
                writer.add_fetch(polled)
                writer.thin_fetches(at - timedelta(hours=3))
        assert len(archive.fetches()) < 9
        assert verify(archive) == ()
    change(copy, "DELETE FROM fetches WHERE id = (SELECT max(id) - 1 FROM fetches)")
    assert [one.where for one in examine(copy)] == ["fetches"]
    change(copy, "DELETE FROM notes WHERE name = 'thinned'")
    assert "fetches" in [one.where for one in examine(copy)]


@pytest.mark.parametrize("table", ["merges", "withdrawals", "fetches"])
def test_a_row_that_was_put_in_is_found(copy, table):
    columns = [row[1] for row in change(copy, f"SELECT * FROM pragma_table_info('{table}')")]
    named = ", ".join(f'"{name}"' for name in columns if name != "id")
    change(copy, f"INSERT INTO {table} (id, {named}) SELECT 0, {named} FROM {table} LIMIT 1")
    assert table in [one.where for one in examine(copy)]


def test_a_withdrawal_that_does_not_follow_from_the_captures_is_found(copy):
    change(copy, "DELETE FROM withdrawals")
    change(copy, "DELETE FROM sqlite_sequence WHERE name = 'withdrawals'")
    assert [one.where for one in examine(copy)] == ["withdrawals of item-2"]
