"""What the record of fetches says of a watch, and that it stays small."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage import watch
from storage.archive import Archive
from storage.state import Fetch, SourceState

START = datetime(2022, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def archive(tmp_path):
    with Archive.create(tmp_path) as archive:
        yield archive


def keep(archive, source_id, outcomes, start=START):
    """Write down a fetch an hour: f(etched), n(ot modified), x (failed), g (nothing known on the list)."""
    names = {"f": "fetched", "g": "fetched", "n": "not_modified", "x": "failed"}
    made = [
        (
            Fetch(
                source_id=source_id,
                started_at=start + number * HOUR,
                seconds=0.1,
                outcome=names[letter],
                listed=10 if letter in "fg" else 0,
                new={"f": 1, "g": 10}.get(letter, 0),
                reached_known={"f": True, "g": False}.get(letter) if number else None,
            ),
            SourceState(source_id=source_id, last_attempt=start + number * HOUR, next_due_at=start),
        )
        for number, letter in enumerate(outcomes)
    ]
    with archive.writing("test") as writer, writer.transaction():
        writer.note_fetches(made)
        writer.note_fetches([])


def test_gaps_reach_from_one_good_poll_to_the_next(archive):
    keep(archive, "pier", "fnxxg" + "n" + "f" + "g")
    keep(archive, "quay", "xxfnf")
    assert watch.load_gaps(archive) == (
        watch.Gap(source_id="pier", begins=START + HOUR, ends=START + 4 * HOUR, listed=10),
        watch.Gap(source_id="pier", begins=START + 6 * HOUR, ends=START + 7 * HOUR, listed=10),
    )
    found = watch.load_watch(archive)
    assert found["pier"] == watch.Watch(source_id="pier", since=START, polls=8, failed=2, reached=4)
    assert found["quay"].reached == 3


def test_the_last_polls_are_told_oldest_first(archive):
    keep(archive, "pier", "fnxff")
    assert archive.polls(["pier", "none"], 3) == {
        "pier": [(START + HOUR, 0, 0), (START + 3 * HOUR, 10, 1), (START + 4 * HOUR, 10, 1)],
        "none": [],
    }


def thin(archive, before):
    with archive.writing("test") as writer, writer.transaction():
        return writer.thin_fetches(before)


def outcomes(archive, source_id):
    return "".join(
        {"fetched": "f", "not_modified": "n", "failed": "x"}[fetch.outcome]
        for fetch in reversed(archive.fetches(source_id, 1000))
    )


def test_old_rows_of_not_modified_are_thinned_to_the_last_of_each_run(archive):
    keep(archive, "pier", "fnnnfnnnnxnng" + "n" * 5)
    keep(archive, "quay", "n" * 5)
    gaps = watch.load_gaps(archive)
    assert thin(archive, START + 15 * HOUR) == 2 + 3 + 1 + 2 + 4
    assert outcomes(archive, "pier") == "fnfnxnf" + "nnn"
    assert outcomes(archive, "quay") == "n"
    assert watch.load_gaps(archive) == gaps
    assert thin(archive, START + 15 * HOUR) == 0


def test_years_of_nothing_new_stay_small(archive):
    for year in range(3):
        keep(archive, "pier", "f" + "n" * 3000, START + year * 3001 * HOUR)
        thin(archive, START + (year + 1) * 3001 * HOUR)
        assert len(archive.fetches("pier", 9999)) <= 2 * (year + 1)
