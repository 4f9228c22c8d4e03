"""A search that found nothing names the words at fault, and what is there instead."""

import pytest
from query_cases import ask
from sqlalchemy import create_engine

from storage import search
from storage.nearby import suggest
from storage.search import Document

TEXTS = (
    "Jets of type F-16 fly for the U.N. in Łódź",
    "The COP27 climate summit; a climate of trust",
    "Climates differ, and Зеленський spoke on AI",
)


@pytest.fixture(scope="module")
def connection():
    engine = create_engine("sqlite://")
    with engine.begin() as opened:
        search.create_tables(opened)
        documents = [
            Document(
                item_key=key,
                at=key,
                earliest=key,
                latest=key,
                first_seen=key,
                undated=False,
                title="On trust" if key == 1 else "",
                summary="",
                text=text,
                tokens=("sourcewire",),
            )
            for key, text in enumerate(TEXTS)
        ]
        search.put(opened, documents)
        yield opened
    engine.dispose()


@pytest.mark.parametrize(
    ("query", "notes"),
    [
        # joined or parted otherwise
        ("F16", [("F16", 'no item has it; did you mean "f 16"?')]),
        ("UN", [("UN", 'no item has it; did you mean "u n"?')]),
        ("COP-27", [("COP-27", "no item has it; did you mean cop27?")]),
        ('"cop 27"', [("cop 27", "no item has it; did you mean cop27?")]),
        ("A.I.", [("A.I.", "no item has it; did you mean ai?")]),
        # one slip: a letter missing, too many, another, two exchanged; not only Latin ones
        ("climat", [("climat", "no item has it; did you mean climate?")]),
        ("sumnmit", [("sumnmit", "no item has it; did you mean summit?")]),
        ("tipe", [("tipe", "no item has it; did you mean type?")]),
        ("cliamte", [("cliamte", "no item has it; did you mean climate?")]),
        ("climatez", [("climatez", "no item has it; did you mean climate, climates?")]),
        ("лодзь", [("лодзь", "no item has it")]),
        ("зеленьский", [("зеленьский", "no item has it; did you mean зеленський?")]),
        ("Зеленский", [("Зеленский", "no item has it; did you mean зеленський?")]),
        ("title:trusd", [("trusd", "no item has it; did you mean trust?")]),
        ("title:summi", [("summi", "no item has it")]),
        # of several words those at fault; of shorter ones no neighbours
        ("climate summi energy", [
            ("summi", "no item has it; did you mean summit?"), ("energy", "no item has it"),
        ]),
        ("jets trust", []),
        ("jests -trut", [("jests", "no item has it; did you mean jets?")]),
        ("oon", [("oon", "no item has it")]),
        # what is in the index beside the words is nobody's word, and a beginning is no spelling
        ("sourcewir", [("sourcewir", "no item has it")]),
        ("climx*", []),
        ("kind:nonsense sumit", []),
        ("", []),
    ],
)  # fmt: skip
def test_words_that_no_item_has(connection, query, notes):
    assert [(note.text, note.hint) for note in suggest(connection, ask(query))] == notes


def test_a_long_query_is_looked_into_no_further_than_it_helps(connection):
    notes = suggest(connection, ask(" ".join(f"wrongword{number}" for number in range(100))))
    assert [note.text for note in notes] == ["wrongword0", "wrongword1", "wrongword2"]
    assert suggest(connection, ask("x" * 4000))[0].hint == "no item has it"
