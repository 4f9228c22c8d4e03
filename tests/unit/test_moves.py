"""When a source's new address is adopted, and when it is given up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.moves import Move, address_of, find_move, note_move
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


def follow(came, days=2, state=FRESH, configured=OLD):
    for day in range(days):
        state = note_move(configured, state, came, MONDAY + timedelta(days=day))
    return state


ELSEWHERE = "https://press.example.net/feed"


def test_a_person_can_be_told_of_a_move_once_it_is_confirmed():
    assert find_move(OLD, FRESH) is None
    assert find_move(OLD, follow(answer((OLD, 301)), days=1)) is None
    moved = follow(answer((OLD, 301)))
    assert find_move(OLD, moved) == Move(NEW, followed=True)
    assert find_move(NEW, moved) is None, "the configuration has followed"


def test_a_move_to_another_host_is_told_and_not_followed():
    away = answer((OLD, 301), final=ELSEWHERE)
    assert find_move(OLD, follow(away, days=1)) is None
    moved = follow(away)
    assert find_move(OLD, moved) == Move(ELSEWHERE, followed=False)
    assert address_of(OLD, moved) == OLD
    assert find_move(ELSEWHERE, moved) is None
    assert find_move(OLD, note_move(OLD, moved, None, MONDAY)) == Move(ELSEWHERE, followed=False)
    assert find_move(OLD, note_move(OLD, moved, answer(final=OLD), MONDAY)) is None
    assert find_move(OLD, follow(answer((OLD, 302), final=ELSEWHERE))) is None
    other = follow(answer((OLD, 301), final="https://third.example/feed"), days=1, state=moved)
    assert find_move(OLD, other) is None, "another target begins anew"


def test_an_unreadable_note_is_none():
    assert find_move(OLD, replace(FRESH, notes=(("pointed", "a b"),))) is None
