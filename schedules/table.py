"""Typed reading of TOML tables: a wrong value is told with its file, line and what is allowed.

`tomllib` says nothing of lines once a document is read; they are found only when something is
wrong, by one pass over the text, so that reading a good file stays cheap.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

from parsers.errors import ConfigError

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=")
_DURATION = re.compile(
    r"(?=\d)(?:(\d{1,4})w)?(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,8})s)?", re.ASCII
)
_SIZE = re.compile(r"([0-9]{1,9})\s*(B|KB|MB|GB)", re.IGNORECASE)
_UNITS = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}

Path = tuple[str | int, ...]
T = TypeVar("T", str, bool, int)


def read_duration(text: str) -> timedelta | None:
    """Read a length of time as configuration writes it: "90s", "30m", "2h", "1d", "1w", "1h30m".

    Args:
        text: Numbers with their units, largest unit first.

    Returns:
        The duration, or None when `text` is none.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def write_duration(span: timedelta) -> str:
    """Write a duration the way `read_duration` reads it, in as few units as it takes."""
    left, words = int(span.total_seconds()), ""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, size)
        words += f"{count}{unit}" if count else ""
    return words or "0s"


def line_of(text: str, path: Path) -> int | None:
    """Find the line where a value of a TOML document is written.

    Args:
        text: The document.
        path: Its keys from the root, with the index of a table in an array of tables:
            `("source", 2, "every")`.

    Returns:
        The line counted from 1; where the key itself is not written, that of the nearest table
        around it; None where that is the document itself.
    """
    here: Path = ()
    counts: dict[Path, int] = {}
    best: tuple[int, int | None] = (0, None)
    for number, line in enumerate(text.splitlines(), 1):
        found: Path = ()
        if header := _HEADER.match(line):
            here = _split(header[2])
            if header[1] == "[[":
                counts[here] = counts.get(here, -1) + 1
                here = (*here, counts[here])
            found = here
        elif key := _KEY.match(line):
            found = (*here, *_split(key[1]))
        depth = min(len(found), len(path))
        if depth > best[0] and found[:depth] == path[:depth]:
            best = (depth, number)
    return best[1]


def _split(name: str) -> Path:
    """The parts of a dotted key; a quoted key is one part."""
    if name[:1] in {'"', "'"}:
        return (name[1:-1],)
    return tuple(part.strip() for part in name.split("."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One TOML table and where it stands, read key by key with its types checked."""

    values: Mapping[str, object]
    path: Path
    file: str
    text: str

    def fail(self, key: str, problem: str, allowed: str = "") -> NoReturn:
        """Refuse the value of a key.

        Args:
            key: The key, or "" for the table as a whole.
            problem: What is wrong with it, as the end of a sentence about the key.
            allowed: What may stand there, as a sentence.

        Raises:
            ConfigError: Always.
        """
        path = (*self.path, key) if key else self.path
        value = self.values.get(key, "") if key else ""
        name = ".".join(str(part) for part in path if isinstance(part, str))
        raise ConfigError(
            f"`{name}` {problem}.",
            file=self.file,
            line=line_of(self.text, path),
            value=str(value) if isinstance(value, str | int | float) else "",
            hint=allowed,
        )

    def only(self, keys: Collection[str]) -> None:
        """Refuse every key that is not among `keys`, naming the one that was likely meant."""
        for key in self.values:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                guess = f" (did you mean `{near[0]}`?)" if near else ""
                self.fail(
                    key, f"is no key natowire knows{guess}", f"Known here: {', '.join(sorted(keys))}."
                )

    def words(
        self, key: str, default: str | None = None, *, allowed: str = "Give a text in quotes."
    ) -> str:
        """The text of a key, without space around it; required when there is no default."""
        value = self._typed(key, str, default, allowed).strip()
        if any(ord(char) < 32 or ord(char) == 127 for char in value):
            self.fail(key, "holds a control character", allowed)
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """The true or false of a key."""
        return self._typed(key, bool, default, "Give true or false, without quotes.")

    def number(self, key: str, default: int, *, low: int, high: int) -> int:
        """The whole number of a key, from `low` to `high`."""
        allowed = f"Give a whole number from {low} to {high}."
        value = self._typed(key, int, default, allowed)
        if not low <= value <= high:
            self.fail(key, f"is {value}", allowed)
        return value

    def duration(self, key: str, default: str, *, low: str, high: str) -> timedelta:
        """The length of time of a key, from `low` to `high` (all as `read_duration` reads them)."""
        allowed = f'Give a time from "{low}" to "{high}", such as "90s", "30m", "2h" or "1d".'
        written = self.words(key, default, allowed=allowed)
        value, least, most = read_duration(written), read_duration(low), read_duration(high)
        if value is None or least is None or most is None or not least <= value <= most:
            self.fail(key, f'is "{written}"', allowed)
        return value

    def size(self, key: str, default: str, *, low: str, high: str) -> int:
        """The number of bytes of a key, written "64KB" or "10MB"."""
        allowed = f'Give a size from "{low}" to "{high}", such as "512KB" or "10MB".'
        written = self.words(key, default, allowed=allowed)
        value, least, most = _bytes(written), _bytes(low), _bytes(high)
        if not least <= value <= most:
            self.fail(key, f'is "{written}"', allowed)
        return value

    def choice(self, key: str, default: str, options: Collection[str]) -> str:
        """The text of a key, which is one of `options`."""
        allowed = "Give one of: " + ", ".join(f'"{option}"' for option in options) + "."
        value = self.words(key, default, allowed=allowed)
        if value not in options:
            near = difflib.get_close_matches(value, options, n=1)
            guess = f" (did you mean `{near[0]}`?)" if near else ""
            self.fail(key, f'is "{value}"{guess}', allowed)
        return value

    def texts(self, key: str, *, allowed: str = 'Give texts in brackets: ["…", "…"].') -> tuple[str, ...]:
        """The list of texts of a key; a single text counts as a list of one."""
        value = self.values.get(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(
            isinstance(entry, str) and entry.strip() for entry in value
        ):
            self.fail(key, "is no list of texts", allowed)
        return tuple(entry.strip() for entry in value)

    def table(self, key: str) -> Table:
        """The table under a key; an absent one is empty."""
        return self._within(self.values.get(key, {}), key, (*self.path, key))

    def tables(self, key: str) -> tuple[Table, ...]:
        """The tables written as `[[key]]`."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            self.fail(key, "is no list of tables", f"Write each as a table under [[{key}]].")
        return tuple(
            self._within(entry, key, (*self.path, key, number)) for number, entry in enumerate(value)
        )

    def _within(self, value: object, key: str, path: Path) -> Table:
        if not isinstance(value, dict):
            self.fail(key, "is no table", f"Write its keys under [{key}].")
        return Table(values=value, path=path, file=self.file, text=self.text)

    def _typed(self, key: str, kind: type[T], default: T | None, allowed: str) -> T:
        value = self.values.get(key, default)
        if value is None:
            self.fail(key, "is missing", allowed)
        # True is an int to Python; to a reader of TOML it is not.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fail(key, f"is {_noun(value)}, not {_noun(kind())}", allowed)
        return value


def _bytes(text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    return int(match[1]) * _UNITS[match[2].upper()] if match else -1


def _noun(value: object) -> str:
    """What a value is, in the words of TOML."""
    nouns = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return nouns.get(type(value), "a table" if isinstance(value, dict) else "a date")
