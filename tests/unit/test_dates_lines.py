"""`natowire date --jsonl`: one line in, one line out, nulls where it is no date."""

import json

import pytest

from parsers.dates.lines import answer_line, answer_series

NULLS = {"earliest": None, "latest": None, "best": None, "precision": None, "rule": None}


def test_a_relative_phrase():
    line = {
        "id": "a",
        "text": "2 weeks 3 days ago",
        "now": "2022-11-26T13:30:00Z",
        "tz": "Europe/Brussels",
        "granularity": 2,
        "engine": "drupal8",
    }
    assert answer_line(line) == {
        "id": "a",
        "earliest": "2022-11-08T13:30:01Z",
        "latest": "2022-11-09T13:30:00Z",
        "best": "2022-11-09T01:30:00Z",
        "precision": "day",
        "rule": "drupal8 at 2",
    }


def test_only_the_text_is_needed():
    answer = answer_line({"text": "8 November 2022"})
    assert (answer["earliest"], answer["latest"]) == ("2022-11-07T23:00:00Z", "2022-11-08T22:59:59Z")
    assert answer["id"] is None


def test_the_page_date_gives_the_year():
    line = {"text": "FEB 1", "page_date": "2024-01-23", "role": "event_upcoming"}
    assert answer_line(line)["earliest"] == "2024-01-31T23:00:00Z"
    assert (
        answer_line({"text": "FEB 1", "now": "2024-01-23T10:00:00Z"})["earliest"] == "2024-01-31T23:00:00Z"
    )


def test_a_bound_has_no_best():
    answer = answer_line({"text": "0 seconds ago", "now": "2022-11-26T13:30:00Z", "engine": "drupal8"})
    assert (answer["earliest"], answer["latest"]) == ("2022-11-26T13:30:00Z", None)
    assert answer["precision"] == "bound"


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"text": None},
        {"text": 5},
        {"text": ["2 days ago"]},
        {"text": "2 days ago"},
        {"text": "2 days ago", "now": "soon"},
        {"text": "2 days ago", "now": 5},
        {"text": "8 November 2022", "tz": "Nowhere/Else"},
        {"text": "8 November 2022", "tz": "../etc/passwd"},
        {"text": "8 November 2022", "tz": 5},
        {"text": "8 November 2022", "tz": ""},
        {"text": "nonsense", "granularity": "x", "engine": 5, "lang": 5, "page_date": 5, "role": 5},
    ],
)
def test_bad_fields_give_nulls(line):
    assert answer_line(line) == {"id": None, **NULLS}


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("On 26 March 2022, Iraq received a ton of cables", "2022-03-26", "2022-03-26"),
        ("The engineers spoke today (26 March 2022) at the fair", "2022-03-26", "2022-03-26"),
        ("during the visit of 27-28 March 2022 he met farmers", "2022-03-27", "2022-03-28"),
        ("Madrid saw, on 26 March, its first snow", "2022-03-26", "2022-03-26"),
    ],
)
def test_a_mention_is_read_out_of_its_sentence(text, first, last):
    line = {"text": text, "tz": "UTC", "page_date": "2022-04-02"}
    answer = answer_line(line | {"role": "mention"})
    assert (answer["earliest"], answer["latest"]) == (f"{first}T00:00:00Z", f"{last}T23:59:59Z")
    assert answer_line(line)["earliest"] is None  # a sentence is no written date


@pytest.mark.parametrize("text", ["The 2022 Strategic Concept", "Article 5 of 1949", "May be"])
def test_no_mention(text):
    assert answer_line({"text": text, "role": "mention", "page_date": "2022-04-02"})["earliest"] is None


@pytest.mark.parametrize(
    "fields", [{"granularity": "2"}, {"granularity": -1}, {"engine": "none"}, {"lang": 5}]
)
def test_a_bad_option_is_as_none(fields):
    line = {"text": "2 days ago", "now": "2022-11-26T13:30:00Z"}
    assert answer_line(line | fields) == answer_line(line)


def test_a_series_is_intersected():
    series = {
        "id": 7,
        "engine": "drupal8",
        "granularity": 2,
        "tz": "Europe/Brussels",
        "observations": [
            {"text": "2 days 10 hours ago", "now": "2023-09-12T20:44:09Z"},
            {"text": "2 days 15 hours ago", "now": "2023-09-13T02:24:28Z"},
        ],
    }
    answer = answer_series(series)
    assert (answer["id"], answer["earliest"], answer["latest"]) == (
        7,
        "2023-09-10T10:24:29Z",
        "2023-09-10T10:44:09Z",
    )
    assert answer["rule"] == "2 sightings, 0 conflicts"


@pytest.mark.parametrize(
    "observations", [None, [], "x", [5], [{}], [{"text": "x", "now": "2023-09-12T20:44:09Z"}]]
)
def test_a_series_of_nothing_is_nulls(observations):
    assert answer_series({"id": 1, "observations": observations}) == {"id": 1, **NULLS}


@pytest.mark.samples
def test_every_generated_series_is_exact(samples):
    lines = (samples / "data/dates/series.jsonl").read_text(encoding="utf-8").split("\n")
    series = [json.loads(line) for line in lines if line]
    assert len(series) >= 80
    for one in series:
        answer = answer_series(one)
        assert (answer["earliest"], answer["latest"]) == (one["earliest"], one["latest"]), one["id"]
