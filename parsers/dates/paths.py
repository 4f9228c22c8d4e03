"""The date in an address: `/2025/11/14/slug`, `s030918a.htm`."""

from __future__ import annotations

import re
from datetime import tzinfo

from parsers.dates.written import Written, day_number, span_of
from parsers.dates.zones import instant
from parsers.model import Evidence, Strength

_MOST = 2_048
_FOLDERS = re.compile(r"(?<![\d])((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=$|[/?#._-])")
_FILE = re.compile(r"(?:^|/)[a-z]{1,3}(\d\d)-?(\d\d)(\d\d)[a-z]{0,3}\.(?:html?|pdf|txt)(?=$|[?#])")
_MONTH_FILE = re.compile(
    r"/((?:19|20)\d\d)/(\d\d)-[a-z]+/[a-z](\d\d)(\d\d)[a-z]{0,3}\.(?:html?|pdf|txt)(?=$|[?#])"
)
_BARE_FILE = re.compile(r"(?:^|/)(?:[a-z0-9-]*[-_])?((?:19|20)\d\d)[-_]?(\d\d)[-_]?(\d\d)(?=[-_./?#]|$)")


def find_path_date(url: str, *, tz: tzinfo) -> Evidence | None:
    """The day an address names, as a witness of publication.

    Args:
        url: An address or its path; at most 2,048 characters are read.
        tz: The zone the day is counted in.

    Returns:
        Evidence of kind `path`, or None when the address names no day.
    """
    found = read_path(url)
    if found is None:
        return None
    low, high = span_of(found, tz)
    return Evidence(
        kind="path",
        raw=url[:_MOST],
        where="url",
        earliest=instant(low),
        latest=instant(high),
        rule=found.rule,
        strength=Strength.PATH,
    )


def read_path(url: str) -> Written | None:
    """The day an address names."""
    path = url[:_MOST].lower()
    if (found := _FOLDERS.search(path)) and (number := _day(found[1], found[2], found[3])):
        return Written(number, number, "folders")
    if (found := _MONTH_FILE.search(path)) and found[2] == found[3]:
        number = _day(found[1], found[3], found[4])
        return Written(number, number, "file name") if number else None
    if found := _FILE.search(path):
        year = int(found[1])
        number = _day(str(year + (1900 if year >= 49 else 2000)), found[2], found[3])
        return Written(number, number, "file name") if number else None
    if (found := _BARE_FILE.search(path)) and (number := _day(found[1], found[2], found[3])):
        return Written(number, number, "name")
    return None


def _day(year: str, month: str, day: str) -> int | None:
    return day_number(int(year), int(month), int(day))
