"""Moments and texts as SQLite keeps them, and back; and what is said where they cannot be read back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from parsers.errors import DamagedError

Asked = ParamSpec("Asked")
Told = TypeVar("Told")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def seconds(moment: datetime) -> int:
    """Whole seconds since 1970, negative before."""
    return (moment - _EPOCH) // _SECOND


def seconds_or_none(moment: datetime | None) -> int | None:
    """Whole seconds since 1970; None stays None."""
    return None if moment is None else (moment - _EPOCH) // _SECOND


def checked(read: Callable[Asked, Told]) -> Callable[Asked, Told]:
    """Let a function that reads rows raise `DamagedError` for a value that was never written so.

    SQLite keeps any value in any column, so a damaged one can be of any type and size.
    """

    @wraps(read)
    def reading(*args: Asked.args, **kwargs: Asked.kwargs) -> Told:
        try:
            return read(*args, **kwargs)
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
            raise DamagedError(
                f"The archive's database has a value that cannot be read: {error}.",
                hint="Run `natowire verify`, then `natowire restore` with a backup, or `natowire reparse`.",
            ) from error

    return reading


@checked
def instant(value: int) -> datetime:
    """The instant of whole seconds since 1970, UTC.

    Raises:
        DamagedError: It is none.
    """
    return _EPOCH + timedelta(seconds=value)


def instant_or_none(value: int | None) -> datetime | None:
    """The instant of whole seconds since 1970; None stays None."""
    return None if value is None else instant(value)


def storable(text: str) -> str:
    """Put U+FFFD for what SQLite cannot keep: NUL and lone surrogates. Offsets stay."""
    try:
        text.encode()  # Surrogates cannot be; to look for them character by character takes longer.
    except UnicodeEncodeError:
        return _UNSTORABLE.sub("\ufffd", text)
    return text.replace("\x00", "\ufffd")
