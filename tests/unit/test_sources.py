from __future__ import annotations

import tomllib
from datetime import timedelta

import pytest

from parsers.errors import ConfigError
from parsers.registry import PARSERS
from schedules.sources import Source, default_sources, default_text, make_id, parse_sources, problem_of_url
from schedules.table import line_of, read_duration, write_duration

HEAD = "# sources\n\n[[source]]\nid = 'first'\nurl = 'https://one.example/feed'\n\n[[source]]\n"


def parse(text: str, parsers=PARSERS):
    return parse_sources(tomllib.loads(text), file="config.toml", text=text, parsers=parsers)


def test_a_source_needs_only_an_id_and_an_address():
    (source,) = parse('[[source]]\nid = "harbour"\nurl = "https://harbour.example/feed"\n')
    assert source == Source(id="harbour", url="https://harbour.example/feed")
    assert source.every == timedelta(minutes=30)
    assert source.parser == "auto"


def test_every_key_is_read():
    (source,) = parse(
        """
        [[source]]
        id = "harbour"
        url = "http://harbour.example:8080/news?page=1"
        name = "Harbour"
        parser = "feed"
        every = "1h30m"
        enabled = false
        zone = "Europe/Kyiv"
        language = "uk"
        trusts = ["Pier.example", "quay.example"]
        details = true
        confidence = "low"
        note = "A note."
        """
    )
    assert source == Source(
        id="harbour",
        url="http://harbour.example:8080/news?page=1",
        name="Harbour",
        parser="feed",
        every=timedelta(minutes=90),
        enabled=False,
        zone="Europe/Kyiv",
        language="uk",
        trusts=("pier.example", "quay.example"),
        details=True,
        confidence="low",
        note="A note.",
    )


def test_the_zone_of_the_file_is_that_of_its_sources():
    (source,) = parse('zone = "UTC"\n[[source]]\nid = "a"\nurl = "https://a.example"\n')
    assert source.zone == "UTC"


WRONG = [
    # lines of the second source, the line at fault, words of the message
    ("id = 'b'\nurl = 'https://b.example'\nevry = '1h'", 10, "did you mean `every`"),
    ("id = 'b'\nurl = 'https://b.example'\nwhatever = 1", 10, "`source.whatever` is no key"),
    ("url = 'https://b.example'", 7, "`source.id` is missing"),
    ("id = 'b'", 7, "`source.url` is missing"),
    ("id = 3\nurl = 'https://b.example'", 8, "is a number, not a text"),
    ("id = ''\nurl = 'https://b.example'", 8, "letters, digits"),
    ("id = 'a b'\nurl = 'https://b.example'", 8, "letters, digits"),
    ("id = '../etc'\nurl = 'https://b.example'", 8, "letters, digits"),
    ("id = 'FIRST'\nurl = 'https://b.example'", 8, "is used by another source"),
    ("id = 'b'\nurl = 'b.example/feed'", 9, "http:// or https://"),
    ("id = 'b'\nurl = 'ftp://b.example'", 9, "http:// or https://"),
    ("id = 'b'\nurl = 'https:///feed'", 9, "names no host"),
    ("id = 'b'\nurl = 'https://b.example/a b'", 9, "white space"),
    ("id = 'b'\nurl = 'https://b.example:99999/'", 9, "not readable"),
    ("id = 'b'\nurl = 'https://[::1/'", 9, "not readable"),
    ("id = 'b'\nurl = 'https://b.example'\nparser = 'fed'", 10, "did you mean `feed`"),
    ("id = 'b'\nurl = 'https://b.example'\nparser = true", 10, "is true or false, not a text"),
    ("id = 'b'\nurl = 'https://b.example'\nevery = 30", 10, "is a number, not a text"),
    ("id = 'b'\nurl = 'https://b.example'\nevery = '30'", 10, 'such as "90s"'),
    ("id = 'b'\nurl = 'https://b.example'\nevery = '30 m'", 10, 'such as "90s"'),
    ("id = 'b'\nurl = 'https://b.example'\nevery = '5s'", 10, 'from "1m" to'),
    ("id = 'b'\nurl = 'https://b.example'\nevery = ''", 10, 'such as "90s"'),
    ("id = 'b'\nurl = 'https://b.example'\nenabled = 'yes'", 10, "true or false, without quotes"),
    ("id = 'b'\nurl = 'https://b.example'\nenabled = 1", 10, "is a number, not true or false"),
    ("id = 'b'\nurl = 'https://b.example'\nzone = 'Brussels'", 10, "no time zone"),
    ("id = 'b'\nurl = 'https://b.example'\nzone = '../../etc/passwd'", 10, "no time zone"),
    ("id = 'b'\nurl = 'https://b.example'\nzone = 'Europe'", 10, "no time zone"),
    ("id = 'b'\nurl = 'https://b.example'\nlanguage = 'English!'", 10, "language tag"),
    ("id = 'b'\nurl = 'https://b.example'\ntrusts = ['https://x.example']", 10, "host names alone"),
    ("id = 'b'\nurl = 'https://b.example'\ntrusts = [1]", 10, "is no list of texts"),
    ("id = 'b'\nurl = 'https://b.example'\ndetails = 'no'", 10, "true or false"),
    ("id = 'b'\nurl = 'https://b.example'\nconfidence = 'sure'", 10, '"high", "medium", "low"'),
    ('id = "b"\nurl = "https://b.example"\nname = "a\\u0007b"', 10, "control character"),
]


@pytest.mark.parametrize(("lines", "line", "words"), WRONG)
def test_what_is_wrong_is_told_with_its_line(lines, line, words):
    with pytest.raises(ConfigError) as caught:
        parse(HEAD + lines + "\n")
    assert caught.value.file == "config.toml"
    assert caught.value.line == line
    assert words in str(caught.value)
    assert caught.value.hint or "no key" in str(caught.value)


@pytest.mark.parametrize("text", ["source = 3", "source = ['a']", "[source]\nid = 'a'"])
def test_sources_are_tables(text):
    with pytest.raises(ConfigError, match=r"\[\[?source"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("30m", 1800),
        ("2h", 7200),
        ("1d", 86400),
        ("1w", 604800),
        ("1h30m", 5400),
        (" 1d12h ", 129600),
        ("0s", 0),
        ("", None),
        ("m", None),
        ("30", None),
        ("30m1h", None),
        ("-5m", None),
        ("1.5h", None),
        ("1H", None),
        ("٣m", None),
    ],
)
def test_durations(text, seconds):
    assert read_duration(text) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize("text", ["90s", "30m", "2h", "1d", "7d", "1h30m", "0s"])
def test_durations_are_written_as_they_are_read(text):
    span = read_duration(text)
    assert read_duration(write_duration(span)) == span


def test_lines_of_values():
    text = 'zone = "UTC"\n\n[fetch]\n# timeout = 1\ntimeout = 3\n"odd key" = 1\n\n'
    text += "[[source]]\nid = 1\n[[source]]\n id=2\n"
    assert line_of(text, ("zone",)) == 1
    assert line_of(text, ("fetch", "timeout")) == 5
    assert line_of(text, ("fetch", "odd key")) == 6
    assert line_of(text, ("source", 0, "id")) == 9
    assert line_of(text, ("source", 1, "id")) == 11
    assert line_of(text, ("source", 1, "url")) == 10
    assert line_of(text, ("nowhere",)) is None
    assert line_of("fetch.timeout = 3", ("fetch", "timeout")) == 1


@pytest.mark.parametrize(
    ("url", "taken", "made"),
    [
        ("https://www.act.nato.int/feed/", (), "act-nato-int"),
        ("https://www.act.nato.int/feed/", ("ACT-nato-int",), "act-nato-int-feed"),
        ("https://a.example/", ("a-example",), "a-example-2"),
        ("https://a.example/x", ("a-example", "a-example-x", "a-example-x-2"), "a-example-x-3"),
        ("http://127.0.0.1:8080/feed", (), "127-0-0-1"),
        ("https://" + "a" * 60 + ".example/" + "b" * 99, (), ("a" * 60 + "-exa")),
    ],
)
def test_ids_are_made_of_the_address(url, taken, made):
    assert make_id(url, taken) == made


@pytest.mark.parametrize(
    "url", ["https://a.example", "HTTP://a.example/x", "https://[::1]:8080/", "https://ünï.example/"]
)
def test_web_addresses_pass(url):
    assert problem_of_url(url) == ""


def test_the_shipped_sources_are_sound():
    sources = default_sources()
    text = default_text()
    checked = parse(text)
    assert sources == checked
    for source in sources:
        assert source.confidence, source.id
        assert source.name, source.id
        # Unproven ones wait for a person, and say why.
        if not source.enabled:
            assert source.note, source.id
        elif source.confidence != "high":
            pytest.fail(f"{source.id} is enabled although unproven")
    assert any(source.enabled for source in sources)
