"""One thing is one item, and nobody writes into another's: entries of several sources in a real archive."""

from dataclasses import replace

import pytest

from storage.archive import Archive
from storage.verify import verify
from tests.identity_cases import OTHER, TEXT, entry, items_of, tell, tell_page

LIE = {"title": "Everything is called off", "text": "All of it was false. " * 20, "day": "1 May 2020"}


@pytest.fixture
def archive(tmp_path):
    with Archive.create(tmp_path / "archive") as opened:
        yield opened
        assert verify(opened) == ()


# Names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lie",
    [
        {"url": "https://home.example/1", "guid": "g1"},
        {"url": "https://home.example/1", "guid": "evil"},
        {"url": "https://evil.example/1", "guid": "g1"},
        {"url": "", "guid": "g1"},
        {"url": "https://home.example/1", "detail": "PAGE", "byline": "By nobody", "event": "1 May 2030"},
    ],
)
@pytest.mark.parametrize("first", ["home", "evil"])
def test_a_hostile_feed_changes_nothing_of_anothers_item(archive, lie, first):
    truth, false = [entry(guid="g1")], [{**entry(), **LIE, **lie}]
    turns = [("home", truth), ("evil", false)] if first == "home" else [("evil", false), ("home", truth)]
    hour = 0
    for _ in range(3):
        for source, entries in turns:
            tell(archive, source, entries, hour)
            hour += 1
    (item,) = [item for item in items_of(archive) if item.url == "https://home.example/1"]
    assert (item.title, item.text, item.byline, item.event) == ("Partners meet in Oslo", TEXT, "", None)
    assert (
        item.published.earliest.date().isoformat()
        <= "2022-11-26"
        <= item.published.latest.date().isoformat()
    )
    assert not item.edited


def test_a_feed_that_first_claims_an_address_for_its_own_item_does_not_get_what_comes_there(archive):
    tell(archive, "evil", [entry("https://evil.example/1", guid="e", text=OTHER)], 0)
    tell(archive, "evil", [entry("https://home.example/1", guid="e", text=OTHER)], 1)
    tell(archive, "home", [entry(guid="g1")], 2)
    tell(archive, "evil", [{**entry("https://home.example/1", guid="e"), **LIE}], 3)
    (mine,) = [item for item in items_of(archive) if item.url == "https://home.example/1"]
    assert (mine.text, mine.owner) == (TEXT, "home")


def test_a_stranger_who_lists_an_item_cannot_give_it_his_words_to_be_known_by(archive):
    tell(archive, "home", [entry()], 0)
    tell(archive, "evil", [entry(text=OTHER, title="A ship arrives", guid="e")], 1)
    tell(archive, "third", [entry("https://third.example/9", text=OTHER, title="A ship arrives")], 2)
    assert [item.text for item in items_of(archive)] == [TEXT, OTHER]


def test_another_feed_listing_the_same_address_is_recorded_once(archive):
    tell(archive, "home", [entry()], 0)
    for hour in (1, 2):
        tell(archive, "wire", [entry("http://home.example/1?utm_source=wire", guid="w")], hour)
    assert [(one.source_id, one.reason) for one in archive.merges()] == [("wire", "url")]
    assert len(items_of(archive)) == 1


def test_one_link_used_for_all_entries_makes_an_item_of_each(archive):
    link = "https://home.example/latest"
    tell(archive, "home", [entry(link, guid="1", day="25 November 2022")], 0)
    tell(archive, "home", [entry(link, guid="2", title="A ship arrives", text=OTHER)], 24)
    tell(archive, "home", [entry(link, guid="2", title="A ship arrives", text=OTHER)], 25)
    assert sorted(item.text for item in items_of(archive)) == sorted([TEXT, OTHER])


@pytest.mark.parametrize(
    "change", [{"guid": "2"}, {"guid": "2", "title": "Partners met in Oslo today"}, {"guid": ""}]
)
def test_a_new_guid_for_the_same_address_is_the_same_item(archive, change):
    tell(archive, "home", [entry(guid="1")], 0)
    tell(archive, "home", [{**entry(), **change}], 1)
    assert len(items_of(archive)) == 1


def test_guids_that_number_the_places_in_a_feed_name_nothing(archive):
    tell(archive, "home", [entry(guid="1", day="25 November 2022")], 0)
    tell(
        archive,
        "home",
        [entry("https://home.example/2", guid="1", title="A ship arrives", text=OTHER), entry(guid="2")],
        24,
    )
    assert [item.text for item in items_of(archive)] == [TEXT, OTHER]


def test_language_versions_are_items_of_their_own_even_before_they_are_translated(archive):
    path = "https://www.nato.int/cps/en/natohq/news_1.htm?selectedLocale="
    for hour, language in enumerate(("en", "fr", "en")):
        tell(archive, "nato", [entry(path + language)], hour, url="https://www.nato.int/rss")
    assert len(items_of(archive)) == 2


def test_an_old_speech_filed_again_at_a_new_address_is_one_item_if_its_title_and_date_agree(archive):
    old = "https://www.nato.int/docu/speech/2006/s061126a.htm"
    new = "https://www.nato.int/en/news-and-events/events/transcripts/2006/11/26/speech"
    home = {"url": "https://www.nato.int/rss"}
    tell(archive, "nato", [entry(old, day="26 November 2006")], 0, **home)
    tell(archive, "nato", [entry(new, text=TEXT.replace(". ", ".\n"), day="26 November 2006")], 1, **home)
    tell(archive, "nato", [entry(new + "-2", day="26 November 2007")], 2, **home)
    assert len(items_of(archive)) == 2


@pytest.mark.parametrize(
    "fields", [{"url": ""}, {"url": "", "day": ""}, {"url": "", "text": "", "day": ""}]
)
def test_an_entry_without_link_id_or_date_is_a_stable_item(archive, fields):
    for hour in range(3):
        tell(archive, "home", [entry(**fields) | fields], hour)
    (item,) = items_of(archive)
    assert len(item.observations) == 3


# Texts ------------------------------------------------------------------------------------------


def test_a_page_that_goes_back_and_forth_has_two_revisions(archive):
    edited = TEXT.replace("mend the lines", "mend all the lines")
    for hour in range(8):
        tell_page(archive, "home", entry(text=edited if hour % 2 else TEXT), hour)
    (item,) = items_of(archive)
    assert item.text == edited
    assert [(one.number, one.text) for one in item.revisions] == [(1, TEXT), (2, edited)]
    assert item.edited
    third = TEXT.replace("mend the lines", "mend every line")
    tell_page(archive, "home", entry(text=TEXT), 8)
    tell_page(archive, "home", entry(text=third), 9)
    (item,) = items_of(archive)
    assert [(one.number, one.text) for one in item.revisions] == [(1, TEXT), (2, edited), (3, third)]


def test_an_older_text_that_comes_late_changes_the_item_once(archive):
    older = entry(text=TEXT.replace("mend the lines", "mend all the lines"))
    tell_page(archive, "home", entry(), 8)
    outcomes = [tell_page(archive, "home", older, 4) for _ in range(2)]
    assert [(len(one.changed), len(one.seen)) for one in outcomes] == [(1, 0), (0, 1)]
    (item,) = items_of(archive)
    assert item.text == TEXT
    assert len(archive.item(item.id).revisions) == 2


@pytest.mark.parametrize(
    "say", [tell_page, lambda archive, source, told, hour: tell(archive, source, [told], hour)]
)
def test_a_text_from_between_two_sightings_of_the_present_one_is_the_older(archive, say):
    between = entry(text=TEXT.replace("mend the lines", "mend all the lines"))
    for hour in (1, 8):
        say(archive, "home", entry(), hour)
    say(archive, "home", between, 4)
    (item,) = items_of(archive)
    assert item.text == TEXT
    assert {one.text for one in archive.item(item.id).revisions} == {TEXT, between["text"]}
    say(archive, "home", between, 9)
    assert items_of(archive)[0].text == between["text"]


def test_a_listing_that_was_seen_later_does_not_speak_for_the_page(archive):
    tell_page(archive, "home", entry(), 1)
    tell(archive, "home", [entry(text="Partners met.")], 8)
    tell_page(archive, "home", entry(text=TEXT.replace("mend the lines", "mend all the lines")), 4)
    assert "all the lines" in items_of(archive)[0].text


def test_an_entry_listed_twice_with_two_texts_keeps_both(archive):
    twice = [entry(guid="1"), entry(guid="1", text=TEXT.replace("the lines", "all lines"))]
    for hour in range(3):
        tell(archive, "home", twice, hour)
    (item,) = items_of(archive)
    assert sorted(one.text for one in item.revisions) == sorted(one["text"] for one in twice)


def test_noise_is_no_revision_but_the_update_is_recorded(archive):
    for hour, views in enumerate(("12 views", "1,234 views")):
        update = f"{26 + hour} November 2022"
        text = f"{TEXT}\nLast updated: {update} 10:0{hour}\n{views}"
        tell_page(archive, "home", entry(text=text, updated=update), hour + 24)
    (item,) = items_of(archive)
    assert (item.revision, item.edited, item.updated.earliest.day) == (1, False, 27)


def test_feed_and_page_alternating_for_ever_make_two_revisions(archive):
    page = {"text": f"{TEXT}\n{OTHER}"}
    for hour in range(0, 12, 2):
        tell(archive, "home", [entry(guid="1", text="", summary=TEXT[:90], detail="TEASER")], hour)
        tell_page(archive, "home", entry(**page), hour + 1)
    (item,) = items_of(archive)
    assert (item.revision, item.edited, item.text) == (2, False, page["text"])


def test_absorbing_the_same_again_changes_nothing(archive):
    feed = [entry(guid="1"), entry("https://home.example/2", title="A ship arrives", text=OTHER)]
    tell(archive, "home", feed, 0)
    before = items_of(archive)
    tally = tell(archive, "home", feed, 0)
    assert (tally.new, tally.changed) == ((), ())
    assert [replace(one, observations=()) for one in before] == [
        replace(one, observations=()) for one in items_of(archive)
    ]


def test_an_address_that_led_elsewhere_makes_no_other_item_of_its_own_page(archive):
    """A site that was cleared sends all readers to one page; its old pages come in afterwards."""
    shown = entry("https://home.example/news", title="All news", text="Nothing is listed here at present.")
    for number in (1, 2):
        tell(
            archive,
            "home",
            [shown | {"detail": "PAGE"}],
            number,
            listing=False,
            url=f"https://home.example/{number}",
            final_url=shown["url"],
        )
    for number in (1, 2):
        old = entry(f"https://home.example/{number}", title=f"Storm {number}", text=f"{TEXT} {number}")
        tell_page(archive, "home", old | {"day": f"{number} November 2022"}, -10)
    assert [(item.url, len(item.revisions)) for item in items_of(archive)] == [
        ("https://home.example/1", 1),
        ("https://home.example/2", 1),
        ("https://home.example/news", 1),
    ]


def test_an_address_that_led_to_the_same_document_is_known_by_it(archive):
    moved = entry("https://home.example/archive/1", title="Partners meet in Oslo")
    tell(
        archive,
        "home",
        [moved | {"detail": "PAGE"}],
        1,
        listing=False,
        url="https://home.example/1",
        final_url=moved["url"],
    )
    tell(archive, "home", [entry("https://home.example/1", text="They met.")], 2)
    tell(
        archive,
        "home",
        [entry("https://home.example/1", title="Partners met in Oslo", text="They met.")],
        3,
    )
    assert [item.url for item in items_of(archive)] == ["https://home.example/archive/1"]


ADDRESSES = [
    "https://www.nato.int/cps/en/natolive/news_7.htm",
    "https://www.nato.int/cps/en/SID-1A2B3C4D-5E6F7A8B/natolive/news_7.htm",
    "https://www.nato.int/cps/en/natohq/news_7.htm?selectedLocale=en",
    "https://nato.int/cps/en/natohq/news_7.htm?utm_source=x",
]


def test_an_edit_is_seen_at_whatever_address_the_page_is_had(archive):
    for hour, url in enumerate(ADDRESSES):
        tell_page(archive, "nato", entry(url, text=f"{TEXT} Version {hour}."), hour, trusts=("nato.int",))
    (item,) = items_of(archive)
    assert [one.text[-2:] for one in item.revisions] == ["0.", "1.", "2.", "3."]
    assert item.edited
    older = entry(ADDRESSES[0], text=f"{TEXT} Version 1.")
    tell_page(archive, "nato", older, 1, trusts=("nato.int",))
    assert items_of(archive)[0].text.endswith("3.")


def test_an_edit_is_seen_where_the_page_moved_to(archive):
    first, second = "https://home.example/old/1", "https://home.example/new/1"
    tell_page(archive, "home", entry(first), 0)
    tell(
        archive, "home", [entry(second) | {"detail": "PAGE"}], 1, listing=False, url=first, final_url=second
    )
    tell_page(archive, "home", entry(second, text=f"{TEXT} One line more."), 2)
    (item,) = items_of(archive)
    assert (item.url, item.revision, item.edited) == (first, 2, True)
    tell_page(archive, "home", entry(first, text=f"{TEXT} As it was in between."), 1)
    assert items_of(archive)[0].text.endswith("more.")
