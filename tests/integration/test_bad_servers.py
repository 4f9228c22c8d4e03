"""Whatever servers do is said in a sentence, stops no other source, and harms nothing stored."""

import gzip

from tests.command import LOOPBACK, Ran
from tests.places import CHOIR, FEED, PIER, entry, rss
from tests.small_web import Web

PAGE = "<!doctype html><html><body><h1>Not a feed</h1><p>It was moved to another place.</p></body></html>"

Failure = tuple[str, int | None, str]
FAILURES: dict[str, Failure] = {
    "refused": ("transport", None, "does not take the connection"),
    "nameless": ("transport", None, "cannot be resolved"),
    "gone": ("status", 404, "404"),
    "broken": ("status", 500, "500"),
    "page": ("content", 200, "web page came where a feed should be"),
    "empty": ("content", 200, "empty"),
    "cut": ("transport", None, "cut short"),
    "short": ("transport", None, "cut short"),
    "circle": ("transport", None, "redirects in a circle"),
    "private": ("forbidden_address", None, "10.255.255.1"),
    "noise": ("layout", 200, "came where a feed should be"),
    "moved": ("layout", 200, "no aggregator items"),
}
"""By source: the error's code, the status, and words of its sentence."""


def put_everything(web: Web) -> dict[str, str]:
    """Serve good and bad answers; the addresses by source."""
    cut = gzip.compress(rss(PIER, CHOIR).encode() * 40)
    web.put("/good", rss(PIER, CHOIR), type=FEED, headers={"ETag": '"first"'})
    web.put("/also", rss(entry("Engineers mend a pier", 1, "The pier stands again.", guid="x")), type=FEED)
    web.put("/broken", "trouble", status=500)
    web.put("/page", PAGE)
    web.put("/moved", PAGE)
    web.put("/empty", "")
    web.put("/cut", cut[: len(cut) // 2], type=FEED, headers={"Content-Encoding": "gzip"})
    web.put("/short", rss(PIER), type=FEED, headers={"Content-Length": "99999"})
    web.put("/circle", status=302, headers={"Location": "/circle"})
    web.put("/noise", bytes(range(256)) * 40, type=FEED)
    web.put(
        "/undated", rss("<item><title>Nobody knows when</title><link>https://a.example/1</link></item>")
    )
    web.put(
        "/bare",
        rss(*(f"<item><title>Bare {n}</title><description>Of {n}.</description></item>" for n in "ab")),
    )
    names = ("good", "also", "undated", "bare", *FAILURES)
    return {name: web.url(f"/{name}") for name in names} | {
        "refused": "http://127.0.0.1:1/feed",
        "nameless": "http://no-such-host.invalid/feed",
        "private": "http://10.255.255.1/feed",
    }


def by_id(ran: Ran) -> dict[str, dict]:
    return {row["id"]: row for row in ran.json["sources"]}


def test_each_failure_is_told_and_stops_no_other_source(place, web):
    for name, url in put_everything(web).items():
        place.add(url, name, "drupal" if name == "moved" else "feed")
    first = place.fetch()
    assert (first.code, first.json["failed"]) == (1, len(FAILURES))
    rows = by_id(first)
    for name, (code, status, words) in FAILURES.items():
        row = rows[name]
        assert (row["outcome"], row["status"], row["error"]["code"]) == ("failed", status, code), row
        assert words in row["error"]["message"]
        assert row["error"]["hint"]
        assert row["error"]["where"].startswith("http://")
        assert "Traceback" not in row["error"]["message"]
    for name, listed in (("good", 2), ("also", 1), ("undated", 1), ("bare", 2)):
        assert (rows[name]["outcome"], rows[name]["listed"], rows[name]["error"]) == (
            "fetched",
            listed,
            None,
        )
    assert first.json["new"] == 5

    items = place.items()
    assert set(items) == {"Engineers mend a pier", "A choir sings", "Nobody knows when", "Bare a", "Bare b"}
    for title in ("Nobody knows when", "Bare a", "Bare b"):
        published = items[title]["published"]
        assert (published["earliest"], published["best"], published["precision"]) == (None, None, "bound")
    pier = place.ask("show", items["Engineers mend a pier"]["id"], "--json").json["item"]
    assert sorted(seen["source"] for seen in pier["observations"]) == ["also", "good"]
    assert len(pier["revisions"]) == 1

    held = place.held()
    second = place.fetch()
    assert (second.json["new"], second.json["changed"], second.json["failed"]) == (0, 0, len(FAILURES))
    assert by_id(second)["good"]["outcome"] == "not_modified"
    assert by_id(second)["good"]["status"] == 304
    assert web.asked[-1] is not None
    assert '"first"' in [sent.get("if-none-match") for path, sent in web.asked if path == "/good"]
    assert (place.held(), place.items()) == (held, items)

    told = place.ask("sources", "list").out
    assert "failed 2×" in told
    assert place.ask("doctor", "--json").code == 1


def test_a_person_is_told_which_source_failed_and_what_to_do(place, web):
    place.add(web.put("/good", rss(PIER), type=FEED), "good")
    place.add(web.url("/gone"), "gone")
    ran = place.ask("fetch", *LOOPBACK)
    assert ran.code == 1
    assert ran.err == ""
    told = " ".join(ran.out.split())
    assert "gone: The server answered 404 Not Found. Check the address" in told
    assert "Traceback" not in told


def test_loopback_is_refused_where_it_is_not_allowed(place, web):
    place.add(web.put("/good", rss(PIER), type=FEED), "good")
    ran = place.ask("fetch", "--json")
    assert ran.code == 1
    assert by_id(ran)["good"]["error"]["code"] == "forbidden_address"
    assert "allow_networks" in by_id(ran)["good"]["error"]["hint"]
    assert web.asked == []


def test_a_changed_text_is_a_new_revision_and_the_old_one_stays(place, web):
    place.add(web.put("/feed", rss(PIER, CHOIR), type=FEED), "feed")
    assert place.fetch().json["new"] == 2
    web.put(
        "/feed",
        rss(entry("Engineers mend a pier", 1, "The pier stands again, they say."), CHOIR),
        type=FEED,
    )
    again = place.fetch().json
    assert (again["new"], again["changed"]) == (0, 1)
    item = place.ask("show", place.items()["Engineers mend a pier"]["id"], "--json").json["item"]
    assert [one["summary"] for one in item["revisions"]] == [
        "The pier stands again.",
        "The pier stands again, they say.",
    ]
    assert (item["revision"], item["edited"]) == (2, True)
    shown = place.ask("show", item["id"], "--revisions").out
    assert "they say" in shown
    assert place.held()["items"] == 2
