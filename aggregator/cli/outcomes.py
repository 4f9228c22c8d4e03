"""What came of a cycle, told to a person or a program."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.cli.session import Session
    from aggregator.ingest import Outcome

NAMED = 8
"""So many sources that brought nothing are named; more are counted."""


def tell_outcomes(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Say what each source brought; those that brought nothing share a line.

    With --quiet failures are told and nothing else, so that cron mails of them only.
    """
    if session.json:
        from aggregator.render.shapes import shape_cycle

        session.emit(shape_cycle(outcomes))
        return
    if any(outcome.offline for outcome in outcomes):
        from aggregator.offline import REMARK

        sys.stderr.write(f"natowire: {REMARK} That counts against no source.\n")
    telling = [one for one in outcomes if _has_news(one) and not one.offline]
    if session.quiet:
        telling = [one for one in telling if one.outcome == "failed"]
    if telling:
        from aggregator.cli.tables import show_outcomes

        session.show(show_outcomes(telling))
    if session.quiet:
        return
    for kind, words in (("not_modified", "not modified"), ("skipped", "not due")):
        alike = [one.source_id for one in outcomes if one.outcome == kind and not _has_news(one)]
        if alike:
            more = f" and {len(alike) - NAMED:,} more" if len(alike) > NAMED else ""
            session.write(f"{words}: {', '.join(alike[:NAMED])}{more}\n")


def tell_if_empty(session: Session) -> None:
    """Say so, and what to do, where no source is to be fetched."""
    if session.quiet:
        return
    if not any(source.enabled for source in session.config.sources):
        what = "Every source is disabled" if session.config.sources else "There are no sources yet"
        words = "sources enable ID" if session.config.sources else "sources add URL"
        session.write(f"{what}: {session.spell(words)}\n")


def _has_news(outcome: Outcome) -> bool:
    quiet = outcome.outcome in ("not_modified", "skipped")
    return not quiet or bool(outcome.new or outcome.changed or outcome.problems or outcome.records)
