"""Moments and texts as SQLite keeps them, and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def seconds(moment: datetime) -> int:
    """Whole seconds since 1970, negative before."""
    return (moment - _EPOCH) // _SECOND


def seconds_or_none(moment: datetime | None) -> int | None:
    """Whole seconds since 1970; None stays None."""
    return None if moment is None else (moment - _EPOCH) // _SECOND


def instant(value: int) -> datetime:
    """The instant of whole seconds since 1970, UTC."""
    return _EPOCH + timedelta(seconds=value)


def instant_or_none(value: int | None) -> datetime | None:
    """The instant of whole seconds since 1970; None stays None."""
    return None if value is None else _EPOCH + timedelta(seconds=value)


def storable(text: str) -> str:
    """Put U+FFFD for what SQLite cannot keep: NUL and lone surrogates. Offsets stay."""
    try:
        text.encode()  # Surrogates cannot be; to look for them character by character takes longer.
    except UnicodeEncodeError:
        return _UNSTORABLE.sub("\ufffd", text)
    return text.replace("\x00", "\ufffd")
