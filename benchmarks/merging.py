"""How well copies are found, what that costs, and how big an archive gets.

    python benchmarks/merging.py [ITEMS] [--pure] [--size] [--growth]

Makes ITEMS news items (10,000 by default) in several ways: words at random, sentences of a stock of
patterns, series whose members differ in names and figures only, and reports with a common frame. A
fifth are exact copies under other addresses, a tenth near copies with small edits. Each kind, brief
(30 to 90 words) and full (300 to 6,000), goes through `absorb` into a real archive (`--pure`: through
fingerprints and comparison alone). Prints recall and precision of exact and of near copies, and CPU
time: of merging, and of finding who says what, which is done to every new text. `--growth` compares what
an item costs behind 10,000 others and behind 100,000; `--size` adds 20,000 items of 60 words and prints
the bytes of an item.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import ParamSpec, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from aggregator.merging import absorb as folding
from aggregator.merging.alike import judge_copy
from aggregator.merging.copies import fingerprint
from benchmarks.merging_samples import HOSTS, KINDS, START, Sample, by_chance, make_samples, originals
from parsers.model import Capture, Page, Parsed
from storage.archive import Archive

BATCH = 50
P = ParamSpec("P")
R = TypeVar("R")


def absorb_all(archive: Archive, samples: Sequence[Sample], spent: list[float]) -> dict[int, str]:
    """Absorb samples, a feed of some at a time; gives the item each became."""
    became: dict[int, str] = {}
    with archive.writing("benchmark") as writer:
        rest = iter(samples)
        while batch := list(islice(rest, BATCH * len(HOSTS))):
            for host in HOSTS:
                here = [one for one in batch if one.source == host]
                if not here:
                    continue
                capture = make_capture(host, here)
                parsed = Parsed(parser="feed", entries=tuple(one.entry for one in here), page=Page())
                start = time.process_time()
                with writer.transaction():
                    capture_id = writer.add_capture(capture)
                    tally = folding.absorb(writer, capture, capture_id, parsed, archive.register)
                spent.extend([(time.process_time() - start) / len(here)] * len(here))
                became |= {one.number: item_id for one, item_id in zip(here, tally.placed, strict=True)}
    return became


def timed(call: Callable[P, R], spent: list[float]) -> Callable[P, R]:
    def call_timed(*args: P.args, **settings: P.kwargs) -> R:
        start = time.process_time()
        found = call(*args, **settings)
        spent.append(time.process_time() - start)
        return found

    return call_timed


def make_capture(host: str, here: Sequence[Sample]) -> Capture:
    at = START + timedelta(days=2, minutes=20 * here[-1].number)
    return Capture(
        source_id=host.partition(".")[0],
        parser="feed",
        url=f"https://{host}/feed",
        final_url=f"https://{host}/feed",
        fetched_at=at,
        status=200,
        headers=(),
        body=f"{host} {here[0].number}".encode(),
    )


def match_all(samples: Sequence[Sample], spent: list[float]) -> dict[int, str]:
    """The same with nothing but fingerprints and comparison."""
    bands: dict[str, list[int]] = defaultdict(list)
    exact: dict[str, int] = {}
    became: dict[int, str] = {}
    for one in samples:
        start = time.process_time()
        found = exact.get(one.entry.title + one.entry.text)
        if found is None:
            prints = fingerprint(one.entry.title, one.entry.text)
            votes = Counter(n for probe in prints.probes for n in bands[probe][-48:])
            for n, _ in votes.most_common(6):
                model = samples[n].entry
                dates = abs(model.published.best - one.entry.published.best)  # type: ignore[union-attr,operator]
                if dates < timedelta(days=1, hours=12) and judge_copy(
                    one.entry.title, one.entry.text, model.title, model.text
                ):
                    found = n
                    break
            else:
                found = one.number
                exact[one.entry.title + one.entry.text] = found
                for band in prints.bands:
                    bands[band].append(one.number)
        became[one.number] = str(found)
        spent.append(time.process_time() - start)
    return became


def show(
    name: str,
    samples: Sequence[Sample],
    became: dict[int, str],
    spent: Sequence[float],
    told: Sequence[float] = (),
) -> None:
    truth = {one.number: one.truth for one in samples}
    home = {one.number: became[one.number] for one in samples if one.role == "original"}
    line = f"{name:14}"
    for role in ("exact", "near"):
        copies = [one for one in samples if one.role == role]
        found = sum(became[one.number] == home[one.truth] for one in copies)
        line += f" {role} recall {found / max(1, len(copies)):.4f}"
    joined = wrong = 0
    members: dict[str, list[int]] = defaultdict(list)
    for number, item_id in became.items():
        members[item_id].append(truth[number])
    for group in members.values():
        joined += len(group) * (len(group) - 1) // 2
        wrong += len(group) * (len(group) - 1) // 2 - sum(n * (n - 1) // 2 for n in Counter(group).values())
    line += f" precision {1 - wrong / max(1, joined):.4f} ({wrong} of {joined} pairs wrong)"
    speech = sum(told) / len(spent) * 1e3
    merging = sum(spent) / len(spent) * 1e3 - speech
    print(f"{line} {merging:.2f} ms an item" + (f", and {speech:.2f} ms for who says what" if told else ""))


def run(name: str, samples: Sequence[Sample], *, pure: bool) -> None:
    spent: list[float] = []
    if pure:
        show(name, samples, match_all(samples, spent), spent)
        return
    with tempfile.TemporaryDirectory() as folder, Archive.create(Path(folder) / "archive") as archive:
        told: list[float] = []
        find = folding.find_statements
        vars(folding)[find.__name__] = timed(find, told)
        became = absorb_all(archive, samples, spent)
        vars(folding)[find.__name__] = find
        show(name, samples, became, spent, told)


def show_growth(count: int) -> None:
    """Add the same items to a small archive and to one ten times as large, in turns; the best of three."""
    samples = make_samples("chance", count + 2_000, (30, 90), 7)
    tenth, last = count // 10, samples[count:]
    best: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Archive.create(folder / "large") as archive:
            absorb_all(archive, samples[:tenth], [])
        shutil.copytree(folder / "large", folder / "small")
        with Archive.open(folder / "large") as archive:
            absorb_all(archive, samples[tenth:count], [])
        for size in ("small", "large") * 3:
            spent: list[float] = []
            shutil.copytree(folder / size, folder / "tried")
            with Archive.open(folder / "tried") as archive:
                absorb_all(archive, last, spent)
            shutil.rmtree(folder / "tried")
            best[size] = min(best.get(size, 1e9), sum(spent) / len(spent) * 1e3)
    print(
        f"behind {tenth:,} items: {best['small']:.3f} ms; behind {count:,}: {best['large']:.3f} ms;",
        end=" ",
    )
    print(f"ratio {best['large'] / best['small']:.3f}")


def show_size(count: int) -> None:
    samples = list(originals(by_chance, count, 52))
    with tempfile.TemporaryDirectory() as folder:
        with Archive.create(Path(folder) / "archive") as archive:
            absorb_all(archive, samples, [])
        file = Path(folder) / "archive" / "archive.db"
        print(f"{count:,} items of 60 words: {file.stat().st_size / count:.0f} bytes each")


def main(options: Iterable[str]) -> None:
    words = list(options)
    count = next((int(word) for word in words if word.isdigit()), 10_000)
    if "--size" in words:
        show_size(20_000)
    if "--growth" in words:
        show_growth(100_000)
    if {"--size", "--growth"} & set(words):
        return
    for kind in KINDS:
        run(f"{kind}, brief", make_samples(kind, count, (30, 90), 1), pure="--pure" in words)
    for kind in KINDS:
        run(f"{kind}, full", make_samples(kind, count // 5, (300, 6_000), 1), pure="--pure" in words)


if __name__ == "__main__":
    main(sys.argv[1:])
