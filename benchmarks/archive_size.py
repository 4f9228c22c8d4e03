"""What an item of 60 words takes on disk, part by part, and how fast items are put and verified.

Run `python benchmarks/archive_size.py [ITEMS]` from the checkout; 10,000 items by default.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from parsers.model import Alias, Item
from storage.archive import Archive
from storage.folder import DATABASE
from storage.verify import verify
from tests.archive_cases import START, make_capture, make_item, see

BATCH = 1_000
CHANCE = random.Random(1)
LETTERS = "abcdefghijklmnoprstuvw"
SCHEMES = ("url", "document", "guid", "text")
LENGTHS = [max(2, int(CHANCE.gauss(4.7, 2.3))) for _ in range(30_000)]
WORDS = ["".join(CHANCE.choices(LETTERS, k=length)) for length in LENGTHS]
WEIGHTS = [1 / (rank + 5) for rank in range(len(WORDS))]


def say(count: int) -> str:
    return " ".join(CHANCE.choices(WORDS, WEIGHTS, k=count))


def make(number: int) -> tuple[Item, list[Alias]]:
    day = START - timedelta(minutes=7 * number)
    pattern, text = make_item(), say(50)
    witness = replace(pattern.published.evidence[0], earliest=day, latest=day + timedelta(hours=1))
    published = replace(
        pattern.published, earliest=day, latest=day + timedelta(hours=1), best=day, evidence=(witness,)
    )
    statement = replace(pattern.statements[0], text=text[:20], end=20)
    url = f"https://example.org/cps/en/natohq/news_{200_000 + number}.htm"
    item = replace(
        pattern,
        id=f"{number:016x}",
        url=url,
        title=say(10),
        summary="",
        text=text,
        published=published,
        statements=(statement,) if number % 3 == 0 else (),
    )
    names = [Alias(scheme=scheme, scope="", value=f"{scheme} {url}") for scheme in SCHEMES]
    return item, names


def main(count: int) -> None:
    with TemporaryDirectory() as room, Archive.create(Path(room)) as archive:
        spent = 0.0
        with archive.writing("measure") as writer:
            for start in range(0, count, BATCH):
                made = [make(number) for number in range(start, start + BATCH)]
                capture = make_capture(start)
                begun = time.perf_counter()
                with writer.transaction():
                    known = writer.add_capture(capture)
                    writer.put_many([see(item, known, capture, names) for item, names in made])
                spent += time.perf_counter() - begun
        begun = time.perf_counter()
        assert verify(archive) == ()
        print(f"put: {count / spent:,.0f} items a second; verify: {time.perf_counter() - begun:.1f} s")
        archive.close()
        print(f"{(Path(room) / DATABASE).stat().st_size / count:,.0f} bytes an item, of which")
        with closing(sqlite3.connect(Path(room) / DATABASE)) as connection:
            rows = connection.execute(
                "SELECT name, sum(pgsize) / ? FROM dbstat GROUP BY 1 ORDER BY 2 DESC LIMIT 14", (count,)
            )
            for name, size in rows:
                print(f"{size:6,} {name}")


main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
