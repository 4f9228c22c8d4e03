import pytest

from parsers.urls import (
    LONGEST,
    absolute_url,
    asked_language,
    canonical_url,
    document_key,
    host_of,
    kind_of,
    twin_key,
)

NATO = "https://www.nato.int"


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("http://Example.ORG", "https://example.org/"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("http://example.org:80/a", "https://example.org/a"),
        ("http://example.org:8080/a", "http://example.org:8080/a"),
        ("http://127.0.0.1/a", "http://127.0.0.1/a"),
        ("http://127.0.0.1:80/a", "http://127.0.0.1/a"),
        ("https://example.org./a", "https://example.org/a"),
        ("https://user:secret@example.org/a", "https://example.org/a"),
        ("https://example.org/a#part", "https://example.org/a"),
        ("https://example.org/#!/item/1", "https://example.org/#!/item/1"),
        ("https://example.org/a/./b/../c", "https://example.org/a/c"),
        ("https://example.org/../../a", "https://example.org/a"),
        ("https://example.org/a/..", "https://example.org/"),
        ("https://example.org/%7Ea/%c3%a9", "https://example.org/~a/%C3%A9"),
        ("https://example.org/é ü", "https://example.org/%C3%A9%20%C3%BC"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/%2e%2e/a", "https://example.org/a"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://example.org/a?", "https://example.org/a"),
        ("https://example.org/a?b=1&&c=2", "https://example.org/a?b=1&c=2"),
        ("https://example.org/a?utm_source=x&b=1&fbclid=y&gclid=z&mc_cid=q", "https://example.org/a?b=1"),
        ("https://example.org/a?UTM_Medium=x", "https://example.org/a"),
        ("https://example.org/a?utmost=1", "https://example.org/a?utmost=1"),
        ("  https://example.org/\n a\t", "https://example.org/%20a"),
        ("//example.org/a", "https://example.org/a"),
        ("https:\\\\example.org\\a", "https://example.org/a"),
        ("http://[2001:DB8::1]/a", "http://[2001:db8::1]/a"),
        ("http://nato.int/cps/en/natohq/news_1.htm", f"{NATO}/cps/en/natohq/news_1.htm"),
        (f"{NATO}/cps/en/SID-0A1B-2C3D/natolive/news_1.htm", f"{NATO}/cps/en/natolive/news_1.htm"),
        ("https://www.natowatch.org/a", "https://natowatch.org/a"),
        ("https://www.example.org/a", "https://www.example.org/a"),
    ],
)
def test_one_spelling(written, spelled):
    assert canonical_url(written) == spelled
    assert canonical_url(spelled) == spelled


@pytest.mark.parametrize(
    "written",
    [
        "",
        "news_1.htm",
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:a@example.org",
        "ftp://example.org/",
        "https://",
        "https:///a",
        "https://[::1",
        "https://a b.example/",
        "https://example.org:99999/",
        "https://example.org:port/",
        "https://" + "a" * 64 + ".example/",
        "https://example.org/" + "a" * LONGEST,
        "https://\ud800.example/",
        "\x00",
    ],
)
def test_hostile_or_other_addresses_are_none(written):
    assert canonical_url(written) == ""
    assert absolute_url(written) == ""
    assert document_key(written) == twin_key(written) == ""


def test_relative_addresses_follow_their_base():
    base = "https://www.nato.int/cps/en/natohq/news.htm"
    assert canonical_url("news_1.htm", base) == f"{NATO}/cps/en/natohq/news_1.htm"
    assert absolute_url("/a?utm_source=b", "http://example.org/c") == "http://example.org/a?utm_source=b"
    assert canonical_url("javascript:alert(1)", base) == ""


ALIASES = [
    "http://www.nato.int/cps/en/natolive/news_71245.htm",
    "https://nato.int/cps/en/natohq/news_71245.htm",
    "https://www.nato.int/cps/en/SID-A1B2C3D4-E5F60718/natolive/news_71245.htm",
    "https://www.nato.int/cps/en/natohq/news_71245.htm?selectedLocale=en&fbclid=x",
    "https://www.nato.int/cps/fr/natohq/news_71245.htm?selectedLocale=en",
    "https://www.nato.int/cps/us/natohq/news_71245.html#top",
]


def test_aliases_are_one_document():
    assert {document_key(alias) for alias in ALIASES} == {"nato:news:71245:en"}


def test_twins_are_other_documents_of_one_number():
    english, french = ALIASES[0], "https://www.nato.int/cps/en/natohq/news_71245.htm?selectedLocale=fr"
    assert document_key(french) == "nato:news:71245:fr"
    assert twin_key(english) == twin_key(french) == "nato:news:71245"
    assert document_key("https://www.nato.int/cps/uk/natohq/news_71245.htm") == "nato:news:71245:uk"


def test_kind_and_number_both_tell_documents_apart():
    assert document_key(f"{NATO}/cps/en/natohq/opinions_71245.htm") != document_key(ALIASES[0])
    assert document_key(f"{NATO}/cps/en/natohq/news.htm") == ""
    assert document_key("https://example.org/cps/en/natohq/news_71245.htm") == ""


def test_the_new_site_and_its_model_are_one_document():
    path = "news-and-events/events/transcripts/2026/06/18/remarks"
    keys = {
        document_key(f"{NATO}/en/{path}"),
        document_key(f"{NATO}/en/{path}.html"),
        document_key(f"{NATO}/content/nato/en/{path}.model.json"),
    }
    assert len(keys) == 1
    assert keys != {""}
    assert twin_key(f"{NATO}/fr/{path}") == twin_key(f"{NATO}/en/{path}")
    assert document_key(f"{NATO}/fr/{path}") not in keys


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (f"{NATO}/cps/en/natohq/news_1.htm", "news"),
        (f"{NATO}/cps/en/natohq/opinions_1.htm", "transcript"),
        (f"{NATO}/cps/en/natohq/official_texts_1.htm", "official_text"),
        (f"{NATO}/cps/en/natohq/press_releases_1.htm", "press_release"),
        (f"{NATO}/cps/en/natohq/events_1.htm", "event"),
        (f"{NATO}/cps/en/natohq/photos_1.htm", "photo"),
        (f"{NATO}/cps/en/natohq/topics_1.htm", "topic"),
        (f"{NATO}/en/news-and-events/articles/news/2026/01/02/a", "news"),
        (f"{NATO}/en/news-and-events/articles/nato-stories/a", "story"),
        (f"{NATO}/en/news-and-events/events/transcripts/2026/01/02/a", "transcript"),
        (f"{NATO}/en/news-and-events/events/media-advisories/2026/01/02/a", "media_advisory"),
        (f"{NATO}/en/about-us/official-texts-and-resources/official-texts/2026/01/02/a", "official_text"),
        (f"{NATO}/docu/review/articles/2022/11/23/a/index.html", "review"),
        (f"{NATO}/docu/speech/2003/s030918a.htm", "transcript"),
        ("https://example.org/opinions_1.htm", "news"),
    ],
)
def test_the_address_tells_the_kind(url, kind):
    assert kind_of(url) == kind


def test_hosts_and_languages():
    assert host_of("http://NATO.int:80/a") == "www.nato.int"
    assert host_of("no address") == ""
    assert asked_language(f"{NATO}/a?x=1&selectedLocale=uk#b") == "uk"
    assert asked_language(f"{NATO}/a") == ""
