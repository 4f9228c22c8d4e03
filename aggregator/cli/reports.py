"""How a check of sources looks to a person."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.text import Text

from aggregator.checking import Report
from parsers.dates import describe


def show_reports(reports: Iterable[Report], zone: str) -> RenderableType:
    """Each source: whether it answers, how it is read, and its first entries."""
    parts: list[RenderableType] = []
    for report in reports:
        head = Text.assemble((report.source.id, "bold"), f"  {report.source.url}")
        parts += [head, _verdict(report)]
        for entry in report.first:
            when = describe(entry.published or entry.event, ZoneInfo(zone))
            parts.append(Text(f"  {when}: {entry.title}", "dim"))
        parts += [Text(f"  {problem.where}: {problem.what}", "yellow") for problem in report.problems]
    return Group(*parts)


def _verdict(report: Report) -> Text:
    if report.error is not None:
        return Text(f"  {report.error}", "bold red")
    read = f"  {report.status} in {report.seconds:.1f} s, read as {report.parser}: "
    return Text(f"{read}{_count(report.listed, 'entry', 'entries')}, {report.dated} dated", "green")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
