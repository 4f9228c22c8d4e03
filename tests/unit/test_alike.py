"""Copies with small edits are told from members of a series."""

import time

import pytest

from aggregator.merging.alike import compare_texts, compare_titles, judge_copy

TITLE = "Allies agree to send generators to the coast"
BRIEF = (
    "Ministers met in Oslo on Tuesday and agreed to send 40 generators to the coast. "
    "Anna Falk, who chaired the meeting, thanked the crews for their work. "
    "The first ships will leave the harbour of Riga before the end of the week."
)
FULL = " ".join(
    f"On day {n} the crews mended line {n * 7} near the village of Adorf and went on to the next one. "
    f"People there said the light had come back in the evening and had stayed on until the morning."
    for n in range(1, 20)
)


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text,
        lambda text: text.replace("agreed", "decided"),
        lambda text: text.replace("thanked", "thnaked"),
        lambda text: text.replace("Riga", "Rgia"),
        lambda text: text.replace(", who chaired the meeting,", " (who chaired the meeting)"),
        lambda text: text.replace("40", "040"),
        lambda text: f"OSLO, 8 November – {text}",
        lambda text: f"{text} Read more on our site.",
        lambda text: f"{text}\nPhoto: press office",
        lambda text: text.partition(". ")[2],
        lambda text: f"{text} The meeting was the third of this kind, and a fourth is planned in Rome.",
        lambda text: text.upper().lower(),
    ],
)
def test_small_edits_make_a_copy(edit):
    assert judge_copy(TITLE, BRIEF, TITLE, edit(BRIEF)) > 0.6
    assert judge_copy(TITLE, edit(FULL), TITLE, FULL) > 0.9


@pytest.mark.parametrize(
    ("title", "edit"),
    [
        (TITLE, lambda text: text.replace("40", "60")),
        (TITLE, lambda text: text.replace("Oslo", "Rome")),
        (TITLE, lambda text: text.replace("Anna Falk", "Lars Holm")),
        (TITLE, lambda text: text.replace("Tuesday", "Friday")),
        (TITLE.replace("generators", "blankets"), lambda text: text.replace("generators", "blankets")),
        (f"{TITLE}, part 2", lambda text: text),
        ("Nothing to see here", lambda text: text),
        (TITLE, lambda text: text.split(". ")[0] + ". " + FULL[:180]),
    ],
)
def test_other_names_or_figures_make_another_item(title, edit):
    assert judge_copy(TITLE, BRIEF, title, edit(BRIEF)) == 0.0


def test_in_a_long_text_a_figure_may_be_put_right_but_a_series_is_none():
    assert judge_copy(TITLE, FULL, TITLE, FULL.replace("line 77", "line 78")) > 0.9
    assert judge_copy(TITLE, FULL, TITLE, FULL.replace("line ", "line 9")) == 0.0


def test_another_headline_over_the_same_long_text_is_a_copy_but_not_with_other_figures():
    assert judge_copy(TITLE, FULL, "What the coast needs this winter", FULL) == 1.0
    assert judge_copy("Week 11 on the coast", FULL, "Week 12 on the coast", FULL) == 0.0


@pytest.mark.parametrize(
    ("title", "other", "same"),
    [
        ("Allies agree on aid for the coast", "Ministers agree on aid for the coast", True),
        ("Allies Agree On Aid For The Coast", "Allies Decide On Aid For The Coast", True),
        ("Arrival of the minister of Latvia", "Arrival of the minister of Estonia", False),
        ("Aid", "Help", False),
    ],
)
def test_one_word_of_a_title_may_be_another_if_it_is_no_name(title, other, same):
    assert bool(judge_copy(title, BRIEF, other, BRIEF)) is same


@pytest.mark.parametrize(
    ("one", "other", "clashes"),
    [
        ("Weekly programme 12 to 18 March", "Weekly programme 19 to 25 March", True),
        ("Weekly programme", "Weekly programme 19 to 25 March", True),
        ("Visit of the Minister", "VISIT OF THE MINISTER | News", False),
    ],
)
def test_a_number_in_a_title_counts(one, other, clashes):
    assert (compare_titles(one, other).clashes > 0) is clashes


@pytest.mark.parametrize(
    ("one", "other"),
    [("a. " * 20_000, "b. " * 20_000), ("a " * 20_000, "a b " * 10_000), ("", "a. " * 20_000), ("", "")],
)
def test_hostile_texts_cost_little(one, other):
    start = time.process_time()
    compare_texts(one, other)
    assert time.process_time() - start < 2


def test_a_text_is_no_copy_of_none():
    """Nor is a long one of a few words: counting words alone must not say so."""
    text = " ".join(f"word{n}" for n in range(40))
    assert judge_copy("A title of it", "", "A title of it", text) == 0.0
    assert judge_copy("A title of it", "a few words", "A title of it", f"a few words {text} {text}") == 0.0
