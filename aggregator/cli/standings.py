"""How the status looks to a person."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from aggregator.cli.tables import make_table
from aggregator.render.shapes import Json
from aggregator.watch.status import Standing, Status
from aggregator.watch.tidings import KINDS, name_alarm

GAPS = 3


def show_status(status: Status) -> RenderableType:
    """Every source in a line; under it what is wrong, and what may have been missed."""
    table = make_table("source", "last good fetch", "next due (UTC)", "coverage", "state")
    for standing in status.standings:
        table.add_row(standing.source.id, *_times(standing), _coverage(standing), _state(standing))
    remarks = [Text(f"The daemon runs: {status.daemon}." if status.daemon else "No daemon runs.", "dim")]
    remarks += [
        Text.assemble((name_alarm(alarm), "bold red"), f": {alarm.what} {alarm.hint}")
        for alarm in status.alarms
    ]
    for standing in status.standings:
        remarks += _gaps(standing)
    for parcel in status.undelivered:
        remarks.append(
            Text(f"Not delivered yet: {parcel.title} to {parcel.to}: {parcel.problem}", "yellow")
        )
    return Group(table, *remarks)


def show_coverage(coverage: Mapping[str, Json | None]) -> RenderableType:
    """Where items may be missing, of the sources that have such gaps."""
    lines = []
    for source_id, known in coverage.items():
        count = known["gap_count"] if known else 0
        if known and count:
            lines.append(Text(f"{source_id}: {count} times a listing did not reach back:", "yellow"))
            lines += [Text(f"  {gap['from']} to {gap['to']}", "yellow") for gap in list_gaps(known)[-GAPS:]]
    return Group(*lines)


def list_gaps(coverage: Json) -> list[Json]:
    """The gaps of a coverage."""
    gaps = coverage["gaps"]
    assert isinstance(gaps, list)  # as `shape_coverage` makes it
    return gaps


def _times(standing: Standing) -> tuple[str, str]:
    state = standing.state
    good, due = (state.last_success, state.next_due_at) if state else (None, None)
    return f"{good:%Y-%m-%d %H:%M}" if good else "never", f"{due:%m-%d %H:%M}" if due else "now"


def _coverage(standing: Standing) -> Text:
    if standing.watch is None:
        return Text("–", "dim")
    if not standing.gap_count:
        return Text("no gap", "green")
    return Text(f"{standing.gap_count} gap{'s' if standing.gap_count > 1 else ''}", "yellow")


def _state(standing: Standing) -> Text:
    if not standing.source.enabled:
        return Text("disabled", "dim")
    if standing.alarms:
        return Text(KINDS[standing.alarms[0].kind], "bold red")
    if standing.state is None or standing.state.last_attempt is None:
        return Text("new", "yellow")
    if standing.state.failures:
        return Text(f"failed {standing.state.failures}×: {standing.state.last_error}", "yellow")
    return Text("fine", "green")


def _gaps(standing: Standing) -> list[Text]:
    return [
        Text(
            f"{standing.source.id}: items may be missing between {gap.begins:%Y-%m-%d %H:%M} and"
            f" {gap.ends:%Y-%m-%d %H:%M} UTC: all {gap.listed} on the list were new then.",
            "yellow",
        )
        for gap in standing.gaps[-GAPS:]
    ]
