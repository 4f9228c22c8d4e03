"""What commands and Python answer of an archive: every key is there and spelled so."""

import json
import xml.etree.ElementTree as ET
from email import message_from_string

from aggregator import Archive

WHEN = {"earliest", "latest", "best", "precision"}


# -- reading the archive


def test_search_answers_with_the_query_as_understood_and_hits(demo):
    ran = demo.ask(
        "search", "nato", "--speaker", "stoltenberg", "--after", "2022-11-01", "--limit", "2", "--json"
    )
    document = ran.json
    assert set(document) >= {"query", "hits", "more"}
    assert document["query"]["speakers"] == [{"id": "jens-stoltenberg", "name": "Jens Stoltenberg"}]
    assert document["query"]["ignored"] == []
    assert document["more"] is True
    assert len(document["hits"]) == 2
    for hit in document["hits"]:
        assert set(hit) >= {"id", "title", "url", "published", "source", "kind", "speakers", "snippet"}
        assert set(hit["published"]) >= WHEN
        assert "Jens Stoltenberg" in hit["speakers"]
    unknown = demo.ask("search", "speaker:stoltenburg", "--json").json
    assert unknown["hits"] == []
    assert "did you mean Jens Stoltenberg?" in unknown["query"]["ignored"][0]["hint"]


def test_search_writes_lines_and_tables_for_programs(demo):
    words = ("search", "nato", "--limit", "3")
    hits = demo.ask(*words, "--json").json["hits"]
    assert demo.ask(*words, "--format", "json").json["hits"] == hits
    assert demo.ask(*words, "--format", "jsonl").lines == hits
    assert demo.ask(*words, "--format", "jsonl", "--json").lines == hits
    rows = demo.ask(*words, "--format", "csv").out.split("\r\n")
    assert rows[0].split(",")[:3] == ["id", "title", "url"]
    assert [row.split(",")[0] for row in rows[1:-1]] == [hit["id"] for hit in hits]


def test_flags_of_search_are_the_words_of_its_language(demo):
    def found(*words) -> list[str]:
        return [hit["id"] for hit in demo.ask("search", *words, "--limit", "50", "--json").json["hits"]]

    for flags, query in (
        (("--kind", "event"), "kind:event"),
        (("--source", "nato-home"), "source:nato-home"),
        (("--office", "secretary general"), 'office:"secretary general"'),
        (("--after", "2022-11-20", "--before", "2022-11-26"), "after:2022-11-20 before:2022-11-26"),
        (("--speaker", "geoana"), "speaker:geoană"),
    ):
        assert found(*flags) == found(query) != []
    assert sorted(found("nato", "--sort", "rank")) == sorted(found("nato", "--sort", "date"))
    assert set(found("nato", "-bucharest")) == set(found("nato")) - set(found("bucharest"))
    assert set(found("nat*")) >= set(found("nato"))
    assert found("title:bucharest", "OR", "title:serbia") == found("title:bucharest OR title:serbia")
    assert found("edited:yes")


def test_show_tells_all_of_an_item(demo):
    hit = demo.ask("search", "speaker:stoltenberg", "--json").json["hits"][0]
    item = demo.ask("show", hit["id"], "--json").json["item"]
    assert set(item) >= {
        "id",
        "title",
        "url",
        "published",
        "revisions",
        "observations",
        "statements",
        "text",
    }
    witness = item["published"]["evidence"][0]
    assert set(witness) >= {"kind", "raw", "where", "earliest", "latest", "rule", "strength"}
    assert demo.ask("show", hit["url"], "--json").json["item"] == item
    plain = demo.ask("show", hit["id"]).out
    for flag, words in (
        ("--evidence", "because"),
        ("--revisions", "Revision 1"),
        ("--text", item["text"][:20]),
    ):
        told = demo.ask("show", hit["id"], flag).out
        assert words in told
        assert len(told) > len(plain)


def test_statements_and_speakers(demo):
    said = demo.ask("statements", "--office", "secretary general", "--after", "2022-11", "--json").json
    assert set(said) >= {"query", "statements", "more"}
    for one in said["statements"]:
        assert (one["person"], one["office"]) == ("Jens Stoltenberg", "NATO Secretary General")
        whole = demo.ask("show", one["item"]["id"], "--json").json["item"][one["field"]]
        assert whole[one["start"] : one["end"]] == one["text"]
    names = [one["name"] for one in demo.ask("speakers", "--json").json["speakers"]]
    assert {"Jens Stoltenberg", "Mircea Geoană", "Rob Bauer"} <= set(names)
    shown = demo.ask("speakers", "show", "geoana", "--json").json["people"]
    assert [one["name"] for one in shown] == ["Mircea Geoană"]


def test_stats_and_doctor(demo):
    stats = demo.ask("stats", "--json").json
    assert {"items", "captures", "revisions", "sources", "bytes"} <= set(stats)
    assert all(
        isinstance(stats[name], int) for name in ("items", "captures", "revisions", "sources", "bytes")
    )
    findings = demo.ask("doctor", "--json").json["findings"]
    assert findings
    assert demo.ask("doctor").code == 1  # one source of the demo's world refuses


# -- what leaves the archive


def test_digests_in_three_forms(demo):
    words = ("digest", "--period", "weekly", "--date", "2022-11-24", "--query", "speaker:stoltenberg")
    assert "Stoltenberg" in demo.ask(*words, "--print", "text").out
    assert demo.ask(*words, "--print", "html").out.startswith("<!DOCTYPE html>")
    mail = message_from_string(demo.ask(*words, "--print", "eml").out)
    assert [part.get_content_type() for part in mail.walk()][1:] == ["text/plain", "text/html"]
    assert demo.ask(*words, "--send").code in {1, 2}  # no mail server is configured


def test_feeds_in_three_forms(demo):
    query = ("--query", "speaker:stoltenberg")
    atom = ET.fromstring(demo.ask("feed", *query).out)
    rss = ET.fromstring(demo.ask("feed", *query, "--format", "rss").out)
    own = json.loads(demo.ask("feed", *query, "--format", "json").out)
    counts = (len(atom.findall("{*}entry")), len(rss.findall("channel/item")), len(own["items"]))
    assert set(counts) == {7}
    assert own["version"] == "https://jsonfeed.org/version/1.1"


# -- Python


def test_python_does_what_the_commands_do(demo):
    with Archive.open(str(demo.folder)) as archive:
        page = archive.search('speaker:stoltenberg after:2022-11-01 "climate"', limit=10)
        assert [hit.kind for hit in page.hits] == ["news"]
        page = archive.search("speaker:stoltenberg after:2022-11-01", limit=10)
        assert page.hits
        for hit in page.hits:
            assert hit.published.best is not None
            assert "Jens Stoltenberg" in hit.speakers
            assert hit.title
        item = archive.item(page.hits[0].id)
    assert item.revisions
    assert item.observations
    assert item.statements
    assert item.published.evidence
    told = demo.ask("search", "speaker:stoltenberg after:2022-11-01", "--json").json["hits"]
    assert [hit["id"] for hit in told] == [hit.id for hit in page.hits]
