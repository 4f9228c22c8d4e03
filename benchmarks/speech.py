"""Measure quotations and speakers on labelled samples.

    python benchmarks/speech.py [--errors N] [--sample polnear|isaf]

Reads `data/speakers/polnear_train.jsonl` and `data/nato/isaf_releases.jsonl` of the folder
`NATOWIRE_SAMPLES` (default `../shared`). A quotation counts as found when a direct statement
overlaps at least half of it (of a press release: when it holds the labelled words), and every other direct
statement as extra; a speaker as right when the mention overlaps the labelled words. Press releases without
labels cannot tell an extra one and are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from parsers.people import fold, load_register  # noqa: E402  the path above makes it importable
from parsers.speech import find_statements  # noqa: E402
from parsers.speech.lines import read_day  # noqa: E402

if TYPE_CHECKING:
    from parsers.model import Statement
    from parsers.people import Register

Row = dict[str, Any]
Measured = tuple[Counter[str], list[tuple[str, str]]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--errors", type=int, default=0)
    options.add_argument("--sample", choices=("polnear", "isaf"), default=None)
    options.add_argument("--what", choices=("missed", "extra", "speaker", "nonspeech"), default=None)
    chosen = options.parse_args()
    samples = Path(os.environ.get("NATOWIRE_SAMPLES", ROOT.parent / "shared"))
    register = load_register((ROOT / "parsers/people/offices.toml").read_text(encoding="utf-8"))
    measures = {
        "polnear": (samples / "data/speakers/polnear_train.jsonl", measure_polnear),
        "isaf": (samples / "data/nato/isaf_releases.jsonl", measure_isaf),
    }
    for name, (path, measure) in measures.items():
        if chosen.sample not in {None, name}:
            continue
        began = time.perf_counter()
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
        tally, errors = measure(rows, register)
        print(f"{name}: {len(rows)} rows, {time.perf_counter() - began:.1f} s")
        report(tally)
        for kind, shown in [e for e in errors if chosen.what in {None, e[0]}][: chosen.errors]:
            print(f"  [{kind}] {shown}")


def measure_polnear(rows: list[Row], register: Register) -> Measured:
    tally, errors = Counter(), []
    for row in rows:
        text = row["text"]
        found = find_statements("", "", text, on=read_day(row["date"]), register=register)
        direct = [s for s in found if s.kind == "direct"]
        used = set()
        for gold in row["quotes"]:
            tally["gold"] += 1
            hit = next((s for s in direct if overlap(s, gold["start"], gold["end"])), None)
            if hit is None:
                shown = f"{gold['type']} {gold['text'][:70]!r} by {gold['speaker_text']!r}"
                errors.append(("missed", f"{shown} in {text[:600]!r}"))
                continue
            tally["found"] += 1
            used.add(id(hit))
            if gold["speaker_in_paragraph"] and gold["speaker_text"]:
                score_speaker(tally, errors, hit, gold, text)
        tally["matched"] += len(used)
        for extra in (s for s in direct if id(s) not in used):
            tally["extra"] += 1
            spans = row["non_speech_quotes"]
            tally["non_speech_taken"] += any(overlap(extra, a, b) for a, b in spans)
            taken = any(overlap(extra, a, b) for a, b in spans)
            shown = f"{extra.text[:70]!r} by {extra.mention!r} {extra.rule} in {text[:500]!r}"
            errors.append(("nonspeech" if taken else "extra", shown))
        tally["non_speech"] += len(row["non_speech_quotes"])
    return tally, errors


def score_speaker(
    tally: Counter[str], errors: list[tuple[str, str]], hit: Statement, gold: Row, text: str
) -> None:
    tally["speakers"] += 1
    if not hit.mention:
        return
    tally["attributed"] += 1
    right = hit.mention_start < gold["speaker_end"] and gold["speaker_start"] < hit.mention_end
    same = bool(hit.person) and fold(gold["speaker_text"]).split()[-1] in fold(hit.person)
    tally["right"] += right or same
    tally["same_words"] += right
    if not (right or same):
        shown = f"{hit.mention!r}/{hit.person} not {gold['speaker_text']!r} {hit.rule}"
        errors.append(("speaker", f"{shown} {hit.text[:60]!r} in {text[:600]!r}"))


def measure_isaf(rows: list[Row], register: Register) -> Measured:
    tally, errors = Counter(), []
    for row in rows:
        if row.get("label") is None:
            continue
        golds = row["label"].get("quotes") or []
        tally["rows"] += 1
        found = find_statements(row["title"] or "", "", row["text"], on=None, register=register)
        direct = [s for s in found if s.kind == "direct" and s.field == "text"]
        tally["gold"] += len(golds)
        used = set()
        for gold in golds:
            hit = next((s for s in direct if gold["text"].strip(" ,.")[:60] in s.text), None)
            if hit is None:
                errors.append(("missed", f"{gold['text'][:80]!r} by {gold['speaker']!r}"))
                continue
            tally["found"] += 1
            used.add(id(hit))
            if gold["speaker"] == "DOCUMENT":
                continue
            tally["speakers"] += 1
            tally["attributed"] += bool(hit.person)
            right = fold(gold["speaker"]).split()[-1] == fold(hit.person or "?").split()[-1]
            tally["right"] += right
            if not right:
                shown = f"{hit.mention!r}/{hit.person} not {gold['speaker']!r}"
                errors.append(("speaker", f"{shown} {hit.text[:60]!r}"))
        tally["matched"] += len(used)
        for extra in (s for s in direct if id(s) not in used):
            tally["extra"] += 1
            errors.append(("extra", f"{extra.text[:80]!r} by {extra.mention!r} {extra.rule}"))
    return tally, errors


def overlap(statement: Statement, start: int, end: int) -> bool:
    shared = min(statement.end, end) - max(statement.start, start)
    return shared * 2 >= end - start


def report(tally: Counter[str]) -> None:
    def share(a: str, b: str) -> str:
        return f"{tally[a]}/{tally[b]} = {tally[a] / tally[b]:.3f}" if tally[b] else "none"

    tally["taken"] = tally["matched"] + tally["extra"]  # one statement may hold two labelled quotations
    if tally["rows"]:
        print(f"  {tally['rows']} rows have labels")
    print(f"  quotations: recall {share('found', 'gold')}, precision {share('matched', 'taken')}")
    print(f"  non-speech quotations taken: {share('non_speech_taken', 'non_speech')}")
    print(f"  speakers: precision {share('right', 'attributed')}, recall {share('right', 'speakers')}")


if __name__ == "__main__":
    main()
