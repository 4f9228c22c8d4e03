"""How many captures a second `reparse` reads and folds, and what takes the time.

    python benchmarks/reparse.py [--captures 2000] [--profile] [--keep FOLDER]

The archive is made of the fixtures' documents, each many times under other addresses and most words
their own, so that the copies are items of their own. One worker and the folding process count as a core
each: the figure is captures a second, divided by the cores they kept busy.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import random
import re
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from aggregator.ahead import read_ahead
from aggregator.keeping import store
from aggregator.rebuild import rebuild
from aggregator.workers import Workers
from parsers.model import Capture
from parsers.registry import detect, read
from storage.archive import Archive

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
_WORD = re.compile(rb"(?<=[ >])[a-z]{5,12}(?=[ .,<])")
_LINK = re.compile(rb"_(\d{4,6})(?=\.html?)")


def documents() -> list[Capture]:
    """Every fixture and every document of the demo's world."""
    found = []
    for meta_file in sorted(FIXTURES.glob("*/*/meta.json")):
        meta = json.loads(meta_file.read_text("utf-8"))
        (body,) = meta_file.parent.glob("body.*")
        headers = tuple((name, value) for name, value in meta["headers"])
        at = dict(meta["headers"]).get("Date")
        found.append(
            _capture(meta["url"], body.read_bytes(), headers, parsedate_to_datetime(at) if at else NOW)
        )
    for file in sorted((FIXTURES / "world").glob("*/*.*ml")) + sorted(
        (FIXTURES / "world").glob("*/*.atom")
    ):
        url = f"https://{file.parent.name}/{file.name.replace('.day1', '').replace('.day2', '')}"
        found.append(_capture(url, file.read_bytes(), (), datetime(2022, 11, 26, 10, tzinfo=UTC)))
    return found


def _capture(url: str, body: bytes, headers: tuple[tuple[str, str], ...], at: datetime) -> Capture:
    return Capture(
        source_id="bench",
        parser="auto",
        url=url,
        final_url=url,
        fetched_at=at,
        status=200,
        headers=headers,
        body=body,
    )


def copies(count: int) -> Iterator[Capture]:
    """So many captures: each document in turn, under another address and with other words."""
    kinds = documents()
    for number in range(count):
        one = kinds[number % len(kinds)]
        if number < len(kinds):
            yield one
            continue
        chance = random.Random(number)
        fresh = {}

        def swap(
            found: re.Match[bytes], chance: random.Random = chance, fresh: dict[bytes, bytes] = fresh
        ) -> bytes:
            word = found[0]
            if word not in fresh:
                letters = bytes(chance.choices(b"abcdefghilmnoprstu", k=len(word)))
                fresh[word] = letters if chance.random() < 0.6 else word
            return fresh[word]

        body = _LINK.sub(lambda found, n=number: b"_%d" % (int(found[1]) * 10_000 + n), one.body)
        body = _WORD.sub(swap, body)
        url = re.sub(r"(\.\w+)?$", rf"-{number}\1", one.url, count=1)
        yield replace(
            one, url=url, final_url=url, body=body, fetched_at=one.fetched_at + timedelta(minutes=number)
        )


def fill(archive: Archive, captures: Iterator[Capture], workers: Workers) -> None:
    with archive.writing("bench") as writer:
        answers = read_ahead(captures, workers.read, lambda capture: capture)
        done = False
        while not done:
            with writer.transaction():
                done = True
                for count, (capture, reading) in enumerate(answers, 1):
                    store(writer, capture, reading, archive)
                    if count == 100:
                        done = False
                        break


def _cpu() -> tuple[float, float]:
    """Seconds of CPU of this process, and of the workers that have ended."""
    own, workers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime, workers.ru_utime + workers.ru_stime


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--captures", type=int, default=2_000)
    options.add_argument("--profile", action="store_true", help="read and fold in this process, profiled")
    options.add_argument("--keep", type=Path, help="the archive's folder, used again when it is there")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch) / "archive"
        if not (folder / "archive.db").exists():
            with Archive.create(folder) as archive, Workers() as workers:
                start = time.perf_counter()
                fill(archive, copies(given.captures), workers)
                print(f"made in {time.perf_counter() - start:.1f} s")
        with Archive.open(folder) as archive:
            _measure(archive, profile=given.profile)


def _measure(archive: Archive, *, profile: bool) -> None:
    stats = archive.stats()
    layouts = Counter(detect(capture) for _, capture in archive.captures())
    print(f"{stats.captures} captures, {stats.items} items, {stats.statements} statements; {dict(layouts)}")
    if profile:
        profiler = cProfile.Profile()
        profiler.runcall(rebuild, archive, read, dry_run=True)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(35)
        return
    start, cpu = time.perf_counter(), _cpu()
    with Workers() as workers:
        report = rebuild(archive, workers.read)
    took = time.perf_counter() - start
    folding, reading = (after - before for after, before in zip(_cpu(), cpu, strict=True))
    spent = folding + reading
    print(
        f"rebuilt in {took:.1f} s: {stats.captures / took:.0f} captures a second; {spent:.1f} s of CPU "
        f"({reading:.1f} reading, {folding:.1f} folding): {stats.captures / spent:.0f} a second a core"
    )
    print(f"added {report.added}, lost {report.lost}, changed {report.changed} {dict(report.fields)}")


if __name__ == "__main__":
    main()
