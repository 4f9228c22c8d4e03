from __future__ import annotations

import time

import pytest

from aggregator.render.prose import (
    cut_at_sentence,
    drop_illegal_xml,
    is_web_address,
    join_line,
    make_printable,
)


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("", 20, ""),
        ("One. Two.", 20, "One. Two."),
        ("One is here. Two is here.", 15, "One is here."),
        ("“One is here.” Two is here.", 20, "“One is here.”"),
        ("Mr. Stoltenberg spoke. He left early.", 25, "Mr. Stoltenberg spoke."),
        ("On 8 Nov. 2022 it began. It went on for long.", 30, "On 8 Nov. 2022 it began."),
        (
            "J. Stoltenberg met R. Bauer there. Then he left again.",
            40,
            "J. Stoltenberg met R. Bauer there.",
        ),
        ("No end of a sentence fits in here", 16, "No end of a…"),
        ("one\n\ntwo   three", 40, "one two three"),
        ("x" * 50, 10, "x" * 9 + "…"),
        ("3.5 per cent is more than 2.5 per cent was", 24, "3.5 per cent is more…"),
        ("Привіт усім. Сьогодні гарний день.", 20, "Привіт усім."),
    ],
)
def test_a_summary_ends_where_a_sentence_does(text: str, limit: int, cut: str) -> None:
    assert cut_at_sentence(text, limit) == cut
    assert len(cut) <= limit


@pytest.mark.parametrize(
    "text", ["a. " * 400_000, ".\"'" * 400_000, ". " + " \"'" * 400_000, "A" * 1_000_000]
)
def test_cutting_takes_no_longer_for_hostile_text(text: str) -> None:
    begun = time.perf_counter()
    assert len(cut_at_sentence(text, 300)) <= 300
    assert time.perf_counter() - begun < 0.5


@pytest.mark.parametrize(
    ("text", "printable"),
    [
        ("a\x1b[31mred\x07", "a[31mred"),
        ("safe\u202eexe.txt\u202c", "safeexe.txt"),
        ("half \ud83d", "half "),
        ("tab\tand\nline", "tab\tand\nline"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Vučić 🇪🇺", "Vučić 🇪🇺"),
    ],
)
def test_what_could_mislead_a_terminal_is_dropped(text: str, printable: str) -> None:
    assert make_printable(text) == printable


def test_a_line_is_one_line() -> None:
    assert join_line(" a\r\nBcc: x\u2028b\u00a0c\x0bd ") == "a Bcc: x b c d"


def test_what_xml_cannot_hold_is_dropped() -> None:
    assert drop_illegal_xml("a\x00\x0b\x1f\ufffe\ud800b\t\n\U0001f600") == "ab\t\n\U0001f600"


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://www.nato.int/a?b=c&d=e", True),
        ("HTTP://nato.int", True),
        ("", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("/relative", False),
        ("https://", False),
        ("https://a b", False),
        ("https://[broken", False),
        ("https://nato.int/\u202egnp", False),
        ("java\nscript:x", False),
    ],
)
def test_links_are_made_of_web_addresses_only(url: str, is_link: bool) -> None:
    assert is_web_address(url) is is_link
