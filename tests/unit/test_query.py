"""A query is understood, and what is not understood never widens the answer."""

import json
from datetime import UTC, datetime

import pytest
from query_cases import ask

from parsers.errors import QueryError
from storage.days import OPEN, Span
from storage.grammar import And, Mark, Not, Or, Words
from storage.query import Named

STOLTENBERG = Mark("person", "jens-stoltenberg")
SMITHS = Or((Mark("person", "ann-smith"), Mark("person", "bob-smith")))
EDITED = Mark("edited", "yes")


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("speaker:stoltenberg", STOLTENBERG),
        ('speaker:"Jens Stoltenberg"', STOLTENBERG),
        ("speaker:smith", SMITHS),
        ("-speaker:smith", Not(SMITHS)),
        ("speaker:stoltenberg OR speaker:smith", Or((STOLTENBERG, *SMITHS.parts))),
        ('office:"secretary general"', Mark("office", "secretary-general")),
        ("source:NATO-Watch", Mark("source", "nato-watch")),
        ("source:natowatch", Mark("source", "natowatch")),
        ("kind:news", Mark("kind", "news")),
        ("kind:press-release", Mark("kind", "press_release")),
        ('kind:"Press releases"', Mark("kind", "press_release")),
        ("kind:stories", Mark("kind", "story")),
        ("lang:en-GB", Mark("lang", "en")),
        ("lang:French", Mark("lang", "fr")),
        ("title:climate", Words("climate", field="title")),
        ('title:"north sea*"', Words("north sea", prefix=True, field="title")),
        ("edited:yes", EDITED),
        ("edited:no", Not(EDITED)),
        ("-edited:no", EDITED),
        ("a (speaker:stoltenberg after:2022)", And((Words("a"), STOLTENBERG))),
    ],
)
def test_filters(text, root):
    query = ask(text)
    assert query.root == root
    assert not query.refused
    assert query.ignored == ()


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("after:2022-11-01", Span(utc(2022, 10, 31, 23), None)),
        ("before:2022-11-01", Span(None, utc(2022, 10, 31, 22, 59, 59))),
        ("on:2022-11-09", Span(utc(2022, 11, 8, 23), utc(2022, 11, 9, 22, 59, 59))),
        ("after:2022-11 before:2022-12", Span(utc(2022, 10, 31, 23), utc(2022, 11, 30, 22, 59, 59))),
        ("after:2021 after:2022-11-01", Span(utc(2022, 10, 31, 23), None)),
        ("on:2022 (on:2022-11-09 a)", Span(utc(2022, 11, 8, 23), utc(2022, 11, 9, 22, 59, 59))),
        ("on:yesterday", Span(utc(2022, 11, 24, 23), utc(2022, 11, 25, 22, 59, 59))),
        ("on:2022-11-09..", Span(utc(2022, 11, 8, 23), None)),
        ("seen:2022", OPEN),
    ],
)
def test_dates(text, published):
    query = ask(text)
    assert query.published == published
    assert not query.refused


def test_seen_and_certain():
    query = ask("seen:yesterday certain:yes on:2022")
    assert query.seen == Span(utc(2022, 11, 24, 23), utc(2022, 11, 25, 22, 59, 59))
    assert query.certain
    assert not ask("certain:no on:2022").certain


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("speaker:stoltenburg", "no speaker 'stoltenburg'; did you mean Jens Stoltenberg?"),
        ("speaker:smithh", "no speaker 'smithh'; did you mean Ann Smith or Bob Smith?"),
        ("speaker:nobody", "no speaker 'nobody'"),
        ("office:pope", "no office 'pope'"),
        ("source:nato-wach", "did you mean nato-watch"),
        ("kind:poem", "there are news, press_release, story, transcript"),
        ("lang:!", "write a language as its code"),
        ("edited:maybe", "edited:yes"),
        ("certain:maybe", "certain:yes"),
        ("after:09/11/2022", "more than one day"),
        ("after:soon", "no date was read in 'soon'"),
        ("after:2022-01..2022-02", "no date was read"),
        ("-after:2022", "takes no minus"),
        ("a OR after:2022", "takes no minus"),
        ("-(certain:yes a)", "takes no minus"),
        ("speaker:", "needs a value"),
        ("title:—", "no letter or digit"),
        ("after:2023 before:2022", "leave no day between them"),
        ("on:2022-01 on:2022-02", "leave no day between them"),
        ("a*", "at least 2 letters must stand before *"),
        ('-"north s*"', "at least 2 letters must stand before *"),
        ("ab* " * 9, "at most 8 words"),
        ("x " * 3000, "4,096 characters at most"),
    ],
)
def test_what_is_not_understood_finds_nothing_and_says_why(text, hint):
    query = ask("climate " + text)
    assert query.refused
    assert hint in " ".join(note.hint for note in query.ignored)


def test_an_alternative_does_not_save_an_unknown_name():
    assert ask("climate OR speaker:nobody").refused
    assert ask("-speaker:nobody").refused


def test_flags_are_filters():
    query = ask(
        "climate",
        speaker="stoltenberg",
        kind=["news", "story"],
        after="2022-11-01",
        source=None,
        office="",
        edited=True,
    )
    kinds = Or((Mark("kind", "news"), Mark("kind", "story")))
    assert query.root == And((Words("climate"), STOLTENBERG, kinds, EDITED))
    assert query.published.earliest == utc(2022, 10, 31, 23)
    assert ask("", speaker='" OR kind:news').refused


def test_a_flag_that_is_no_filter_is_a_mistake_of_the_program():
    with pytest.raises(QueryError, match="speeker"):
        ask("", speeker="a")


def test_as_understood():
    text = (
        'climat* "north sea" -fish speaker:smith source:nato kind:news lang:en after:2022-11 seen:2022 x &'
    )
    understood = json.loads(json.dumps(ask(text).understood()))
    assert understood == {
        "text": text,
        "expression": 'climat* "north sea" -fish (speaker:ann-smith OR speaker:bob-smith) source:nato '
        "kind:news lang:en x",
        "words": ["climat*", "north sea", "x"],
        "speakers": [{"id": "ann-smith", "name": "Ann Smith"}, {"id": "bob-smith", "name": "Bob Smith"}],
        "offices": [],
        "sources": ["nato"],
        "kinds": ["news"],
        "languages": ["en"],
        "after": "2022-10-31T23:00:00Z",
        "before": None,
        "seen": {"after": "2021-12-31T23:00:00Z", "before": "2022-12-31T23:00:00Z"},
        "certain": False,
        "refused": False,
        "ignored": [{"text": "&", "hint": "it holds no letter or digit to search for"}],
    }


def test_nothing_typed_asks_for_everything():
    query = ask("")
    assert query.root is None
    assert query.understood()["expression"] == ""
    assert not query.refused


def test_negated_leaves_are_not_to_be_shown():
    query = ask("a -b -speaker:stoltenberg (c OR -d)")
    assert query.words == (Words("a"), Words("c"))
    assert query.speakers == ()
    assert ask("speaker:stoltenberg").speakers == (Named("jens-stoltenberg", "Jens Stoltenberg"),)
