"""Addresses of nato.int's present site: the section, the language and the day they name."""

from time import perf_counter

import pytest

from parsers.nato_paths import find_place, model_address, page_address, public_path

SITE = "https://www.nato.int"
NEWS = "/en/news-and-events/articles/news/2025/11/14/a-pier-is-mended"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (NEWS, ("news", "en", "2025/11/14", "a-pier-is-mended")),
        (NEWS + ".html", ("news", "en", "2025/11/14", "a-pier-is-mended")),
        (NEWS + "/?utm_source=x#top", ("news", "en", "2025/11/14", "a-pier-is-mended")),
        ("/content/nato" + NEWS + ".model.json", ("news", "en", "2025/11/14", "a-pier-is-mended")),
        (
            "/fr/news-and-events/events/transcripts/2026/01/02/Un-mot",
            ("transcript", "fr", "2026/01/02", "un-mot"),
        ),
        ("/uk/news-and-events/events/transcripts/2026/01/02/12", ("transcript", "uk", "2026/01/02", "12")),
        (
            "/en/about-us/official-texts-and-resources/official-texts/1949/04/04/a-treaty",
            ("official_text", "en", "1949/04/04", "a-treaty"),
        ),
        (
            "/en/news-and-events/events/media-advisories/2026/01/02/x-y",
            ("media_advisory", "en", "2026/01/02", "x-y"),
        ),
        ("/en/news-and-events/events/media-advisories/x-y", ("media_advisory", "en", "", "x-y")),
        ("/en/news-and-events/articles/nato-stories/2025/a-story", ("story", "en", "", "a-story")),
        ("/en/news-and-events/articles/nato-stories/2025/11/14", None),
        ("/en/news-and-events/articles/nato-stories", None),
        ("/en/news-and-events/articles/news/undated", None),
        ("/en/news-and-events/articles/news/2025/11", None),
        ("/en/news-and-events/articles/news/2025/11/14", None),
        ("/en/what-we-do/2025/11/14/a-topic", None),
        ("/cps/en/natohq/news_1.htm", None),
        ("/", None),
    ],
)
def test_places(path, told):
    place = find_place(SITE + path)
    assert (place and tuple(place)) == told


def test_no_address_is_no_place():
    assert find_place("") is None
    assert find_place("mailto:" + NEWS) is None


def test_a_page_and_its_model_name_each_other():
    model = f"{SITE}/content/nato{NEWS}.model.json"
    for page in (SITE + NEWS, f"{SITE}{NEWS}.html", f"{SITE}{NEWS}/", f"{SITE}/content/nato{NEWS}.html"):
        assert model_address(page) == model
    assert page_address(model) == SITE + NEWS
    assert page_address(SITE + NEWS) == ""
    assert model_address(model) == ""
    assert model_address(f"{SITE}/en/") == ""


@pytest.mark.parametrize(
    ("path", "public"),
    [
        ("/content/nato/en/a/b", "/en/a/b"),
        ("/content/nato/en/a/b.html", "/en/a/b"),
        ("/en/a.html", "/en/a.html"),
    ],
)
def test_paths_within_the_site(path, public):
    assert public_path(path) == public


def test_an_endless_name_is_looked_at_once():
    begun = perf_counter()
    for _ in range(20):
        assert find_place(f"{SITE}/en/news-and-events/articles/nato-stories/{'a' * 7_800}.x") is None
    assert perf_counter() - begun < 2
