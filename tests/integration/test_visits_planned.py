"""Which pages of items a cycle goes to."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.polling import MOST_VISITS, plan
from schedules.sources import Source
from storage.archive import Archive
from storage.visits import Visit

NOW = datetime(2025, 11, 20, 12, tzinfo=UTC)
PAGE = Visit(url="https://pier.example/0", source_id="pier", item_id="a" * 16, planned_at=NOW, due_at=NOW)


def test_a_source_of_many_pages_keeps_no_other_from_its_own(tmp_path):
    many = [replace(PAGE, url=f"https://pier.example/{n}") for n in range(2 * MOST_VISITS)]
    older = replace(PAGE, source_id="quay", planned_at=NOW - timedelta(days=1))
    few = [replace(older, url=f"https://quay.example/{n}") for n in range(5)]
    sources = [
        Source(id=name, url=f"https://{name}.example/", details=name != "lock")
        for name in ("pier", "lock", "quay")
    ]
    with Archive.create(tmp_path) as archive:
        with archive.writing("test") as writer, writer.transaction():
            writer.add_visits([*many, *few])
        polls = plan(archive, sources, NOW, visiting=True)
        assert Counter(poll.source.id for poll in polls) == {"pier": MOST_VISITS - 5, "quay": 5}
        assert plan(archive, sources, NOW - timedelta(hours=1), visiting=True) == []
