"""`date` and `speech`, asked one line at a time: each line has its answer."""

import json

from tests.command import run

WHEN = {"earliest", "latest", "best", "precision"}
NOW = "2022-11-26T13:30:00Z"


# -- dates and speech, line by line


def lines(*documents: object) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


def test_date_reads_one_and_says_the_interval():
    words = ("date", "2 weeks 3 days ago", "--now", NOW, "--tz", "Europe/Brussels", "--granularity", "2")
    ran = run(*words, "--engine", "drupal8", "--json")
    answer = ran.json
    assert (answer["earliest"], answer["latest"]) == ("2022-11-08T13:30:01Z", "2022-11-09T13:30:00Z")
    assert set(answer) >= {*WHEN, "rule"}
    told = run(*words, "--engine", "drupal8").out
    assert "2022-11-08T13:30:01Z" in told
    assert run("date", "no date at all", "--json").json["earliest"] is None


def test_date_answers_each_line_with_one():
    asked = lines(
        {
            "id": 1,
            "text": "2 weeks 3 days ago",
            "now": NOW,
            "tz": "Europe/Brussels",
            "granularity": 2,
            "engine": "drupal8",
        },
        {"id": "two", "text": "8 November 2022"},
        {"text": "nothing of the kind"},
        {"id": 4, "text": "FEB 1", "page_date": "2024-01-23", "role": "event_upcoming"},
        {"id": 5, "text": 7, "now": [], "tz": {}, "granularity": "x", "engine": 0},
    )
    ran = run("date", "--jsonl", stdin=asked + "no json\n")
    assert ran.code == 0
    assert [line["id"] for line in ran.lines] == [1, "two", None, 4, 5, None]
    assert all(set(line) == {"id", *WHEN, "rule"} for line in ran.lines[:5])
    assert ran.lines[1]["earliest"] == "2022-11-07T23:00:00Z"
    assert set(ran.lines[2].values()) == {None}
    assert ran.lines[3]["earliest"] == "2024-01-31T23:00:00Z"


def test_date_intersects_a_series():
    sightings = [{"text": "1 day ago", "now": NOW}, {"text": "2 days ago", "now": "2022-11-27T13:00:00Z"}]
    asked = {
        "id": "s",
        "engine": "drupal8",
        "granularity": 2,
        "tz": "Europe/Brussels",
        "observations": sightings,
    }
    for flags in (("--jsonl", "--series"), ("--series", "--jsonl", "--json")):
        ran = run("date", *flags, stdin=lines(asked))
        assert len(ran.lines) == 1
        answer = ran.lines[0]
        assert (answer["id"], answer["earliest"], answer["latest"]) == (
            "s",
            "2022-11-25T12:30:01Z",
            "2022-11-25T13:00:00Z",
        )


def test_speech_finds_who_says_what_in_code_points():
    text = "🙂 “We stand together,” NATO Secretary General Jens Stoltenberg said on Tuesday."
    ran = run(
        "speech",
        "--jsonl",
        stdin=lines({"id": 9, "title": "T", "text": text, "date": "2022-11-08", "lang": "en"}),
    )
    (answer,) = ran.lines
    (one,) = answer["statements"]
    assert answer["id"] == 9
    assert set(one) >= {
        *("field", "start", "end", "text", "kind", "cue", "mention", "mention_start", "mention_end"),
        *("speaker_kind", "person", "office", "rule", "confidence"),
    }
    assert text[one["start"] : one["end"]] == one["text"]
    assert text[one["mention_start"] : one["mention_end"]] == one["mention"]
    assert (one["kind"], one["person"], one["office"]) == (
        "direct",
        "Jens Stoltenberg",
        "NATO Secretary General",
    )
