"""What is found in a text, and that each of it stands where it says."""

from importlib.resources import files

from parsers.people import load_register
from parsers.speech import find_statements
from parsers.speech.lines import read_day

REGISTER = load_register(files("parsers.people").joinpath("offices.toml").read_text(encoding="utf-8"))


def read(text="", *, title="", on="2022-11-08", **more):
    found = find_statements(title, "", text, on=read_day(on), register=REGISTER, **more)
    fields = {"title": title, "text": text}
    for one in found:
        assert fields[one.field][one.start : one.end] == one.text
        if one.mention_start >= 0:
            assert fields[one.field][one.mention_start : one.mention_end] == one.mention
    return found
