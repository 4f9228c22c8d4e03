"""The index stays true to the documents, and a query finds what it should, newest first."""

import random
from dataclasses import replace
from datetime import datetime

import pytest
from query_cases import ask
from sqlalchemy import create_engine

from parsers.errors import QueryError, StorageError
from storage import search
from storage.search import Document, token

DAY = 86_400


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    with engine.begin() as opened:
        search.create_tables(opened)
        yield opened
    engine.dispose()


def at(day: str, hour: int = 12) -> int:
    return int(datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00").timestamp())


def document(key: int, day: str = "2022-11-09", text: str = "", *tokens: str, **fields) -> Document:
    when = at(day)
    bounds = {"earliest": when, "latest": when, "first_seen": when + DAY, "undated": False}
    return Document(
        **{
            "item_key": key,
            "at": when,
            **bounds,
            "title": "",
            "summary": "",
            "text": text,
            "tokens": tokens,
        }
        | fields
    )


def keys(connection, text: str, **options) -> tuple[int, ...]:
    return search.find(connection, ask(text), **{"limit": 100, **options}).keys


WORLD = [
    document(
        1,
        "2022-11-08",
        "Jets of type F-16 for the U.S., NATO’s friend",
        token("person", "jens-stoltenberg"),
    ),
    document(2, "2022-11-07", "Зв'язок і Київ", token("lang", "uk-UA"), token("kind", "press_release")),
    document(3, "2022-11-06", "North of the sea", title="Łódź", summary="Climate change in Straßburg"),
    document(4, "1968-05-01", "The north sea and a changing climate", search.EDITED, title="Old climate"),
    document(5, "2022-11-05", "sourcenato00watch every", token("source", "natowatch")),
    document(6, "2022-11-04", "jets", token("source", "nato-watch"), token("person", "ann-smith")),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", (1, 2, 3, 5, 6, 4)),
        ("jets", (1, 6)),
        ("JETS", (1, 6)),
        ("jet", ()),
        ("jet*", (1, 6)),
        ("climate sea", (3, 4)),
        ('"north sea"', (4,)),
        ('"climate chan*"', (3,)),
        ("title:climate", (4,)),
        ("title:north", ()),
        ("jets -friend", (6,)),
        ("-jets", (2, 3, 5, 4)),
        ("-jets -climate", (2, 5)),
        ("-(climate sea)", (1, 2, 5, 6)),
        ("friend OR київ", (1, 2)),
        ("(friend OR київ) jets", (1,)),
        ("jets OR -climate", (1, 2, 5, 6)),
        ("lodz", (3,)),
        ("ŁÓDŹ", (3,)),
        ("strassburg", (3,)),
        ("Зв’язок", (2,)),
        ("КИЇВ", (2,)),
        ("F-16", (1,)),
        ("f16", ()),
        ("U.S.", (1,)),
        ("nato's", (1,)),
        ("nato", (1,)),
        ("speaker:stoltenberg", (1,)),
        ("-speaker:stoltenberg jets", (6,)),
        ("speaker:smith OR speaker:stoltenberg", (1, 6)),
        ("source:nato-watch", (6,)),
        ("source:natowatch", (5,)),
        ("kind:press_release", (2,)),
        ("lang:uk", (2,)),
        ("edited:yes", (4,)),
        ("edited:no jets", (1, 6)),
        ("sourcenato00watch", (5,)),
        ("every", (5,)),
        ("personjens00stoltenberg", ()),
        ("marks:every", ()),
        ('"every"" OR ""jets"', ()),
        ("NEAR(jets friend)", ()),
        ("x'; DROP TABLE documents; --", ()),
        ("speaker:nobody", ()),
        ("before:1970", (4,)),
        ("after:2022-11-07", (1, 2)),
        ("on:2022-11-06..2022-11-07 -київ", (3,)),
        ("seen:2022-11-09", (1,)),
        ("seen:1999", ()),
        ("seen:..2000", (4,)),
        ("seen:2022-11-05..2022-11-07 jets", (6,)),
    ],
)
def test_find(connection, text, found):
    search.put(connection, WORLD)
    assert keys(connection, text) == found


@pytest.mark.parametrize(
    ("text", "reach_days", "found"),
    [
        ("on:2022-11-09", 0, True),
        ("on:2022-11-10", 0, False),
        ("on:2022-11-12", 3, True),
        ("on:2022-11-13", 3, False),
        ("after:2022-12-31", 60, True),
        ("before:2022-09-11", 60, True),
        ("before:2022-09-10", 60, False),
        ("on:2024-01-01", 500, True),
        ("on:2040-01-01", 9000, True),
        ("on:2040-01-01", 5000, False),
        ("on:2022-11-12 certain:yes", 3, False),
        ("on:2022-11 certain:yes", 3, True),
        ("after:2022-10 certain:yes", 3, True),
        ("after:2022-11-07 certain:yes", 3, False),
        ("certain:yes", 3, True),
    ],
)
def test_dates_match_by_overlap_or_containment(connection, text, reach_days, found):
    when, reach = at("2022-11-09"), reach_days * DAY
    search.put(connection, [document(1, text="word", earliest=when - reach, latest=when + reach)])
    assert keys(connection, text) == ((1,) if found else ())
    assert keys(connection, text + " word") == ((1,) if found else ())


def test_undated_items_match_by_the_bounds_they_have(connection):
    seen = at("2022-11-09")
    nothing_known = {"undated": True, "earliest": None, "latest": None, "first_seen": seen}
    search.put(
        connection, [document(1, **nothing_known), document(2, **nothing_known | {"earliest": seen - DAY})]
    )
    assert keys(connection, "before:2000") == (1,)
    assert keys(connection, "on:2022-11-08") == (2, 1)
    assert keys(connection, "after:2022-11-10") == ()
    assert keys(connection, "on:2022 certain:yes") == (2,)


def test_answers_are_those_of_looking_at_every_document(connection):
    draw = random.Random(7)
    documents = []
    for key in range(400):
        when = draw.randrange(at("2019-01-01"), at("2023-01-01"))
        reach = [draw.choice([0, 1, 20, 100, 1000]) * DAY * draw.random() for _ in range(2)]
        bounds = (int(when - reach[0]), int(when + reach[1]))
        earliest, latest = (None if draw.random() < 0.05 else bound for bound in bounds)
        text = draw.choice(["alpha", "beta", "alpha beta"])
        documents.append(document(key, text=text, at=when, earliest=earliest, latest=latest))
    search.put(connection, documents)
    for _ in range(60):
        span = [f"{draw.choice([2019, 2020, 2021])}-{draw.randint(1, 12):02}" for _ in range(2)]
        text = f"alpha on:{min(span)}..{max(span)}" + draw.choice(["", " certain:yes"])
        query = ask(text)
        low, high = (int(bound.timestamp()) for bound in (query.published.earliest, query.published.latest))
        wanted = [
            one.item_key
            for one in sorted(documents, key=lambda one: (one.at, one.item_key), reverse=True)
            if "alpha" in one.text
            and (
                (
                    one.earliest is not None
                    and one.latest is not None
                    and low <= one.earliest <= one.latest <= high
                )
                if query.certain
                else (one.latest is None or one.latest >= low)
                and (one.earliest is None or one.earliest <= high)
            )
        ]
        paged: list[int] = []
        cursor = None
        while True:
            page = search.find(connection, query, limit=7, before=cursor)
            paged.extend(page.keys)
            cursor = page.cursor
            if not page.more:
                break
        assert paged == wanted, text
        assert list(search.find(connection, query, limit=9, offset=5).keys) == wanted[5:14]


def test_pages(connection):
    search.put(connection, [document(key, f"20{key:02}-01-01", "word") for key in range(10, 20)])
    first = search.find(connection, ask("word"), limit=4)
    assert (first.keys, first.more) == ((19, 18, 17, 16), True)
    rest = search.find(connection, ask("word"), limit=6, before=first.cursor)
    assert (rest.keys, rest.more) == ((15, 14, 13, 12, 11, 10), False)
    assert search.find(connection, ask("word"), limit=0) == search.Found((), more=True)
    assert search.find(connection, ask("nothing"), limit=4) == search.Found((), more=False)


def test_rank_puts_titles_first(connection):
    body = "filler " * 30
    search.put(
        connection,
        [
            document(1, "2020-01-01", body, title="Climate"),
            document(2, "2021-01-01", "climate " + body),
            document(3, "2022-01-01", body),
        ],
    )
    assert keys(connection, "climate") == (2, 1)
    assert keys(connection, "climate", sort="rank") == (1, 2)
    assert keys(connection, "climate on:2021", sort="rank") == (2,)
    assert keys(connection, "-climate", sort="rank") == (3,)
    page = search.find(connection, ask("climate"), limit=1, sort="rank", offset=1)
    assert (page.keys, page.more, page.cursor) == ((2,), False, None)


def test_a_changed_text_is_found_by_its_new_words_only(connection):
    search.put(connection, [document(1, text="old"), document(2, text="old")])
    search.put(connection, [document(1, text="new")])
    assert keys(connection, "old") == (2,)
    assert keys(connection, "new") == (1,)
    assert search.check(connection) == []


def test_a_better_date_moves_a_document(connection):
    search.put(connection, [document(1, "2022-11-09", "word"), document(2, "2022-11-08", "word")])
    search.put(connection, [document(1, "2022-11-01", "word")])
    assert keys(connection, "word") == (2, 1)
    assert keys(connection, "on:2022-11-09") == ()
    assert search.check(connection) == []


def test_documents_of_one_second_keep_their_order_of_arrival(connection):
    search.put(connection, [document(2, text="word"), document(1, text="word")])
    search.put(connection, [document(3, text="word")])
    search.put(connection, [document(1, text="word again")])
    assert keys(connection, "word") == (3, 2, 1)


def test_better_bounds_are_kept_without_touching_the_index(connection):
    search.put(connection, [document(1)])
    before = connection.exec_driver_sql(
        "SELECT count(*), sum(length(block)) FROM documents_index_data"
    ).one()
    search.put(connection, [document(1, earliest=at("2022-11-08"))])
    after = connection.exec_driver_sql(
        "SELECT count(*), sum(length(block)) FROM documents_index_data"
    ).one()
    assert keys(connection, "on:2022-11-08") == (1,)
    assert before == after


def test_the_index_survives_any_order_of_changes(connection):
    draw = random.Random(3)
    kept = {}
    for _ in range(120):
        batch = [
            document(
                draw.randrange(30),
                text=draw.choice(["łódź ßa", "и\u0306од", "a b c", ""]),
                at=draw.randrange(-20, 20),
                title=draw.choice(["one", "two"]),
            )
            for _ in range(draw.randrange(8))
        ]
        search.put(connection, batch)
        kept.update({one.item_key: one for one in batch})
        gone = [draw.randrange(30)]
        search.remove(connection, gone)
        kept.pop(gone[0], None)
        assert search.check(connection) == []
    assert set(keys(connection, "")) == set(kept)
    assert set(keys(connection, "lodz")) == {key for key, one in kept.items() if "łódź" in one.text}


def test_check_sees_a_document_changed_behind_the_index(connection):
    search.put(connection, WORLD)
    assert search.check(connection) == []
    connection.exec_driver_sql("UPDATE documents SET text = 'other' WHERE item_key = 1")
    assert len(search.check(connection)) == 1
    search.rebuild(connection)
    assert search.check(connection) == []
    assert keys(connection, "other") == (1,)


def test_the_index_can_be_made_anew(connection):
    search.put(connection, WORLD)
    search.drop_index(connection)
    search.create_index(connection)
    assert search.check(connection) == []
    assert keys(connection, "jets") == (1, 6)


def test_what_sqlite_cannot_hold_is_replaced(connection):
    search.put(connection, [document(1, text="one\x00two \ud800three")])
    assert keys(connection, "two three") == (1,)
    assert connection.exec_driver_sql("SELECT text FROM documents").scalar() == "one\ufffdtwo \ufffdthree"


def test_a_second_is_full_at_a_million(connection):
    search.put(connection, [document(1)])
    last = ((at("2022-11-09") + 1) << 20) - 1
    connection.exec_driver_sql("UPDATE documents SET rowid = ?", (last,))
    with pytest.raises(StorageError, match="dated to the second"):
        search.put(connection, [document(2)])


@pytest.mark.parametrize(
    "values",
    [("a-b", "ab"), ("a-b", "a0b"), ("A", "a"), ("é", "e"), ("a--b", "a-b"), ("0", "-"), ("a_b", "a-b")],
)
def test_no_two_values_share_a_token(values):
    first, second = (token("source", value) for value in values)
    assert first != second
    assert first.isalnum()
    assert first.isascii()


def test_tokens():
    assert token("source", "nato-watch") == "sourcenato00watch"
    assert token("lang", "en-GB") == token("lang", "EN") == "langen"
    assert token("edited", "yes") == search.EDITED
    with pytest.raises(QueryError):
        token("planet", "mars")


def test_mistakes_of_a_program_are_told(connection):
    query = ask("word")
    for wrong in ({"sort": "size"}, {"limit": -1}, {"offset": -1}):
        with pytest.raises(QueryError):
            search.find(connection, query, **{"limit": 1, **wrong})
    unresolved = replace(query, root=ask("speaker:smith").root)
    assert search.find(connection, unresolved, limit=1).keys == ()
