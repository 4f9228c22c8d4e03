"""From the archive to what is delivered: which items, in which form, to whom."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

from aggregator.config import Config, DigestSettings
from aggregator.mail import send
from aggregator.render.digest import (
    WIDE,
    Digest,
    bound_days,
    render_eml,
    render_html,
    render_text,
    select,
    span_period,
)
from aggregator.render.export import export_csv, export_ics, export_jsonl
from aggregator.render.feeds import Channel
from aggregator.subscriptions import write_subscriptions
from parsers.errors import ConfigError, StorageError, UsageError
from parsers.model import Item
from storage.archive import Archive
from storage.days import OPEN

LOCAL_SENDER = "natowire <natowire@localhost>"
"""Who a mail is from that is only shown; one that is sent needs a configured sender."""


def choose_digest(config: Config, name: str, *, period: str | None, query: str) -> DigestSettings:
    """The digest a person means: a configured one, or one of the options alone.

    Raises:
        ConfigError: There is no digest of that name.
    """
    chosen = next((digest for digest in config.digests if digest.name == name), None)
    if name and chosen is None:
        known = ", ".join(digest.name for digest in config.digests)
        begin = f'Add [[digest]] with name = "{name}" to the configuration.'
        hint = f"Known: {known}." if known else begin
        raise ConfigError(f'There is no digest "{name}".', value=name, hint=hint)
    plain = chosen or DigestSettings(name="natowire")
    return DigestSettings(
        name=plain.name, period=period or plain.period, query=query or plain.query, to=plain.to
    )


def compose(archive: Archive, wanted: DigestSettings, on: date | None, now: datetime) -> Digest:
    """Select the items of a digest.

    Args:
        archive: Where from.
        wanted: Period and query.
        on: A day of the period; None means the last whole one.
        now: The present moment.
    """
    zone = ZoneInfo(archive.zone)
    day = on or now.astimezone(zone).date() - timedelta(days=1)
    items = _list_candidates(archive, wanted, day, zone, now)
    return select(items, wanted.period, day, zone, title=wanted.name, offices=archive.register.office_names)


def _list_candidates(
    archive: Archive, wanted: DigestSettings, day: date, zone: ZoneInfo, now: datetime
) -> Iterable[Item]:
    """The items that a digest may hold, without a look at every one there ever was.

    They are those dated within the period or no further from it than the widest date that counts, and those
    first seen in it. A query that asks for dates itself means what it says, and all it finds is looked at.
    """
    query = archive.search(wanted.query, limit=0, now=now).query
    earliest, latest = bound_days(*span_period(wanted.period, day), zone)
    if query.published != OPEN or query.seen != OPEN or query.certain or not 1900 < earliest.year < 9000:
        return archive.select(wanted.query, now=now)
    near = f"{(earliest - WIDE).isoformat()}..{(latest + WIDE).isoformat()}"
    seen = f"{earliest.isoformat()}..{latest.isoformat()}"
    dated = archive.select(wanted.query, now=now, on=near, certain="yes")
    return {
        item.id: item for item in chain(dated, archive.select(wanted.query, now=now, seen=seen))
    }.values()


def render(digest: Digest, form: str, wanted: DigestSettings, config: Config, now: datetime) -> str:
    """A digest as `text`, `html` or `eml`."""
    if form == "text":
        return render_text(digest)
    if form == "html":
        return render_html(digest)
    return render_eml(digest, config.mail.sender or LOCAL_SENDER, wanted.to or LOCAL_SENDER, now).decode()


def send_digest(digest: Digest, wanted: DigestSettings, config: Config, now: datetime) -> tuple[str, ...]:
    """Mail a digest to those it is configured for.

    Returns:
        The receivers.

    Raises:
        ConfigError: No receiver or no mail server is configured.
        DeliveryError: The mail was not taken.
    """
    if not wanted.to:
        hint = 'Add [[digest]] with a name and to = ["you@example.org"] to the configuration, and name it.'
        raise ConfigError("The digest has no receivers.", hint=hint)
    send(render_eml(digest, config.mail.sender, wanted.to, now), config.mail)
    return wanted.to


def open_channel(archive: Archive, query: str, now: datetime) -> Channel:
    """What a feed of a query says of itself."""
    return Channel(
        title=f"natowire: {query}" if query else "natowire",
        zone=ZoneInfo(archive.zone),
        now=now,
        description="From a natowire archive, newest first; dates are as exact as the evidence.",
        offices=archive.register.office_names,
    )


def _export(archive: Archive, config: Config, form: str, query: str, now: datetime) -> Iterable[str]:
    if form == "opml":
        return [write_subscriptions(config.sources)]
    items, zone = archive.select(query, now=now), ZoneInfo(archive.zone)
    if form == "ics":
        return export_ics(items, zone)
    offices = archive.register.office_names
    return (
        export_csv(items, offices=offices) if form == "csv" else export_jsonl(items, zone, offices=offices)
    )


def write_export(
    archive: Archive, config: Config, form: str, query: str, output: Path | None, now: datetime
) -> None:
    """Write the items of a query (as `warc` the captures they were seen in, as `opml` the sources).

    Args:
        archive: Open.
        config: The sources.
        form: `jsonl`, `csv`, `ics`, `opml` or `warc`.
        query: Which items.
        output: The file; None means stdout.
        now: The present moment.

    Raises:
        StorageError: The file cannot be written.
        UsageError: Bytes would go to a terminal.
    """
    if form == "warc":
        _write_captures(archive, query, output, now)
        return
    pieces = _export(archive, config, form, query, now)
    if output is None:
        sys.stdout.writelines(pieces)
        return
    with _writing(output), output.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)


def _write_captures(archive: Archive, query: str, output: Path | None, now: datetime) -> None:
    from storage.extract import extract  # noqa: PLC0415  warcio is slow to import

    if output is None and sys.stdout.isatty():
        raise UsageError("A WARC file is not for a terminal.", hint="Name a file: -o FILE.")
    found = (item.id for item in archive.select(query, now=now))
    pieces = extract(archive, found, output.name if output else "natowire.warc.gz", now)
    if output is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        return
    with _writing(output), output.open("wb") as file:
        file.writelines(pieces)


@contextmanager
def _writing(output: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"Cannot write {output}: {error.strerror}.", where=str(output)) from None
