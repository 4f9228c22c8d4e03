"""Copies elsewhere are observations of one item, and what only looks alike is not: in a real archive."""

import pytest

from parsers.model import Alias, Detail
from storage.archive import Archive
from storage.verify import verify
from tests.identity_cases import OTHER, TEXT, entry, items_of, tell, tell_page, told


@pytest.fixture
def archive(tmp_path):
    with Archive.create(tmp_path / "archive") as opened:
        yield opened
        assert verify(opened) == ()


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda text: text, "copy"),
        (lambda text: text.replace("further", "more"), "near_copy"),
        (lambda text: f"OSLO, 26 November – {text}", "near_copy"),
        (lambda text: f"{text}\nRead more", "near_copy"),
        (lambda text: text.rpartition(" A second")[0], "near_copy"),
    ],
)
def test_a_copy_elsewhere_is_an_observation_of_the_item_and_on_record(archive, edit, reason):
    tell(archive, "home", [entry()], 0)
    before = items_of(archive)[0]
    for hour in (1, 2, 3):
        tally = tell(
            archive, "mirror", [entry("https://mirror.example/x", text=edit(TEXT), guid="m1")], hour
        )
        assert (len(tally.new), tally.merged) == (0, int(hour == 1))
    (after,) = items_of(archive)
    assert told(after) == told(before)
    assert (after.revision, after.edited) == (1, False)
    assert {one.source_id for one in after.observations} == {"home", "mirror"}
    (merge,) = archive.merges()
    assert (merge.item_id, merge.source_id, merge.reason) == (after.id, "mirror", reason)
    assert (merge.score == 1.0) is (reason == "copy")
    assert (
        archive.find([Alias(scheme="copy", scope="", value="https://mirror.example/x")])[0].id == after.id
    )


@pytest.mark.parametrize(
    "change",
    [
        {"day": "3 December 2022"},
        {"text": TEXT.replace("engineers", "Engineers of Falk & Co").replace("week", "month").upper()},
        {"text": OTHER},
        {"title": "Partners meet in Rome"},
    ],
)
def test_what_differs_in_its_date_or_facts_is_another_item(archive, change):
    tell(archive, "home", [entry(text=TEXT.replace("the towns", "40 towns in Adorf"))], 0)
    other = {"text": TEXT.replace("the towns", "60 towns in Bedorf"), **change}
    tell(archive, "mirror", [entry("https://mirror.example/x", **other)], 1)
    assert len(items_of(archive)) == 2
    assert archive.merges() == ()


def test_a_copy_under_another_address_of_the_same_feed_is_one_item_and_never_rewrites_it(archive):
    feed = [
        entry("https://home.example/1", guid="a"),
        entry("https://home.example/1?id=77", guid="b", text=TEXT.replace("further", "more")),
    ]
    for hour in range(4):
        tell(archive, "home", feed, hour)
    (item,) = items_of(archive)
    assert (item.url, item.revision, item.edited) == ("https://home.example/1", 1, False)


def test_a_series_of_one_site_is_never_one_item(archive):
    days = [f"{day} November 2022" for day in range(20, 27)]
    for hour, day in enumerate(days):
        tell(archive, "home", [entry(f"https://home.example/{hour}", title="Daily report", day=day)], hour)
    assert len(items_of(archive)) == len(days)


def test_a_copy_that_is_rewritten_goes_its_own_way(archive):
    tell(archive, "home", [entry()], 0)
    copy = entry("https://mirror.example/x", guid="m1")
    tell(archive, "mirror", [copy], 1)
    tell(archive, "mirror", [{**copy, "text": OTHER}], 2)
    tell(archive, "mirror", [{**copy, "text": OTHER}], 3)
    home, mirror = items_of(archive)
    assert (home.text, mirror.text, mirror.url) == (TEXT, OTHER, "https://mirror.example/x")


def test_the_page_of_a_copy_is_the_item_too(archive):
    tell(archive, "home", [entry(detail="TEASER")], 0)
    tell(archive, "mirror", [entry("https://mirror.example/x", detail="TEASER")], 1)
    page = entry("https://mirror.example/x", text=f"{TEXT}\n{OTHER}")
    tell_page(archive, "mirror", page, 2)
    (item,) = items_of(archive)
    assert (item.text, item.detail) == (TEXT, Detail.TEASER)


@pytest.mark.parametrize("order", [("home", "mirror"), ("mirror", "home")])
def test_the_order_of_two_sources_does_not_change_what_is_one_item(archive, order):
    of = {
        "home": [entry(), entry("https://home.example/2", title="A ship arrives", text=OTHER)],
        "mirror": [entry("https://mirror.example/x", text=TEXT.replace("further", "more"))],
    }
    for hour, source in enumerate(order):
        tell(archive, source, of[source], hour)
    groups = [{one.source_id for one in item.observations} for item in items_of(archive)]
    assert sorted(map(sorted, groups)) == [["home"], ["home", "mirror"]]
