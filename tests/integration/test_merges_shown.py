"""An item says which entries of other addresses were taken for it, and how to undo that."""

from pathlib import Path

from tests.command import run

TEXT = (
    "Engineers of four Allies built a floating bridge over the river in less than an hour on Tuesday. "
    "They had trained for it since the spring, and in the end the tanks crossed it in both directions, "
    "by day and by night, while divers watched the ropes and the current from two boats downstream."
)
PAGE = "<html lang='en'><title>{0}</title><body><article><h1>{0}</h1><p>{1}</p></article></body></html>"


def test_show_names_what_was_merged_until_it_is_undone(tmp_path: Path) -> None:
    place = ("--archive", tmp_path / "archive")
    run(*place, "init", "--empty")
    for host in ("home.example", "mirror.example"):
        saved = tmp_path / f"{host}.html"
        saved.write_text(PAGE.format("A bridge in an hour", TEXT), encoding="utf-8")
        words = (
            "--url",
            f"https://{host}/bridge",
            "--source",
            host,
            "--fetched-at",
            "2022-11-09T12:00:00Z",
        )
        assert run(*place, "ingest", saved, *words).code == 0
    (hit,) = run(*place, "--json", "search").json["hits"]
    shown = " ".join(run(*place, "show", hit["id"]).out.split())
    assert (
        "merged from A bridge in an hour · mirror.example · https://mirror.example/bridge (copy, no. 1)"
        in shown
    )
    (merge,) = run(*place, "--json", "show", hit["id"]).json["item"]["merges"]
    assert (merge["number"], merge["item"], merge["undone_at"]) == (1, hit["id"], None)
    (other,) = run(*place, "--json", "merges", "undo", "1").json["items"]
    assert "merged from" not in run(*place, "show", hit["id"]).out
    assert run(*place, "--json", "show", hit["id"]).json["item"]["merges"][0]["undone_at"]
    assert run(*place, "--json", "show", other).json["item"]["merges"] == []
