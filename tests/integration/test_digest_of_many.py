"""A digest asks only for what may belong to it, and holds what it would if it had asked for everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from aggregator.config import DigestSettings
from aggregator.delivery import compose
from aggregator.render.digest import PERIODS, select
from parsers.model import When
from storage.archive import Archive
from tests.archive_cases import make_aliases, make_capture, make_item, see

DAY = timedelta(days=1)
MIDDLE = datetime(2022, 11, 8, 12, tzinfo=UTC)
NOW = MIDDLE + 40 * DAY
LENGTHS = (timedelta(0), DAY / 24, *(days * DAY for days in (1, 3, 20, 32, 33, 90, 900)))


def make_when(draw: Random) -> When:
    start = MIDDLE + timedelta(minutes=draw.randrange(-90 * 1440, 90 * 1440))
    if draw.random() < 0.1:
        return When(earliest=None, latest=start, best=None, precision="bound")
    end = start + draw.choice(LENGTHS)
    return When(earliest=start, latest=end, best=start, precision="range")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    draw = Random(7)
    capture = make_capture(0)
    items = []
    for number in range(600):
        event = make_when(draw) if number % 7 == 0 else None
        seen = MIDDLE + timedelta(minutes=draw.randrange(-60 * 1440, 60 * 1440))
        item = make_item(number, kind="event" if event else "news", event=event, first_seen=seen)
        items.append(replace(item, published=make_when(draw), last_seen=max(seen, item.last_seen)))
    with Archive.create(tmp_path_factory.mktemp("many")) as archive:
        with archive.writing("test") as writer, writer.transaction():
            capture_id = writer.add_capture(capture)
            writer.put_many(
                [see(item, capture_id, capture, make_aliases(n)) for n, item in enumerate(items)]
            )
        yield archive


PLAIN = ["", "winter", "kind:news", "-kind:news", "speaker:nobody"]
QUERIES = [*PLAIN, "after:2022-11-07", "seen:2022-11", "certain:yes"]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("period", PERIODS)
def test_it_holds_what_it_would_hold_if_every_item_were_looked_at(archive, period, query):
    wanted = DigestSettings(name="all", period=period, query=query)
    zone = ZoneInfo(archive.zone)
    sizes = []
    for on in (date(2022, 10, 30), date(2022, 11, 8), date(2022, 12, 1), date(1, 1, 1), date(9999, 12, 31)):
        everything = archive.select(query, now=NOW)
        expected = select(everything, period, on, zone, title="all", offices=archive.register.office_names)
        assert compose(archive, wanted, on, NOW) == expected
        sizes.append(expected.size)
    assert any(sizes) or "nobody" in query
