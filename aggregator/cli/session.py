"""What every command shares: where the archive is, how to speak, and the clock."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from aggregator.config import Config
    from storage.archive import Archive
    from storage.ledger import Ledger

CONFIG = "config.toml"
"""The configuration's name in the archive's folder."""
CONFIGURED = "as configured"
"""What `--help` says of an option that, not given, leaves a setting as it is."""
SCHEMA = 1
"""Version of the JSON documents; it grows when a key changes its meaning."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """One run of the command: its global options and the doors they open."""

    archive_folder: Path
    config_file: Path
    json: bool
    quiet: bool
    verbose: bool

    @cached_property
    def out(self) -> Console:
        """Results: stdout."""
        from rich.console import Console

        return Console(highlight=False, soft_wrap=False, emoji=False, markup=False)

    @cached_property
    def err(self) -> Console:
        """Progress and remarks: stderr."""
        from rich.console import Console

        return Console(stderr=True, quiet=self.quiet, highlight=False, emoji=False, markup=False)

    @cached_property
    def config(self) -> Config:
        """The configuration, read once.

        Raises:
            ConfigError: When the file is missing or holds something unusable.
        """
        from aggregator.config import load

        return load(self.config_file)

    @cached_property
    def config_or_default(self) -> Config:
        """The configuration, or the defaults where there is no file: for commands that need none.

        Raises:
            ConfigError: The file was named, and is missing; or it holds something unusable.
        """
        from aggregator.config import Config

        named = self.config_file != self.archive_folder / CONFIG
        return self.config if named or self.config_file.exists() else Config()

    def now(self) -> datetime:
        """The wall clock, in whole seconds: the one place a command reads it."""
        return datetime.now(UTC).replace(microsecond=0)

    def open_archive(self) -> Archive:
        """Open the archive; use as a context manager.

        Raises:
            StorageError: When there is none, or it cannot be used.
        """
        from storage.archive import Archive

        return Archive.open(self.archive_folder, zone=self.config_or_default.zone)

    def open_ledger(self) -> Ledger:
        """Open what the archive remembers of its sources; use as a context manager.

        Raises:
            StorageError: There is no archive, or it cannot be used.
        """
        from storage.ledger import Ledger

        return Ledger.open(self.archive_folder, zone=self.config_or_default.zone)

    def spell(self, words: str) -> str:
        """A command of this archive as a person can type it here: from a checkout, by `./run`."""
        named = self.config_file != default_config(self.archive_folder)
        return spell(
            f"--config {quote(str(self.config_file))} {words}" if named else words, self.archive_folder
        )

    def emit(self, document: Mapping[str, object]) -> None:
        """Write the one JSON document of this run."""
        self.emit_line({"schema": SCHEMA, **document})

    def emit_line(self, document: Mapping[str, object]) -> None:
        """Write one JSON line, which every reader takes for one line of valid UTF-8."""
        from aggregator.render.shapes import escape_breaks

        sys.stdout.write(escape_breaks(json.dumps(document, ensure_ascii=False)) + "\n")

    def say(self, text: str = "") -> None:
        """Write a line for a person to stdout; silent with --json."""
        if not self.json:
            self.show(text)

    def write(self, text: str) -> None:
        """Write a result as it is, unwrapped and unstyled, to stdout; silent with --json."""
        if not self.json:
            sys.stdout.write(text)

    def show(self, shown: RenderableType) -> None:
        """Write a table or a text for people to stdout, without the blanks that pad its lines in a file."""
        if self.out.is_terminal:
            self.out.print(shown)
            return
        with self.out.capture() as held:
            self.out.print(shown)
        sys.stdout.write("\n".join(line.rstrip(" ") for line in held.get().split("\n")))

    def title(self, text: str) -> None:
        """Write a heading for a person; silent with --json."""
        if not self.json:
            self.out.print(f"\n{text}", style="bold")

    def remark(self, text: str) -> None:
        """Write a line for a person to stderr, in a file as one line; silent with --quiet."""
        self.err.print(text, soft_wrap=not self.err.is_terminal)


def spell(words: str, folder: Path) -> str:
    """A command of the archive in `folder` as a person can type it here."""
    checkout = Path(__file__).resolve().parents[2]
    name = "./run" if _stand_in(checkout) and (checkout / "run").is_file() else "natowire"
    named = folder != default_folder() and not words.endswith("--help")
    return f"{name} --archive {quote(str(folder))} {words}" if named else f"{name} {words}"


def spell_all(text: str, folder: Path) -> str:
    """The same of every command that a text has in backquotes."""
    return re.sub("`natowire ([^`]+)`", lambda found: f"`{spell(found[1], folder)}`", text)


def _stand_in(folder: Path) -> bool:
    try:
        return Path.cwd() == folder
    except OSError:
        return False  # The folder we stand in was deleted.


def default_config(folder: Path) -> Path:
    """The configuration when none is named: `NATOWIRE_CONFIG`, else the file in the archive's folder."""
    return Path(os.environ.get("NATOWIRE_CONFIG") or folder / CONFIG)


def default_folder() -> Path:
    """The archive's place when none is named: `NATOWIRE_ARCHIVE`, else the user's data folder."""
    named = os.environ.get("NATOWIRE_ARCHIVE")
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("natowire", appauthor=False)
