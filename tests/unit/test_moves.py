"""When a source's new address is adopted, and when it is given up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.moves import address_of, note_move
from parsers.model import Capture, Exchange
from storage.state import SourceState

OLD, NEW = "https://www.example.org/feed", "https://www.example.org/news.xml"
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
FRESH = SourceState(source_id="s")


def answer(*hops, final=NEW):
    redirects = tuple(
        Exchange(
            method="GET",
            url=url,
            request_headers=(),
            status=status,
            reason="",
            headers=(),
            body=b"",
            started_at=MONDAY,
        )
        for url, status in hops
    )
    return Capture(
        source_id="s",
        parser="feed",
        url=OLD,
        final_url=final,
        fetched_at=MONDAY,
        status=200,
        headers=(),
        body=b"x",
        redirects=redirects,
    )


def test_a_move_is_adopted_when_two_days_agree():
    once = note_move(OLD, FRESH, answer((OLD, 301)), MONDAY)
    again = note_move(OLD, once, answer((OLD, 301)), MONDAY + timedelta(hours=3))
    assert address_of(OLD, again) == OLD
    later = note_move(OLD, again, answer((OLD, 301)), MONDAY + timedelta(days=1))
    assert address_of(OLD, later) == NEW


def test_another_target_begins_anew_and_none_forgets():
    once = note_move(OLD, FRESH, answer((OLD, 301)), MONDAY)
    other = note_move(OLD, once, answer((OLD, 301), final=OLD + "/2"), MONDAY + timedelta(days=1))
    assert address_of(OLD, other) == OLD
    back = note_move(OLD, once, answer(final=OLD), MONDAY + timedelta(hours=1))
    assert note_move(OLD, back, answer((OLD, 308)), MONDAY + timedelta(days=1)).adopted_url == ""


def test_a_passing_redirect_or_another_host_is_never_adopted():
    for came in (answer((OLD, 302)), answer((OLD, 301), final="https://evil.example/feed")):
        state = FRESH
        for day in range(3):
            state = note_move(OLD, state, came, MONDAY + timedelta(days=day))
        assert address_of(OLD, state) == OLD


def test_an_adopted_address_that_fails_or_an_edited_configuration_ends_it():
    state = FRESH
    for day in range(2):
        state = note_move(OLD, state, answer((OLD, 301)), MONDAY + timedelta(days=day))
    assert address_of("https://www.example.org/edited", state) == "https://www.example.org/edited"
    assert note_move(OLD, state, answer(final=NEW), MONDAY + timedelta(days=3)) == state
    assert address_of(OLD, note_move(OLD, state, None, MONDAY + timedelta(days=3))) == OLD


def test_a_failure_at_the_old_address_forgets_nothing():
    once = note_move(OLD, FRESH, answer((OLD, 301)), MONDAY)
    assert note_move(OLD, replace(once, failures=1), None, MONDAY) == replace(once, failures=1)
