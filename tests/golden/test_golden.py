"""Every layout ever met reads as it did. `pytest tests/golden --update-golden` rewrites; read the diff."""

import json
from dataclasses import fields

from parsers import registry
from parsers.model import Detail, When


def told(value):
    """A value as JSON: of a date its interval, of everything else what it holds."""
    if isinstance(value, When):
        shown = {"earliest": value.earliest, "latest": value.latest, "best": value.best}
        return {
            **{name: moment and moment.isoformat() for name, moment in shown.items()},
            "precision": value.precision,
            "evidence": [f"{one.kind} {one.raw!r}" for one in value.evidence],
            "conflicts": [f"{one.kind} {one.raw!r}" for one in value.conflicts],
        }
    return value.name if isinstance(value, Detail) else value


def shown(parsed):
    return {
        "parser": parsed.parser,
        "title": parsed.page.title,
        "language": parsed.page.language,
        "checked": told(parsed.page.checked),
        "problems": [f"{problem.where}: {problem.what}" for problem in parsed.problems],
        "entries": [
            {
                field.name: told(getattr(entry, field.name))
                for field in fields(entry)
                if getattr(entry, field.name) not in (None, "")
            }
            for entry in parsed.entries
        ],
    }


def test_it_reads_as_it_did(golden_case, golden_capture, updating):
    now = shown(registry.read(golden_capture))
    expected = golden_case / "expected.json"
    if updating:
        expected.write_text(json.dumps(now, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert now == json.loads(expected.read_text(encoding="utf-8"))
    assert now["parser"] == golden_case.parent.name
