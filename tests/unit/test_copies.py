"""Fingerprints: the same everywhere, alike for copies, few."""

import subprocess
import sys

import pytest

from aggregator.merging.copies import fingerprint

WORDS = (
    "harbour",
    "winter",
    "crew",
    "light",
    "bridge",
    "report",
    "engine",
    "market",
    "school",
    "valley",
    "signal",
)


def text_of(count, seed=1):
    return " ".join(f"{WORDS[(n * n + seed * n) % len(WORDS)]}{(n * seed) % 97}" for n in range(count))


@pytest.mark.parametrize("count", [24, 30, 90, 150, 300, 6_000])
def test_a_copy_has_a_band_in_common(count):
    text = text_of(count)
    words = text.split()
    bands = set(fingerprint("Light in the harbour", text).bands)
    for edited in (words[3:], words[:-4], [*words[:7], "changed", *words[8:]], [*words, "read", "more"]):
        assert bands & set(fingerprint("Light in the harbour", " ".join(edited)).probes)


def test_other_texts_have_none():
    bands = set(fingerprint("Light in the harbour", text_of(300)).bands)
    assert not bands & set(fingerprint("Light in the harbour", text_of(300, 5)).probes)


@pytest.mark.parametrize(("count", "most"), [(15, 0), (60, 5), (120, 11), (3_000, 6)])
def test_bands_are_few(count, most):
    prints = fingerprint("Light", text_of(count))
    assert len(prints.bands) == most
    assert set(prints.bands) <= set(prints.probes)
    assert all(len(band) == 10 and int(band, 16) >= 0 for band in prints.bands)


def test_a_fingerprint_is_the_same_in_every_run():
    code = (
        "from aggregator.merging.copies import fingerprint; "
        "print(fingerprint('Light', 'The Crew of 12 mended the line near Oslo and ' * 9).bands)"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_marks_and_capitals_say_nothing():
    text = text_of(200)
    dressed = text.replace(" ", " – “", 9).replace(" ", ",\u00a0", 20).replace(" ", "… ", 9).upper()
    assert dressed != text
    assert fingerprint("Light", dressed) == fingerprint("Light", text)
