"""How fast the newest ten answers come, and how big the index is.

    python benchmarks/search.py [ITEMS] [DATABASE]

Makes ITEMS synthetic items of 60 words (a million by default; word frequencies as in English, 24 years of
news, a tenth with a speaker, a tenth with a vague date) in DATABASE, or in a temporary file, unless they
are there already. Prints milliseconds at p50 and p95 for each sort of query, ratios to a plain word, and
bytes.
"""

from __future__ import annotations

import itertools
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import Connection, create_engine

from parsers.people import OfficeMatch, PeopleMatch
from storage import search
from storage.query import Query, parse_query

DAY = 86_400
FIRST, LAST = 1_041_379_200, 1_798_761_600  # 2003 to 2027
VOCABULARY, SPEAKERS, SOURCES, ROUNDS = 60_000, 300, 8, 200
NO_OFFICE = OfficeMatch(office_ids=(), names=())
KINDS = ("news", "transcript", "press_release", "story")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(folder) / "search.db"
        engine = create_engine(f"sqlite:///{path}")
        draw = random.Random(2022)
        words = make_words(draw)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
            connection.commit()
            if not connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'documents'").all():
                fill(connection, count, words, draw)
            show_size(connection)
            show_times(connection, words, draw)
        engine.dispose()


def make_words(draw: random.Random) -> list[str]:
    """Made-up words, the commonest (and shortest) first."""
    syllables = ["".join(pair) for pair in itertools.product("bcdfglmnprstvz", "aeiou")]
    made: dict[str, None] = {}
    while len(made) < VOCABULARY:
        made[
            "".join(draw.choices(syllables, k=draw.randint(1, 4)))
            + draw.choice("nrst") * draw.randint(0, 1)
        ] = None
    return sorted(made, key=lambda word: len(word) + draw.random() * 6)


def make_documents(count: int, words: list[str], draw: random.Random) -> Iterator[search.Document]:
    weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(words))))
    step = (LAST - FIRST) / count
    for key in range(count):
        text = draw.choices(words, cum_weights=weights, k=60)
        at = int(FIRST + key * step)
        reach = (
            draw.choice((0, 1_800, 43_200)) if draw.random() < 0.9 else draw.choice((5, 20, 90, 400)) * DAY
        )
        tokens = [
            search.token("source", f"source-{draw.randrange(SOURCES)}"),
            search.token("kind", draw.choice(KINDS)),
            search.token("lang", "en"),
        ]
        if draw.random() < 0.1:
            tokens.append(search.token("person", f"person-{int(SPEAKERS * draw.random() ** 3)}"))
        yield search.Document(
            item_key=key + 1,
            at=at,
            earliest=at - reach,
            latest=at + reach,
            first_seen=at + 3_600,
            undated=False,
            title=" ".join(text[:8]).capitalize(),
            summary=" ".join(text[8:20]),
            text=" ".join(text[20:]) + ".",
            tokens=tuple(tokens),
        )


def fill(connection: Connection, count: int, words: list[str], draw: random.Random) -> None:
    search.create_tables(connection)
    documents = make_documents(count, words, draw)
    spent = 0.0
    while batch := list(itertools.islice(documents, 20_000)):
        start = time.perf_counter()
        search.put(connection, batch)
        connection.commit()
        spent += time.perf_counter() - start
    print(f"put: {spent:.1f} s, {spent / count * 1e6:.0f} µs an item")


def show_size(connection: Connection) -> None:
    count = connection.exec_driver_sql("SELECT count(*) FROM documents").scalar_one()
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    page = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    text = connection.exec_driver_sql(
        "SELECT avg(length(title) + length(summary) + length(text)), avg(length(marks)) FROM documents"
    ).one()
    index = connection.exec_driver_sql("SELECT sum(length(block)) FROM documents_index_data").scalar_one()
    print(f"{count:,} items, {pages * page / count:.0f} bytes each in all:", end=" ")
    print(f"text {text[0]:.0f}, marks {text[1]:.0f}, full-text index {index / count:.0f}")


def show_times(connection: Connection, words: list[str], draw: random.Random) -> None:
    def word() -> str:
        return words[
            int(len(words) ** draw.random()) - 1
        ]  # as likely among the commonest as among the rarest

    def day() -> int:
        return draw.randrange(FIRST, LAST - 120 * DAY)

    def dates(days: int) -> str:
        start = day()
        after, before = (
            datetime.fromtimestamp(at, UTC).date().isoformat() for at in (start, start + days * DAY)
        )
        return f"after:{after} before:{before}"

    base = 0.0
    sorts: dict[str, tuple[Callable[[], str], str]] = {
        "word": (word, "date"),
        "two words": (lambda: f"{word()} {word()}", "date"),
        "phrase": (lambda: f'"{words[draw.randrange(40)]} {word()}"', "date"),
        "word*": (lambda: f"{word()[:4]}*", "date"),
        "speaker": (lambda: f"speaker:person-{int(SPEAKERS * draw.random() ** 3)}", "date"),
        "speaker + word": (lambda: f"speaker:person-{int(SPEAKERS * draw.random() ** 3)} {word()}", "date"),
        "word + 30 days": (lambda: f"{word()} {dates(30)}", "date"),
        "30 days": (lambda: dates(30), "date"),
        "speaker + 1 year": (lambda: f"speaker:person-{draw.randrange(SPEAKERS)} {dates(365)}", "date"),
        "seen on a day": (lambda: f"seen:{datetime.fromtimestamp(day(), UTC).date()}", "date"),
        "-word": (lambda: f"-{word()}", "date"),
        "everything": (lambda: "", "date"),
        "word by rank": (word, "rank"),
    }
    for name, (make, sort) in sorts.items():
        spent = sorted(measure(connection, parse(make()), sort) for _ in range(ROUNDS))
        base = base or spent[ROUNDS // 2]
        p50, p95 = spent[ROUNDS // 2], spent[ROUNDS * 95 // 100]

        line = f"{name:18} p50 {p50:8.3f} ms   p95 {p95:8.3f} ms   most {spent[-1]:8.3f} ms"
        print(line, f"{p50 / base:5.1f} x")


def parse(text: str) -> Query:
    return parse_query(
        text,
        people=lambda name: PeopleMatch(person_ids=(name,), names=(name,)),
        offices=lambda _: NO_OFFICE,
        sources=(),
        kinds=KINDS,
        zone=ZoneInfo("Europe/Brussels"),
        now=datetime.now(UTC),
    )


def measure(connection: Connection, query: Query, sort: str) -> float:
    start = time.perf_counter()
    search.find(connection, query, limit=10, sort=sort)
    return (time.perf_counter() - start) * 1_000


if __name__ == "__main__":
    main()
