"""Writing the configuration file, with a person's comments and order kept.

Every change is made on the parsed document, checked as reading checks it, and put in place at once: a
crash or a full disk leaves the old file whole.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import TYPE_CHECKING

import tomlkit
from tomlkit.items import AoT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

from aggregator.config import load, parse
from parsers.errors import ConfigError
from schedules.sources import DEFAULT_EVERY, Source, default_text
from schedules.table import write_duration

_HEAD = """\
# natowire's configuration. docs/configuration.md tells every key; what starts with # is a default.

# The time zone of the days in searches and digests.
zone = "Europe/Brussels"

# A mail or web address that site owners can reach you at; it is sent with every request.
# contact = "you@example.org"

[fetch]
# timeout = "30s"         # for one request, from first to last byte
# workers = 8             # sources fetched at a time
# host_delay = "1s"       # pause between two requests to one host; "0s" also allows several at a time
# max_wire = "10MB"       # most bytes of one answer as sent …
# max_decoded = "20MB"    # … and after decompression
# allow_networks = []     # beside the public internet, such as ["192.168.1.0/24", "127.0.0.1/32:8080"]

# The mail server that digests are handed to.
# [mail]
# host = "mail.example.org"
# security = "starttls"   # or "tls", "none"
# port = 587
# user = "natowire"
# password_file = "/etc/natowire/mail-password"
# from = "natowire@example.org"

# [[digest]]
# name = "morning"
# period = "daily"        # or "weekly", "monthly"
# query = "kind:transcript OR kind:news"
# to = ["you@example.org"]
# at = "06:00"            # when the daemon sends it, on the day after the period

# The daemon (`natowire run`).
# [daemon]
# port = 9466             # /healthz, /readyz and /metrics on 127.0.0.1; 0 is off
# failures = 3            # so many failures in a row raise an alarm …
# failing_for = "1d"      # … or failing for so long

# Where alarms go: by mail …
# [[alert]]
# to = ["you@example.org"]
# … or to a webhook, signed.
# [[alert]]
# url = "https://hooks.example.org/natowire"
# secret_file = "/etc/natowire/webhook-secret"

"""


def write_default(path: Path, *, empty: bool = False) -> None:
    """Write a commented configuration, with the shipped sources unless `empty`.

    Raises:
        ConfigError: There is a file already, or it cannot be written.
    """
    if path.exists():
        raise ConfigError(
            "There is a configuration already.", file=str(path), hint="Edit it, or move it away."
        )
    sources = "# Add sources with `natowire sources add URL`.\n" if empty else default_text()
    _replace(path, _HEAD + sources)


def add_source(path: Path, source: Source) -> None:
    """Add a source to the file, at its end.

    Raises:
        ConfigError: The file or the source cannot be used, or the id is taken.
    """
    document = _read(path)
    values = {
        "id": source.id,
        "name": source.name,
        "url": source.url,
        "parser": source.parser,
        "every": write_duration(source.every),
        "enabled": source.enabled,
        "zone": source.zone,
        "language": source.language,
        "trusts": list(source.trusts),
        "details": source.details,
        "confidence": source.confidence,
        "note": source.note,
    }
    plain = {
        "name": "",
        "parser": "auto",
        "every": write_duration(DEFAULT_EVERY),
        "enabled": True,
        "zone": document.get("zone", "Europe/Brussels"),
        "language": "",
        "trusts": [],
        "details": False,
        "confidence": "",
        "note": "",
    }
    table = tomlkit.table()
    table.trivia.indent = "\n"  # A line of space before its head.
    for key, value in values.items():
        if key not in plain or value != plain[key]:
            table.add(key, value)
    if not isinstance(document.get("source"), AoT):
        document["source"] = tomlkit.aot()
    document["source"].append(table)
    _save(path, document)


def allow_networks(path: Path, networks: Sequence[str]) -> None:
    """Allow networks beside the public internet; those allowed already stay as they are.

    Raises:
        ConfigError: A network is none, or the file cannot be written.
    """
    document = _read(path)
    fetch = document.setdefault("fetch", tomlkit.table())
    known = list(fetch.get("allow_networks", ()))
    fetch["allow_networks"] = [*known, *(network for network in networks if network not in known)]
    _save(path, document)


def remove_source(path: Path, source_id: str) -> None:
    """Take a source out of the file; what is archived of it stays.

    Raises:
        ConfigError: There is no such source, or the file cannot be written.
    """
    document, tables, place = _find(path, source_id)
    del tables[place]
    if not tables:
        del document["source"]
    _save(path, document)


def set_enabled(path: Path, source_id: str, *, enabled: bool) -> None:
    """Switch a source on or off.

    Raises:
        ConfigError: There is no such source, or the file cannot be written.
    """
    document, tables, place = _find(path, source_id)
    tables[place]["enabled"] = enabled
    _save(path, document)


def _find(path: Path, source_id: str) -> tuple[tomlkit.TOMLDocument, AoT, int]:
    wanted = load(path).source(source_id)
    document = _read(path)
    tables = document["source"]
    if not isinstance(tables, AoT):
        raise ConfigError(
            "`source` is written as one line.", file=str(path), hint="Write each source under [[source]]."
        )
    place = next(number for number, table in enumerate(tables) if str(table["id"]).strip() == wanted.id)
    return document, tables, place


def _read(path: Path) -> tomlkit.TOMLDocument:
    """The file as a document that remembers its comments."""
    load(path)  # Its messages are better than tomlkit's.
    return tomlkit.parse(path.read_bytes().decode("utf-8-sig"))


def _save(path: Path, document: tomlkit.TOMLDocument) -> None:
    text = tomlkit.dumps(document)
    parse(text, str(path))
    _replace(path, text)


def _replace(path: Path, text: str) -> None:
    """Put a text in a file's place in one step, through links and with the file's rights kept."""
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".natowire-", suffix=".toml")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                os.chmod(name, target.stat().st_mode & 0o777)  # noqa: PTH101 -- `name` is what mkstemp gave
            os.replace(name, target)  # noqa: PTH105 -- the same
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)  # noqa: PTH108 -- the same
            raise
    except OSError as error:
        reason = error.strerror or "unwritable"
        raise ConfigError(
            f"Cannot be written: {reason}.", file=str(path), hint="Check the folder and its rights."
        ) from None
