"""A snippet shows the true text around what was found."""

import pytest

from storage.grammar import Words
from storage.snippet import make

LONG = "word " * 100


def shown(snippet):
    return [snippet.text[start:end] for start, end in snippet.marks]


@pytest.mark.parametrize(
    ("text", "term", "marks"),
    [
        ("The Œuvre of Łódź", Words("oeuvre"), ["Œuvre"]),
        ("The Œuvre of Łódź", Words("lodz"), ["Łódź"]),
        ("Climate  change,\nclimatic", Words("climate change"), ["Climate change,"[:-1]]),
        ("climate climatic acclimate", Words("clim", prefix=True), ["climate", "climatic"]),
        ("NATO’s F-16 jets", Words("f-16"), ["F-16"]),
        ("NATO’s F-16 jets", Words("nato's"), ["NATO’s"]),
        ("Cafe\u0301 society", Words("café"), ["Cafe\u0301"]),
        ("co\u00adoperation", Words("cooperation"), ["co\u00adoperation"]),
        ("Київ і Харків", Words("київ"), ["Київ"]),
        ("seaside", Words("sea"), []),
        ("a.b*c", Words("a.b"), ["a.b"]),
    ],
)
def test_matches_are_marked_in_the_true_text(text, term, marks):
    snippet = make("", "", text, [term])
    assert shown(snippet) == marks
    assert snippet.text == " ".join(text.split())


def test_cut_at_word_bounds_around_the_first_match():
    snippet = make("", "", LONG + "needle " + LONG + "needle", [Words("needle")], width=60)
    assert len(snippet.text) <= 60
    assert shown(snippet) == ["needle"]
    assert set(snippet.text.strip("…").split()) == {"word", "needle"}
    assert snippet.text.startswith("…")
    assert snippet.text.endswith("…")


@pytest.mark.parametrize(
    ("fields", "terms", "text"),
    [
        (("Title", "Summary", "Text"), [], "Summary"),
        (("Title", "", "Text"), [], "Text"),
        (("Title", "", ""), [Words("title")], "Title"),
        (("Title", "A needle", "Text"), [Words("needle")], "A needle"),
        (("A needle", "Summary", "Text"), [Words("needle")], "Summary"),
        (("Title", "needle one", "needle two"), [Words("needle")], "needle two"),
        (("Title", "Summary", "a needle"), [Words("needle", field="title")], "Summary"),
        (("", "", ""), [Words("needle")], ""),
    ],
)
def test_which_field_is_shown(fields, terms, text):
    assert make(*fields, terms).text == text


def test_title_terms_are_marked_in_the_title():
    assert shown(make("A needle", "", "", [Words("needle", field="title")])) == ["needle"]


@pytest.mark.parametrize("width", [0, 20, 33, 200])
@pytest.mark.parametrize("text", ["x" * 500, LONG, "é" * 30 + " " + "y" * 300, "ß" * 90])
def test_width_holds_whatever_the_text(text, width):
    snippet = make("", "", text, [Words("xxx", prefix=True), Words("word")], width=width)
    assert 0 < len(snippet.text) <= max(width, 20)
    assert all(0 <= start < end <= len(snippet.text) for start, end in snippet.marks)


def test_the_far_end_of_a_huge_text_is_not_read():
    assert make("", "", "a " * 100_000 + "needle", [Words("needle")]).marks == ()
