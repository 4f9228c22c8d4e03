"""How the status looks to a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from rich.console import Group, RenderableType
from rich.text import Text

from aggregator.render.shapes import Json
from aggregator.watch.alarms import Alarm
from aggregator.watch.status import Standing, Status
from aggregator.watch.tidings import name_alarm

GAPS = 3
HEADS = ("source", "last good", "next (UTC)", "coverage", "state")
WIDTHS = (11, 11, 8, 11)
"""Of all columns but the first, which has the `ROOM` that is left of 80."""
ROOM = 80 - sum(WIDTHS) - 2 * len(WIDTHS)
FAR = timedelta(days=300)
STATES: Mapping[str, str] = MappingProxyType(
    {"implausible": "refused", "quiet": "quiet", "thin": "thin", "moved": "moved", "overdue": "not fetched"}
)
"""The alarms of a source in a word or two; a failing one also says how often."""


def show_status(status: Status, now: datetime) -> RenderableType:
    """Every source in a line of 80 columns; under it what is wrong, and what may have been missed."""
    remarks = [Text(f"The daemon runs: {status.daemon}." if status.daemon else "No daemon runs.", "dim")]
    remarks += _alarms(status.alarms)
    for standing in status.standings:
        remarks += _failure(standing) + _gaps(standing)
    for parcel in status.undelivered:
        remarks.append(
            Text(f"Not delivered yet: {parcel.title} to {parcel.to}: {parcel.problem}", "yellow")
        )
    return Group(*_lines(status.standings, now), *remarks)


def _lines(standings: Sequence[Standing], now: datetime) -> Iterator[Text]:
    """The table. An id is for copying: one too long for its column has a line of its own."""
    width = max([len(HEADS[0]), *(len(one.source.id) for one in standings if len(one.source.id) <= ROOM)])
    yield Text(_columns(width, *HEADS), "bold")
    yield Text("─" * (width + 2 + sum(WIDTHS) + 6), "dim")
    for one in standings:
        source_id = one.source.id
        if len(source_id) > width:
            yield Text(source_id)
            source_id = ""
        good, due = (one.state.last_success, one.state.next_due_at) if one.state else (None, None)
        times = (_moment(good, now) if good else "never", _moment(due, now) if due else "now")
        yield Text.assemble(_columns(width, source_id, *times), "  ", _coverage(one), "  ", _state(one))


def _columns(width: int, *cells: str) -> str:
    return "  ".join(f"{cell:<{room}}" for cell, room in zip(cells, (width, *WIDTHS), strict=False))


def _alarms(alarms: Sequence[Alarm]) -> list[Text]:
    """What is wrong; of many that nobody asks for any more it is said once."""
    idle = [alarm for alarm in alarms if alarm.kind == "overdue"]
    several = len(idle) > 1
    lines = [
        Text.assemble((name_alarm(alarm), _style(alarm)), f": {alarm.what} {alarm.hint}")
        for alarm in alarms
        if not (several and alarm.kind == "overdue")
    ]
    if several:
        lines.append(
            Text.assemble(
                (f"{len(idle)} sources are not fetched any more", "bold red"), f": {idle[0].hint}"
            )
        )
    return lines


def show_coverage(coverage: Mapping[str, Json | None]) -> RenderableType:
    """Where items may be missing, of the sources that have such gaps."""
    lines = []
    for source_id, known in coverage.items():
        count = known["gap_count"] if known else 0
        if known and count:
            lines.append(Text(f"{source_id}: {count} times a listing did not reach back:", "yellow"))
            lines += [Text(f"  {gap['from']} to {gap['to']}", "yellow") for gap in list_gaps(known)[-GAPS:]]
    return Group(*lines)


def show_moves(moves: Mapping[str, Alarm]) -> RenderableType:
    """Where sources have moved to."""
    return Group(*_alarms(tuple(moves.values())))


def list_gaps(coverage: Json) -> list[Json]:
    """The gaps of a coverage."""
    gaps = coverage["gaps"]
    assert isinstance(gaps, list)  # as `shape_coverage` makes it
    return gaps


def _style(alarm: Alarm) -> str:
    return "yellow" if alarm.is_notice else "bold red"


def _moment(at: datetime, now: datetime) -> str:
    """A moment of this time of the year by day and hour, any other by its date."""
    return f"{at:%m-%d %H:%M}" if abs(at - now) < FAR else f"{at:%Y-%m-%d}"


def _coverage(standing: Standing) -> Text:
    count = standing.gap_count
    words, style = (f"{count} gap{'s' if count > 1 else ''}", "yellow") if count else ("no gap", "green")
    if standing.state and standing.state.failures and not count:
        words, style = "unknown", "yellow"  # until the next good fetch
    if standing.watch is None:
        words, style = "–", "dim"
    return Text(f"{words:<{WIDTHS[2]}}", style)


def _state(standing: Standing) -> Text:
    if not standing.source.enabled:
        return Text("disabled", "dim")
    failures = standing.state.failures if standing.state else 0
    if standing.alarms:
        first = min(standing.alarms, key=lambda alarm: alarm.is_notice)
        words = f"failing {failures}×" if first.kind == "failing" else STATES[first.kind]
        return Text(words, _style(first))
    if standing.state is None or standing.state.last_attempt is None:
        return Text("new", "yellow")
    return Text(f"failed {failures}×", "yellow") if failures else Text("fine", "green")


def _failure(standing: Standing) -> list[Text]:
    """Why a source failed of which nobody needs to be told yet."""
    state = standing.state
    if not standing.source.enabled or standing.alarms or state is None or not state.failures:
        return []
    return [Text(f"{standing.source.id} failed {state.failures}×: {state.last_error}", "yellow")]


def _gaps(standing: Standing) -> list[Text]:
    return [
        Text(
            f"{standing.source.id}: items may be missing between {gap.begins:%Y-%m-%d %H:%M} and"
            f" {gap.ends:%Y-%m-%d %H:%M} UTC: all {gap.listed} on the list were new then.",
            "yellow",
        )
        for gap in standing.gaps[-GAPS:]
    ]
