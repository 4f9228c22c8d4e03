"""What makes an edit, and what does not."""

import time

import pytest

from aggregator.merging.noise import core_of, is_noise

TEXT = "Ministers met in Oslo. They agreed on 40 generators.\nA report follows."


@pytest.mark.parametrize(
    "line",
    [
        "Last updated: 21 Nov. 2019 10:03",
        "Updated: 26-Nov-2006",
        "Last modified on 3 March 2022",
        "Dernière mise à jour : 3 mars 2022",
        "Востаннє оновлено: 3 березня 2022",
        "1,234 views",
        "1 234 views | 12 comments",
        "Views: 99",
        "12k views · Share · Print",
        "Share this page",
        "Share on Facebook Twitter LinkedIn",
        "Print this page",
        "Home > News > 2022",
        "Skip to main content",
        "5 min read",
    ],
)
def test_noise_makes_no_edit(line):
    assert is_noise(line)
    assert core_of(f"{TEXT}\n{line}") == core_of(TEXT) == core_of(f"{line}\n{TEXT}")
    assert core_of(f"{TEXT} {line}") == core_of(TEXT)


@pytest.mark.parametrize(
    "line",
    [
        "The plan was last updated in Oslo by the ministers, on 3 March 2022, it was said.",
        "More than 1,234 views were collected from residents.",
        "Share the burden",
        "40 generators",
        "Print media were there.",
        "Updated rules apply.",
        "Read more than one report",
        "He said 5 > 3.",
    ],
)
def test_words_that_say_something_are_kept(line):
    assert line in core_of(f"{TEXT}\n{line}")


def test_white_space_makes_no_edit_and_a_text_of_nothing_else_stays():
    assert core_of(TEXT.replace(" ", " \n ")) == core_of(TEXT)
    assert core_of("1,234 views") == "1,234 views"
    assert core_of("") == ""


def test_hostile_lines_cost_little():
    start = time.process_time()
    for line in (
        "1 " * 100_000,
        "share " * 50_000,
        "a > " * 40_000,
        ". " * 100_000,
        "Last updated " * 20_000,
    ):
        core_of(line)
    assert time.process_time() - start < 3
