"""Laws of the speech reader on any text."""

from __future__ import annotations

import time
from importlib.resources import files
from itertools import islice, pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.people import load_register, match_offices, match_people, resolve
from parsers.speech import answer_line, find_statements
from parsers.speech.cues import find_cues
from parsers.speech.lines import read_day
from parsers.speech.marks import find_quotes
from parsers.speech.stretches import split_stretches
from parsers.speech.tokens import split_sentences, tokenize

REGISTER = load_register(files("parsers.people").joinpath("offices.toml").read_text(encoding="utf-8"))
LAW = settings(derandomize=True, max_examples=100, deadline=None)
PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "“",
                "”",
                '"',
                "'",
                "‘",
                "’",
                "«",
                "»",
                "''",
                "\n",
                "\n\n",
                ", ",
                ". ",
                ": ",
                " ",
                "(",
                ")",
                "—",
                "? ",
            ),
            *(
                "said ",
                "added ",
                "Mr Stoltenberg ",
                "the Secretary General ",
                "he ",
                "Rob Bauer ",
                "according to ",
            ),
            *(
                "that ",
                "We go ",
                "who ",
                "of ",
                "and ",
                "Q: ",
                "by ",
                "a déclaré ",
                "заявив, що ",
                "Admiral ",
                "NATO ",
            ),
        ]
    ),
    max_size=40,
).map("".join)
TEXT = st.one_of(PIECES, st.text(max_size=200))


@LAW
@given(title=TEXT, summary=TEXT, text=TEXT, kind=st.sampled_from(["", "transcript", "news"]))
def test_spans_hold_and_are_in_order(title, summary, text, kind):
    fields = {"title": title, "summary": summary, "text": text}
    found = find_statements(
        title,
        summary,
        text,
        on=read_day("2022-11-08"),
        register=REGISTER,
        kind=kind,
        byline="by Jens Stoltenberg",
    )
    for one in found:
        assert one.text
        assert fields[one.field][one.start : one.end] == one.text
        assert (
            one.mention_start < 0 or fields[one.field][one.mention_start : one.mention_end] == one.mention
        )
        assert one.person_id or one.speaker_kind != "person"
    assert found == find_statements(
        title,
        summary,
        text,
        on=read_day("2022-11-08"),
        register=REGISTER,
        kind=kind,
        byline="by Jens Stoltenberg",
    )


@LAW
@given(text=TEXT)
def test_quotations_never_overlap(text):
    quotes = find_quotes(text)
    assert all(0 <= quote.start < quote.end <= len(text) for quote in quotes)
    assert all(a.end <= b.start for a, b in pairwise(quotes))


@LAW
@given(
    text=st.lists(
        st.sampled_from(
            [
                *(
                    "Allies ",
                    "agreed. ",
                    "agree. ",
                    "etc. ",
                    "Said ",
                    "said",
                    "’s. ",
                    "No.",
                    "stronger.",
                    "vice-adm. ",
                ),
                *(
                    "allies’ ",
                    "stronger. Yes",
                    ". ",
                    "“",
                    "” ",
                    '"',
                    "‘",
                    "\n",
                    "\n\n",
                    ") ",
                    "(",
                    "… ",
                    "! ",
                    "É",
                ),
                *(
                    "According ",
                    "to ",
                    "a.m. ",
                    "e.g.others. ",
                    "U.S. ",
                    "The ",
                    "ever " * 40,
                    "2022. ",
                    "_",
                ),
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_stretches_part_no_sentence_and_hide_no_statement(text):
    def sentences(quotes, start=0, end=None):
        tokens = tokenize(text, quotes, start, end)
        return [one for one in split_sentences(tokens) if one[0].kind != "n"]

    quotes = find_quotes(text)
    parted = []
    for start, end, within, loud in split_stretches(text, quotes):
        found = sentences(within, start, end)
        parted += found
        if not loud:
            assert not any(find_cues(one) for one in found)
            assert not any(token.kind == "q" for one in found for token in one)
    assert parted == sentences(quotes)


@LAW
@given(mention=TEXT, on=st.text(max_size=12))
def test_any_mention_and_date_are_answered(mention, on):
    found = resolve(mention, read_day(on), REGISTER)
    assert bool(found.person_id) == bool(found.person)
    assert bool(found.office_id) == bool(found.office)
    assert (
        match_people(mention, REGISTER).person_ids
        == match_people(mention.upper().lower(), REGISTER).person_ids
    )
    assert len(match_offices(mention, REGISTER).office_ids) <= len(REGISTER.offices)


@LAW
@given(
    fields=st.dictionaries(
        st.sampled_from(["id", "title", "text", "date", "lang"]), st.one_of(TEXT, st.integers(), st.none())
    )
)
def test_any_line_is_answered(fields):
    assert set(answer_line(fields, REGISTER)) == {"id", "statements"}


@pytest.mark.parametrize(
    "unit",
    [
        "“",
        '"',
        "said ",
        "‘a ",
        "A",
        " ",
        "\n",
        "Q: a\n",
        "X, said, ",
        "“a,” said Bob ",
        "Jens Stoltenberg ",
        "(",
        "« a » a déclaré ",
    ],
)
def test_time_is_linear(unit):
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        began = time.process_time()
        find_statements("", "", text, on=None, register=REGISTER)
        return time.process_time() - began

    assert seconds(80_000) < 12 * seconds(20_000) + 0.25


@pytest.mark.parametrize(
    "form",
    [
        "{0} said x. ",
        "{0} {1} went. He said that it is cold. ",
        "Admiral {0} {1} went. The Admiral said that it is cold. ",
        "{0} Weld said that it is cold. Weld said that it is warm. ",
        "“We go,” said {0} {1}. ",
        "{0} {1}: we go on\n",
    ],
)
def test_time_is_linear_in_distinct_names(form):
    def seconds(count: int) -> float:
        names = ["".join(letters).title() for letters in islice(product("abcdefghij", repeat=4), count)]
        text = "".join(form.format(name, name[::-1].title()) for name in names)
        began = time.process_time()
        find_statements("", "", text, on=None, register=REGISTER)
        return time.process_time() - began

    assert seconds(4000) < 12 * seconds(1000) + 0.25
