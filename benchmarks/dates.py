"""How fast written dates are read, and how much faster than by dateparser, in one run.

    .venv/bin/python benchmarks/dates.py

dateparser is no dependency of natowire. To compare, give it an environment of its own (outside the
checkout) and run this file with that environment's Python from the root of the checkout:

    python3 -m venv ../compare && ../compare/bin/pip install dateparser tzdata
    ../compare/bin/python benchmarks/dates.py
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from parsers.dates import combine, find_stated_days, parse_absolute, parse_relative, read_date
from parsers.model import Ref

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2022, 11, 26, 13, 30, tzinfo=UTC)

PHRASES = (
    "2 weeks 3 days ago",
    "1 hour 8 minutes ago",
    "4 weeks 1 day ago",
    "1 month ago",
    "3 months 1 week ago",
    "1 year 2 months ago",
    "5 days 3 hours ago",
    "43 minutes 24 seconds ago",
)
DATES = (
    "23 Jan. 2024",
    "8 November 2022",
    "19 Sep. 2025 12:00:00 GMT",
    "2022-11-08T14:03:05Z",
    "13-15 September 2019",
)
NO_DATES = (
    "Admirals look at a bridge and say nothing of note",
    "Latest news",
    "The Alliance has 31 members and 14 articles, of which the 5th is the best known",
)


def per_call(work: Callable[[], object], calls: int, repeats: int = 7) -> float:
    """Microseconds a call takes, in the best of several runs."""
    best = float("inf")
    for _ in range(repeats):
        begin = perf_counter()
        for _ in range(calls):
            work()
        best = min(best, (perf_counter() - begin) / calls)
    return best * 1e6


def read_relative() -> None:
    for number, text in enumerate(PHRASES):
        now = NOW + timedelta(hours=number)
        ref = Ref(earliest=now, latest=now, source="date")
        parse_relative(text, ref, tz=BRUSSELS, granularity=2, engine="drupal8")


def read_absolute() -> None:
    for text in DATES:
        parse_absolute(text, tz=BRUSSELS)


def read_nothing() -> None:
    ref = Ref(earliest=NOW, latest=NOW, source="date")
    for text in NO_DATES:
        read_date(text, now=ref, tz=BRUSSELS)


def import_cost(statement: str) -> float:
    """Milliseconds an import takes over bare Python."""

    def once(code: str) -> float:
        begin = perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=sys.path[0])
        return perf_counter() - begin

    bare = min(once("pass") for _ in range(9))
    return (min(once(statement) for _ in range(9)) - bare) * 1e3


def megabyte() -> float:
    """Milliseconds for the slowest of some megabytes."""
    ref = Ref(earliest=NOW, latest=NOW, source="date")
    slowest = 0.0
    for piece in ("1 ", "on 1 ", "today (", "8 November 2022 ", "\u200b", "ﷺ"):
        text = piece * (1_000_000 // len(piece))
        begin = perf_counter()
        read_date(text, now=ref, tz=BRUSSELS)
        find_stated_days(text, tz=BRUSSELS)
        slowest = max(slowest, perf_counter() - begin)
    return slowest * 1e3


def combining() -> None:
    when = parse_relative(
        "2 weeks 3 days ago", Ref(earliest=NOW, latest=NOW, source="date"), tz=BRUSSELS, granularity=2
    )
    stated = find_stated_days("They met today (8 November 2022).", tz=BRUSSELS)
    combine((*(when.evidence if when else ()), *stated))


def main() -> None:
    ours = per_call(read_relative, 500) / len(PHRASES)
    print(f"one relative phrase        {ours:8.1f} µs")
    print(f"one absolute date          {per_call(read_absolute, 500) / len(DATES):8.1f} µs")
    print(f"text that is no date       {per_call(read_nothing, 500) / len(NO_DATES):8.1f} µs")
    print(f"read, find and combine     {per_call(combining, 500):8.1f} µs")
    print(f"a megabyte, the slowest    {megabyte():8.1f} ms")
    print(f"import parsers.dates       {import_cost('import parsers.dates'):8.1f} ms")
    print(f"… and all its parts        {import_cost('from parsers.dates import *'):8.1f} ms")
    try:
        dateparser = importlib.import_module("dateparser")
    except ImportError:
        print("dateparser is not installed here; the head of this file says how to compare with it")
        return
    settings = {"RELATIVE_BASE": NOW.replace(tzinfo=None), "TIMEZONE": "Europe/Brussels"}

    def theirs() -> None:
        for text in PHRASES:
            dateparser.parse(text, languages=["en"], settings=settings)

    their = per_call(theirs, 20, repeats=5) / len(PHRASES)
    print(f"dateparser, one phrase     {their:8.1f} µs: {their / ours:.0f} times as long")
    print(f"import dateparser          {import_cost('import dateparser'):8.1f} ms")


if __name__ == "__main__":
    main()
