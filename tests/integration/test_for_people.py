"""What a person reads on the terminal: nothing that misleads, and what to do next."""

import io
import json
import sqlite3
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from aggregator.cli import main
from aggregator.cli.tables import write_size
from tests.command import Shown, run
from tests.conftest import ROOT

FEED = """<rss version="2.0"><channel><title>Test wire</title>
<item><title>Łódź hosts engineers</title><link>https://wire.example.org/a/1</link>
<pubDate>Tue, 08 Nov 2022 14:05:00 GMT</pubDate><description>{}</description></item>
</channel></rss>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of one item that was edited."""
    room = tmp_path_factory.mktemp("people")
    archive = room / "archive"
    assert run("--archive", archive, "init", "--empty").code == 0
    for day, words in ((9, "Bridges were built."), (10, "Two bridges were built.")):
        saved = room / f"{day}.xml"
        saved.write_text(FEED.format(words), encoding="utf-8")
        place = ("--url", "https://wire.example.org/feed", "--fetched-at", f"2022-11-{day:02}T22:30:00Z")
        assert run("--archive", archive, "ingest", saved, "--source", "wire", *place).code == 0
    return archive


def the_id(folder: Path) -> str:
    return str(run("--archive", folder, "--json", "search").json["hits"][0]["id"])


def test_the_beginning_of_an_id_will_do_where_no_other_begins_so(tmp_path: Path) -> None:
    saved, place = tmp_path / "feed.xml", ("--archive", tmp_path / "archive")
    entry = "<item><title>On {0}</title><link>https://wire.example.org/{0}</link></item>"
    entries = "".join(map(entry.format, ("rivers", "roads")))
    saved.write_text(f'<rss version="2.0"><channel><title>Wire</title>{entries}</channel></rss>')
    run(*place, "init", "--empty")
    assert run(*place, "ingest", saved).code == 0
    made = {hit["title"]: hit["id"] for hit in run(*place, "--json", "search").json["hits"]}
    with sqlite3.connect(tmp_path / "archive" / "archive.db") as database:
        database.executemany(
            "UPDATE items SET id = ? WHERE id = ?",
            [("abcdefaaaaaaaaaa", made["On rivers"]), ("abcdegaaaaaaaaaa", made["On roads"])],
        )
    database.close()
    for begun, title in (("abcdef", "On rivers"), (" ABCDEG ", "On roads")):
        assert run(*place, "show", begun).out.startswith(title)
        assert "On r" in run(*place, "cite", begun).out
    several = run(*place, "show", "abcde")
    assert (several.code, "abcdefaaaaaaaaaa, abcdegaaaaaaaaaa" in several.err) == (3, True)
    for begun in ("abc", "abcdx", "abcd%"):
        assert "There is no item" in run(*place, "show", begun).err


def test_an_address_may_lack_its_scheme(folder: Path) -> None:
    assert the_id(folder) in run("--archive", folder, "show", "wire.example.org/a/1").out
    assert "No item has the address https://wire.example.org/a/2" in (
        run("--archive", folder, "show", "wire.example.org/a/2").err
    )


def test_evidence_ends_with_what_all_witnesses_give(demo: Shown) -> None:
    hits = run("--archive", demo.folder, "--json", "search", "listen to our partners").json["hits"]
    when = hits[0]["published"]
    shown = run("--archive", demo.folder, "show", hits[0]["id"], "--evidence").out
    together = shown.partition("all together")[2]
    assert when["precision"] == "day"
    for bound in (when["earliest"], when["latest"]):
        local = datetime.fromisoformat(bound).astimezone(ZoneInfo("Europe/Brussels"))
        assert f"{local:%Y-%m-%d %H:%M:%S}" in together


def test_where_nothing_is_found_it_is_told_why(folder: Path, tmp_path: Path) -> None:
    for command in ("search", "statements"):
        ran = run("--archive", folder, command, "birdges")
        assert (ran.out, ran.err) == (
            "Nothing found.\n",
            "'birdges': no item has it; did you mean bridges?\n",
        )
        assert run("--archive", folder, "-q", command, "birdges").err == ""
    assert run("--archive", folder, "--json", "search", "birdges").err == ""
    run("--archive", tmp_path, "init", "--empty")
    empty = run("--archive", tmp_path, "search", "bridges").err
    assert "archive is empty" in empty
    assert "fetch" in empty


@pytest.mark.parametrize(
    "command", ["feed", "export", "export --format csv", "digest", "digest --print html"]
)
def test_a_slip_in_a_query_is_told_whatever_it_chooses_for(folder: Path, command: str) -> None:
    ran = run("--archive", folder, *command.split(), "--query", "kind:mews")
    assert ran.code == 0
    assert "no kind 'mews'" in ran.err
    assert run("--archive", folder, "-q", *command.split(), "--query", "kind:mews").err == ""
    assert run("--archive", folder, *command.split(), "--query", "kind:news").err == ""


def test_programs_learn_how_the_query_of_a_feed_or_a_digest_was_understood(folder: Path) -> None:
    for command in ("feed", "digest"):
        asked = run("--archive", folder, "--json", command, "--query", "kind:mews").json["query"]
        assert (asked["refused"], asked["ignored"][0]["text"]) == (True, "kind:mews")


def test_the_doctor_looks_at_the_queries_of_digests(tmp_path: Path) -> None:
    run("--archive", tmp_path, "init", "--empty")
    digests = ("kind:news", "speaker:stoltenburg", 'bridges "')
    with (tmp_path / "config.toml").open("a") as config:
        config.write('[mail]\nhost = "localhost"\nfrom = "a@b.example"\n')
        for number, query in enumerate(digests):
            config.write(f'[[digest]]\nname = "{number}"\nquery = \'{query}\'\nto = ["a@b.example"]\n')
    findings = run("--archive", tmp_path, "--json", "doctor").json["findings"]
    found = {one["name"]: one for one in findings if one["name"].startswith("digest ")}
    assert [one["state"] for one in found.values()] == ["ok", "warn", "warn"]
    assert found["digest 1"]["what"].startswith("It finds nothing, ever. 'speaker:stoltenburg': no speaker")
    assert found["digest 2"]["what"].startswith("The rest of it is answered.")


def test_a_month_is_a_day_of_a_monthly_digest(folder: Path) -> None:
    monthly = ("digest", "--period", "monthly", "--date")
    assert "Łódź hosts engineers" in run("--archive", folder, *monthly, "2022-11").out
    assert run("--archive", folder, *monthly, "2022-13").code == 2
    assert run("--archive", folder, "digest", "--date", "2022-11").code == 2


def test_sizes_and_times_of_an_archive_are_for_people(folder: Path) -> None:
    told = run("--archive", folder, "--json", "stats").json
    lines = run("--archive", folder, "stats").out.splitlines()
    shown = {line[:14].strip(): line[14:].strip() for line in lines}
    assert shown["size"] == f"{told['bytes'] / 1000:.1f} kB"
    assert shown["items"] == "1"
    assert (shown["first seen"], shown["times in"]) == ("2022-11-09 23:30", "Europe/Brussels")


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (82_600_000_000, "82.6 GB"),
        (10**13, "10,000.0 GB"),
    ],
)
def test_a_size_has_the_unit_that_suits_it(count: int, words: str) -> None:
    assert write_size(count) == words


def test_no_merges_are_told_as_that(tmp_path: Path) -> None:
    run("--archive", tmp_path, "init", "--empty")
    assert run("--archive", tmp_path, "merges", "list", "--all").out == "No merges.\n"
    assert run("--archive", tmp_path, "merges", "list").out == "No merges but by address.\n"


def test_an_empty_file_and_a_folder_say_what_to_do(folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.xml"
    empty.write_text(" \n")
    ran = run("--archive", folder, "ingest", empty, tmp_path)
    assert ran.code == 1
    told = " ".join(ran.out.split())
    assert "The file is empty. Save it again." in told
    assert "Is a directory. Name the files in it." in told
    assert "asked again later" not in told


def test_what_is_no_backup_says_so_and_a_folder_takes_none(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.tar"
    other.write_text("no tar at all")
    assert "backup` wrote" in run("--archive", folder, "restore", other).err
    ran = run("--archive", folder, "backup", tmp_path)
    assert (ran.code, f"Cannot write {tmp_path}: it is a folder." in ran.err) == (2, True)


def test_an_engine_that_is_none_is_told() -> None:
    words = ("date", "2 days ago", "--now", "2022-11-26T11:00:00Z", "--engine")
    wrong, right = run(*words, "drupal9000"), run(*words, "drupal8")
    assert (wrong.code, "drupal8_interval" in wrong.err, right.err) == (0, True, "")


def test_all_times_of_an_item_are_of_one_zone_and_it_is_named(folder: Path) -> None:
    shown = run("--archive", folder, "show", the_id(folder), "--evidence").out
    assert "8 Nov 2022 15:05" in shown
    assert "2022-11-09 23:30" in shown
    assert "22:30" not in shown
    assert "Europe/Brussels" in shown


def test_revisions_begin_with_the_whole_first_text(folder: Path) -> None:
    shown = run("--archive", folder, "show", the_id(folder), "--revisions").out
    first = shown.split("Revision 1")[1].split("Revision 2")[0]
    assert "Łódź hosts engineers" in first
    assert "Bridges were built." in first


def test_init_where_there_is_an_archive_says_so(folder: Path) -> None:
    ran = run("--archive", folder, "init")
    assert ran.code == 3
    assert "an archive here already" in ran.err


def test_a_locale_without_the_letters_breaks_nothing(folder: Path) -> None:
    written = io.BytesIO()
    latin = io.TextIOWrapper(written, encoding="ascii")
    with redirect_stdout(latin), pytest.raises(SystemExit) as end:
        main(["--archive", str(folder), "search"])
    assert end.value.code == 0
    latin.flush()
    assert "Łódź hosts engineers" in written.getvalue().decode("utf-8")


def test_no_words_show_the_help_and_wrong_ones_where_it_is() -> None:
    bare, wrong = run(), run("search", "--format", "xml")
    assert (bare.code, wrong.code) == (2, 2)
    assert bare.err.startswith("Usage: natowire ")
    assert "Value error" not in wrong.err
    assert "search --help` tells" in wrong.err
    assert run("--json", "sources").json["error"]["message"] == "A command is missing."


def test_a_command_in_a_hint_can_be_typed_as_it_stands(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = tmp_path / "no archive"
    monkeypatch.chdir(ROOT)
    assert f"`./run --archive '{absent}' init`" in run("--archive", absent, "stats").err
    assert f"`./run --archive {folder} search WORDS`" in run(f"--archive={folder}", "show", "x").err
    monkeypatch.chdir(tmp_path)
    assert f"`natowire --archive '{absent}' init`" in run("stats", "--archive", absent).err
    config = tmp_path / "own.toml"
    begun = run("--archive", tmp_path / "archive", "--config", config, "init")
    assert f"--archive {tmp_path / 'archive'} --config {config} fetch" in begun.out


def test_a_slip_of_an_option_names_the_one_that_was_meant(folder: Path) -> None:
    assert "Did you mean --before?" in run("--archive", folder, "search", "--befor=2022").err
    assert "Did you mean" not in run("--archive", folder, "search", "--something").err
    assert run("--archive", folder, "search", "-bridges").out == "Nothing found.\n"


def test_an_unknown_item_says_where_ids_stand(folder: Path) -> None:
    assert "search WORDS`" in run("--archive", folder, "show", "nosuchitem").err


def test_an_address_is_added_once_unless_named_again(tmp_path: Path) -> None:
    run("--archive", tmp_path, "init", "--empty")
    address = "https://wire.example.org/feed"
    assert run("--archive", tmp_path, "sources", "add", address, "--id", "wire").code == 0
    again = run("--archive", tmp_path, "sources", "add", address)
    assert (again.code, "already, as wire" in again.err) == (2, True)
    assert run("--archive", tmp_path, "sources", "add", address, "--id", "wire-2").code == 0


def test_without_sources_the_next_step_is_told(tmp_path: Path) -> None:
    run("--archive", tmp_path, "init", "--empty")
    for command in ("fetch", "sources list", "sources check", "status"):
        ran = run("--archive", tmp_path, *command.split())
        assert (ran.code, "There are no sources yet" in ran.out, "sources add URL" in ran.out) == (
            0,
            True,
            True,
        )
    run("--archive", tmp_path, "sources", "add", "https://a.example/feed")
    run("--archive", tmp_path, "sources", "disable", "a-example")
    assert "Every source is disabled" in run("--archive", tmp_path, "fetch").out
    assert json.loads(run("--archive", tmp_path, "--json", "fetch").out)["sources"] == []


def test_a_network_that_is_opened_for_good_is_told(tmp_path: Path) -> None:
    run("--archive", tmp_path, "init", "--empty")
    words = ("add", "https://a.example/feed", "--allow-network", "10.0.0.0/8")
    assert "Every source may talk to 10.0.0.0/8 now" in run("--archive", tmp_path, "sources", *words).out


def test_why_sources_failed_stands_under_their_table(tmp_path: Path) -> None:
    run("--archive", tmp_path, "init", "--empty")
    name = "a-source-with-quite-a-long-name"
    run("--archive", tmp_path, "sources", "add", "http://127.0.0.1:9/feed", "--id", name)
    assert run("--archive", tmp_path, "fetch").code == 1
    table, _, reason = run("--archive", tmp_path, "sources", "list").out.partition("failed 1×\n")
    assert name in table
    assert reason.startswith(f"{name}: ")
    row = next(one for one in run("--archive", tmp_path, "status").out.splitlines() if one.startswith(name))
    assert "unknown" in row
    assert "no gap" not in row


def test_reparse_of_a_source_that_is_not_there_is_no_success(folder: Path) -> None:
    ran = run("--archive", folder, "reparse", "--source", "wirre")
    assert (ran.code, "did you mean wire?" in ran.err) == (2, True)


def test_an_export_to_a_file_tells_programs_where(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    ran = run("--archive", folder, "--json", "export", "--format", "csv", "-o", file)
    assert ran.json["file"] == str(file)


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("kind:press", "did you mean press_release?"),
        ("kind:zz", "there are event, "),
        ("author:stoltenberg", "did you mean speaker:?"),
    ],
)
def test_a_slip_in_a_query_is_told(folder: Path, query: str, hint: str) -> None:
    assert hint in " ".join(run("--archive", folder, "search", query).err.split())


@pytest.mark.parametrize("columns", [60, 80])
def test_ids_of_sources_are_not_broken(
    columns: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    run("--archive", tmp_path, "init")
    assert "wikipedia-secretary-general " in run("--archive", tmp_path, "sources", "list").out


@pytest.mark.parametrize("query", ["speaker:[/x]", "source:[red]wire", "kind:[bold"])
def test_brackets_in_a_query_are_letters(folder: Path, query: str) -> None:
    ran = run("--archive", folder, "search", query)
    assert ran.code == 0
    assert f"'{query}'" in ran.err


def test_the_next_command_names_the_archive(tmp_path: Path) -> None:
    archive = tmp_path / "two words"
    assert f" --archive '{archive}' fetch" in run("--archive", archive, "init").out


def test_a_backup_into_no_folder_says_so(folder: Path, tmp_path: Path) -> None:
    ran = run("--archive", folder, "backup", tmp_path / "none" / "b.tar")
    assert (ran.code, "its folder is missing" in ran.err) == (2, True)


def test_a_remark_in_a_file_is_one_line(folder: Path) -> None:
    remark = run("--archive", folder, "search", "kind:nonsense").err
    assert remark.count("\n") == 1
    assert len(remark) > 100


def test_what_goes_into_a_file_is_not_padded(folder: Path) -> None:
    for words in (("search",), ("show", the_id(folder), "--evidence", "--revisions"), ("sources", "list")):
        lines = run("--archive", folder, *words).out.splitlines()
        assert lines
        assert [line for line in lines if line.endswith(" ")] == []


def test_a_date_needs_no_quotation_marks() -> None:
    assert run("--json", "date", "25", "October", "2022").json["precision"] == "day"


def test_a_long_path_does_not_crowd_out_the_rest(folder: Path, tmp_path: Path) -> None:
    saved = tmp_path / ("deep" * 30) / "a.xml"
    saved.parent.mkdir()
    saved.write_text(FEED.format("Bridges."), encoding="utf-8")
    told = run(
        "--archive", folder, "ingest", saved, "--source", "wire", "--url", "https://wire.example.org/feed"
    )
    assert " fetched " in told.out


def test_evidence_tells_of_the_day_of_an_event_too(demo: Shown) -> None:
    found = run("--archive", demo.folder, "--json", "search", "kind:event").json["hits"][0]
    shown = run("--archive", demo.folder, "show", found["id"], "--evidence").out
    assert f"Takes place {found['event']['words']}, because" in shown


def test_an_event_among_publications_is_marked(demo: Shown) -> None:
    assert "(the event)" in run("--archive", demo.folder, "search", "kind:event").out


def test_a_statement_is_told_with_the_office(demo: Shown) -> None:
    told = run("--archive", demo.folder, "statements", "--speaker", "stoltenberg").out
    assert "Jens Stoltenberg, NATO Secretary General" in told
