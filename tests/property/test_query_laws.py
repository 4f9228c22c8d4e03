"""Laws of the query language: it takes anything, and says in the language what it understood."""

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

sys.path.insert(0, str(Path(__file__).parent.parent / "unit"))

from query_cases import ask

from storage import search
from storage.fold import align, split_words
from storage.grammar import read_query, write_query
from storage.search import Document
from storage.snippet import make

LAWS = settings(derandomize=True, max_examples=100, deadline=None)
PIECES = st.sampled_from(
    [
        *(
            "a",
            "b",
            "(",
            ")",
            '"',
            "-",
            "*",
            ":",
            "OR",
            "AND",
            "NOT",
            "NEAR",
            "+",
            "^",
            "{",
            "}",
            ",",
            ".",
            "'",
        ),
        *(
            ";",
            "--",
            "/*",
            "\x00",
            "“",
            "’",
            "—",
            "łódź",
            "Київ",
            "F-16",
            "clim*",
            '"north',
            " ",
            "title:(",
        ),
        *(
            "speaker:smith",
            "speaker:",
            "source:nato",
            "kind:",
            "lang:en",
            "title:a",
            "edited:yes",
            "certain:yes",
        ),
        *("after:2022-11", "before:", "on:yesterday", "seen:2022", "after:09/11/2022"),
    ]
)
TYPED = st.one_of(
    st.text(max_size=80), st.lists(PIECES, max_size=30).map(" ".join), st.lists(PIECES).map("".join)
)


@pytest.fixture(scope="module")
def connection():
    engine = create_engine("sqlite://")
    with engine.begin() as opened:
        search.create_tables(opened)
        for key, text in enumerate(["a b climate", "Łódź F-16", "north sea", "Київ a"]):
            bounds = {"at": key, "earliest": 0, "latest": None, "first_seen": 9, "undated": False}
            search.put(opened, [Document(item_key=key, title="a", summary="", text=text, **bounds)])
        yield opened
    engine.dispose()


@LAWS
@given(text=TYPED)
def test_whatever_is_typed_is_answered(connection, text):
    query = ask(text)
    for sort in ("date", "rank"):
        found = search.find(connection, query, limit=3, sort=sort)
        assert len(found.keys) == len(set(found.keys)) <= 3
        assert not (query.refused and found.keys)
    assert query.refused == any(note.refuses for note in query.ignored)
    assert query.understood()["text"] == text


@LAWS
@given(TYPED)
def test_what_is_written_reads_the_same(text):
    reading = read_query(text)
    if reading.root is None or any(note.refuses for note in reading.notes):
        return
    written = write_query(reading.root)
    again = read_query(written)
    assert again.root is not None
    assert write_query(again.root) == written


@LAWS
@given(TYPED)
def test_an_understood_query_can_be_asked_again(text):
    query = ask(text)
    if query.refused or query.root is None:
        return
    again = ask(write_query(query.root))
    assert again.root == query.root
    assert not again.refused


@LAWS
@given(st.text(max_size=60), st.text(max_size=60), TYPED, st.integers(0, 50))
def test_snippets_keep_to_the_text(title, text, typed, width):
    snippet = make(title, "", text, ask(typed).words, width=width)
    assert len(snippet.text) <= max(width, 20)
    shown = snippet.text.strip("…")
    assert shown in " ".join(text.split()) or shown in " ".join(title.split())
    assert all(0 <= start < end <= len(snippet.text) for start, end in snippet.marks)


@LAWS
@given(st.text())
def test_aligned_spelling_has_the_words_of_the_text(text):
    spelled, places = align(text)
    assert split_words(text) == split_words(spelled)
    assert len(places) == len(spelled) + 1
    assert list(places) == sorted(places)
