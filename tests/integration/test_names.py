"""Names are found wherever they stand: among the recent ones, in the index, or on their way."""

import random

import pytest

from storage import names
from storage.archive import Archive
from tests.archive_cases import fill


@pytest.fixture
def connection(tmp_path):
    with Archive.create(tmp_path / "archive") as archive:
        fill(archive, captures=1, items=0)
        with archive.writing("test") as writer, writer.transaction():
            writer._connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            yield writer._connection
            writer._connection.exec_driver_sql("DELETE FROM aliases")
            writer._connection.exec_driver_sql("DELETE FROM recent_names")


def count(connection, table):
    return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()


@pytest.mark.parametrize("step", [1, 7, names.STEP, 40 * names.STEP])
def test_whatever_moved_every_name_is_found(connection, step):
    chance = random.Random(step)
    known, shared = {}, [chance.randbytes(5) for _ in range(20)]
    for key in range(1, 40 * step, step):
        own = [chance.randbytes(12), chance.randbytes(5), *chance.sample(shared, 2)]
        names.add(connection, [(name, key) for name in own])
        names.settle(connection, key - step, key)
        for name in own:
            known.setdefault(name, []).append(key)
    everything = {(name, key) for name, keys in known.items() for key in keys}
    assert set(names.load_all(connection)) == everything
    assert names.find(connection, [*known, b"nobody"]) == known
    newest = {name: keys[:-4:-1] for name, keys in known.items()}
    assert names.find_newest(connection, [*known, b"nobody"], 3) == newest
    strange = [(shared[0], -1), (b"nobody", 1)]
    assert names.find_bearers(connection, [*everything, *strange]) == everything


def test_all_is_settled_after_so_many_items(connection):
    chance = random.Random(2)
    rows = [(bytes([first]) + chance.randbytes(11), 1) for first in range(256)]
    names.add(connection, [*rows, (b"\x00", 1), (b"\xff" * 12, 1)])
    names.settle(connection, 0, names.STEP - 1)
    assert count(connection, "aliases") == 0
    for number in range(1, names.PARTS + 1):
        names.settle(connection, names.STEP * number - 1, names.STEP * number)
        assert count(connection, "recent_names") >= 256 - 16 * number
    assert count(connection, "recent_names") == 0
    assert count(connection, "aliases") == 258


def test_a_name_is_taken_away_wherever_it_stands(connection):
    rows = [(bytes([first]) * 12, key) for first in range(0, 256, 16) for key in (1, 2)]
    names.add(connection, rows)
    names.settle(connection, 0, names.STEP * names.PARTS // 2)
    assert count(connection, "aliases")
    assert count(connection, "recent_names")
    names.drop(connection, {name for name, _ in rows}, 2)
    assert set(names.load_all(connection)) == {pair for pair in rows if pair[1] == 1}
