"""How the daemon's log is written: for people on a terminal, as JSON lines for programs."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

ROOT = "natowire"


def set_up_logs(level: int, *, as_json: bool, stream: TextIO = sys.stderr) -> None:
    """Let everything that is logged go to a stream. Only the composition root calls this.

    Args:
        level: The least severe level that is written.
        as_json: One JSON object a line, else words.
        stream: Where to.
    """
    outlet = logging.StreamHandler(stream)
    outlet.setFormatter(_Lines(as_json=as_json))
    root = logging.getLogger()
    root.addHandler(outlet)
    root.setLevel(logging.WARNING)
    logging.getLogger(ROOT).setLevel(level)


class _Lines(logging.Formatter):
    """A line a record: the moment, how severe, what, and the figures that go with it."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as one line; a traceback follows it for people, and is a key for programs."""
        at = datetime.fromtimestamp(record.created, UTC)
        fields: dict[str, object] = getattr(record, "fields", {})
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        if self._as_json:
            line = {
                "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "level": record.levelname.lower(),
                "logger": record.name,
                "message": record.getMessage(),
                **fields,
                **({"trace": trace} if trace else {}),
            }
            return json.dumps(line, ensure_ascii=True, default=str)
        figures = "".join(f" {name}={value}" for name, value in fields.items())
        words = record.getMessage().replace("\n", " ").replace("\x1b", "")
        severe = "" if record.levelno <= logging.INFO else f"{record.levelname.lower()}: "
        return f"{at:%Y-%m-%d %H:%M:%S} {severe}{words}{figures}" + (f"\n{trace}" if trace else "")
