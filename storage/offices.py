"""The shipped register of offices, from its file."""

from __future__ import annotations

from importlib.resources import files

from parsers.people import Register, load_register


def read_register() -> Register:
    """Load the register that natowire ships (`parsers/people/offices.toml`)."""
    return load_register(files("parsers.people").joinpath("offices.toml").read_text(encoding="utf-8"))
