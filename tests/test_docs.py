"""What natowire offers is told, and what the docs tell is there."""

import inspect
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from aggregator.cli import make_app
from aggregator.cli.rooms import ROOMS, room_of
from aggregator.config import parse
from parsers import errors, model
from parsers.errors import ConfigError
from parsers.registry import PARSERS
from tests.command import run
from tests.conftest import ROOT

TOP = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
PAGES = (*(ROOT / name for name in TOP), *sorted((ROOT / "docs").rglob("*.md")))
DOCS = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
NETWORK = "# needs the network"
EVERYWHERE = {"--help"}
ROOT_COMMAND = typer.main.get_command(make_app())


def commands() -> Iterator[tuple[str, typer.core.TyperCommand]]:
    """Every command with its words: `sources add`."""
    for name, command in ROOT_COMMAND.commands.items():
        if isinstance(command, TyperGroup):
            yield from ((f"{name} {word}", inner) for word, inner in command.commands.items())
        else:
            yield name, command


COMMANDS = dict(commands())


@pytest.mark.parametrize("room", ROOMS)
def test_the_module_of_each_command_is_known(room):
    alone = typer.main.get_command(make_app(ROOMS[room][0]))
    assert tuple(alone.commands) == ROOMS[room]
    assert [room_of(command) for command in ROOMS[room]] == [room] * len(ROOMS[room])


def test_every_command_is_in_some_module():
    assert tuple(ROOT_COMMAND.commands) == tuple(word for words in ROOMS.values() for word in words)


def options(command) -> set[str]:
    """Its options by their long names."""
    written = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    return {name for name in written if name.startswith("--")} - EVERYWHERE


def sections() -> list[str]:
    """The docs cut at headings, and at each row of a table."""
    parts = re.split(r"^#+ ", DOCS, flags=re.MULTILINE)
    return parts + [line for line in DOCS.splitlines() if line.startswith("|")]


SECTIONS = sections()


# -- what there is, is told


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_told(name):
    word = re.compile(rf"(?:natowire|\./run|`)(?: \S+)* ?{re.escape(name)}\b")
    about = [section for section in SECTIONS if word.search(section)]
    assert about, f"no page tells of `natowire {name}`"
    untold = {
        option for option in options(COMMANDS[name]) if not any(option in section for section in about)
    }
    assert not untold


def test_every_global_option_is_told():
    untold = {name for name in options(ROOT_COMMAND) if f"`{name}" not in DOCS}
    assert not untold


TABLES = {
    "": "",
    "fetch": "[fetch]\n",
    "mail": "[mail]\n",
    "daemon": "[daemon]\n",
    "alert": "[[alert]]\n",
    "digest": '[[digest]]\nname = "a"\n',
    "source": '[[source]]\nid = "a"\nurl = "https://a.example/"\n',
}


def keys_of(table: str) -> list[str]:
    """The keys that a table of the configuration takes, as it says itself to whoever writes another."""
    with pytest.raises(ConfigError, match="no key natowire knows") as caught:
        parse(f"{TABLES[table]}no_such_key = 1\n", "config.toml")
    return caught.value.hint.removeprefix("Known here: ").rstrip(".").split(", ")


@pytest.mark.parametrize("table", TABLES)
def test_every_configuration_key_is_told(table):
    settings = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert not [key for key in keys_of(table) if not re.search(rf"(?<![\w-]){key}(?![\w-])", settings)]


def test_every_table_of_the_configuration_is_known_here():
    assert {key for key in keys_of("") if key not in {"zone", "contact"}} == set(TABLES) - {""}


def test_every_shipped_source_is_told():
    shipped = tomllib.loads((ROOT / "schedules" / "sources.toml").read_text(encoding="utf-8"))["source"]
    assert not [source["id"] for source in shipped if f"`{source['id']}`" not in DOCS]


def test_every_parser_is_told():
    assert not [name for name in PARSERS if f"`{name}`" not in DOCS and f"`{name}.py`" not in DOCS]


def kinds_of_error() -> list[type[errors.NatowireError]]:
    found = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    return [
        kind
        for kind in found
        if issubclass(kind, errors.NatowireError) and kind is not errors.NatowireError
    ]


@pytest.mark.parametrize("kind", kinds_of_error(), ids=lambda kind: kind.__name__)
def test_every_error_is_told_by_its_code_and_drawn_in_the_tree(kind):
    assert f"`{kind.code}`" in DOCS
    assert re.search(rf"─ {kind.__name__}\b", errors.__doc__)


def test_every_word_of_the_model_is_in_the_glossary():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").lower()
    told = set(re.findall(r"^\*\*(.+?)\*\*", glossary, re.MULTILINE))
    assert len(told) >= 30
    spoken = {"Ref": "reference", "Parsed": "entries"}
    own = [
        name
        for name, kind in inspect.getmembers(model, inspect.isclass)
        if kind.__module__ == model.__name__
    ]
    words = {spoken.get(name, name.lower()) for name in own}
    assert not {word for word in words if not re.search(rf"\b{word}\b", glossary)}


def test_the_glossary_tells_each_word_once():
    words = re.findall(
        r"^\*\*(.+?)\*\*", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(words) == len(set(words))


# -- what is told, is there

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """The names that a page's headings have in links."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def code_lines(page: Path) -> Iterator[str]:
    """The lines of a page that stand in blocks of code, fenced or indented."""
    fenced = False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield line.strip()


def shown_calls() -> list[str]:
    """The calls of natowire that stand in code in the docs, without what follows them."""
    code = [line for page in PAGES for line in code_lines(page)]
    code += re.findall(r"`((?:natowire|\./run) [a-z][^`\n]*)`", DOCS)
    calls = (line for line in code if re.match(r"(?:natowire|\./run) [a-z-]", line))
    return sorted({re.sub(r"\s+(?:#|\||>|&&|<).*", "", call) for call in calls})


@pytest.mark.parametrize("call", shown_calls())
def test_every_call_shown_is_one_natowire_takes(call):
    words = shlex.split(call)[1:]
    while words and words[0].startswith("-"):
        words = words[2 if words[0] in {"--archive", "--config"} else 1 :]
    if not words or words[0] in {"test", "WORD"}:
        return
    pair = " ".join(words[:2])
    name = pair if pair in COMMANDS else words[0]
    groups = {known.split()[0] for known in COMMANDS if " " in known}
    assert name in COMMANDS or name in groups, call
    if name in COMMANDS:
        known = options(COMMANDS[name]) | options(ROOT_COMMAND) | EVERYWHERE
        used = {word.split("=")[0] for word in words if word.startswith("--")}
        assert used <= known, call


def readme_commands() -> list[str]:
    """The commands a reader of README.md is told to type."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [
        line for block in blocks for line in block.splitlines() if line.startswith(("./run ", "natowire "))
    ]


def test_the_readme_is_short_and_shows_the_two_commands():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 120
    assert readme_commands()[:2] == ["./run demo", "./run test"]


@pytest.mark.parametrize("line", readme_commands())
def test_every_command_of_the_readme_runs(line, demo, tmp_path, monkeypatch):
    words = shlex.split(line, comments=True)[1:]
    if words[0] == "test" or NETWORK in line:
        return  # this is it, or checked above for what natowire takes
    if words == ["demo"]:
        assert demo.ran.code == 0
        return
    archive = tmp_path / "archive"
    monkeypatch.setenv("NATOWIRE_ARCHIVE", str(archive))
    if words[0] == "sources":
        assert run("init").code == 0  # as the reader of that line has it, with the shipped sources
    elif words[0] != "init":
        shutil.copytree(demo.folder, archive)
    ran = run(*words)
    assert ran.code == 0, ran
    assert ran.out


def test_the_daily_digest_does_not_hang_on_every_source_being_well():
    daily = next(
        line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if "* * *" in line
    )
    assert "fetch --quiet; " in daily
    assert "&&" not in daily


def test_the_python_of_the_readme_runs(demo, monkeypatch, capsys):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert '"path/to/archive"' in block
    exec(compile(block.replace("path/to/archive", str(demo.folder)), "README.md", "exec"), {})
    assert "Stoltenberg" in capsys.readouterr().out
