from __future__ import annotations

import json
from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest

from aggregator.render.cite import cite
from parsers.errors import ConfigError
from parsers.model import When
from tests.unit.delivery_cases import BRUSSELS, UNDATED, at, day, make, say, span

ACCESSED = date(2026, 11, 3)

DATES = [
    (day("2022-11-08"), "8 November 2022", "date = {2022-11-08}", [[2022, 11, 8]]),
    (
        span("2022-10-24T22:00", "2022-10-27T21:59"),
        "between 25 and 27 October 2022",
        "date = {2022-10-25/2022-10-27}",
        [[2022, 10, 25], [2022, 10, 27]],
    ),
    (
        span("2022-10-30T12:00", "2022-11-02T12:00"),
        "between 30 October and 2 November 2022",
        "date = {2022-10-30/2022-11-02}",
        [[2022, 10, 30], [2022, 11, 2]],
    ),
    (
        span("2022-12-30T12:00", "2023-01-02T12:00"),
        "between 30 December 2022 and 2 January 2023",
        "date = {2022-12-30/2023-01-02}",
        [[2022, 12, 30], [2023, 1, 2]],
    ),
    (
        span("2022-10-31T23:00", "2022-11-30T22:59", precision="month"),
        "November 2022",
        "date = {2022-11-01/2022-11-30}",
        [[2022, 11, 1], [2022, 11, 30]],
    ),
    (
        span("2021-12-31T23:00", "2022-12-31T22:59", precision="year"),
        "2022",
        "date = {2022-01-01/2022-12-31}",
        [[2022, 1, 1], [2022, 12, 31]],
    ),
]


@pytest.mark.parametrize(("when", "words", "bibtex", "csl"), DATES)
def test_a_date_is_cited_as_far_as_it_is_known(when: When, words: str, bibtex: str, csl: list) -> None:
    item = make(published=when)
    assert f" {words}." in cite(item, "text", BRUSSELS, ACCESSED)
    assert bibtex in cite(item, "bibtex", BRUSSELS, ACCESSED)
    assert json.loads(cite(item, "csl", BRUSSELS, ACCESSED))[0]["issued"] == {"date-parts": csl}


@pytest.mark.parametrize("when", [UNDATED, span("2022-10-30T12:00", None, None, "bound")])
def test_what_is_not_known_is_not_made_up(when: When) -> None:
    item = make(published=when)
    text = cite(item, "text", BRUSSELS, ACCESSED)
    assert " n.d. " in text
    assert "n.d.." not in text
    bibtex = cite(item, "bibtex", BRUSSELS, ACCESSED)
    assert "year = {n.d.}" in bibtex
    assert "  date" not in bibtex
    assert json.loads(cite(item, "csl", BRUSSELS, ACCESSED))[0]["issued"] == {"literal": "n.d."}


def test_days_are_those_of_the_zone() -> None:
    item = make(published=span("2022-11-08T23:30", "2022-11-08T23:30", precision="second"))
    assert "9 November 2022" in cite(item, "text", BRUSSELS, ACCESSED)
    assert "8 November 2022" in cite(item, "text", UTC, ACCESSED)
    assert "8 November 2022" in cite(item, "text", ZoneInfo("America/New_York"), ACCESSED)


def test_text_reads_as_a_reference() -> None:
    item = make(title="Ministers meet")
    assert cite(item, "text", BRUSSELS, ACCESSED, capture="sha256:abc") == (
        "NATO. “Ministers meet.” 8 November 2022. https://www.nato.int/cps/en/natohq/news_1.htm. "
        "Accessed 3 November 2026. Natowire item i0001, first seen 9 November 2022, capture sha256:abc."
    )


@pytest.mark.parametrize(
    ("url", "byline", "start"),
    [
        ("https://www.nato.int/a", "by NATO Secretary General A B", "NATO Secretary General A B. “"),
        ("https://shape.nato.int/a", "", "NATO. “"),
        ("https://www.example.org/a", "", "example.org. “"),
        ("https://notnato.int/a", "", "notnato.int. “"),
        ("", "", "“"),
    ],
)
def test_who_is_named_first(url: str, byline: str, start: str) -> None:
    assert cite(make(url=url, byline=byline), "text", BRUSSELS, ACCESSED).startswith(start)


def test_the_author_is_who_the_byline_names() -> None:
    byline = "by NATO Secretary General Ada Bey and President Cy Dee ahead of the meeting"
    speaking = (say("Cy Dee"), say("Eve Fox"), say("Ada Bey"))
    item = make(url="https://www.nato.int/a", byline=byline, statements=speaking)
    assert cite(item, "text", BRUSSELS, ACCESSED).startswith("Ada Bey and Cy Dee. “")
    assert "author = {{Ada Bey} and {Cy Dee}}" in cite(item, "bibtex", BRUSSELS, ACCESSED)
    (reference,) = json.loads(cite(item, "csl", BRUSSELS, ACCESSED))
    assert reference["author"] == [{"literal": "Ada Bey"}, {"literal": "Cy Dee"}]


def test_a_title_that_quotes_keeps_its_quotation_apart() -> None:
    item = make(title="“We listen”, says Chair")
    assert "“‘We listen’, says Chair.”" in cite(item, "text", BRUSSELS, ACCESSED)


@pytest.mark.parametrize("style", ["text", "bibtex", "csl"])
def test_every_style_names_the_permalink_and_the_capture(style: str) -> None:
    written = cite(make(), style, BRUSSELS, ACCESSED, capture="sha256:abc")
    assert "i0001" in written
    assert "sha256:abc" in written
    assert "sha256" not in cite(make(), style, BRUSSELS, ACCESSED)


def test_bibtex_cannot_be_broken_by_a_title() -> None:
    item = make(
        title="100% of {A}} & B_C #1 \\input{x} ~^$", url="https://www.nato.int/a}b{c%20d_e", id="i/1"
    )
    entry = cite(item, "bibtex", BRUSSELS, ACCESSED)
    assert entry.startswith("@online{natowire:i-1,\n")
    assert r"100\% of \{A\}\} \& B\_C \#1 \textbackslash{}input\{x\}" in entry
    assert "url = {https://www.nato.int/a%7Db%7Bc%20d_e}" in entry
    bare = entry.replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}")


def test_csl_is_an_array_of_one_reference() -> None:
    item = make(kind="transcript", title="Remarks", event=day("2022-11-07"))
    (reference,) = json.loads(cite(item, "csl", BRUSSELS, ACCESSED))
    assert reference["type"] == "speech"
    assert reference["id"] == "natowire:i0001"
    assert reference["accessed"] == {"date-parts": [[2026, 11, 3]]}
    assert reference["author"] == [{"literal": "NATO"}]
    assert reference["URL"] == item.url
    assert reference["event-date"] == {"date-parts": [[2022, 11, 7]]}
    assert reference["archive_location"] == "i0001"


def test_an_unknown_style_says_which_there_are() -> None:
    with pytest.raises(ConfigError, match="text, bibtex, csl"):
        cite(make(), "apa", BRUSSELS, ACCESSED)


@pytest.mark.parametrize("style", ["text", "bibtex", "csl"])
def test_a_citation_is_safe_to_print(style: str) -> None:
    item = make(
        title="\x1b[31m", byline="a\r\nb", url="javascript:alert(1)", first_seen=at("2022-11-09T08:00")
    )
    written = cite(item, style, BRUSSELS, ACCESSED)
    assert "\x1b" not in written
    assert "\r" not in written
    assert "javascript" not in written
