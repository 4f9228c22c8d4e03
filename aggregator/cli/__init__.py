"""The command line: the composition root. Heavy imports are made inside the command that needs them."""

from __future__ import annotations

import errno
import gc
import os
import sys
from io import TextIOWrapper
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from aggregator.cli.rooms import furnish, room_of
from aggregator.cli.session import SCHEMA, Session, default_config, default_folder, spell_all
from parsers.errors import ConfigError, NatowireError, QueryError, StorageError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

ANYWHERE = ("--json", "-q", "--quiet", "-v", "--verbose")
"""Global flags that are understood after the command as well as before it."""
PLACES = ("--archive", "--config")
"""The same of those that take a value."""
INTERRUPTED = 130
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a file that stdout was sent to may answer."""


def _show_version(wanted: bool) -> None:
    if wanted:
        from aggregator import __version__

        typer.echo(f"natowire {__version__}")
        raise typer.Exit


def make_app(command: str = "") -> typer.Typer:
    """Make the application; with the name of a command, only the module that holds it is imported."""
    app = typer.Typer(
        name="natowire",
        help="Gather NATO's words, keep every capture, and search them by speaker and date.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_start)
    furnish(app, room_of(command))
    return app


def _start(
    ctx: typer.Context,
    archive_folder: Annotated[
        Path | None,
        typer.Option("--archive", metavar="DIR", help="The archive's folder (or NATOWIRE_ARCHIVE)."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="The configuration (default: config.toml there)."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No progress and no remarks.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Say more.")] = False,
    version: Annotated[  # noqa: ARG001 (acted on by its callback)
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    folder = archive_folder or default_folder()
    ctx.obj = Session(
        archive_folder=folder,
        config_file=config or default_config(folder),
        json=json,
        quiet=quiet,
        verbose=verbose,
    )


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and end the process with the exit code of INTERFACE.

    0 fine, 1 some source or delivery failed, 2 usage or configuration, 3 archive locked, damaged or
    missing, 130 interrupted.
    """
    # A command's imports make no garbage worth looking for, and looking costs a tenth of them.
    gc.set_threshold(50_000)
    flags, rest = _part(list(sys.argv[1:] if arguments is None else arguments))
    _speak_utf_8()
    try:
        code = _run(flags, rest)
        sys.stdout.flush()
    except OSError as error:
        if error.filename is not None or error.errno not in UNWRITABLE:
            raise
        _close_output()
        code = _tell(StorageError(f"The answer cannot be written: {error.strerror}."), ())
    sys.exit(code)


def _run(flags: list[str], rest: list[str]) -> int:
    """Run the command, say what went wrong, and give the exit code."""
    try:
        code = make_app(rest[0] if rest else "")(flags + rest, prog_name="natowire", standalone_mode=False)
        sys.stdout.flush()
        if code == INTERRUPTED:  # Typer makes a code of Ctrl-C and says nothing.
            raise KeyboardInterrupt
    except NatowireError as error:
        return _tell(error, flags)
    except typer.TyperException as error:
        return _tell_usage(error, flags)
    except (typer.Abort, KeyboardInterrupt):
        sys.stderr.write("natowire: interrupted; what was stored is kept.\n")
        return INTERRUPTED
    except (BrokenPipeError, SystemExit) as end:
        # The reader of our pipe went away (`natowire export | head`): no failure of ours, one to Typer.
        if not isinstance(end.__context__ or end, BrokenPipeError):
            raise
        _close_output()
        return 0
    return int(code or 0)


def _close_output() -> None:
    """Let what is still to be written go nowhere: Python tries again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _part(words: list[str]) -> tuple[list[str], list[str]]:
    """Part the global flags from the rest: `natowire search x --json` means `natowire --json search x`."""
    end = words.index("--") if "--" in words else len(words)
    flags: list[str] = []
    rest: list[str] = []
    taken = iter(words[:end])
    for word in taken:
        if word in PLACES:
            flags += [word, *islice(taken, 1)]
        elif word == "-h":
            rest.append("--help")
        else:
            (flags if _is_global(word) else rest).append(word)
    return flags, rest + words[end:]


def _is_global(word: str) -> bool:
    return word in ANYWHERE or word.startswith(tuple(f"{place}=" for place in PLACES))


def _speak_utf_8() -> None:
    """Write UTF-8 whatever the locale: titles have letters that others lack, and XML and JSON are UTF-8.

    Half characters, which no encoding has, are escaped.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _tell_usage(error: typer.TyperException, flags: Sequence[str]) -> int:
    """Say what is off in the words of the command, and where its own help is."""
    context = getattr(error, "ctx", None)
    bare = type(error).__name__ == "NoArgsIsHelpError"
    if bare and "--json" not in flags:
        sys.stderr.write(f"{error.format_message()}\n")
        return EXIT_CODES[ConfigError]
    command = context.command_path if context is not None else "natowire"
    hint = f"`{command} --help` tells what may stand there."
    words = "A command is missing." if bare else error.format_message().replace("Value error, ", "")
    return _tell(UsageError(words, hint=hint), flags)


def _tell(error: NatowireError, flags: Sequence[str]) -> int:
    """Say what went wrong, to a program or to a person, and give the exit code."""
    if "--json" in flags:
        from json import dumps

        document = {"code": error.code, "message": error.message, "hint": error.hint, "where": error.where}
        sys.stdout.write(dumps({"schema": SCHEMA, "error": document}, ensure_ascii=False) + "\n")
    else:
        place = f" ({error.where})" if error.where not in error.message else ""
        hint = f"  {spell_all(error.hint, _folder_of(flags))}\n" if error.hint else ""
        sys.stderr.write(f"natowire: {error.message}{place}\n{hint}")
    return next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1)


def _folder_of(flags: Sequence[str]) -> Path:
    """The archive's folder by the global flags, for words about a command that never came to run."""
    paired = [value for flag, value in pairwise(flags) if flag == "--archive"]
    joined = [flag.partition("=")[2] for flag in flags if flag.startswith("--archive=")]
    named = (paired + joined)[-1:]
    return Path(named[0]) if named else default_folder()


EXIT_CODES: dict[type[NatowireError], int] = {ConfigError: 2, QueryError: 2, StorageError: 3}
"""Everything else that was expected and went wrong is 1."""
