"""Laws of the policy: bounded, never for good, never out of a listing's reach, repeatable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.policy import LONGEST, Activity, Poll, longest_safe_wait, measure, next_due

NOW = datetime(2022, 11, 8, 12, tzinfo=UTC)

spans = st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=366))
moments = st.none() | st.timedeltas(min_value=timedelta(days=-9999), max_value=timedelta(days=9999)).map(
    lambda span: NOW + span
)
activities = st.builds(
    Activity,
    polls=st.integers(0, 10_000),
    rate=st.floats(0, 1e9),
    peak=st.floats(0, 1e9),
    listed=st.integers(0, 100_000),
)
pasts = st.fixed_dictionaries(
    {
        "every": spans,
        "failures": st.integers(0, 10**6),
        "retry_at": moments,
        "fresh_until": moments,
        "ttl": st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9999)),
        "activity": activities,
    }
)
lawful = settings(derandomize=True, max_examples=100, deadline=None)


@lawful
@given(past=pasts, name=st.text(max_size=20))
def test_a_source_is_always_due_again_and_never_at_once(past, name):
    wait = next_due(NOW, source_id=name, **past) - NOW
    assert timedelta(seconds=15) <= wait <= max(LONGEST, past["every"])


@lawful
@given(past=pasts)
def test_the_same_past_gives_the_same_answer(past):
    assert next_due(NOW, source_id="a", **past) == next_due(NOW, source_id="a", **past)


@lawful
@given(past=pasts)
def test_no_wish_but_retry_after_goes_beyond_the_listing(past):
    past["retry_at"] = None
    wait = next_due(NOW, source_id="a", **past) - NOW
    assert wait <= longest_safe_wait(past["every"], past["activity"])


@lawful
@given(past=pasts, more=st.integers(1, 50))
def test_failing_more_often_never_quickens_a_source_by_more_than_its_jitter(past, more):
    past["retry_at"] = past["fresh_until"] = past["ttl"] = None
    past["failures"] = max(1, past["failures"])
    sooner = next_due(NOW, source_id="a", **past) - NOW
    past["failures"] += more
    assert next_due(NOW, source_id="a", **past) - NOW >= sooner * 0.79


@lawful
@given(
    st.lists(
        st.tuples(st.integers(1, 10_000), st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=30
    )
)
def test_what_was_ever_seen_fits_a_listing_at_the_safe_wait(steps):
    """Had news come all the time as fast as at its fastest, a poll in time would have missed none of it."""
    at, polls = NOW, []
    for minutes, listed, new in steps:
        at += timedelta(minutes=minutes)
        polls.append(Poll(at=at, listed=listed, new=min(new, listed)))
    activity = measure(polls)
    every = timedelta(hours=1)
    hours = longest_safe_wait(every, activity) / timedelta(hours=1)
    floor = timedelta(minutes=5) / timedelta(hours=1)
    if activity.listed:
        assert hours * activity.peak <= activity.listed or hours <= floor + 1e-9
