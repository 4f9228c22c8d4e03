from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from aggregator.render.shapes import (
    list_speakers,
    shape_entry,
    shape_hit,
    shape_item,
    shape_statement,
    shape_time,
    shape_when,
    to_json,
)
from parsers.dates import describe
from parsers.model import Detail, Entry, Observation, Revision, When
from tests.unit.delivery_cases import BRUSSELS, UNDATED, at, day, make, say

OFFICES = {"secretary-general": "NATO Secretary General"}


@dataclass(frozen=True)
class Found:
    id: str = "i1"
    title: str = "A title"
    url: str = "https://www.nato.int/a"
    published: When = UNDATED
    event: When | None = None
    source: str = "natowatch"
    kind: str = "news"
    speakers: tuple[str, ...] = ("Jens Stoltenberg",)
    snippet: str = "a title"


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (None, None),
        (at("2022-11-26T13:30"), "2022-11-26T13:30:00Z"),
        (datetime(2022, 7, 1, 2, 0, 0, tzinfo=BRUSSELS), "2022-07-01T00:00:00Z"),
        (datetime(987, 1, 2, 3, 4, 5, 678, tzinfo=UTC), "0987-01-02T03:04:05Z"),
    ],
)
def test_times_are_utc_seconds(moment: datetime | None, written: str | None) -> None:
    assert shape_time(moment) == written


def test_an_interval_has_four_keys_and_more_on_demand() -> None:
    when = day("2022-11-08")
    assert shape_when(when) == {
        "earliest": "2022-11-07T23:00:00Z",
        "latest": "2022-11-08T22:59:59Z",
        "best": "2022-11-08T11:00:00Z",
        "precision": "day",
    }
    whole = shape_when(when, BRUSSELS, evidence=True)
    assert whole is not None
    assert whole["words"] == describe(when, BRUSSELS)
    assert whole["conflicts"] == []
    assert whole["evidence"] == [
        {
            "kind": "printed",
            "raw": "2022-11-08",
            "where": "span.date",
            "earliest": "2022-11-07T23:00:00Z",
            "latest": "2022-11-08T22:59:59Z",
            "rule": "day",
            "strength": "stated",
        }
    ]


def test_what_is_unknown_is_null() -> None:
    assert shape_when(None) is None
    shape = shape_when(UNDATED)
    assert shape == {"earliest": None, "latest": "2022-11-09T08:00:00Z", "best": None, "precision": "bound"}


def test_a_statement_names_person_and_office() -> None:
    shape = shape_statement(say(), OFFICES)
    assert (shape["person"], shape["office"], shape["office_id"]) == (
        "Jens Stoltenberg",
        "NATO Secretary General",
        "secretary-general",
    )
    assert (shape["mention_start"], shape["mention_end"]) == (10, 26)
    assert shape_statement(say())["office"] == "secretary-general"
    absent = shape_statement(say(mention_start=-1, mention_end=-1))
    assert (absent["mention_start"], absent["mention_end"]) == (None, None)


@pytest.mark.parametrize(
    ("statements", "names"),
    [
        ([], []),
        ([say(), say()], ["Jens Stoltenberg, NATO Secretary General"]),
        ([say(office=""), say()], ["Jens Stoltenberg, NATO Secretary General"]),
        ([say(office="")], ["Jens Stoltenberg"]),
        ([say(person="")], ["NATO Secretary General"]),
        ([say(speaker_kind="collective", person="Allies", office="")], []),
        ([say(speaker_kind="unnamed", person="", office="")], []),
        ([say(person="A B", office=""), say()], ["A B", "Jens Stoltenberg, NATO Secretary General"]),
    ],
)
def test_each_speaker_is_listed_once(statements: list, names: list[str]) -> None:
    assert [str(speaker) for speaker in list_speakers(statements, OFFICES)] == names


def test_an_item_has_revisions_only_when_asked_for_whole() -> None:
    item = make(statements=(say(),))
    shape = shape_item(item, offices=OFFICES)
    assert shape["speakers"] == ["Jens Stoltenberg"]
    assert shape["source"] == "natowatch"
    assert shape["detail"] == "teaser"
    assert "revisions" not in shape
    seen = at("2022-11-09T08:00")
    whole = make(
        revisions=(Revision(item_id="i1", number=1, seen_at=seen, title="t", summary="s", text="x"),),
        observations=(Observation(item_id="i1", capture_id=7, source_id="natowatch", seen_at=seen),),
    )
    shape = shape_item(whole)
    assert shape["observations"] == [
        {"source": "natowatch", "capture": 7, "seen_at": "2022-11-09T08:00:00Z"}
    ]
    assert shape["revisions"] == [
        {
            "number": 1,
            "seen_at": "2022-11-09T08:00:00Z",
            "silent": False,
            "title": "t",
            "summary": "s",
            "text": "x",
        }
    ]


def test_an_entry_keeps_its_witnesses() -> None:
    entry = Entry(
        url="https://www.nato.int/a",
        guid="g",
        kind="news",
        detail=Detail.PAGE,
        title="T",
        summary="",
        text="x",
        language="en",
        published=day("2022-11-08"),
    )
    shape = shape_entry(entry)
    assert shape["published"]["evidence"][0]["raw"] == "2022-11-08"
    assert (shape["updated"], shape["event"], shape["byline"], shape["detail"]) == (None, None, "", "page")


def test_a_hit_has_the_keys_of_the_contract() -> None:
    assert list(shape_hit(Found())) == [
        "id",
        "title",
        "url",
        "published",
        "event",
        "source",
        "kind",
        "speakers",
        "snippet",
    ]


@pytest.mark.parametrize("text", ["plain", "Vučić", "a\u2028b\u2029c\x85d", "half \ud83d pair", "\n\t\x00"])
def test_json_is_one_line_of_utf_8_and_loses_nothing(text: str) -> None:
    line = to_json({"text": text})
    assert len(line.splitlines()) == 1
    assert json.loads(line.encode()) == {"text": text}
