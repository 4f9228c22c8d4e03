"""Whatever Drupal prints, the interval read from it holds the instant it was printed for.

The printing is restated here from its sources, field by field as PHP does it, and shares no code with
what reads it: timelib's `timelib_diff` as in PHP 8.1 and later and as in PHP before it, and Drupal's
`formatDiff` and `formatInterval`.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.dates import combine, parse_relative
from parsers.model import Ref

DAY = 86_400
LAWS = settings(derandomize=True, max_examples=100, deadline=None)

ZONES = [
    "Europe/Brussels",
    "UTC",
    "America/New_York",
    "Europe/Kyiv",
    "Asia/Kolkata",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Pacific/Auckland",
    "America/Los_Angeles",
    "Asia/Tehran",
]


def fields(at: int, zone: str) -> tuple[list[int], int, bool]:
    local = datetime.fromtimestamp(at, ZoneInfo(zone))
    offset = local.utcoffset()
    assert offset is not None
    parts = [local.year, local.month, local.day, local.hour, local.minute, local.second]
    return parts, int(offset.total_seconds()), bool(local.dst())


def _search(at: int, zone: str) -> tuple[int, int]:
    _, offset, summer = fields(at, zone)
    later = at
    for _ in range(60):
        earlier = later - 7 * DAY
        _, other, other_summer = fields(earlier, zone)
        if (other, other_summer) != (offset, summer):
            low, high = earlier, later
            while high - low > 1:
                middle = (low + high) // 2
                _, o, s = fields(middle, zone)
                low, high = (low, middle) if (o, s) == (offset, summer) else (middle, high)
            return high, offset
        later = earlier
    return -(10**12), offset


def normalize(parts: list[int], base: list[int], invert: bool) -> list[int]:
    y, m, d, h, i, s = parts
    i, s = i + s // 60, s % 60
    h, i = h + i // 60, i % 60
    d, h = d + h // 24, h % 24
    y, m = y + m // 12, m % 12
    year, month = base[0], base[1]
    while d < 0:
        if not invert:
            year, month = (year - 1, 12) if month == 1 else (year, month - 1)
        d += monthrange(year, month)[1]
        m -= 1
        if invert:
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return [y + m // 12, m % 12, d, h, i, s]


def diff_modern(now: int, item: int, zone: str) -> list[int]:
    """`$now->diff($item)` of PHP 8.1 and later, both in one named zone."""
    one, z1, dst1 = fields(now, zone)
    two, z2, dst2 = fields(item, zone)
    t1, t2 = now, item
    invert = False
    if one > two:
        one, two, z1, z2, dst1, dst2, t1, t2 = two, one, z2, z1, dst2, dst1, t2, t1
        invert = True
    correction = z2 - z1
    hours, minutes = int(correction / 3600), int((correction - int(correction / 3600) * 3600) / 60)
    rt = [b - a for a, b in zip(one, two, strict=True)]
    if t2 < t1:
        flipped = abs(rt[4] * 60 + rt[5] - correction)
        rt[3], rt[4], rt[5] = flipped // 3600, flipped % 3600 // 60, flipped % 60
        invert = not invert
    rt = normalize(rt, one if invert else two, invert)
    if dst1 and not dst2:
        if t2 - t1 + correction < DAY:
            rt[3] -= hours
            rt[4] -= minutes
    elif not dst1 and dst2:
        changed, _ = _search(t2, zone)
        if (
            not (changed < t1 + DAY <= changed + correction)
            and t2 >= changed
            and (t2 - t1 + correction) % DAY > t2 - changed
        ):
            rt[3] -= hours
            rt[4] -= minutes
    elif t2 - t1 >= DAY:
        changed, offset = _search(t2 - z2, zone)
        correction = z1 - offset
        if changed - correction <= t2 < changed:
            rt[2] -= 1
            rt[3] = 24
    return rt


def diff_ancient(now: int, item: int, zone: str) -> list[int]:
    """`$now->diff($item)` of PHP before 8.1: in UTC, then corrected."""
    one, two = item, now
    _, z1, dst1 = fields(one, zone)
    _, z2, dst2 = fields(two, zone)
    correction = z2 - z1
    hours, minutes = int(correction / 3600), int((correction - int(correction / 3600) * 3600) / 60)
    f1, f2 = fields(one, "UTC")[0], fields(two, "UTC")[0]
    rt = [b - a for a, b in zip(f1, f2, strict=True)]
    if not dst1 and dst2 and two >= one + DAY - correction:
        rt[3] += hours
        rt[4] += minutes
    rt = normalize(rt, f1, invert=True)
    if dst1 and not dst2 and two >= one + DAY:
        if two < one + DAY - correction:
            rt[2] -= 1
            rt[3] = 24
        else:
            rt[3] += hours
            rt[4] += minutes
    return rt


NAMES = ["year", "month", "week", "day", "hour", "minute", "second"]


def plural(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def format_diff(rt: list[int], granularity: int) -> str:
    """Drupal's loop over the fields of a DateInterval."""
    output = ""
    for key, value in zip("ymdhis", rt, strict=True):
        if value > 0:
            if key == "d":
                printed, weeks, days = "", value // 7, value % 7
                if weeks:
                    printed = plural(weeks, "week")
                    granularity -= 1
                if (not output or weeks > 0) and granularity > 0 and days > 0:
                    printed += (" " if printed else "") + plural(days, "day")
                else:
                    granularity = 0
            else:
                name = {"y": "year", "m": "month", "h": "hour", "i": "minute", "s": "second"}[key]
                printed = plural(value, name)
            output += (" " if output and printed else "") + printed
            granularity -= 1
        elif output:
            break
        if granularity <= 0:
            break
    return output or "0 seconds"


def format_interval(age: int, granularity: int, *, skips: bool) -> str:
    output = ""
    units = [(365 * DAY, "year"), (30 * DAY, "month"), (7 * DAY, "week"), (DAY, "day"), (3600, "hour")]
    for size, name in [*units, (60, "min"), (1, "sec")]:
        if age >= size:
            number = age // size
            word = f"{number} {name}" if name in ("min", "sec") else plural(number, name)
            output += (" " if output else "") + word
            age %= size
            granularity -= 1
        elif output and not skips:
            break
        if granularity == 0:
            break
    return output or "0 sec"


DIFFS = {"drupal8": diff_modern, "drupal8_php80": diff_ancient}

nows = st.integers(946_684_800, 2_208_988_800)
ages = st.one_of(
    st.integers(1, 200_000),
    st.integers(1, 5_000_000),
    st.integers(1, 80_000_000),
    st.integers(1, 900_000_000),
)
granularities = st.integers(1, 7)


def changes_of(zone: str, year: int) -> list[int]:
    begin = int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
    found = []
    for week in range(53):
        low, high = begin + week * 7 * DAY, begin + (week + 1) * 7 * DAY
        if fields(low, zone)[1] != fields(high, zone)[1]:
            found.append(_search(high, zone)[0])
    return found


def read(text: str, now: int, zone: str, engine: str | None, granularity: int | None) -> tuple[int, int]:
    at = datetime.fromtimestamp(now, UTC)
    ref = Ref(earliest=at, latest=at, source="test")
    when = parse_relative(text, ref, tz=ZoneInfo(zone), granularity=granularity, engine=engine)
    assert when is not None, text
    assert when.earliest is not None
    assert when.latest is not None, text
    return int(when.earliest.timestamp()), int(when.latest.timestamp())


@LAWS
@given(nows, ages, st.sampled_from(ZONES), granularities, st.sampled_from(sorted(DIFFS)))
def test_the_interval_holds_the_instant(
    now: int, age: int, zone: str, granularity: int, engine: str
) -> None:
    text = format_diff(DIFFS[engine](now, now - age, zone), granularity) + " ago"
    for told in (granularity, None):
        for read_as in (engine, "drupal8_php_unknown"):
            low, high = read(text, now, zone, read_as, told)
            assert low <= now - age <= high, (text, low, now - age, high)


@LAWS
@given(
    st.integers(2000, 2037),
    st.integers(0, 3),
    st.integers(-30 * 3600, 30 * 3600),
    ages,
    st.sampled_from(ZONES),
    granularities,
    st.sampled_from(sorted(DIFFS)),
)
def test_it_does_around_changes_of_the_clock(
    year: int, which: int, shift: int, age: int, zone: str, granularity: int, engine: str
) -> None:
    changes = changes_of(zone, year) or [int(datetime(year, 3, 1, tzinfo=UTC).timestamp())]
    now = changes[which % len(changes)] + shift
    if age % 5 == 0:
        age = age % (3 * DAY) + 1
    text = format_diff(DIFFS[engine](now, now - age, zone), granularity) + " ago"
    low, high = read(text, now, zone, engine, granularity)
    assert low <= now - age <= high, (text, low, now - age, high)


@LAWS
@given(nows, ages, granularities, st.booleans())
def test_the_interval_of_fixed_units_is_exact(now: int, age: int, granularity: int, skips: bool) -> None:
    text = format_interval(age, granularity, skips=skips)
    engine = "drupal7_interval" if skips else "drupal8_interval"
    low, high = read(text + " ago", now, "UTC", engine, granularity)
    assert low <= now - age <= high
    for inside in (now - low, now - high):
        assert format_interval(inside, granularity, skips=skips) == text
    for outside in (now - low + 1, now - high - 1):
        assert outside < 1 or format_interval(outside, granularity, skips=skips) != text


@LAWS
@given(nows, ages, st.sampled_from(ZONES), st.integers(1, 3), st.sampled_from(sorted(DIFFS)))
def test_both_ends_print_the_phrase_too(
    now: int, age: int, zone: str, granularity: int, engine: str
) -> None:
    """No interval is wider than what prints so: its own ends do."""
    text = format_diff(DIFFS[engine](now, now - age, zone), granularity)
    low, high = read(text + " ago", now, zone, engine, granularity)
    if zone != "Australia/Lord_Howe":  # half an hour taken off the minutes is read with a margin
        assert format_diff(DIFFS[engine](now, low, zone), granularity) == text
        assert format_diff(DIFFS[engine](now, high, zone), granularity) == text


@LAWS
@given(nows, ages, st.integers(0, 400_000), st.sampled_from(ZONES), st.integers(1, 4))
def test_an_interval_of_nows_gives_the_union(
    now: int, age: int, width: int, zone: str, granularity: int
) -> None:
    at = now + width // 3
    text = format_diff(diff_modern(at, at - age, zone), granularity) + " ago"
    ref = Ref(
        earliest=datetime.fromtimestamp(now, UTC),
        latest=datetime.fromtimestamp(now + width, UTC),
        source="test",
    )
    when = parse_relative(text, ref, tz=ZoneInfo(zone), granularity=granularity, engine="drupal8")
    assert when is not None
    assert when.earliest is not None
    assert when.latest is not None
    assert when.earliest <= datetime.fromtimestamp(at - age, UTC) <= when.latest


@LAWS
@given(nows, ages, st.lists(st.integers(1, 3 * DAY), min_size=2, max_size=8), st.sampled_from(ZONES))
def test_sightings_only_narrow_and_never_lose_the_truth(
    now: int, age: int, gaps: list[int], zone: str
) -> None:
    item = now - age
    witnesses = []
    width = timedelta.max
    for gap in gaps:
        now += gap
        text = format_diff(diff_modern(now, item, zone), 2) + " ago"
        at = datetime.fromtimestamp(now, UTC)
        when = parse_relative(
            text,
            Ref(earliest=at, latest=at, source="test"),
            tz=ZoneInfo(zone),
            granularity=2,
            engine="drupal8",
        )
        assert when is not None
        witnesses += when.evidence
        whole = combine(witnesses)
        assert whole.earliest is not None
        assert whole.latest is not None
        assert whole.earliest <= datetime.fromtimestamp(item, UTC) <= whole.latest
        assert not whole.conflicts
        assert whole.latest - whole.earliest <= width
        width = whole.latest - whole.earliest


@pytest.mark.parametrize(
    ("now", "item", "zone", "expected"),
    [
        ("2021-03-01T12:00", "2021-01-31T12:00", "UTC", [0, 1, 1, 0, 0, 0]),
        ("2021-02-28T12:00", "2020-02-29T12:00", "UTC", [0, 11, 28, 0, 0, 0]),
        ("2022-06-30T12:00", "2022-05-31T12:00", "UTC", [0, 0, 30, 0, 0, 0]),
    ],
)
def test_the_restatement_agrees_with_php(now: str, item: str, zone: str, expected: list[int]) -> None:
    """Worked examples from real PHP, lest the restatement and the reader err alike."""
    at, then = (int(datetime.fromisoformat(text + "+00:00").timestamp()) for text in (now, item))
    assert diff_modern(at, then, zone) == expected
    assert diff_ancient(at, then, zone) == expected
