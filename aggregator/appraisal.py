"""A document that came: whether it is content, whether it is believed, and what it says of its source.

Imported with the first document: most polls bring none.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.fetch.judge import judge
from aggregator.polling import LAYOUT
from aggregator.watch.vitals import count_fresh, judge_parse, read_vitals, remember, write_vitals
from parsers.errors import ImplausibleError, NatowireError
from parsers.model import Capture, Parsed

if TYPE_CHECKING:
    from aggregator.merging.tally import Tally
    from aggregator.polling import Poll

Notes = tuple[tuple[str, str], ...]


def appraise(
    capture: Capture, poll: Poll, read: Callable[[Capture], Parsed | NatowireError], now: datetime
) -> Parsed | NatowireError:
    """Judge and read what a poll brought.

    Returns:
        What was read, or why that is nothing to keep items by: it is no content, it cannot be read, or the
        source's own past speaks against it.
    """
    failure = judge(capture)
    if failure is not None:
        if poll.visit is not None:
            failure.hint = "The item stays in the archive as it was."
        return failure
    parsed = read(capture)
    if isinstance(parsed, NatowireError) or poll.visit is not None:
        return parsed
    doubt = _doubt(poll, parsed, now)
    if doubt is None:
        return parsed
    hint = f"It is kept and not merged. If it is right: natowire sources accept {poll.source.id}"
    return ImplausibleError(doubt, url=capture.final_url, hint=hint)


def _doubt(poll: Poll, parsed: Parsed, now: datetime) -> str | None:
    """Why what was read is not believed, by the source's own past."""
    refused = poll.state.failures and poll.state.last_success
    return judge_parse(
        parsed,
        read_vitals(poll.state.notes),
        refused_for=now - refused if refused else timedelta(),
        every=poll.source.every,
    )


def count_new(poll: Poll, parsed: Parsed | None, tally: Tally) -> tuple[int, bool | None]:
    """How many entries this source had not listed before, and whether it still listed something it had.

    What is new to the archive may come from elsewhere too; how fast this listing moves does not.
    """
    history = read_vitals(poll.state.notes)
    if parsed is None or not history.shown:
        return len(tally.new), tally.reached_known if poll.state.last_success else None
    fresh = count_fresh(history, parsed)
    return fresh, fresh < len(parsed.entries)


def note_look(notes: Notes, parsed: Parsed, now: datetime) -> Notes:
    """What to remember of how a source was read: by which layout, and what it is like."""
    others = tuple(pair for pair in notes if pair[0] != LAYOUT)
    return write_vitals(((LAYOUT, parsed.parser), *others), remember(read_vitals(notes), parsed, now))
