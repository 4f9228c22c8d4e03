from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from datetime import time, timedelta
from pathlib import Path

import pytest

from aggregator import config, config_file
from aggregator.config import AlertSettings, Config, DaemonSettings, FetchSettings
from aggregator.networks import AllowedNetwork, parse_network
from parsers.errors import ConfigError
from schedules.sources import KEYS as SOURCE_KEYS
from schedules.sources import Source, default_sources


@pytest.fixture
def path(tmp_path):
    return tmp_path / "archive" / "config.toml"


def parse(text: str) -> Config:
    return config.parse(text, "config.toml")


def test_an_empty_file_is_a_configuration():
    assert parse("") == Config()
    assert parse("\n# nothing yet\n").fetch == FetchSettings()


def test_every_key_is_read():
    made = parse(
        """
        zone = "UTC"
        contact = "desk@example.org"
        [fetch]
        timeout = "10s"
        workers = 32
        host_delay = "0s"
        max_wire = "512KB"
        max_decoded = "1MB"
        allow_networks = ["10.0.0.0/8", "127.0.0.1:8080", "[::1/128]:8080"]
        [fetch.connect_to]
        "www.harbour.example:443" = "127.0.0.1:8443"
        "quay.example:80" = "[::1]:8080"
        [mail]
        host = "mail.example.org"
        port = 2525
        security = "none"
        user = "natowire"
        password = "barnacle"
        from = "natowire <natowire@example.org>"
        [[digest]]
        name = "morning"
        period = "weekly"
        query = "kind:news"
        to = ["a@example.org", "b@example.org"]
        at = "17:30"
        [daemon]
        port = 0
        failures = 5
        failing_for = "2d"
        [[alert]]
        to = "desk@example.org"
        [[alert]]
        url = "https://hooks.example.org/x"
        secret = "mussel"
        [[source]]
        id = "harbour"
        url = "https://harbour.example/"
        """
    )
    assert made.zone == "UTC"
    assert made.fetch.timeout == timedelta(seconds=10)
    assert made.fetch.workers == 32
    assert made.fetch.host_delay == timedelta(0)
    assert made.fetch.max_wire == 512 << 10
    assert made.fetch.max_decoded == 1 << 20
    assert made.fetch.allow_networks == tuple(
        parse_network(text) for text in ("10.0.0.0/8", "127.0.0.1/32:8080", "[::1]:8080")
    )
    assert made.fetch.connect_to == (
        ("www.harbour.example:443", "127.0.0.1:8443"),
        ("quay.example:80", "[::1]:8080"),
    )
    assert made.fetch.contact == "desk@example.org"
    assert made.mail.host == "mail.example.org"
    assert made.mail.port == 2525
    assert made.mail.sender == "natowire <natowire@example.org>"
    assert "barnacle" not in repr(made)
    assert made.digests[0].to == ("a@example.org", "b@example.org")
    assert made.digests[0].at == time(17, 30)
    assert made.daemon == DaemonSettings(port=0, failures=5, failing_for=timedelta(days=2))
    assert made.alerts == (
        AlertSettings(to=("desk@example.org",)),
        AlertSettings(url="https://hooks.example.org/x", secret="mussel"),
    )
    assert "mussel" not in repr(made)
    assert made.source("HARBOUR").zone == "UTC"


WRONG = [
    ("x =", 1, "no TOML"),
    ('a = "1"\nb = "open\n', 2, "no TOML"),
    ('zone = "UTC"\nzone = "UTC"', 2, "no TOML"),
    ("[fetch]\n[fetc]", 2, "did you mean `fetch`"),
    ("\nzone = 'Mars/Olympus'", 2, "no time zone"),
    ("fetch = 3", 1, "`fetch` is no table"),
    ("[fetch]\ntimeout = 30", 2, "is a number, not a text"),
    ("[fetch]\ntimeout = '1h'", 2, 'from "1s" to "10m"'),
    ("[fetch]\nworkers = 0", 2, "from 1 to 64"),
    ("[fetch]\nworkers = true", 2, "is true or false, not a number"),
    ("[fetch]\nworkers = 2.5", 2, "is a number, not a number"),
    ("[fetch]\nmax_wire = 10", 2, 'such as "512KB"'),
    ("[fetch]\nmax_wire = '10 apples'", 2, 'such as "512KB"'),
    ("[fetch]\nmax_decoded = '900GB'", 2, 'to "100MB"'),
    ("[fetch]\nallow_networks = ['10.0.0.0/33']", 2, "Give networks such as"),
    ("[fetch]\nallow_networks = ['localhost']", 2, "Give networks such as"),
    ("[fetch]\nallow_networks = ['::1/128:8080x']", 2, "Give networks such as"),
    ("[fetch]\nallow_networks = ['10.0.0.1:0']", 2, "Give networks such as"),
    ("[fetch]\nallow_networks = [\n'10.0.0.0/8',\n7]", 2, "no list of texts"),
    ("[fetch.connect_to]\n'a.example' = '127.0.0.1:80'", 2, "host:port"),
    ("[fetch.connect_to]\n'a.example:80' = 'b.example:80'", 2, "host:port"),
    ("contact = 'two words'", 1, "without spaces"),
    ('contact = "a\\r\\nX-Evil: 1"', 1, "control character"),
    ("[mail]\nhost = 'mail.example.org'", 1, "`mail.from` is missing"),
    ("[mail]\nfrom = 'nobody'", 2, "mail address"),
    ("[mail]\nsecurity = 'ssl'", 2, '"starttls", "tls", "none"'),
    ("[mail]\nport = 70000", 2, "from 1 to 65535"),
    ("[mail]\npassword = 'a'\npassword_file = 'b'", 3, "one of the two"),
    ("[[digest]]\nperiod = 'daily'", 1, "`digest.name` is missing"),
    ("[[digest]]\nname = 'a'\n[[digest]]\nname = 'A'", 4, "used by another digest"),
    ("[[digest]]\nname = 'a'\nperiod = 'hourly'", 3, '"daily", "weekly"'),
    ("[[digest]]\nname = 'a'\nto = 'you'", 3, "mail addresses"),
    ("[[digest]]\nname = 'a'\nat = '24:00'", 3, "time of day"),
    ("[daemon]\nport = -1", 2, "from 0 to 65535"),
    ("[daemon]\nfailing_for = 'long'", 2, "such as"),
    ("[[alert]]\nto = 'you'", 2, "mail addresses"),
    ("[[alert]]\n", 1, "one of `to` and `url`"),
    ("[[alert]]\nto = 'a@b.example'\nurl = 'https://b.example'\nsecret = 'x'", 1, "one of `to` and `url`"),
    ("[[alert]]\nurl = 'ftp://b.example'\nsecret = 'x'", 2, "full address"),
    ("[[alert]]\nurl = 'https://b.example'", 1, "signed with it"),
    ("[[source]]\nid = 'a'\nurl = 'https://a.example'\nparser = 'nato'", 4, "Give one of"),
    ("a" + ".a" * 5000 + " = 1", 1, "config.toml"),
]


@pytest.mark.parametrize(("text", "line", "words"), WRONG)
def test_what_is_wrong_is_told_with_its_line(text, line, words):
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert words in str(caught.value)
    assert caught.value.line == line


def test_every_key_and_shipped_source_stands_in_the_docs():
    page = (Path(config.__file__).parent.parent / "docs" / "configuration.md").read_text(encoding="utf-8")
    code = Path(config.__file__).read_text(encoding="utf-8")
    keys = set(re.findall(r"\.(?:words|flag|number|duration|size|choice|texts|table)\(\s*\"(\w+)\"", code))
    assert len(keys) > 15
    for key in (*keys, *SOURCE_KEYS, *(source.id for source in default_sources())):
        assert f"`{key}`" in page or f"`[{key}]`" in page or f"`[fetch.{key}]`" in page, key


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError, match="natowire init"):
        config.load(tmp_path / "none.toml")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ConfigError, match="Cannot be read"):
        config.load(tmp_path)


def test_other_encodings_are_told(tmp_path):
    file = tmp_path / "config.toml"
    file.write_bytes(b'zone = "UTC"\n# caf\xe9\n')
    with pytest.raises(ConfigError) as caught:
        config.load(file)
    assert caught.value.line == 2
    file.write_bytes(b'\xef\xbb\xbfzone = "UTC"\r\n')
    assert config.load(file).zone == "UTC"


def test_an_unknown_source_names_those_there_are():
    with pytest.raises(ConfigError, match="Known: a, b"):
        Config(sources=(Source(id="a", url="x"), Source(id="b", url="y"))).source("c")


def test_the_written_file_reads_back(path):
    config_file.write_default(path)
    assert config.load(path) == Config(sources=default_sources())
    with pytest.raises(ConfigError, match="already"):
        config_file.write_default(path)


def test_what_the_written_file_shows_behind_a_mark_is_right(path):
    config_file.write_default(path, empty=True)
    shown = re.sub(r"^# (?=\[|\w+ = )", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    made = parse(shown)
    assert made.fetch == FetchSettings(contact="you@example.org")
    assert made.mail.host
    assert made.digests[0].to == ("you@example.org",)


def test_an_empty_one_has_no_sources(path):
    config_file.write_default(path, empty=True)
    assert config.load(path).sources == ()


def test_sources_come_and_go_and_comments_stay(path):
    config_file.write_default(path, empty=True)
    mine = path.read_text(encoding="utf-8") + "\n# my note\n"
    path.write_text(mine, encoding="utf-8")
    first = Source(id="first", url="https://one.example/feed")
    second = Source(
        id="second",
        url="https://two.example/feed",
        name="Two “quoted” \\ names",
        parser="feed",
        every=timedelta(hours=2),
        enabled=False,
        zone="UTC",
        language="en",
        trusts=("three.example",),
        details=True,
        confidence="low",
        note="n",
    )
    config_file.add_source(path, first)
    config_file.add_source(path, second)
    assert config.load(path).sources == (first, second)
    config_file.set_enabled(path, "SECOND", enabled=True)
    config_file.set_enabled(path, "first", enabled=False)
    assert [source.enabled for source in config.load(path).sources] == [False, True]
    config_file.remove_source(path, "first")
    assert [source.id for source in config.load(path).sources] == ["second"]
    config_file.remove_source(path, "second")
    assert config.load(path).sources == ()
    assert "# my note" in path.read_text(encoding="utf-8")
    config_file.add_source(path, first)
    assert config.load(path).sources == (first,)


def test_a_changed_shipped_file_keeps_the_rest(path):
    config_file.write_default(path)
    before = path.read_text(encoding="utf-8")
    config_file.set_enabled(path, "shape", enabled=True)
    after = path.read_text(encoding="utf-8")
    changed = [
        pair for pair in zip(before.splitlines(), after.splitlines(), strict=True) if pair[0] != pair[1]
    ]
    assert changed == [("enabled = false", "enabled = true")]


def test_a_bad_source_leaves_the_file_alone(path):
    config_file.write_default(path)
    before = path.read_bytes()
    for source in (Source(id="uk-mod", url="https://a.example"), Source(id="b", url="nonsense")):
        with pytest.raises(ConfigError):
            config_file.add_source(path, source)
    with pytest.raises(ConfigError):
        config_file.remove_source(path, "nobody")
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["config.toml"]


def test_writing_keeps_rights_and_links(path, tmp_path):
    config_file.write_default(path, empty=True)
    path.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    config_file.add_source(link, Source(id="a", url="https://a.example"))
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert len(config.load(path).sources) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_told(path):
    config_file.write_default(path, empty=True)
    path.parent.chmod(0o500)
    try:
        with pytest.raises(ConfigError, match="Cannot be written"):
            config_file.add_source(path, Source(id="a", url="https://a.example"))
    finally:
        path.parent.chmod(0o700)


def test_a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "archive").write_text("a file")
    with pytest.raises(ConfigError, match="Cannot be written"):
        config_file.write_default(tmp_path / "archive" / "config.toml")


def test_reading_it_needs_neither_network_nor_markup():
    code = "import sys, aggregator.config; print([name for name in sys.argv[1:] if name in sys.modules])"
    names = ["httpx", "httpcore", "tomlkit", "sqlalchemy", "bs4", "feedparser", "ssl"]
    done = subprocess.run([sys.executable, "-c", code, *names], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "network", "port"),
    [
        ("10.0.0.0/8", "10.0.0.0/8", None),
        ("10.1.2.3/8", "10.0.0.0/8", None),
        ("127.0.0.1", "127.0.0.1/32", None),
        ("127.0.0.1/32:8080", "127.0.0.1/32", 8080),
        ("127.0.0.1:80", "127.0.0.1/32", 80),
        ("::1", "::1/128", None),
        ("::1/128", "::1/128", None),
        ("[::1/128]:8080", "::1/128", 8080),
        ("[::1]", "::1/128", None),
        (" fe80::/10 ", "fe80::/10", None),
    ],
)
def test_networks(text, network, port):
    allowed = parse_network(text)
    assert isinstance(allowed, AllowedNetwork)
    assert (str(allowed.network), allowed.port) == (network, port)


@pytest.mark.parametrize(
    "text", ["", ":", "x", "10.0.0.0/33", "10.0.0.1:", "10.0.0.1:70000", "[::1", "::1]:80", "1.2.3"]
)
def test_what_is_no_network(text):
    assert parse_network(text) is None
