"""One address asked once: what to ask, what came of it, and when to ask again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import zip_longest
from time import monotonic
from typing import Protocol

from aggregator.fetch import Fetcher, NotModified, Request, fresh_until, retry_at
from aggregator.moves import address_of, find_move, note_move
from parsers.errors import FetchError, NatowireError
from parsers.model import Capture, Parsed
from parsers.registry import AUTO, INVENTORIES, ITEM_PAGE, PLAIN
from schedules import policy
from schedules.sources import Source
from storage.ledger import Ledger
from storage.state import Fetch, SourceState
from storage.visits import Visit


class Reader(Protocol):
    """Reads a capture; an error is a value, so that a worker process can hand it back."""

    def __call__(self, capture: Capture, /, within: float | None = None) -> Parsed | NatowireError:
        """Read it; `within` is the seconds until there has to be an answer."""


OVERTIME = 5.0
"""Seconds that a poll may take beyond the deadline of its request: a document that came at the last moment
is read all the same."""

LAYOUT = "layout"
"""The note on a source's state that says how it was read."""
ASKED = "asked"
"""The note that says which parser and address of the configuration the state belongs to."""
HTTP_OK = 200
UNKNOWN = policy.Activity()
REMEMBERED = 60
"""The last fetches that say how lively a source is."""
MOST_VISITS = 200
"""Pages of items that one cycle goes to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One address to ask for: a source's own, or (`visit`) the page of one of its items."""

    source: Source
    request: Request
    state: SourceState
    activity: policy.Activity = UNKNOWN
    visit: Visit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a poll.

    `parsed` is None where nothing was to be read. `repeated` says of a "not modified" that the server
    sent the same document again.
    """

    came: Capture | NotModified | FetchError
    started_at: datetime
    seconds: float
    repeated: bool = False
    parsed: Parsed | None = None
    error: NatowireError | None = None

    @property
    def outcome(self) -> str:
        """`fetched`, `not_modified` or `failed`."""
        if self.error is not None:
            return "failed"
        return "not_modified" if isinstance(self.came, NotModified) else "fetched"

    @property
    def status(self) -> int | None:
        """The HTTP status, or None when no answer came."""
        if isinstance(self.came, Capture):
            return self.came.status
        return (200 if self.repeated else 304) if isinstance(self.came, NotModified) else None


def plan(ledger: Ledger, sources: Sequence[Source], now: datetime, *, visiting: bool) -> list[Poll]:
    """What to ask for: the sources' own addresses, or the pages of their items that are due."""
    if not visiting:
        states = ledger.states()
        known = ledger.polls([source.id for source in sources], REMEMBERED)
        return [
            poll_source(source, states.get(source.id), _activity(known[source.id])) for source in sources
        ]
    detailed = {source.id: source for source in sources if source.details}
    # They take turns: one that lists thousands of pages must not keep the others from theirs.
    due = zip_longest(*(ledger.due_visits([source_id], now, limit=MOST_VISITS) for source_id in detailed))
    visits = [visit for turn in due for visit in turn if visit is not None]
    return [poll_page(detailed[visit.source_id], visit) for visit in visits[:MOST_VISITS]]


def _activity(polls: Sequence[tuple[datetime, int, int]]) -> policy.Activity:
    """How a source behaved lately."""
    return policy.measure([policy.Poll(at=at, listed=listed, new=new) for at, listed, new in polls])


def poll_source(source: Source, state: SourceState | None, activity: policy.Activity = UNKNOWN) -> Poll:
    """Ask for a source's own address, with the validators of the last good answer."""
    state = _state_of(source, state)
    request = Request(
        url=address_of(source.url, state),
        source_id=source.id,
        parser=_parser_of(source, state),
        zone=source.zone,
        language=source.language,
        trusts=source.trusts,
        etag=state.etag,
        last_modified=state.last_modified,
    )
    return Poll(source=source, request=request, state=state, activity=activity)


def _state_of(source: Source, state: SourceState | None) -> SourceState:
    """What is remembered of a source, as long as it is the one that was asked.

    Where a person gave it another address or parser nothing is: a "not modified" by the validators of
    another document would hide the new one for ever.
    """
    asked = _asked(source)
    if state is None or _is_of_another(state, source):
        return SourceState(source_id=source.id, notes=((ASKED, asked),))
    return replace(state, notes=((ASKED, asked), *(pair for pair in state.notes if pair[0] != ASKED)))


def next_poll(source: Source, state: SourceState | None, now: datetime) -> datetime:
    """When a source is due; now, where it was never asked at the address that is configured."""
    if state is None or _is_of_another(state, source):
        return now
    return policy.due_moment(
        now,
        planned=state.next_due_at,
        asked_at=state.last_attempt,
        every=source.every,
        failures=state.failures,
    )


def _is_of_another(state: SourceState, source: Source) -> bool:
    """Whether a state belongs to another address or parser than what is configured now.

    A configuration that follows the source to where it has moved is about the same one.
    """
    asked = _asked(source)
    before = dict(state.notes).get(ASKED, asked)
    if before == asked:
        return False
    parser, _, url = before.partition(" ")
    move = find_move(url, state)
    return parser != source.parser or move is None or move.url != source.url


def _asked(source: Source) -> str:
    return f"{source.parser} {source.url}"


def _parser_of(source: Source, state: SourceState) -> str:
    """Once a document showed its layout it has to keep it: a feed that turns into a page is no success.

    A plain page is what anything looks like that has no marks, a notice of works on the site too: it may
    turn into a feed.
    """
    if source.parser != AUTO:
        return source.parser
    known = dict(state.notes).get(LAYOUT, AUTO)
    return AUTO if known == PLAIN else known


def poll_page(source: Source, visit: Visit) -> Poll:
    """Ask for the page of an item, which shows itself how it is to be read."""
    request = Request(
        url=visit.url,
        source_id=source.id,
        parser=ITEM_PAGE,
        zone=source.zone,
        language=source.language,
        trusts=source.trusts,
        etag=visit.etag,
        last_modified=visit.last_modified,
    )
    return Poll(source=source, request=request, state=SourceState(source_id=source.id), visit=visit)


def ask(poll: Poll, fetcher: Fetcher, read: Reader, clock: Callable[[], datetime]) -> Answer:
    """Fetch an address and read what comes; never raises for what a server does.

    A large body is held: tell `fetcher.release` when the answer is done with.
    """
    started_at, start = clock(), monotonic()
    came: Capture | NotModified | FetchError
    try:
        came = fetcher.get(_by_the_rules(poll, fetcher), hold=True)
    except FetchError as error:
        came = error
    repeated = isinstance(came, Capture) and _is_repeated(came, poll)
    if isinstance(came, Capture) and repeated:
        fetcher.release(came)
        came = _without_body(came)
    answer = Answer(came=came, started_at=started_at, seconds=0.0, repeated=repeated)
    if isinstance(came, FetchError):
        answer = replace(answer, error=came)
    elif isinstance(came, Capture):
        # What was not spent on fetching is left for reading; waiting for the host's turn is neither.
        left = max(fetcher.timeout - (monotonic() - start), 0.0) + OVERTIME
        from aggregator.appraisal import appraise  # noqa: PLC0415  needed with the first document

        result = appraise(came, poll, partial(read, within=left), started_at)
        if isinstance(result, NatowireError):
            answer = replace(answer, error=result)
        else:
            answer = replace(answer, parsed=result)
    return replace(answer, seconds=round(monotonic() - start, 3))


def _is_repeated(capture: Capture, poll: Poll) -> bool:
    """Whether an inventory came again as it was read the last time: whenever it comes it says the same."""
    state = poll.state
    if poll.visit is not None or state.failures or dict(state.notes).get(LAYOUT) not in INVENTORIES:
        return False
    return capture.status == HTTP_OK and sha256(capture.body).hexdigest() == state.body_digest


def _without_body(capture: Capture) -> NotModified:
    return NotModified(
        source_id=capture.source_id,
        url=capture.url,
        final_url=capture.final_url,
        fetched_at=capture.fetched_at,
        headers=capture.headers,
        redirects=capture.redirects,
    )


def _by_the_rules(poll: Poll, fetcher: Fetcher) -> Request:
    """The request, with the pause that robots.txt asks of crawlers; a configured address is no crawling.

    Raises:
        FetchError: robots.txt keeps crawlers from the page.
    """
    if poll.visit is None:
        return poll.request
    url = poll.request.url
    if not fetcher.robots.allows(url):
        hint = "The item keeps what its listing says of it."
        raise FetchError("The site's robots.txt keeps natowire from this page.", url=url, hint=hint)
    return replace(poll.request, delay=fetcher.robots.delay(url))


def fetch_row(poll: Poll, answer: Answer) -> Fetch:
    """The attempt as the archive remembers it, but for what a document brought (see `keeping`)."""
    error = answer.error
    return Fetch(
        source_id=poll.source.id,
        started_at=answer.started_at,
        seconds=answer.seconds,
        outcome=answer.outcome,
        status=answer.status,
        error_code=error.code if error else "",
        error_message=error.message if error else "",
        error_hint=error.hint if error else "",
    )


def next_state(poll: Poll, answer: Answer, now: datetime) -> SourceState:
    """What to remember of a source after an attempt, and when it is due again; the same holds."""
    failures = poll.state.failures + 1 if answer.error else 0
    state = replace(
        poll.state,
        failures=failures,
        last_attempt=answer.started_at,
        last_error=str(answer.error) if answer.error else "",
        next_due_at=_due_again(poll, answer, failures, now),
    )
    came = None if answer.error or isinstance(answer.came, FetchError) else answer.came
    state = note_move(poll.source.url, state, came, now)
    return state if answer.error else replace(state, last_success=answer.started_at)


def _due_again(poll: Poll, answer: Answer, failures: int, now: datetime) -> datetime:
    """When a source is due again, by its own pace and by what its server asks."""
    headers = () if isinstance(answer.came, FetchError) else answer.came.headers
    ttl = answer.parsed.page.ttl if answer.parsed else None
    return policy.next_due(
        now,
        source_id=poll.source.id,
        every=poll.source.every,
        failures=failures,
        retry_at=retry_at(headers, now) if failures else None,
        fresh_until=fresh_until(headers, now),
        ttl=timedelta(minutes=ttl) if ttl else None,
        activity=poll.activity,
    )
