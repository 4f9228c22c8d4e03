"""Laws of reading and combining that hold for any input."""

from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.dates import (
    combine,
    describe,
    find_path_date,
    find_stated_days,
    first_seen,
    infer_engine,
    infer_granularity,
    infer_reference,
    observe,
    parse_absolute,
    parse_relative,
    read_date,
)
from parsers.dates.lines import answer_line, answer_series
from parsers.model import Evidence, Ref, Strength

LAWS = settings(derandomize=True, max_examples=100, deadline=None)
BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2022, 11, 26, 13, 30, tzinfo=UTC)
HERE = Ref(earliest=NOW, latest=NOW, source="test")

LINE = (
    "2 3 14 31 99 0 2022 999999 weeks week day days ago month an il y a jours тому назад Nov. November May "
    "FEB today yesterday ( ) , - – / : . on from to and Tuesday 12:00 24:61 GMT +01:00 T Z W45 -5 Ⅳ ٣ "
    "\u202e \u200b \x00"
)
WORDS = LINE.split(" ")
texts = st.one_of(st.text(max_size=400), st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
moments = st.integers(0, 60).map(lambda hours: NOW + timedelta(hours=hours))


@st.composite
def witnesses(draw):
    first = draw(moments)
    return Evidence(
        kind=draw(st.sampled_from(["a", "b"])),
        raw="",
        where="",
        earliest=draw(st.sampled_from([first, None])),
        latest=draw(st.sampled_from([first + timedelta(hours=draw(st.integers(0, 30))), None])),
        rule="rule",
        strength=draw(st.sampled_from(sorted(Strength))),
    )


@LAWS
@given(texts, st.sampled_from(["", "drupal8", "rails", "moment", "django_naturaltime", "drupal7_interval"]))
def test_no_text_raises(text, engine):
    when = parse_relative(text, HERE, tz=BRUSSELS, engine=engine or None, granularity=2)
    absolute = parse_absolute(text, tz=BRUSSELS, page_date=date(2022, 11, 26))
    for found in (when, absolute, read_date(text, now=HERE, tz=BRUSSELS)):
        assert isinstance(describe(found, BRUSSELS), str)
        if found and found.earliest and found.latest:
            assert found.earliest <= found.latest
            assert found.earliest <= found.best <= found.latest
    assert len(find_stated_days(text, tz=BRUSSELS)) <= 8
    find_path_date(text, tz=BRUSSELS)
    infer_engine([text])
    infer_granularity([text])
    infer_reference([("2 days ago", text), (text, "today (8 November 2022)")], tz=BRUSSELS)
    answer_line({"text": text, "now": text, "tz": text, "page_date": text})
    answer_series({"observations": [{"text": text, "now": "2022-11-26T13:30:00Z"}]})


@LAWS
@given(st.lists(witnesses(), max_size=7), st.randoms(use_true_random=False))
def test_order_does_not_matter(evidence, random):
    shuffled = list(evidence)
    random.shuffle(shuffled)
    assert combine(shuffled) == combine(evidence)


@LAWS
@given(st.lists(witnesses(), max_size=7))
def test_nothing_is_lost_and_nothing_is_beyond_first_seen(evidence):
    when = combine([*evidence, first_seen(NOW)])
    assert {*when.evidence, *when.conflicts} == {*evidence, first_seen(NOW)}
    assert when.latest <= NOW
    assert when.earliest is None or when.earliest <= when.latest


@LAWS
@given(st.lists(witnesses(), max_size=7))
def test_seeing_again_changes_nothing(evidence):
    when = observe(None, evidence)
    again = observe(when, (*when.evidence, *when.conflicts))
    assert observe(again, (*again.evidence, *again.conflicts)) == again


@LAWS
@given(st.lists(witnesses(), min_size=1, max_size=7))
def test_a_shorter_list_says_the_same(evidence):
    agreeing = combine(evidence).evidence
    whole, short = combine(agreeing), observe(None, agreeing)
    assert (short.earliest, short.latest, short.best) == (whole.earliest, whole.latest, whole.best)


MEGABYTES = [
    "1 ",
    "on 1 ",
    "today (",
    "8 November 2022 ",
    "1:",
    "\n",
    "ﷺ",
    "\u200b",
    "/2022/",
    "A, ",
    "3 днів ",
]


@pytest.mark.parametrize("piece", MEGABYTES)
def test_a_megabyte_of_anything_is_quick(piece):
    text = piece * (1_000_000 // len(piece))
    find_stated_days("on 8 November 2022", tz=BRUSSELS)  # compiled before the clock runs
    begin = perf_counter()
    read_date(text, now=HERE, tz=BRUSSELS)
    find_stated_days(text, tz=BRUSSELS)
    find_path_date(text, tz=BRUSSELS)
    assert perf_counter() - begin < 0.5  # ten times what it takes, for a busy machine
