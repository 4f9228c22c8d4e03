"""An archive in a folder, the commands on it, and small feeds: for tests of the command."""

from pathlib import Path

from tests.command import LOOPBACK, Ran, run

FEED = "application/rss+xml"


def rss(*items: str) -> str:
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{"".join(items)}</channel></rss>'
    )


def entry(title: str, number: int, words: str, *, guid: str = "") -> str:
    return (
        f"<item><title>{title}</title><link>https://www.example.org/news_{number}.htm</link>"
        f"<guid isPermaLink='false'>{guid or number}</guid><description>{words}</description>"
        "<pubDate>Tue, 08 Nov 2022 14:30:00 GMT</pubDate></item>"
    )


PIER = entry("Engineers mend a pier", 1, "The pier stands again.")
CHOIR = entry("A choir sings", 2, "Eleven countries sang.")


class Place:
    """An archive's folder and the commands on it."""

    def __init__(self, folder: Path):
        self.folder = folder

    def ask(self, *words: object) -> Ran:
        return run("--archive", self.folder, *words)

    def fetch(self, *words: object) -> Ran:
        return self.ask("fetch", *LOOPBACK, "--json", *words)

    def add(self, url: str, source_id: str, parser: str = "feed") -> None:
        assert self.ask("sources", "add", url, "--id", source_id, "--parser", parser).code == 0

    def held(self) -> dict[str, int]:
        stats = self.ask("stats", "--json").json
        return {name: stats[name] for name in ("items", "revisions", "statements")}

    def items(self) -> dict[str, dict]:
        return {hit["title"]: hit for hit in self.ask("search", "--limit", 99, "--json").json["hits"]}


def assert_said(ran: Ran, code: int, *words: str) -> None:
    """One sentence and a remedy on stderr, nothing on stdout, no traceback."""
    assert ran.code == code, ran
    assert ran.out == ""
    sentence, remedy = ran.err.splitlines()
    assert sentence.startswith("natowire: ")
    assert remedy.startswith("  ")
    assert remedy.strip()
    for word in words:
        assert word in ran.err
