"""`digest`, `feed`, `export`, `cite`: what leaves the archive."""

from __future__ import annotations

import re
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from aggregator.cli.session import Session
from parsers.errors import UsageError

app = typer.Typer()


class Period(StrEnum):
    """How long a digest reaches."""

    daily = "daily"
    weekly = "weekly"
    monthly = "monthly"


class DigestForm(StrEnum):
    """How a digest is written."""

    text = "text"
    html = "html"
    eml = "eml"


class FeedForm(StrEnum):
    """How a feed is written."""

    atom = "atom"
    rss = "rss"
    json = "json"


class ExportForm(StrEnum):
    """How items are written."""

    jsonl = "jsonl"
    csv = "csv"
    warc = "warc"
    ics = "ics"
    opml = "opml"


class Style(StrEnum):
    """How an item is cited."""

    text = "text"
    bibtex = "bibtex"
    csl = "csl"


_MONTH = re.compile(r"\d{4}-\d{2}")
Query = Annotated[str, typer.Option("--query", metavar="Q", help="Only what this query finds.")]


@app.command()
def digest(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A digest of the configuration.")] = "",
    period: Annotated[Period | None, typer.Option(help="How long it reaches.")] = None,
    on: Annotated[
        str, typer.Option("--date", metavar="D", help="A day of it, or its month (default: yesterday).")
    ] = "",
    query: Query = "",
    form: Annotated[DigestForm, typer.Option("--print", help="How it is written.")] = DigestForm.text,
    send: Annotated[bool, typer.Option("--send", help="Mail it instead.")] = False,
) -> None:
    """Render what was published in a period, or mail it.

    A period is a day, a week or a month; an item belongs by the interval of its date.

    Example: natowire digest --period weekly --date 2022-11-08 --query "speaker:stoltenberg"
    """
    from aggregator.cli.answers import tell_slips
    from aggregator.delivery import choose_digest, compose, render, send_digest

    session: Session = ctx.obj
    wanted = choose_digest(session.config_or_default, name, period=period and period.value, query=query)
    with session.open_archive() as archive:
        asked = tell_slips(session, archive, wanted.query)
        made = compose(archive, wanted, _day(on, wanted.period), session.now())
    if send:
        receivers = send_digest(made, wanted, session.config, session.now())
        if session.json:
            session.emit({"digest": made.title, "items": made.size, "sent_to": list(receivers)})
        if not session.quiet:
            session.say(f"Sent “{made.title}” to {', '.join(receivers)}.")
        return
    text = render(made, form.value, wanted, session.config_or_default, session.now())
    if session.json:
        session.emit({"digest": made.title, "items": made.size, "query": asked, form.value: text})
    session.write(text)


def _day(text: str, period: str) -> date | None:
    month = period == "monthly" and _MONTH.fullmatch(text)
    try:
        return date.fromisoformat(f"{text}-01" if month else text) if text else None
    except ValueError:
        raise UsageError(f'"{text}" is no day.', value=text, hint="Write it as 2022-11-08.") from None


@app.command()
def feed(
    ctx: typer.Context,
    query: Query = "",
    form: Annotated[FeedForm, typer.Option("--format", help="How it is written.")] = FeedForm.atom,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="At most so many items.")] = 50,
) -> None:
    """Write the newest items as a feed that any reader takes."""
    from aggregator.cli.answers import tell_slips
    from aggregator.delivery import open_channel
    from aggregator.render import feeds

    session: Session = ctx.obj
    renderers = {"atom": feeds.render_atom, "rss": feeds.render_rss, "json": feeds.render_json}
    with session.open_archive() as archive:
        asked = tell_slips(session, archive, query)
        items = list(archive.select(query, now=session.now(), limit=limit))
        channel = open_channel(archive, query, session.now())
    text = renderers[form.value](items, channel).decode()
    if session.json and form is not FeedForm.json:
        session.emit({"items": len(items), "query": asked, form.value: text})
        return
    sys.stdout.write(text)


@app.command()
def export(
    ctx: typer.Context,
    form: Annotated[ExportForm, typer.Option("--format", help="How items are written.")] = ExportForm.jsonl,
    query: Query = "",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Default: stdout.")
    ] = None,
) -> None:
    """Write items whole, for other programs.

    As JSON lines, a table for spreadsheets, or a calendar of events; `opml` writes the sources.
    """
    from aggregator.cli.answers import tell_slips
    from aggregator.delivery import write_export

    session: Session = ctx.obj
    with session.open_archive() as archive:
        tell_slips(session, archive, query)
        write_export(archive, session.config_or_default, form.value, query, output, session.now())
    if output and session.json:
        session.emit({"file": str(output), "format": form.value})
    elif output:
        session.remark(f"Wrote {output}")


@app.command()
def cite(
    ctx: typer.Context,
    item_id: Annotated[
        str, typer.Argument(metavar="ITEM", help="An item's id, how it begins, or its address.")
    ],
    style: Annotated[Style, typer.Option("--format", help="How it is cited.")] = Style.text,
) -> None:
    """Cite an item as far as its date is known.

    Names who, what, when, and the capture that proves it.
    """
    from aggregator.lookup import identify, last_capture
    from aggregator.render.cite import cite as write_citation

    session: Session = ctx.obj
    with session.open_archive() as archive:
        item = archive.item(identify(archive, item_id))
        proof = last_capture(archive, item)
        zone = ZoneInfo(archive.zone)
    # Nobody but natowire looked at the address, and that is when it last showed this.
    accessed = item.last_seen.astimezone(zone).date()
    text = write_citation(item, style.value, zone, accessed, capture=proof)
    if session.json:
        session.emit({"citation": text})
    session.write(text if text.endswith("\n") else text + "\n")
