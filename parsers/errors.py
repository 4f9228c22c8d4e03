"""Every error natowire raises on purpose.

NatowireError
├── ConfigError          a file must be edited (file, line, value, what is allowed)
│   └── UsageError           the words of a command are off
├── FetchError           a source could not be fetched (source_id, url)
│   ├── TransportError       no answer: DNS, connection, time, TLS, a cut body
│   │   └── UnreachableError      no name, or no way there: as of a machine without a network
│   ├── StatusError          an answer that is no content (status)
│   ├── ContentError         a 200 that is no content: a login, consent or bot-check page
│   ├── TooLargeError        more bytes, headers or entries than natowire reads
│   └── ForbiddenAddressError  an address natowire may not talk to
├── ParseError           a document could not be read (url)
│   └── LayoutError          a landmark is missing: the site changed
│       └── ImplausibleError     what was read is unlike all that was read there before
├── StorageError         the archive cannot be used
│   ├── LockedError          another process is writing
│   ├── SchemaError          made by a newer natowire
│   ├── NotFoundError        no such archive, item or capture
│   └── DamagedError         the archive contradicts itself
├── QueryError           a programming error in a Query; text typed by a person never raises
├── DeliveryError        a digest or an alert could not be sent
└── StoppedError         natowire was told to stop while it worked

`str(error)` is one sentence that says what happened and what to do. `code` is the stable
name programs see in JSON; `hint` is the remedy alone; `where` is what the error is about.
"""

from __future__ import annotations

from typing import ClassVar


class NatowireError(Exception):
    """Root of the tree: `except NatowireError` is how a door catches everything expected."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str = "", where: str = "") -> None:
        """Keep the sentence, its remedy and what it is about.

        Args:
            message: One sentence: what happened.
            hint: What the reader can do about it, or "".
            where: The file, address, source or item concerned, or "".
        """
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        """The message, and the remedy where there is one."""
        return f"{self.message} {self.hint}".strip()


class ConfigError(NatowireError):
    """A configuration file or option holds something natowire cannot use."""

    code = "config"

    def __init__(
        self, message: str, *, file: str = "", line: int | None = None, value: str = "", hint: str = ""
    ) -> None:
        """Point at the place to edit.

        Args:
            message: What is wrong.
            file: The file to edit, or "" when an option on the command line is meant.
            line: Its line, counted from 1, when known.
            value: The offending value as written.
            hint: What is allowed there.
        """
        where = f"{file}:{line}" if file and line else file
        super().__init__(f"{where}: {message}" if where else message, hint=hint, where=where)
        self.file, self.line, self.value = file, line, value


class UsageError(ConfigError):
    """The words of a command are off."""

    code = "usage"


class FetchError(NatowireError):
    """A source could not be fetched."""

    code = "fetch"

    def __init__(self, message: str, *, source_id: str = "", url: str = "", hint: str = "") -> None:
        """Name the source and the address that failed."""
        super().__init__(message, hint=hint, where=url or source_id)
        self.source_id, self.url = source_id, url


class TransportError(FetchError):
    """No usable answer came: name resolution, connection, TLS, deadline or a cut body."""

    code = "transport"


class UnreachableError(TransportError):
    """Its name cannot be resolved, or no route leads there: what a machine without a network meets."""


class StatusError(FetchError):
    """The server answered, but with a status that is no content."""

    code = "status"

    def __init__(
        self, message: str, *, status: int, source_id: str = "", url: str = "", hint: str = ""
    ) -> None:
        """Keep the HTTP status beside the sentence."""
        super().__init__(message, source_id=source_id, url=url, hint=hint)
        self.status = status


class ContentError(FetchError):
    """A success by its status that is no content: empty, a sign-in, consent or bot-check page."""

    code = "content"


class TooLargeError(FetchError):
    """More bytes, headers or entries than natowire reads of one document."""

    code = "too_large"


class ForbiddenAddressError(FetchError):
    """The address resolves to a network natowire may not talk to."""

    code = "forbidden_address"


class ParseError(NatowireError):
    """A document could not be read."""

    code = "parse"

    def __init__(self, message: str, *, url: str = "", hint: str = "") -> None:
        """Name the document."""
        super().__init__(message, hint=hint, where=url)
        self.url = url


class LayoutError(ParseError):
    """A landmark of the layout is missing: the site changed, or this is another page."""

    code = "layout"


class ImplausibleError(LayoutError):
    """What was read of a source is so unlike its past that it is not believed."""

    code = "implausible"


class StorageError(NatowireError):
    """The archive cannot be used."""

    code = "storage"


class LockedError(StorageError):
    """Another process is writing to the archive."""

    code = "locked"


class SchemaError(StorageError):
    """The archive was made by a newer natowire than this one."""

    code = "schema"


class NotFoundError(StorageError):
    """There is no such archive, item, source or capture."""

    code = "not_found"


class DamagedError(StorageError):
    """The archive contradicts itself: bytes are missing or were changed."""

    code = "damaged"


class QueryError(NatowireError):
    """A Query was put together wrongly by a program."""

    code = "query"


class DeliveryError(NatowireError):
    """A digest or an alert could not be sent."""

    code = "delivery"


class StoppedError(NatowireError):
    """natowire was told to stop while it worked: nobody's failure."""

    code = "stopped"
