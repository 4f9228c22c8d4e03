"""A digest: the items of a day, a week or a month, as plain text, as HTML and as a mail. Pure.

Dates are intervals, so belonging is not always certain: an item whose interval only overlaps the period is
in, and says so. An item without a date, or with one wider than any period, belongs to the day it was first
seen, and says that.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from html import escape

from aggregator.render.prose import MONTHS, cut_at_sentence, headline_of, is_web_address, join_line
from aggregator.render.shapes import NO_OFFICES, list_speakers
from parsers.dates import describe
from parsers.errors import ConfigError
from parsers.model import KINDS, Item, When

PERIODS = ("daily", "weekly", "monthly")
"""How long a digest can be; a week begins on Monday."""

WIDE = timedelta(days=32)
"""An interval wider than this, more than the longest period, is no date to go by."""

WIDTH = 72
"""Columns of the plain text; an address may be longer, so that it stays whole."""

SUMMARY = 320
"""Most characters of a summary."""

HEADINGS = {
    "news": "News",
    "event": "Events",
    "review": "NATO Review",
    "transcript": "Transcripts",
    "press_release": "Press releases",
    "media_advisory": "Media advisories",
    "official_text": "Official texts",
    "story": "Stories",
    "photo": "Photos",
    "topic": "Topics",
    "page": "Pages that changed",
}
"""What a group of a kind is called."""

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOTTED = rf"{_ATOM}(?:\.{_ATOM})*"
_HOST = r"[A-Za-z0-9]+(?:[.-]+[A-Za-z0-9]+)*"
_ADDRESS = re.compile(rf"(?:(?P<name>[^<>]*)(?P<angle><))?(?P<user>{_DOTTED})@(?P<host>{_HOST})(?(angle)>)")

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_STYLE = """
:root { color-scheme: light dark; }
body { max-width: 42em; margin: 1.5em auto; padding: 0 1em; background: #fff; color: #1a1a1a;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
h1 { font-size: 1.4em; margin: 0 0 .2em; }
h2 { font-size: 1.1em; margin: 2em 0 .5em; border-bottom: 1px solid #ccc; }
h3 { font-size: 1em; margin: 1.4em 0 .1em; } p { margin: .1em 0; overflow-wrap: anywhere; }
a { color: #004990; } .meta, .id { color: #595959; font-size: .875em; } .note { font-style: italic; }
@media (prefers-color-scheme: dark) {
  body { background: #16181c; color: #e6e6e6; } a { color: #8ab8f0; } h2 { border-color: #444; }
  .meta, .id { color: #a8a8a8; }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item of a digest: its date in words, and a note where it is not certain to belong, else ""."""

    item: Item
    date: str
    note: str
    speakers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The items of one kind, newest first."""

    kind: str
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A selection of items for a period: local days `first` to `last`, instants `earliest` to `latest`."""

    title: str
    period: str
    first: date
    last: date
    earliest: datetime
    latest: datetime
    zone: str
    groups: tuple[Group, ...]

    @property
    def size(self) -> int:
        """How many items there are."""
        return sum(len(group.lines) for group in self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where an item stands: whether it is in, how it is shown, by which instant it is sorted."""

    inside: bool
    date: str
    note: str
    moment: datetime


def span_period(period: str, on: date) -> tuple[date, date]:
    """The first and last day of the period that holds a day.

    Raises:
        ConfigError: `period` is none of `PERIODS`.
    """
    if period == "daily":
        return on, on
    if period == "weekly":
        ahead = min(6 - on.weekday(), (date.max - on).days)
        return on - timedelta(days=min(on.weekday(), (on - date.min).days)), on + timedelta(days=ahead)
    if period == "monthly":
        following = on.replace(day=28) + timedelta(days=4) if (on.year, on.month) != (9999, 12) else None
        return on.replace(day=1), following - timedelta(days=following.day) if following else date.max
    raise ConfigError(
        f"There is no digest period {period!r}.", value=period, hint=f"Use one of: {', '.join(PERIODS)}."
    )


def bound_days(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first and last second of a run of local days, UTC.

    A day begins at the first instant that carries its date, so days of 23 and 25 hours are whole, and a
    midnight that a clock change skips is the instant of the change.
    """
    if last == date.max:
        return _begin_day(first, zone), datetime.max.replace(microsecond=0, tzinfo=UTC)
    return _begin_day(first, zone), _begin_day(last + timedelta(days=1), zone) - timedelta(seconds=1)


def select(
    items: Iterable[Item],
    period: str,
    on: date,
    zone: tzinfo,
    *,
    title: str = "natowire",
    offices: Mapping[str, str] = NO_OFFICES,
) -> Digest:
    """Choose the items of a period and put them in order: by kind, then newest first.

    An event goes by the date it takes place on, everything else by when it was published.

    Args:
        items: Items to choose from, in any order.
        period: One of `PERIODS`.
        on: Any day of the period.
        zone: Where days begin.
        title: The name of the digest, put before its days.
        offices: Office names by office id.

    Raises:
        ConfigError: `period` is none of `PERIODS`.
    """
    first, last = span_period(period, on)
    earliest, latest = bound_days(first, last, zone)
    chosen: dict[str, list[tuple[_Place, Item]]] = {}
    for item in items:
        place = _place(item, earliest, latest, zone)
        if place.inside:
            chosen.setdefault(item.kind, []).append((place, item))
    groups = []
    for kind in sorted(chosen, key=_rank_kind):
        placed = sorted(chosen[kind], key=lambda pair: pair[1].id)
        placed.sort(key=lambda pair: pair[0].moment, reverse=True)
        lines = tuple(_make_line(place, item, offices) for place, item in placed)
        groups.append(Group(kind=kind, heading=HEADINGS.get(kind, join_line(kind)), lines=lines))
    return Digest(
        title=f"{join_line(title)}: {_name_period(period, first, last)}",
        period=period,
        first=first,
        last=last,
        earliest=earliest,
        latest=latest,
        zone=str(zone),
        groups=tuple(groups),
    )


def render_text(digest: Digest) -> str:
    """The digest as plain text of 72 columns, ending in a line end."""
    out = [*_wrap(digest.title), "=" * min(WIDTH, len(digest.title)), *_wrap(_count(digest))]
    for group in digest.groups:
        out += ["", group.heading.upper(), "-" * len(group.heading)]
        for line in group.lines:
            out += ["", *_render_line(line)]
    return "\n".join(out) + "\n"


def render_html(digest: Digest) -> str:
    """The digest as one HTML document that loads nothing from anywhere, for mail clients and browsers."""
    body = [f"<h1>{escape(digest.title)}</h1>", f'<p class="meta">{escape(_count(digest))}</p>']
    for group in digest.groups:
        body.append(f"<h2>{escape(group.heading)}</h2>")
        body += [_render_article(line) for line in group.lines]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(digest.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def render_eml(digest: Digest, sender: str, to: str | Sequence[str], date: datetime) -> bytes:
    """The digest as a mail: text and HTML as alternatives, UTF-8.

    The same digest to the same people gives the same `Message-ID` and the same bytes, so sending it
    twice can be recognised as such.

    Args:
        digest: What to send.
        sender: The `From` address, with or without a name.
        to: One address, or several.
        date: The `Date` of the mail.

    Raises:
        ConfigError: An address is none.
    """
    author = _read_address(sender)
    receivers = [_read_address(address) for address in ([to] if isinstance(to, str) else to)]
    text, html = render_text(digest), render_html(digest)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = author
    mail["To"] = receivers
    mail["Subject"] = digest.title
    mail["Date"] = format_datetime(date.astimezone(UTC))
    seal = sha256("\0".join([*map(str, [author, *receivers]), text, html]).encode()).hexdigest()
    mail["Message-ID"] = f"<{seal[:40]}@{author.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{seal[40:]}")
    return mail.as_bytes()


def _begin_day(day: date, zone: tzinfo) -> datetime:
    try:
        return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, time(), tzinfo=UTC)


def _place(item: Item, earliest: datetime, latest: datetime, zone: tzinfo) -> _Place:
    when = item.date
    if not _is_dated(when):
        inside = earliest <= item.first_seen <= latest
        words = "undated" if when.best is None else describe(when, zone)
        return _Place(
            inside=inside,
            date=words,
            note=f"first seen {_spell_day(item.first_seen, zone)}",
            moment=item.first_seen,
        )
    begin, end = when.earliest or earliest, when.latest or latest
    moment = when.best or end
    if begin > latest or end < earliest:
        return _Place(inside=False, date="", note="", moment=moment)
    whole = earliest <= begin and end <= latest
    lasts = when is item.event
    note = "" if whole or lasts else "may belong to another period"
    return _Place(inside=True, date=describe(when, zone), note=note, moment=moment)


def _is_dated(when: When) -> bool:
    return when.earliest is not None and when.latest is not None and when.latest - when.earliest <= WIDE


def _make_line(place: _Place, item: Item, offices: Mapping[str, str]) -> Line:
    speakers = tuple(join_line(str(speaker)) for speaker in list_speakers(item.statements, offices))
    return Line(item=item, date=place.date, note=place.note, speakers=speakers)


def _rank_kind(kind: str) -> tuple[int, str]:
    return (KINDS.index(kind) if kind in KINDS else len(KINDS), kind)


def _name_period(period: str, first: date, last: date) -> str:
    month = f"{MONTHS[first.month - 1]} {first.year}"
    if period == "daily":
        return f"{_DAYS[first.weekday()]} {first.day} {month}"
    if period == "monthly":
        return month
    end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if first.year != last.year:
        return f"{first.day} {month} to {end}"
    if first.month != last.month:
        return f"{first.day} {MONTHS[first.month - 1]} to {end}"
    return f"{first.day} to {end}"


def _spell_day(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {MONTHS[local.month - 1][:3]} {local.year}"


def _count(digest: Digest) -> str:
    if not digest.size:
        return f"Nothing in this period. Days in {digest.zone}."
    return f"{digest.size} item{'s' if digest.size > 1 else ''}. Days in {digest.zone}."


def _summarize(item: Item) -> str:
    return cut_at_sentence(item.summary or item.text, SUMMARY)


def _title(item: Item) -> str:
    return headline_of(item.title, item.url)


def _wrap(text: str, lead: str = "", indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False)


def _render_line(line: Line) -> list[str]:
    dated = f"{line.date} ({line.note})" if line.note else line.date
    out = _wrap(_title(line.item), "* ", "  ") + _wrap(dated, "  ", "  ")
    if line.speakers:
        out += _wrap("Speaking: " + "; ".join(line.speakers), "  ", "    ")
    out += _wrap(_summarize(line.item), "  ", "  ")
    if line.item.url:
        out.append("  " + join_line(line.item.url))
    return [*out, f"  [{line.item.id}]"]


def _render_article(line: Line) -> str:
    item, title = line.item, escape(_title(line.item))
    if is_web_address(item.url):
        title = f'<a href="{escape(item.url)}" rel="noreferrer noopener">{title}</a>'
    note = f' <span class="note">({escape(line.note)})</span>' if line.note else ""
    parts = [f'<h3 dir="auto">{title}</h3>', f'<p class="meta">{escape(line.date)}{note}</p>']
    if line.speakers:
        parts.append(f'<p class="meta">Speaking: {escape("; ".join(line.speakers))}</p>')
    if summary := _summarize(item):
        parts.append(f'<p dir="auto">{escape(summary)}</p>')
    parts.append(f'<p class="id">{escape(item.id)}</p>')
    return "<article>\n" + "\n".join(parts) + "\n</article>"


def _read_address(written: str) -> Address:
    """One address, with or without a name. The standard library's own reader stumbles over odd ones."""
    if (match := _ADDRESS.fullmatch(join_line(written))) is None:
        raise ConfigError(
            f'"{join_line(written)}" is no mail address.',
            value=written,
            hint='Write "wire@example.org" or "natowire <wire@example.org>", in ASCII but for the name.',
        )
    return Address(
        display_name=(match["name"] or "").strip(' "'), username=match["user"], domain=match["host"]
    )
