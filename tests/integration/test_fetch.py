"""The door against a real server on loopback: what it sends, follows, waits for and refuses."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from datetime import UTC, timedelta

import pytest

from aggregator.config import FetchSettings
from aggregator.fetch import Fetcher, NotModified, Request
from aggregator.networks import parse_network
from parsers.errors import ForbiddenAddressError, TooLargeError, TransportError
from parsers.model import Capture
from tests.integration.fetch_setup import NOW, not_modified, open_for, serve, settings_for
from tests.integration.hostile.server import FEED, Server


def test_a_capture_says_what_crossed_the_wire():
    def act(line):
        line.answer(gzip.compress(FEED), "X-Odd: One", "x-odd: Two", "Content-Encoding: gzip", "Date: x")

    with serve(feed=act) as server, open_for(server, contact="desk@example.org") as fetcher:
        request = Request(
            url=server.url("feed?a=1#part"),
            source_id="harbour",
            parser="feed",
            zone="UTC",
            language="en",
            trusts=("quay.example",),
        )
        capture = fetcher.get(request)
    assert isinstance(capture, Capture)
    assert (capture.source_id, capture.parser, capture.zone) == ("harbour", "feed", "UTC")
    assert (capture.language, capture.trusts) == ("en", ("quay.example",))
    assert capture.url == capture.final_url == server.url("feed?a=1")
    assert (capture.status, capture.reason, capture.ip) == (200, "OK", "127.0.0.1")
    assert capture.body == FEED
    assert [value for name, value in capture.headers if name.lower() == "x-odd"] == ["One", "Two"]
    assert ("X-Odd", "One") in capture.headers
    assert capture.fetched_at == NOW.replace(microsecond=0)
    sent = dict(capture.request_headers)
    assert sent["Host"] == f"127.0.0.1:{server.port}"
    assert sent["User-Agent"] == "natowire/0.1.0 (+desk@example.org)"
    assert sent["Accept-Encoding"] == "gzip, deflate, br, zstd"
    assert "Cookie" not in sent


def test_the_clock_may_stand_in_any_zone():
    from zoneinfo import ZoneInfo

    def there():
        return NOW.astimezone(ZoneInfo("Asia/Tokyo"))

    with (
        serve(feed=lambda line: line.answer(FEED)) as server,
        Fetcher(settings_for(server), there) as fetcher,
    ):
        capture = fetcher.get(Request(url=server.url("feed")))
    assert capture.fetched_at == NOW.replace(microsecond=0)
    assert capture.fetched_at.tzinfo is UTC


def test_validators_bring_a_not_modified():
    with serve(feed=not_modified) as server, open_for(server) as fetcher:
        first = fetcher.get(Request(url=server.url("feed")))
        assert isinstance(first, Capture)
        again = Request(
            url=server.url("feed"), etag=first.header("etag"), last_modified=first.header("last-modified")
        )
        answer = fetcher.get(again)
    assert isinstance(answer, NotModified)
    assert answer.final_url == server.url("feed")
    assert ("Cache-Control", "max-age=60") in answer.headers


@pytest.mark.parametrize("etag", ['"a\r\nX-Evil: 1"', "\0", "x" * 5000, '"\u20ac"', ""])
def test_odd_validators_are_not_sent(etag):
    with serve(feed=lambda line: line.answer(line.head)) as server, open_for(server) as fetcher:
        sent = fetcher.get(Request(url=server.url("feed"), etag=etag)).body
    assert b"If-None-Match" not in sent
    assert b"X-Evil" not in sent


def test_redirects_are_followed_and_kept():
    def start(line):
        line.answer(b"moved", "Location: ../middle?x=\u00e9", status="301 Moved Permanently")

    def middle(line):
        line.answer(b"", f"Location: {line.server.url('feed')}#top", status="302 Found")

    with serve(start=start, middle=middle, feed=not_modified) as server, open_for(server) as fetcher:
        capture = fetcher.get(Request(url=server.url("start")))
        unchanged = fetcher.get(Request(url=server.url("start"), etag='"v1"'))
    assert capture.url == server.url("start")
    assert capture.final_url == server.url("feed")
    assert [hop.status for hop in capture.redirects] == [301, 302]
    assert capture.redirects[0].body == b"moved"
    assert capture.redirects[0].url == server.url("start")
    assert isinstance(unchanged, NotModified)
    assert len(unchanged.redirects) == 2


def test_a_password_in_an_address_is_sent_and_not_kept():
    def act(line):
        line.answer(line.head)

    with serve(feed=act) as server, open_for(server) as fetcher:
        capture = fetcher.get(Request(url=f"http://me:secret@127.0.0.1:{server.port}/feed"))
    assert b"Authorization: Basic bWU6c2VjcmV0" in capture.body
    assert "secret" not in capture.url + capture.final_url
    assert ("Authorization", "withheld") in capture.request_headers


def test_a_password_does_not_follow_a_redirect():
    def act(line):
        line.answer(b"", f"Location: http://localhost:{line.server.port}/end", status="302 Found")

    with serve(feed=act, end=lambda line: line.answer(line.head)) as server, open_for(server) as fetcher:
        capture = fetcher.get(Request(url=f"http://me:secret@127.0.0.1:{server.port}/feed"))
    assert b"Authorization" not in capture.body


def test_cookies_are_not_kept():
    with (
        serve(feed=lambda line: line.answer(line.head, "Set-Cookie: a=b; Path=/")) as server,
        open_for(server) as fetcher,
    ):
        bodies = [fetcher.get(Request(url=server.url("feed"))).body for _ in range(2)]
    assert b"ookie" not in bodies[1]


def test_proxies_of_the_environment_are_ignored(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    with serve(feed=not_modified) as server, open_for(server) as fetcher:
        assert fetcher.get(Request(url=server.url("feed"))).status == 200


def test_connections_are_used_again():
    peers = []

    def act(line):
        peers.append(line.sock.getpeername())
        line.answer(FEED)

    def keep(line):
        for _ in range(3):
            peers.append(line.sock.getpeername())
            line.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(FEED)}\r\n\r\n".encode() + FEED)
            if not line.sock.recv(65536):
                return

    with serve(close=act, keep=keep) as server, open_for(server) as fetcher:
        for _ in range(3):
            fetcher.get(Request(url=server.url("close")))
        assert len(set(peers)) == 3
        peers.clear()
        for _ in range(3):
            fetcher.get(Request(url=server.url("keep")))
        assert len(set(peers)) == 1


def test_a_connection_given_up_while_idle_is_no_failure():
    def act(line):
        line.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(FEED)}\r\n\r\n".encode() + FEED)
        line.sock.recv(65536)  # The next request comes, and no answer to it.

    with serve(feed=act) as server, open_for(server) as fetcher:
        for _ in range(3):
            assert fetcher.get(Request(url=server.url("feed"))).body == FEED


def test_names_lead_where_the_configuration_says():
    with serve(feed=lambda line: line.answer(line.head)) as server:
        target = f"127.0.0.1:{server.port}"
        settings = settings_for(server, connect_to=(("www.harbour.example:80", target),))
        with Fetcher(settings, lambda: NOW) as fetcher:
            capture = fetcher.get(Request(url="http://www.harbour.example/feed"))
            assert b"Host: www.harbour.example" in capture.body
            assert capture.final_url == "http://www.harbour.example/feed"
            assert capture.ip == "127.0.0.1"
        closed = FetchSettings(connect_to=settings.connect_to)
        with Fetcher(closed, lambda: NOW) as fetcher, pytest.raises(ForbiddenAddressError):
            fetcher.get(Request(url="http://www.harbour.example/feed"))


def test_nothing_private_is_reached_unless_allowed():
    with (
        serve(feed=not_modified) as server,
        Fetcher(FetchSettings(), lambda: NOW) as fetcher,
        pytest.raises(ForbiddenAddressError) as caught,
    ):
        fetcher.get(Request(url=server.url("feed"), source_id="harbour"))
    assert f'allow_networks = ["127.0.0.1/32:{server.port}"]' in caught.value.hint
    assert (caught.value.source_id, caught.value.where) == ("harbour", server.url("feed"))
    assert server.visits == {}


def test_an_allowed_port_opens_no_other():
    with serve(feed=not_modified) as server:
        other = (parse_network(f"127.0.0.1:{server.port + 1}"),)
        with open_for(server, allow_networks=other) as fetcher, pytest.raises(ForbiddenAddressError):
            fetcher.get(Request(url=server.url("feed")))


@pytest.mark.parametrize(
    "url", ["", "harbour", "//harbour.example/", "mailto:a@b.example", "http://", "http://:80/"]
)
def test_what_is_no_address_is_told(url):
    with (
        Fetcher(FetchSettings(), lambda: NOW) as fetcher,
        pytest.raises((ForbiddenAddressError, TransportError)),
    ):
        fetcher.get(Request(url=url))


def test_one_deadline_covers_all():
    def act(line):
        number = int(line.path.rpartition("/")[2])
        time.sleep(0.3)
        line.answer(b"", f"Location: /slow/{number + 1}", status="302 Found")

    with serve(slow=act) as server, open_for(server, timeout=timedelta(seconds=1)) as fetcher:
        start = time.monotonic()
        with pytest.raises(TransportError, match="within 1 s"):
            fetcher.get(Request(url=server.url("slow/0")))
    assert 0.9 < time.monotonic() - start < 1.5


def test_limits_are_the_configured_ones():
    body = b"x" * 5000

    with serve(
        plain=lambda line: line.answer(body),
        packed=lambda line: line.answer(gzip.compress(body), "Content-Encoding: gzip"),
    ) as server:
        with open_for(server, max_wire=4096) as fetcher:
            with pytest.raises(TooLargeError, match="4 KB"):
                fetcher.get(Request(url=server.url("plain")))
            assert fetcher.get(Request(url=server.url("packed"))).body == body
        with open_for(server, max_decoded=4096) as fetcher, pytest.raises(TooLargeError):
            fetcher.get(Request(url=server.url("packed")))


def test_a_message_is_handed_over_once_and_no_further():
    got = []

    def take(line):
        body = line.head.partition(b"\r\n\r\n")[2]
        wanted = int(
            next(h for h in line.head.split(b"\r\n") if h.lower().startswith(b"content-length"))[15:]
        )
        while len(body) < wanted:
            body += line.sock.recv(4096)
        got.append((line.head, body))
        line.answer(b"thanks", status="202 Accepted")

    def move(line):
        line.answer(b"", f"Location: {line.server.url('hook')}", status="307 Temporary Redirect")

    with serve(hook=take, moved=move) as server, open_for(server) as fetcher:
        headers = [("Content-Type", "application/json"), ("X-Odd", "1")]
        assert fetcher.post(server.url("hook"), b'{"a": 1}' * 9000, headers) == 202
        assert fetcher.post(server.url("moved"), b"{}", headers) == 307
        with pytest.raises(ForbiddenAddressError):
            fetcher.post(f"http://127.0.0.1:{server.trap_port}/", b"{}", headers)
        assert not server.trapped
    ((head, body),) = got
    assert head.startswith(b"POST /hook HTTP/1.1\r\n")
    assert b"X-Odd: 1" in head
    assert body == b'{"a": 1}' * 9000


def test_an_unsafe_connection_is_told(tmp_path):
    """A server whose certificate nobody vouches for."""
    import subprocess

    command = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    made = subprocess.run([*command.split(), *names], cwd=tmp_path, capture_output=True, check=False)
    if made.returncode:
        pytest.skip("openssl is not there to make a certificate")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with serve(feed=lambda line: line.answer(FEED)) as server, BehindTls(server, context) as port:
        settings = settings_for(server, allow_networks=(parse_network(f"127.0.0.1:{port}"),))
        with Fetcher(settings, lambda: NOW) as fetcher, pytest.raises(TransportError, match="certificate"):
            fetcher.get(Request(url=f"https://127.0.0.1:{port}/feed"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
            with Fetcher(settings, lambda: NOW) as fetcher:
                for _ in range(2):
                    assert fetcher.get(Request(url=f"https://127.0.0.1:{port}/feed")).body == FEED


class BehindTls:
    """A loopback port that unwraps TLS for a plain server."""

    def __init__(self, server: Server, context: ssl.SSLContext) -> None:
        self.server, self.context = server, context
        self.listener = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> int:
        threading.Thread(target=self._accept, daemon=True).start()
        return self.listener.getsockname()[1]

    def __exit__(self, *_) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                raw, _ = self.listener.accept()
            except OSError:
                return
            with raw:
                try:
                    secured = self.context.wrap_socket(raw, server_side=True)
                except OSError:
                    continue
                with secured:
                    self.server._serve(secured)
