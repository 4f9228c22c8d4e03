"""What a server asks of its visitors, read from its headers: pure, and safe on garbage."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parsers.model import Exchange

SHORTEST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(days=1)
_PERMANENT = frozenset((301, 308))
_MAX_AGE = re.compile(r"(?:^|[,\s])(?:s-maxage|max-age)\s*=\s*\"?(\d{1,12})\b", re.IGNORECASE)
_UNCACHED = re.compile(r"(?:^|[,\s])(?:no-cache|no-store)(?![\w=-])", re.IGNORECASE)

Headers = tuple[tuple[str, str], ...]


def values_of(headers: Headers, name: str) -> list[str]:
    """All values of a header, in order."""
    return [value for key, value in headers if key.lower() == name]


def read_date(text: str) -> datetime | None:
    """Read a date as HTTP writes it; None for anything else. Never raises."""
    try:
        # Over 64 characters it is no date, and must not cost time.
        moment = parsedate_to_datetime(text[:64].strip())
        # A date without a zone means UTC (RFC 9110 §5.6.7: obsolete forms are always GMT).
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def retry_at(headers: Headers, now: datetime) -> datetime | None:
    """When a server that refused wants to be asked again.

    Args:
        headers: The answer's headers.
        now: When it came (UTC).

    Returns:
        One minute to one day after `now`, or None when `Retry-After` is absent or garbage.
        Source: RFC 9110 §10.2.3 (seconds or a date).
    """
    written = next(iter(values_of(headers, "retry-after")), "").strip()
    if written.isascii() and written.isdigit():
        seconds = min(int(written[:12]), 10**9)
        return now + _clamp(timedelta(seconds=seconds))
    moment = read_date(written)
    return None if moment is None else now + _clamp(moment - now)


def fresh_until(headers: Headers, now: datetime) -> datetime | None:
    """Until when a server says that asking again brings nothing new.

    Args:
        headers: The answer's headers.
        now: When it came (UTC).

    Returns:
        At most a day after `now`; None when nothing is said or the answer is stale already.
        Source: RFC 9111 §4.2 (`max-age` before `Expires`, less `Age`).
    """
    control = ", ".join(values_of(headers, "cache-control"))
    if _UNCACHED.search(control):
        return None
    lifetime = _lifetime(control, headers, now)
    age = next(iter(values_of(headers, "age")), "").strip()
    spent = timedelta(seconds=int(age[:9])) if age.isascii() and age.isdigit() else timedelta()
    if lifetime is None or lifetime <= spent:
        return None
    return now + min(lifetime - spent, LONGEST_WAIT)


def _lifetime(control: str, headers: Headers, now: datetime) -> timedelta | None:
    if match := _MAX_AGE.search(control):
        return timedelta(seconds=min(int(match[1]), 10**9))
    expires = read_date(next(iter(values_of(headers, "expires")), ""))
    served = read_date(next(iter(values_of(headers, "date")), "")) or now
    return None if expires is None else expires - served


def moved_to(redirects: Iterable[Exchange], final_url: str) -> str:
    """The address a source has moved to for good, as far as its server may say so.

    Only an unbroken chain of 301 and 308 counts, and only on the same host (`http` to `https` and a
    `www.` more or less included): to another host a source moves when a person says so.

    Args:
        redirects: The redirects of one fetch, in order.
        final_url: Where they ended.

    Returns:
        The new address, or "" when there is none.
    """
    hops = list(redirects)
    if not hops or any(hop.status not in _PERMANENT for hop in hops):
        return ""
    old, new = urlsplit(hops[0].url), urlsplit(final_url)
    same_host = (old.hostname or "").removeprefix("www.") == (new.hostname or "").removeprefix("www.")
    downgraded = old.scheme == "https" and new.scheme != "https"
    return final_url if same_host and not downgraded else ""


def _clamp(wait: timedelta) -> timedelta:
    return max(SHORTEST_WAIT, min(wait, LONGEST_WAIT))
