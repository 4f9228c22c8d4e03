"""`date` and `speech`: what natowire makes of one written date, or of who says what in one text."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from math import isfinite
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from aggregator.cli.session import Session
from parsers.errors import UsageError

app = typer.Typer()

_MOST_DIGITS = 4_000
"""Python reads no longer integer; one line's must not cost the line."""


@app.command(name="date")
def read_one_date(
    ctx: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="TEXT", help="The date as written.")] = None,
    now: Annotated[str, typer.Option(metavar="ISO", help="The page's now (default: this moment).")] = "",
    tz: Annotated[str, typer.Option(metavar="ZONE", help="The site's time zone.")] = "Europe/Brussels",
    granularity: Annotated[
        int, typer.Option(metavar="N", min=0, max=7, help="Units printed at most; 0 unknown.")
    ] = 0,
    engine: Annotated[str, typer.Option(metavar="E", help="What printed it, e.g. drupal8.")] = "",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read JSON lines from stdin.")] = False,
    series: Annotated[
        bool, typer.Option("--series", help="Each line holds sightings to intersect.")
    ] = False,
) -> None:
    """Read a written date as the interval it stands for.

    Example: natowire date "2 weeks 3 days ago" --now 2022-11-26T11:00:00Z --engine drupal8
    """
    from aggregator.saved import read_instant
    from parsers.dates.lines import answer_line, answer_series

    session: Session = ctx.obj
    text = " ".join(words or ())
    if jsonl or series:
        answer_lines(session, answer_series if series else answer_line)
        return
    if not text.strip():
        raise UsageError("No date to read.", hint='Say one: natowire date "2 weeks 3 days ago".')
    moment = read_instant(now) if now else session.now()
    fields: dict[str, object] = {"text": text, "now": moment.isoformat(), "tz": _zone(tz)}
    fields |= {"granularity": granularity} if granularity else {}
    fields |= {"engine": engine} if engine else {}
    _tell_unknown(session, engine)
    answer = answer_line(fields)
    if session.json:
        session.emit(answer)
    elif answer["earliest"] is None and answer["latest"] is None:
        session.say(f"'{text}' is no date natowire can read.")
    else:
        session.say(f"earliest  {answer['earliest']}\nlatest    {answer['latest']}")
        session.say(
            f"best      {answer['best']}  (precision: {answer['precision']})\nrule      {answer['rule']}"
        )


def _tell_unknown(session: Session, engine: str) -> None:
    """Say that an engine is none natowire knows: it is read as an unknown one, which gives more room."""
    from parsers.dates import ENGINES

    if engine and engine not in ENGINES:
        known = ", ".join(ENGINES)
        session.remark(f'There is no engine "{engine}", so any may have printed it. Known: {known}.')


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # an unknown name, or one that is no path at all
        hint = "Give an IANA name, such as Europe/Brussels or UTC."
        raise UsageError(f'"{name}" is no time zone.', value=name, hint=hint) from None
    return name


@app.command()
def speech(
    ctx: typer.Context,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read JSON lines from stdin.")] = False,
) -> None:
    """Find who says what in texts given as JSON lines.

    A line is {"id","title","text","date","lang"}.
    """
    from parsers.speech.lines import answer_line
    from storage.offices import read_register

    if not jsonl:
        raise UsageError("speech reads JSON lines.", hint="Give --jsonl and the lines on stdin.")
    register = read_register()
    answer_lines(ctx.obj, lambda fields: answer_line(fields, register))


def answer_lines(session: Session, answer: Callable[[dict[str, object]], dict[str, object]]) -> None:
    """Answer each JSON line of stdin with one on stdout; a line that is none is answered with an error."""
    for number, fields in _read_lines():
        if fields is None:
            nothing = answer({})  # all the keys a reader of answers looks for
            session.emit_line({**nothing, "error": f"line {number} is no JSON object"})
        else:
            session.emit_line(answer(fields))


def _read_nothing(word: str) -> None:
    """What `NaN`, `Infinity` and `-Infinity` say."""


def _read_number(written: str) -> float | None:
    number = float(written)
    return number if isfinite(number) else None


def _read_integer(written: str) -> int | None:
    return int(written) if len(written) <= _MOST_DIGITS else None


def _read_lines() -> Iterator[tuple[int, dict[str, object] | None]]:
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            # A byte order mark opens a file made elsewhere; NaN and Infinity are no JSON to answer with.
            fields = json.loads(
                line.removeprefix("\ufeff"),
                parse_constant=_read_nothing,
                parse_float=_read_number,
                parse_int=_read_integer,
            )
        except (ValueError, RecursionError):
            fields = None
        yield number, fields if isinstance(fields, dict) else None
