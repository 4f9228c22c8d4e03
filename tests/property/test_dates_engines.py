"""Whatever an engine prints, the interval read from it holds the instant it was printed for.

The printing of each engine is restated here from its published source and shares no code with what
reads it.
"""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.dates import parse_relative
from parsers.model import Ref

DAY = 86_400
LAWS = settings(derandomize=True, max_examples=100, deadline=None)


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def rounded(value: float) -> int:
    """Half up, as PHP, Ruby and JavaScript round what is not negative."""
    return floor(value + 0.5)


def wordpress(now: int, item: int) -> str:
    diff = now - item
    tiers = [
        (60, 1, "sec"),
        (3600, 60, "min"),
        (DAY, 3600, "hour"),
        (7 * DAY, DAY, "day"),
        (30 * DAY, 7 * DAY, "week"),
        (365 * DAY, 30 * DAY, "month"),
        (10**12, 365 * DAY, "year"),
    ]
    size, name = next((size, name) for limit, size, name in tiers if diff < limit)
    number = max(rounded(diff / size), 1)
    return f"{number} {name}{'' if number == 1 else 's'} ago"


def rails(now: int, item: int, *, include_seconds: bool = False) -> str:
    minutes = rounded((now - item) / 60)
    seconds = now - item

    def words(pattern: str, unit: str, number: int) -> str:
        return f"{pattern} {number} {unit}{'' if number == 1 else 's'} ago".strip()

    if minutes <= 1:
        if not include_seconds:
            return "less than a minute ago" if minutes == 0 else "1 minute ago"
        for limit, text in (
            (5, "less than 5 seconds ago"),
            (10, "less than 10 seconds ago"),
            (20, "less than 20 seconds ago"),
            (40, "half a minute ago"),
            (60, "less than a minute ago"),
        ):
            if seconds < limit:
                return text
        return "1 minute ago"
    if minutes < 45:
        return words("", "minute", minutes)
    if minutes < 90:
        return words("about", "hour", 1)
    if minutes < 1440:
        return words("about", "hour", rounded(minutes / 60))
    if minutes < 2520:
        return words("", "day", 1)
    if minutes < 43200:
        return words("", "day", rounded(minutes / 1440))
    if minutes < 86400:
        return words("about", "month", rounded(minutes / 43200))
    if minutes < 525600:
        return words("", "month", rounded(minutes / 43200))
    return rails_years(at(item), at(now), minutes, words)


def rails_years(item: datetime, now: datetime, minutes: int, words: object) -> str:
    first = item.year + (1 if item.month >= 3 else 0)
    last = now.year - (1 if now.month < 3 else 0)
    leaps = sum(calendar.isleap(year) for year in range(first, last + 1))
    years, rest = divmod(minutes - leaps * 1440, 525600)
    if rest < 131400:
        return words("about", "year", years)  # type: ignore[operator]
    if rest < 394200:
        return words("over", "year", years)  # type: ignore[operator]
    return words("almost", "year", years + 1)  # type: ignore[operator]


def timeago_js(now: int, item: int) -> str:
    diff: float = now - item
    steps = [60, 60, 24, 7, 365 / 7 / 12, 12]
    index = 0
    while index < len(steps) and diff >= steps[index]:
        diff /= steps[index]
        index += 1
    number = floor(diff)
    if index == 0 and number <= 9:
        return "just now"
    name = ["second", "minute", "hour", "day", "week", "month", "year"][index]
    return f"{number} {name}{'' if number == 1 else 's'} ago"


def add_months(when: datetime, months: int) -> datetime:
    index = when.year * 12 + when.month - 1 + months
    year, month = divmod(index, 12)
    return when.replace(
        year=year, month=month + 1, day=min(when.day, calendar.monthrange(year, month + 1)[1])
    )


def moment(now: int, item: int) -> str:
    base, other = at(item), at(now)
    months = other.month - base.month + (other.year - base.year) * 12
    if add_months(base, months) > other:
        months -= 1
    milliseconds = (other - add_months(base, months)).total_seconds() * 1000
    days = milliseconds / 864e5
    whole_days = rounded(months * 146097 / 4800)
    seconds = rounded((whole_days + days) * DAY)
    minutes, hours = rounded((whole_days + days) * 1440), rounded((whole_days + days) * 24)
    in_months = months + days * 4800 / 146097
    return moment_words(
        seconds, minutes, hours, rounded(whole_days + days), rounded(in_months), rounded(in_months / 12)
    )


def moment_words(seconds: int, minutes: int, hours: int, days: int, months: int, years: int) -> str:
    ladder = [
        (seconds <= 44, "a few seconds"),
        (minutes <= 1, "a minute"),
        (minutes < 45, f"{minutes} minutes"),
        (hours <= 1, "an hour"),
        (hours < 22, f"{hours} hours"),
        (days <= 1, "a day"),
        (days < 26, f"{days} days"),
        (months <= 1, "a month"),
        (months < 11, f"{months} months"),
        (years <= 1, "a year"),
    ]
    return next((words for holds, words in ladder if holds), f"{years} years") + " ago"


def dayjs_months(a: datetime, b: datetime) -> float:
    if a.day < b.day:
        return -dayjs_months(b, a)
    whole = (b.year - a.year) * 12 + (b.month - a.month)
    anchor = add_months(a, whole)
    before = b < anchor
    other = add_months(a, whole + (-1 if before else 1))
    return -(whole + (b - anchor) / (anchor - other if before else other - anchor))


def dayjs(now: int, item: int) -> str:
    age = now - item
    months = dayjs_months(at(now), at(item))
    values = {"second": age, "minute": age / 60, "hour": age / 3600, "day": age / DAY}
    values |= {"month": months, "year": months / 12}
    ladder = [
        ("s", 44, "second", "a few seconds"),
        ("m", 89, "", "a minute"),
        ("mm", 44, "minute", "%d minutes"),
        ("h", 89, "", "an hour"),
        ("hh", 21, "hour", "%d hours"),
        ("d", 35, "", "a day"),
        ("dd", 25, "day", "%d days"),
        ("M", 45, "", "a month"),
        ("MM", 10, "month", "%d months"),
        ("y", 17, "", "a year"),
        ("yy", None, "year", "%d years"),
    ]
    result = 0.0
    for index, (_, limit, unit, _) in enumerate(ladder):
        if unit:
            result = values[unit]
        number = rounded(abs(result))
        if limit is None or number <= limit:
            words = ladder[index - 1 if number <= 1 and index > 0 else index][3]
            return words.replace("%d", str(number)) + " ago"
    raise AssertionError


def plural(number: int, name: str) -> str:
    return f"{number}\u00a0{name}{'' if number == 1 else 's'}"


def joined(parts: list[int]) -> str:
    names = ["year", "month", "week", "day", "hour", "minute"]
    start = next((index for index, part in enumerate(parts) if part), None)
    if start is None:
        return "0\u00a0minutes"
    shown = []
    for index in range(start, min(start + 2, 6)):
        if not parts[index]:
            break
        shown.append(plural(parts[index], names[index]))
    return ", ".join(shown)


def timesince_old(now: int, item: int) -> str:
    age, parts = now - item, []
    for size in (365 * DAY, 30 * DAY, 7 * DAY, DAY, 3600, 60):
        parts.append(age // size)
        age %= size
    return joined(parts)


def timesince_new(now: int, item: int) -> str:
    since, until = at(item), at(now)
    months = (until.year - since.year) * 12 + until.month - since.month
    if since.day > until.day or (since.day == until.day and since.time() > until.time()):
        months -= 1
    pivot = since
    if months:
        index = since.year * 12 + since.month - 1 + months
        year, month = index // 12, index % 12 + 1
        longest = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        pivot = since.replace(year=year, month=month, day=min(longest, since.day))
    rest = int((until - pivot).total_seconds())
    parts = [months // 12, months % 12]
    for size in (7 * DAY, DAY, 3600, 60):
        parts.append(rest // size)
        rest %= size
    return joined(parts)


def naturaltime(now: int, item: int, timesince: object) -> str:
    age = now - item
    if age >= DAY:
        return timesince(now, item) + " ago"  # type: ignore[operator]
    if age == 0:
        return "now"
    for size, one, many in (
        (3600, "an hour", "hours"),
        (60, "a minute", "minutes"),
        (1, "a second", "seconds"),
    ):
        if age >= size:
            return (one if age // size == 1 else f"{age // size}\u00a0{many}") + " ago"
    raise AssertionError


PRINTERS = {
    "wordpress": [wordpress],
    "rails": [rails, lambda now, item: rails(now, item, include_seconds=True)],
    "timeago_js": [timeago_js],
    "moment": [moment],
    "dayjs": [dayjs],
    "django_naturaltime": [
        lambda now, item: naturaltime(now, item, timesince_old),
        lambda now, item: naturaltime(now, item, timesince_new),
    ],
}
LOOSEST = {
    "wordpress": 1.0,
    "rails": 1.0,
    "timeago_js": 1.0,
    "moment": 1.0,
    "dayjs": 1.2,
    "django_naturaltime": 2.2,
}
"""Width over the tightest possible, at most; the two ages of Django print different things alike."""

nows = st.integers(946_684_800, 2_208_988_800)
ages = st.one_of(
    st.integers(1, 200), st.integers(1, 200_000), st.integers(1, 8_000_000), st.integers(1, 600_000_000)
)
printings = st.sampled_from(
    [(name, index) for name, found in PRINTERS.items() for index in range(len(found))]
)


def read(text: str, now: int, engine: str | None) -> tuple[int, int]:
    ref = Ref(earliest=at(now), latest=at(now), source="test")
    when = parse_relative(text, ref, tz=UTC, engine=engine)
    assert when is not None, text
    assert when.earliest is not None, text
    assert when.latest is not None, text
    assert engine is None or when.evidence[0].rule == engine, (text, when.evidence[0].rule)
    return int(when.earliest.timestamp()), int(when.latest.timestamp())


@LAWS
@given(nows, ages, printings)
def test_the_interval_holds_the_instant(now: int, age: int, printing: tuple[str, int]) -> None:
    engine, index = printing
    text = PRINTERS[engine][index](now, now - age)
    for read_as in (engine, None):
        low, high = read(text, now, read_as)
        assert low <= now - age <= high, (text, read_as, now - high, age, now - low)


def tightest(printer: object, text: str, now: int, item: int) -> tuple[int, int]:
    """The ends of the stretch around an instant that prints alike, by bisection."""
    ends = []
    for step in (-1, 1):
        inside, width = item, 60
        while inside + step * width <= now and printer(now, inside + step * width) == text:  # type: ignore[operator]
            inside += step * width
            width *= 2
        while width >= 1:
            beyond = inside + step * width
            if beyond <= now and printer(now, beyond) == text:  # type: ignore[operator]
                inside = beyond
            else:
                width //= 2
        ends.append(inside)
    return ends[0], ends[1]


@LAWS
@given(nows, ages, st.sampled_from(sorted(PRINTERS)))
def test_no_interval_is_wider_than_its_rule(now: int, age: int, engine: str) -> None:
    printer = PRINTERS[engine][0]
    text = printer(now, now - age)
    low, high = read(text, now, engine)
    first, last = tightest(printer, text, now, now - age)
    slack = 0 if engine != "rails" else 30  # "less than a minute" and "1 minute" with and without seconds
    assert high - low + 1 <= (last - first + 1) * LOOSEST[engine] + slack, (text, now - low, now - first)


@pytest.mark.parametrize(
    "text", ["in 3 hours", "3 hours from now", "dans 3 heures", "через 3 часа", "за 3 години"]
)
def test_the_future_lies_ahead(text: str) -> None:
    now = 1_700_000_000
    low, high = read(text, now, None)
    assert low <= now + 3 * 3600 <= high
    assert low > now


def test_every_engine_is_tried_here() -> None:
    assert timedelta(seconds=rounded(0.5)) == timedelta(seconds=1)
    assert moment(1_700_000_000, 1_700_000_000 - 45) == "a minute ago"
    assert dayjs(1_700_000_000, 1_700_000_000 - 30 * DAY) == "a month ago"
    assert wordpress(1_700_000_000, 1_700_000_000 - 10) == "10 secs ago"
