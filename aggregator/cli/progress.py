"""A progress bar for long work, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aggregator.cli.session import Session

if TYPE_CHECKING:
    from rich.progress import Progress


@contextmanager
def following(
    session: Session, expected: int, work: str = "fetching"
) -> Iterator[Callable[[str, int], None]]:
    """Show how far the work is; the yielded function takes what was done last and how many are left."""
    if session.quiet or not sys.stderr.isatty():
        yield lambda _source_id, _left: None
        return
    with _bar(session, work) as bar:
        task = bar.add_task("", total=expected)
        done = 0

        def tell(source_id: str, left: int) -> None:
            nonlocal done
            done += 1
            bar.update(task, completed=done, total=done + left, description=source_id)

        yield tell


@contextmanager
def measuring(session: Session, total: int, work: str) -> Iterator[Callable[[str, int], None]]:
    """Show how much is done; the yielded function takes what is at hand and how many more steps were done.

    Says nothing with --json either: whoever reads that waits for one document.
    """
    if session.quiet or session.json or not session.err.is_terminal:
        yield lambda _what, _steps: None
        return
    with _bar(session, work) as bar:
        task = bar.add_task("", total=total)
        yield lambda what, steps: bar.update(task, advance=steps, description=what)


def _bar(session: Session, work: str) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(work), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    return Progress(*columns, console=session.err, transient=True)
