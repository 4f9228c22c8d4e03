"""When it is the machine that is cut off, and when a site."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.offline import Verdict, choose_witnesses, judge_cycle, read_since
from aggregator.watch.alarms import OFFLINE_FOR, judge_offline, settle
from parsers.errors import StatusError, TransportError, UnreachableError
from schedules.sources import Source
from storage.state import SourceState

NOW = datetime(2022, 11, 8, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAMELESS = UnreachableError("The name cannot be resolved.")
LATE = TransportError("No whole answer came within 30 s.")
PIER, QUAY, LOCK, DAM = (
    Source(id=name, url=f"https://{name}.example/feed") for name in ("pier", "quay", "lock", "dam")
)
ANNEX = Source(id="annex", url="https://pier.example/annex")


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ([(PIER, NAMELESS), (QUAY, NAMELESS)], Verdict.OFFLINE),
        ([(PIER, NAMELESS), (QUAY, None)], Verdict.ONLINE),
        ([(PIER, NAMELESS), (QUAY, StatusError("Not found.", status=404))], Verdict.ONLINE),
        ([(PIER, NAMELESS), (QUAY, LATE)], Verdict.ONLINE),
        ([(PIER, NAMELESS), (ANNEX, NAMELESS)], Verdict.UNKNOWN),
        ([(PIER, NAMELESS)], Verdict.UNKNOWN),
        ([], Verdict.UNKNOWN),
    ],
)
def test_a_machine_is_offline_where_several_hosts_and_none_else_are_out_of_reach(answers, verdict):
    assert judge_cycle(answers) is verdict


def test_those_that_were_well_lately_are_witnesses():
    well = SourceState(source_id="", last_success=NOW)
    states = {
        "pier": well,
        "annex": replace(well, last_success=NOW + HOUR),
        "quay": replace(well, failures=1),
        "lock": replace(well, last_success=NOW - HOUR),
        "dam": replace(well, last_success=NOW - 2 * HOUR),
    }
    sources = [PIER, ANNEX, QUAY, LOCK, DAM, Source(id="new", url="https://new.example/")]
    assert choose_witnesses(sources, states, ()) == (ANNEX, LOCK)
    assert choose_witnesses(sources, states, {"pier.example"}) == (LOCK, DAM)
    assert choose_witnesses([QUAY], states, ()) == ()


def test_a_machine_offline_for_long_is_told_once_and_when_it_is_back():
    assert judge_offline(None, NOW) == ()
    assert judge_offline(NOW, NOW + OFFLINE_FOR / 2) == ()
    assert judge_offline(NOW, NOW - HOUR) == (), "the clock was set back"
    alerts, told = settle((), judge_offline(NOW, NOW + HOUR), NOW + HOUR)
    assert [tiding.event for tiding in told] == ["alert"]
    later = NOW + timedelta(days=3)
    alerts, told = settle(alerts, judge_offline(NOW, later), later)
    assert told == ()
    alerts, told = settle(alerts, (), later + HOUR)
    assert (alerts, [tiding.event for tiding in told]) == ((), ["all_clear"])


def test_what_the_note_says_is_read_back():
    assert read_since("") is None
    assert read_since("lately") is None
    assert read_since(NOW.isoformat()) == NOW
