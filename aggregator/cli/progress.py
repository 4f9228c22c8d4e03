"""A progress bar for long work, on a terminal only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aggregator.cli.session import Session


@contextmanager
def following(
    session: Session, expected: int, work: str = "fetching"
) -> Iterator[Callable[[str, int], None]]:
    """Show how far the work is; the yielded function takes what was done last and how many are left."""
    if session.quiet or not session.err.is_terminal:
        yield lambda _source_id, _left: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(work), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=session.err, transient=True) as bar:
        task = bar.add_task("", total=expected)
        done = 0

        def tell(source_id: str, left: int) -> None:
            nonlocal done
            done += 1
            bar.update(task, completed=done, total=done + left, description=source_id)

        yield tell
