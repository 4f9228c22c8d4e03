"""The one configuration file: TOML, read with the standard library, checked where it enters.

Reading costs every command, so it needs neither the network's nor tomlkit's code; writing, which keeps a
person's comments, lives in `aggregator.config_file`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

from aggregator.networks import ALLOWED_FORMS, AllowedNetwork, parse_network
from parsers.errors import ConfigError, UsageError
from parsers.registry import PARSERS
from schedules.sources import DEFAULT_ZONE, Source, parse_sources, problem_of_url, read_zone
from schedules.table import Table

_CONTACT = re.compile(r"[!-~]{0,200}")
_MAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_ADDRESSEE = re.compile(r"[^<>\r\n]*<[^@\s<>,;]+@[^@\s<>,;]+>|[^@\s<>,;]+@[^@\s<>,;]+")
_PIN = re.compile(r"(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})")
_HOUR = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_DIGEST_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
SECURITIES = ("starttls", "tls", "none")
PERIODS = ("daily", "weekly", "monthly")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """How natowire behaves on the network.

    `timeout` bounds one request from first to last byte, redirects included; `max_wire` and
    `max_decoded` are bytes of one answer before and after its content coding is undone. `host_delay` is
    the pause between two requests to one host; none also lifts the limit of one connection a
    host. `connect_to` sends the connections meant for a "host:port" to an "address:port", which has
    to be allowed like any other.
    """

    timeout: timedelta = timedelta(seconds=30)
    workers: int = 8
    host_delay: timedelta = timedelta(seconds=1)
    max_wire: int = 10 << 20
    max_decoded: int = 20 << 20
    allow_networks: tuple[AllowedNetwork, ...] = ()
    connect_to: tuple[tuple[str, str], ...] = ()
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """The mail server digests are handed to; an empty `host` means that none is sent.

    The password is that of `password_file` (its first line) where that is given.
    """

    host: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    password_file: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings:
    """A digest to render each period: which items (a query) and to whom.

    The daemon sends it at the time `at` of the day after the period.
    """

    name: str
    period: str = "daily"
    query: str = ""
    to: tuple[str, ...] = ()
    at: time = time(6)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """Where the daemon's alerts go: mail addresses, or the address of a webhook with its secret.

    The secret is that of `secret_file` (its first line) where that is given.
    """

    to: tuple[str, ...] = ()
    url: str = ""
    secret: str = field(default="", repr=False)
    secret_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonSettings:
    """How the daemon is watched, and when it raises an alarm.

    On `port` of 127.0.0.1 it answers `/healthz`, `/readyz` and `/metrics`; 0 is off. A source that failed
    `failures` times in a row, or for as long as `failing_for`, raises an alarm.
    """

    port: int = 9466
    failures: int = 3
    failing_for: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything a person may set. `zone` is the time zone of days in queries and digests."""

    zone: str = DEFAULT_ZONE
    fetch: FetchSettings = FetchSettings()
    mail: MailSettings = MailSettings()
    digests: tuple[DigestSettings, ...] = ()
    alerts: tuple[AlertSettings, ...] = ()
    daemon: DaemonSettings = DaemonSettings()
    sources: tuple[Source, ...] = ()

    def source(self, source_id: str) -> Source:
        """The source of that id, in any case.

        Raises:
            ConfigError: There is none.
        """
        for source in self.sources:
            if source.id.lower() == source_id.lower():
                return source
        known = ", ".join(source.id for source in self.sources) or "none yet"
        raise ConfigError(f'There is no source "{source_id}".', value=source_id, hint=f"Known: {known}.")


def override_fetch(
    settings: FetchSettings, *, workers: int = 0, host_delay: float = -1.0, networks: Sequence[str] = ()
) -> FetchSettings:
    """The settings with what the command line says instead.

    Args:
        settings: As configured.
        workers: 0 leaves it.
        host_delay: Seconds; negative leaves it.
        networks: Allowed beside the configured ones, as `CIDR` or `CIDR:PORT`.

    Raises:
        UsageError: A network is none.
    """
    allowed = []
    for text in networks:
        network = parse_network(text)
        if network is None:
            raise UsageError(f'"{text}" is no network.', value=text, hint=ALLOWED_FORMS)
        allowed.append(network)
    return replace(
        settings,
        workers=workers or settings.workers,
        host_delay=settings.host_delay if host_delay < 0 else timedelta(seconds=host_delay),
        allow_networks=(*settings.allow_networks, *allowed),
    )


def load(path: Path) -> Config:
    """Read and check the configuration file.

    Raises:
        ConfigError: The file is missing, unreadable or no TOML, or holds something wrong.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        hint = "Make one with `natowire init`, or name it with --config."
        raise ConfigError("There is no configuration here.", file=str(path), hint=hint) from None
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise ConfigError(f"Cannot be read: {reason}.", file=str(path), hint="Check the path.") from None
    try:
        # Some editors put a byte order mark in front, and TOML asks for UTF-8.
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            "This is no UTF-8 text.", file=str(path), line=line, hint="Save the file as UTF-8."
        ) from None
    return parse(text, str(path))


def parse(text: str, file: str) -> Config:
    """Read and check a configuration.

    Args:
        text: The TOML document.
        file: Its name, for messages.

    Raises:
        ConfigError: It is no TOML, or holds something wrong.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _toml_error(error, text, file) from None
    except RecursionError:
        raise ConfigError("Is nested too deeply.", file=file, hint="Write plain tables.") from None
    root = Table(values=document, path=(), file=file, text=text)
    root.only(("zone", "contact", "fetch", "mail", "daemon", "alert", "digest", "source"))
    return Config(
        zone=read_zone(root, DEFAULT_ZONE),
        fetch=_read_fetch(root.table("fetch"), _read_contact(root)),
        mail=_read_mail(root.table("mail")),
        digests=_read_digests(root),
        alerts=tuple(_read_alert(table) for table in root.tables("alert")),
        daemon=_read_daemon(root.table("daemon")),
        sources=parse_sources(document, file=file, text=text, parsers=PARSERS),
    )


def _toml_error(error: tomllib.TOMLDecodeError, text: str, file: str) -> ConfigError:
    """Say what is no TOML, and where: the position stands in the message only."""
    place = _AT_LINE.search(str(error))
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    return ConfigError(
        f"This is no TOML: {_AT_LINE.sub('', str(error))}.",
        file=file,
        line=line,
        hint='A setting is written `key = "value"`, a list `["…", "…"]`, a comment after #.',
    )


def _read_contact(root: Table) -> str:
    allowed = "Give a mail address or a web address, without spaces, so that a site's owner can reach you."
    contact = root.words("contact", "", allowed=allowed)
    if not _CONTACT.fullmatch(contact) or any(char in contact for char in "()"):
        root.fail("contact", f'is "{contact}"', allowed)
    return contact


def _read_fetch(table: Table, contact: str) -> FetchSettings:
    keys = ("timeout", "workers", "host_delay", "max_wire", "max_decoded", "allow_networks", "connect_to")
    table.only(keys)
    return FetchSettings(
        timeout=table.duration("timeout", "30s", low="1s", high="10m"),
        workers=table.number("workers", 8, low=1, high=64),
        host_delay=table.duration("host_delay", "1s", low="0s", high="10m"),
        max_wire=table.size("max_wire", "10MB", low="1KB", high="100MB"),
        max_decoded=table.size("max_decoded", "20MB", low="1KB", high="100MB"),
        allow_networks=_read_networks(table),
        connect_to=_read_pins(table.table("connect_to")),
        contact=contact,
    )


def _read_networks(table: Table) -> tuple[AllowedNetwork, ...]:
    networks = []
    for text in table.texts("allow_networks", allowed=ALLOWED_FORMS):
        network = parse_network(text)
        if network is None:
            table.fail("allow_networks", f'holds "{text}"', ALLOWED_FORMS)
        networks.append(network)
    return tuple(networks)


def _read_pins(table: Table) -> tuple[tuple[str, str], ...]:
    allowed = 'Write "host:port" = "address:port", such as "www.nato.int:443" = "127.0.0.1:8443".'
    pins = []
    for origin in table.values:
        target = table.words(origin, allowed=allowed)
        match = _PIN.fullmatch(target)
        inner = match and parse_network(match[1] or match[2])
        if not _PIN.fullmatch(origin) or not inner or inner.network.num_addresses != 1:
            table.fail(origin, f'leads to "{target}"', allowed)
        pins.append((origin.lower(), target))
    return tuple(pins)


def _read_mail(table: Table) -> MailSettings:
    table.only(("host", "port", "security", "user", "password", "password_file", "from"))
    security = table.choice("security", "starttls", SECURITIES)
    usual = {"starttls": 587, "tls": 465, "none": 25}[security]
    sender = table.words("from", "")
    if sender and not _ADDRESSEE.fullmatch(sender):
        table.fail("from", f'is "{sender}"', 'Give a mail address, such as "natowire@example.org".')
    if table.words("host", "") and not sender:
        table.fail("from", "is missing", 'A mail server needs a sender: from = "natowire@example.org".')
    if table.words("password", "") and table.words("password_file", ""):
        table.fail("password_file", "stands beside a password", "Give one of the two.")
    return MailSettings(
        host=table.words("host", ""),
        port=table.number("port", usual, low=1, high=65535),
        security=security,
        user=table.words("user", ""),
        password=table.words("password", ""),
        password_file=table.words("password_file", ""),
        sender=sender,
    )


def _read_digests(root: Table) -> tuple[DigestSettings, ...]:
    digests: list[DigestSettings] = []
    for table in root.tables("digest"):
        table.only(("name", "period", "query", "to", "at"))
        allowed = "Give letters, digits, dots, dashes and underscores, a letter or digit first."
        name = table.words("name", allowed=allowed)
        if not _DIGEST_NAME.fullmatch(name):
            table.fail("name", f'is "{name}"', allowed)
        if name.lower() in {digest.name.lower() for digest in digests}:
            table.fail("name", f'"{name}" is used by another digest', "Give each digest a name of its own.")
        digests.append(
            DigestSettings(
                name=name,
                period=table.choice("period", "daily", PERIODS),
                query=table.words("query", ""),
                to=_read_receivers(table),
                at=_read_hour(table),
            )
        )
    return tuple(digests)


def _read_receivers(table: Table) -> tuple[str, ...]:
    allowed = 'Give mail addresses: to = ["you@example.org"].'
    to = table.texts("to", allowed=allowed)
    for address in to:
        if not _MAIL.fullmatch(address):
            table.fail("to", f'holds "{address}"', allowed)
    return to


def _read_hour(table: Table) -> time:
    written = table.words("at", "06:00")
    match = _HOUR.fullmatch(written)
    if match is None:
        table.fail("at", f'is "{written}"', 'Give a time of day in quotes, such as "06:00".')
    return time(int(match[1]), int(match[2]))


def _read_alert(table: Table) -> AlertSettings:
    table.only(("to", "url", "secret", "secret_file"))
    url, to = table.words("url", ""), _read_receivers(table)
    secret, file = table.words("secret", ""), table.words("secret_file", "")
    if bool(url) == bool(to):
        table.fail(
            "", "needs one of `to` and `url`", 'Write to = ["you@example.org"], or url = "https://…".'
        )
    if problem := url and problem_of_url(url):
        table.fail("url", f'is "{url}", {problem}', "Give a full address.")
    if url and bool(secret) == bool(file):
        allowed = "Give `secret`, or `secret_file` whose first line it is: alerts are signed with it."
        table.fail("secret_file", "needs a look: a webhook has one secret", allowed)
    return AlertSettings(to=to, url=url, secret=secret, secret_file=file)


def _read_daemon(table: Table) -> DaemonSettings:
    table.only(("port", "failures", "failing_for"))
    return DaemonSettings(
        port=table.number("port", 9466, low=0, high=65535),
        failures=table.number("failures", 3, low=1, high=1000),
        failing_for=table.duration("failing_for", "1d", low="1m", high="366d"),
    )
