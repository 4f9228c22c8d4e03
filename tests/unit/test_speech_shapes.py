"""Who says what in titles, transcripts and monologues, and in French and Ukrainian."""

from __future__ import annotations

import pytest

from tests.speech_cases import read


@pytest.mark.parametrize(
    ("title", "kind", "said", "person"),
    [
        (
            "“Ice is melting fast”, says Chair of the NATO Military Committee",
            "direct",
            "“Ice is melting fast”",
            "Rob Bauer",
        ),
        (
            "Secretary General to students in Lund: peace needs work",
            "indirect",
            "peace needs work",
            "Jens Stoltenberg",
        ),
        (
            "NATO Secretary General at Arctic forum: “ice is melting fast”",
            "direct",
            "“ice is melting fast”",
            "Jens Stoltenberg",
        ),
        (
            "Secretary General praises Latvia’s engineers",
            "indirect",
            "Latvia’s engineers",
            "Jens Stoltenberg",
        ),
        ("Admiral Bauer: “Ice is melting fast”", "direct", "“Ice is melting fast”", "Rob Bauer"),
        ("“Ice is melting fast” – Admiral Bauer", "direct", "“Ice is melting fast”", "Rob Bauer"),
    ],
)
def test_titles(title, kind, said, person):
    (found,) = read(title=title)
    assert (found.kind, found.text, found.person, found.field) == (kind, said, person, "title")


@pytest.mark.parametrize(
    "title",
    [
        "Secretary General visits Iceland: joint press conference",
        "NATO-Ukraine Council: setting a course for spring",
        "Secretary General’s Annual Report: a hard year",
        "Storm Response: Latvia receives pumps from NATO",
        "UN Secretary-General to students: peace needs work",
    ],
)
def test_titles_without_a_speaker(title):
    assert read(title=title) == ()


TRANSCRIPT = """Press point
by NATO Secretary General Jens Stoltenberg and the Prime Minister of Iceland

(As delivered)

NATO Secretary General Jens Stoltenberg: Good morning. As a poet wrote, “ice remembers.”
It is good to be here.

OANA LUNGESCU (NATO Spokesperson): The first question.

Q: Will ships come?

JENS STOLTENBERG: They will. (Laughter)

Lena Holm [Nordic Wire]: And planes?

Jens Stoltenberg: Planes too.
***
"""


def test_transcript_turns():
    found = read(TRANSCRIPT)
    assert {one.kind for one in found} == {"turn"}
    assert [(one.text.split("\n")[0], one.speaker_kind, one.person) for one in found] == [
        ("Good morning. As a poet wrote, “ice remembers.”", "person", "Jens Stoltenberg"),
        ("The first question.", "person", "Oana Lungescu"),
        ("Will ships come?", "unnamed", ""),
        ("They will. (Laughter)", "person", "Jens Stoltenberg"),
        ("And planes?", "person", "Lena Holm"),
        ("Planes too.", "person", "Jens Stoltenberg"),
    ]


def test_turns_without_colons():
    text = (
        "Jens Stoltenberg\nGood morning.\n\nModerator\nOver to you.\n\nJens Stoltenberg\nThank you all.\n"
    )
    found = read(text, kind="transcript")
    assert [(one.text, one.speaker_kind) for one in found] == [
        ("Good morning.", "person"),
        ("Over to you.", "unnamed"),
        ("Thank you all.", "person"),
    ]


def test_a_byline_makes_a_monologue():
    text = "Dear friends,\n\nthe sea is cold. As the captain said, “mind the ice.”"
    (found,) = read(text, byline="by NATO Secretary General Jens Stoltenberg", kind="transcript")
    assert (found.kind, found.text, found.person) == ("turn", text, "Jens Stoltenberg")
    (found,) = read(f"Speech by NATO Secretary General Jens Stoltenberg at the Lund Forum\n\n{text}")
    assert (found.text, found.mention) == (text, "NATO Secretary General Jens Stoltenberg")
    assert read(text, byline="Ada Reporter", kind="news")[0].kind == "direct"


def test_colons_make_no_transcript():
    assert read("Note: the hall is full.\nWhere: Brussels\nWhen: Monday\nAgenda: none") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Le secrétaire général de l’OTAN, Jens Stoltenberg, a déclaré que la mer est froide.",
            "la mer est froide",
        ),
        (
            "« La mer est froide », a déclaré le secrétaire général de l’OTAN Jens Stoltenberg.",
            "« La mer est froide »",
        ),
        ("Генеральний секретар НАТО Єнс Столтенберг заявив, що море холодне.", "море холодне"),
        ("«Море холодне», — наголосив Єнс Столтенберг.", "«Море холодне»"),
    ],
)
def test_french_and_ukrainian(text, said):
    (found,) = read(text)
    assert (found.text, found.person) == (said, "Jens Stoltenberg")
