"""Who says what: the forms NATO texts use, in sentences written for these tests."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from parsers.speech import answer_line, find_statements
from parsers.speech.lines import read_day
from parsers.speech.marks import find_quotes
from tests.speech_cases import REGISTER, read

SAMPLES = Path(os.environ.get("NATOWIRE_SAMPLES", Path(__file__).parents[2].parent / "shared"))


@pytest.mark.parametrize(
    ("text", "quoted", "person"),
    [
        ("“We stand firm,” Mr Stoltenberg said.", "“We stand firm,”", "Jens Stoltenberg"),
        (
            "“We stand firm”, said NATO Secretary General Jens Stoltenberg on Monday.",
            "“We stand firm”",
            "Jens Stoltenberg",
        ),
        ("Mr. Stoltenberg said: “We stand firm.”", "“We stand firm.”", "Jens Stoltenberg"),
        (
            "The exercise is what Mr Stoltenberg called “a clear signal”.",
            "“a clear signal”",
            "Jens Stoltenberg",
        ),
        (
            "The Chair of the NATO Military Committee, Admiral Rob Bauer, said: “Be ready.”",
            "“Be ready.”",
            "Rob Bauer",
        ),
        ('"We stand firm," said Admiral Bauer.', '"We stand firm,"', "Rob Bauer"),
        ("''We stand firm,'' said Admiral Bauer.", "''We stand firm,''", "Rob Bauer"),
        ("‘We’re standing firm,’ said Admiral Bauer.", "‘We’re standing firm,’", "Rob Bauer"),
        ("«We stand firm», said Admiral Bauer.", "«We stand firm»", "Rob Bauer"),
        ("„We stand firm“, said Admiral Bauer.", "„We stand firm“", "Rob Bauer"),
        ("”We stand firm,” said Admiral Bauer.", "”We stand firm,”", "Rob Bauer"),
        ("“We stand firm,“ said Admiral Bauer.", "“We stand firm,“", "Rob Bauer"),
        (
            "Welcoming the guests, Mr Geoana told reporters that “much was done”.",
            "“much was done”",
            "Mircea Geoană",
        ),
        ("“Are we ready?” Mr Stoltenberg asked.", "“Are we ready?”", "Jens Stoltenberg"),
        ("According to Admiral Bauer, this is “a long war”.", "“a long war”", "Rob Bauer"),
        (
            "“We stand firm,” said U.S. Army Col. Anna Weld, director of operations.",
            "“We stand firm,”",
            "Anna Weld",
        ),
        (
            "Allies met. “We stand firm.\n\n“We shall not tire,” said Admiral Bauer.",
            "“We stand firm.\n\n“We shall not tire,”",
            "Rob Bauer",
        ),
    ],
)
def test_direct_quotations(text, quoted, person):
    (found,) = [one for one in read(text) if one.kind == "direct"]
    assert (found.text, found.person) == (quoted, person)


@pytest.mark.parametrize(
    ("text", "reported", "person"),
    [
        (
            "Winter will be hard, NATO Secretary General Jens Stoltenberg said today (8 November 2022).",
            "Winter will be hard",
            "Jens Stoltenberg",
        ),
        (
            "The Secretary General said that ships will stay in the Baltic Sea.",
            "ships will stay in the Baltic Sea",
            "Jens Stoltenberg",
        ),
        ("Admiral Bauer stressed the importance of training.", "the importance of training", "Rob Bauer"),
        ("Mr Geoană paid tribute to the engineers of Riga.", "the engineers of Riga", "Mircea Geoană"),
        ("The mission goes on, said Mr Stoltenberg.", "The mission goes on", "Jens Stoltenberg"),
        ("The mission goes on, according to Mr Stoltenberg.", "The mission goes on", "Jens Stoltenberg"),
        ("Mr Stoltenberg told the students that peace is no gift.", "peace is no gift", "Jens Stoltenberg"),
        ("Mr Stoltenberg called on Allies to give more.", "on Allies to give more", "Jens Stoltenberg"),
    ],
)
def test_indirect_statements(text, reported, person):
    (found,) = read(text)
    assert (found.kind, found.text, found.person) == ("indirect", reported, person)


def test_the_chain_from_office_to_pronoun():
    text = (
        "NATO Deputy Secretary General, Mircea Geoană, spoke in Graz. He said that maps matter. "
        "“Learn them,” Mr Geoană said. “All of them.” The Deputy Secretary General added: “By heart.”"
    )
    found = read(text)
    assert [one.text for one in found] == ["maps matter", "“Learn them,”", "“All of them.”", "“By heart.”"]
    assert {one.person_id for one in found} == {"mircea-geoana"}


def test_verbs_in_a_row_share_their_subject():
    found = read(
        "“It is cold,” Mr Stoltenberg said, adding that ice is old. He praised crews here, urged more care."
    )
    assert [one.text for one in found] == ["“It is cold,”", "ice is old", "crews here", "more care"]
    assert {one.person for one in found} == {"Jens Stoltenberg"}


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("President of the Harbour Commission Ursula von der Weide said: “Yes.”", "Ursula von der Weide"),
        ("“Yes,” said Minister of Defence Anna Weld.", "Anna Weld"),
        ("“Yes,” the Minister of Defence said.", ""),
    ],
)
def test_names_after_what_someone_presides(text, person):
    assert [one.person for one in read(text)] == [person]


def test_an_interrupted_quotation_has_one_speaker():
    found = read("“We are here,” Admiral Bauer said, “and we shall stay.”")
    assert [(one.text, one.person) for one in found] == [
        ("“We are here,”", "Rob Bauer"),
        ("“and we shall stay.”", "Rob Bauer"),
    ]


def test_a_rank_and_a_surname_find_the_full_name_before():
    text = "Col. Ines Oort leads the battalion. “We dig,” said Oort. “It is wet,” the Colonel added."
    assert {one.person_id for one in read(text)} == {"ines-oort"}


@pytest.mark.parametrize(
    "text",
    [
        "Mr Stoltenberg met President Vučić, whom he thanks often.",
        "The ship was named “Resolute Sword” in May.",
        "NATO’s 2022 Strategic Concept defines drought as a “threat multiplier”.",
        "The phrase “never again”, attributed to former Secretary of State Marshall, is older.",
        "Allies pledge further air defences.",
        "The Bush sailed to Trieste on Monday.",
        "He read the book “A Long Winter” in Oslo.",
        "Admiral Bauer was accompanied by Colonel Ranković.",
        "",
    ],
)
def test_a_mention_is_no_speaker(text):
    assert read(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "“It is late,” former NATO Secretary General said.",
        "“It is late,” UN Secretary-General António Guterres said.",
        "“It is late,” said the Secretary General of the OSCE.",
        "“It is late,” said Deputy Supreme Allied Commander Europe Sir Tim Hale.",
        "UN Secretary-General António Guterres came. “It is late,” the Secretary-General said.",
    ],
)
def test_other_offices_are_not_taken_for_ours(text):
    (found,) = read(text)
    assert found.office_id == ""
    assert found.person_id not in REGISTER.person_by_id


def test_unnamed_and_collective_speakers():
    assert read("“We know,” a NATO official said.")[0].speaker_kind == "unnamed"
    assert read("“We know,” Allies said.")[0].speaker_kind == "collective"
    assert read("“We know,” she said.")[0].speaker_kind == "unknown"


def test_a_repeated_summary_is_read_once():
    said = "“We stand firm,” Mr Stoltenberg said."
    found = find_statements("", said, f"{said} More followed.", on=None, register=REGISTER)
    assert [one.field for one in found] == ["text"]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("a “b” c", ["“b”"]),
        ("it's Allies' own", []),
        ('“a” and "b" and «c»', ["“a”", '"b"', "«c»"]),
        ("“one\n\nTwo", ["“one"]),
        ("“one\n\n“two”", ["“one\n\n“two”"]),
        ("“a ‘b’ c”", ["“a ‘b’ c”"]),
    ],
)
def test_marks(text, spans):
    assert [text[quote.start : quote.end] for quote in find_quotes(text)] == spans


def test_answer_line_speaks_the_contract():
    line = {
        "id": 7,
        "title": None,
        "text": "😀 “We stand firm,” Admiral Bauer said.",
        "date": "2022-10-28",
        "lang": "en",
    }
    answer = json.loads(json.dumps(answer_line(line, REGISTER)))
    assert answer["id"] == 7
    assert answer["statements"] == [
        {
            "field": "text",
            "start": 2,
            "end": 18,
            "text": "“We stand firm,”",
            "kind": "direct",
            "cue": "said",
            "mention": "Admiral Bauer",
            "mention_start": 19,
            "mention_end": 32,
            "speaker_kind": "person",
            "person": "Rob Bauer",
            "office": "Chair of the NATO Military Committee",
            "rule": "cue_after/surname_at_date",
            "confidence": "medium",
        }
    ]


@pytest.mark.parametrize(
    "fields", [{}, {"text": 3, "date": []}, {"id": "a", "date": "99999"}, {"date": "2022-02-31"}]
)
def test_answer_line_takes_anything(fields):
    assert answer_line(fields, REGISTER) == {"id": fields.get("id"), "statements": []}


SEEDS = [
    ("002", "Russia’s weaponisation", "indirect", "Jens Stoltenberg", "2022-11-08"),
    ("002", "ongoing battle of ideas", "indirect", "Mircea Geoană", "2022-11-03"),
    ("002", "military neutrality", "direct", "Rob Bauer", "2022-10-29"),
    ("002", "disruptors from all areas", "direct", "Mircea Geoană", "2022-10-25"),
    ("002", "demonstration of US capability", "direct", "Jens Stoltenberg", "2022-10-25"),
    ("002", "powerful message", "direct", "Jens Stoltenberg", "2022-10-25"),
    ("003", "more secure", "indirect", "Jens Stoltenberg", "2022-03-29"),
    ("003", "unity and strength in action", "indirect", "Jens Stoltenberg", "2022-03-25"),
]


@pytest.mark.samples
@pytest.mark.skipif(
    not (SAMPLES / "seeds").is_dir(), reason="the sample texts are not here (NATOWIRE_SAMPLES)"
)
@pytest.mark.parametrize(("seed", "words", "kind", "person", "on"), SEEDS)
def test_the_seeds(seed, words, kind, person, on):
    (path,) = (SAMPLES / "seeds").glob(f"{seed}_*.txt")
    lines = [line.strip() for line in re.split("\n", path.read_text(encoding="utf-8")) if line.strip()]
    found = [s for line in lines for s in find_statements(line, "", "", on=read_day(on), register=REGISTER)]
    lines_before = [a for a, b in zip(lines, lines[2:], strict=False) if words in b]
    found += [
        s
        for a, b in zip(lines, lines[2:], strict=False)
        if words in b
        for s in find_statements(a, b, "", on=read_day(on), register=REGISTER)
    ]
    assert (kind, person) in {(s.kind, s.person) for s in found if words in s.text}, lines_before
    silent = {"aleksandar-vucic", "pascal-lamy", "donald-trump"}
    assert not [s for s in found if s.person_id in silent or re.search("Bush|Putin|Lamy|Vu", s.person)]
