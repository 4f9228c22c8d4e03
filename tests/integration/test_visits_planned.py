"""Which pages of items a cycle goes to."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.polling import MOST_VISITS, plan
from schedules.sources import Source
from storage.archive import Archive
from storage.visits import Haste, Visit, load_due

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


def test_only_what_was_visited_before_its_update_is_visited_sooner(tmp_path):
    later = NOW + timedelta(days=30)
    visited = replace(PAGE, visited_at=NOW, due_at=later)
    pages = {
        "outdated": visited,
        "current": replace(visited, visited_at=NOW + timedelta(hours=3)),
        "never": replace(PAGE, due_at=later),
        "failing": replace(visited, failures=2, error="It is not there."),
        "due": replace(visited, due_at=NOW),
    }
    pages = {name: replace(page, url=f"https://pier.example/{name}") for name, page in pages.items()}
    soon = NOW + timedelta(hours=2)
    urls = [*(page.url for page in pages.values()), "https://pier.example/new"]
    wanted = [Haste(url=url, updated_at=soon, due_at=soon) for url in urls]
    with Archive.create(tmp_path) as archive, archive.noting("test") as entries:
        entries.set_visits(pages.values())
        entries.hasten_visits(
            [*wanted, Haste(url="https://pier.example/new", updated_at=soon, due_at=soon)]
        )
        due = load_due(entries.cursor.connection, ["pier"], later, 9)
    moved = {page.url.rpartition("/")[2] for page in due if page != pages[page.url.rpartition("/")[2]]}
    assert moved == {"outdated"}
    assert {page.due_at for page in due} == {soon, later, NOW}
