"""Mail against a real SMTP server on loopback."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from aggregator.config import MailSettings
from aggregator.mail import send
from aggregator.render.digest import render_eml, select
from parsers.errors import ConfigError, DeliveryError
from tests.command import run
from tests.unit.delivery_cases import BRUSSELS, at, make


class Inbox:
    """Takes mail, but for addresses it is told to refuse."""

    def __init__(self, refused: frozenset[str] = frozenset(), answer: str = "250 taken") -> None:
        self.envelopes: list[Envelope] = []
        self.refused = refused
        self.answer = answer

    async def handle_RCPT(  # noqa: N802, the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.envelopes.append(envelope)
        return self.answer


@contextmanager
def serve(inbox: Inbox, **options: object) -> Iterator[int]:
    """A server on a free port of loopback."""
    controller = Controller(inbox, hostname="127.0.0.1", port=find_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def find_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def settings(port: int, **changes: object) -> MailSettings:
    values: dict = {"host": "127.0.0.1", "port": port, "security": "none"}
    return MailSettings(**(values | changes))


def write(*to: str, subject: str = "Hello") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "wire@example.org", ", ".join(to), subject
    mail.set_content("text")
    return mail


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a self-signed certificate for 127.0.0.1, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    key, cert = folder / "key.pem", folder / "cert.pem"
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [openssl, "req", "-x509", *kind, *names, "-keyout", key, "-out", cert],
        check=True,
        capture_output=True,
        timeout=60,
    )
    both = folder / "both.pem"
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return both


def load(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_digest_arrives_as_it_was_made() -> None:
    inbox = Inbox()
    digest = select([make(title="Vučić visits")], "daily", date(2022, 11, 8), BRUSSELS)
    raw = render_eml(
        digest,
        "natowire <wire@example.org>",
        ["a@example.org", "B <b@example.org>"],
        at("2022-11-09T07:00"),
    )
    with serve(inbox) as port:
        send(raw, settings(port))
    (envelope,) = inbox.envelopes
    assert envelope.mail_from == "wire@example.org"
    assert envelope.rcpt_tos == ["a@example.org", "b@example.org"]
    arrived = message_from_bytes(envelope.content, policy=default)
    sent = message_from_bytes(raw, policy=default)
    assert arrived["Message-ID"] == sent["Message-ID"]
    for mine, theirs in zip(sent.iter_parts(), arrived.iter_parts(), strict=True):
        assert mine.get_content() == theirs.get_content()


def test_a_sent_digest_is_told_unless_quiet_is_wanted(tmp_path: Path) -> None:
    inbox = Inbox()
    assert run("--archive", tmp_path, "init", "--empty").code == 0
    with serve(inbox) as port:
        mail = f'host = "127.0.0.1"\nport = {port}\nsecurity = "none"\nfrom = "wire@example.org"\n'
        config = tmp_path / "config.toml"
        config.write_text(
            f'[mail]\n{mail}[[digest]]\nname = "morning"\nto = ["a@example.org"]\n', encoding="utf-8"
        )
        told = run("--archive", tmp_path, "digest", "--send", "morning")
        silent = run("--archive", tmp_path, "digest", "--quiet", "--send", "morning")
    assert (told.code, told.out.startswith("Sent “morning")) == (0, True)
    assert (silent.code, silent.out, silent.err) == (0, "", "")
    assert len(inbox.envelopes) == 2


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_encrypted_connection_with_a_login(
    certificate: Path, security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    secret = tmp_path / "password"
    secret.write_text("secret\nnot this line\n")

    def check(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth: LoginPassword
    ) -> AuthResult:
        signed.append((auth.login, auth.password))
        return AuthResult(success=auth.password == b"secret", handled=False)

    signed: list[tuple[bytes, bytes]] = []
    options: dict = {"authenticator": check, "auth_require_tls": security == "starttls"}
    options["tls_context" if security == "starttls" else "ssl_context"] = load(certificate)
    secure = {"security": security, "user": "wire"}
    with serve(inbox, **options) as port:
        send(write("a@example.org"), settings(port, password_file=str(secret), **secure))
        with pytest.raises(DeliveryError, match="did not accept the user name and password: 535"):
            send(write("a@example.org"), settings(port, password="wrong", **secure))
    assert signed[0] == (b"wire", b"secret")
    assert len(inbox.envelopes) == 1


def test_a_password_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    with pytest.raises(ConfigError, match=r"absent: The mail password cannot be read") as caught:
        send(write("a@example.org"), settings(1, user="wire", password_file=str(absent)))
    assert caught.value.file == str(absent)


def test_without_a_server_nothing_is_tried() -> None:
    with pytest.raises(ConfigError, match="No mail server is configured"):
        send(write("a@example.org"), MailSettings())


@pytest.mark.parametrize("host", ["a" * 300, "bad..host", "\u2603" * 80])
def test_a_name_no_resolver_takes(host: str) -> None:
    with pytest.raises(DeliveryError, match="could not be used"):
        send(write("a@example.org"), settings(25, host=host))


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_nobody_vouches_for_is_refused(certificate: Path, security: str) -> None:
    inbox = Inbox()
    option = {"tls_context" if security == "starttls" else "ssl_context": load(certificate)}
    with (
        serve(inbox, **option) as port,
        pytest.raises(DeliveryError, match="certificate is not trusted"),
    ):
        send(write("a@example.org"), settings(port, security=security))
    assert inbox.envelopes == []


def test_a_server_without_starttls_is_not_used_in_the_clear() -> None:
    inbox = Inbox()
    with serve(inbox) as port, pytest.raises(DeliveryError, match="no STARTTLS"):
        send(write("a@example.org"), settings(port, security="starttls"))
    assert inbox.envelopes == []


def test_tls_to_a_server_that_speaks_plainly_says_which_port_wants_what() -> None:
    with serve(Inbox()) as port, pytest.raises(DeliveryError, match=r"could not be used.*587"):
        send(write("a@example.org"), settings(port, security="tls"))


def test_nobody_listening() -> None:
    port = find_port()
    with pytest.raises(DeliveryError, match="the connection was refused") as caught:
        send(write("a@example.org"), settings(port))
    assert caught.value.where == f"127.0.0.1:{port}"
    assert caught.value.hint


def test_a_server_that_never_answers_costs_the_timeout_only() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(DeliveryError, match=r"did not answer in 0\.3 s"):
            send(write("a@example.org"), settings(port), timeout=0.3)


def test_a_server_that_hangs_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def answer() -> None:
            connection, _ = rude.accept()
            connection.sendall(b"220 hello\r\n")
            connection.recv(1000)
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(DeliveryError, match="closed the connection"):
            send(write("a@example.org"), settings(rude.getsockname()[1]))
        thread.join()


@pytest.mark.parametrize(
    ("to", "sentence", "delivered"),
    [
        (["x@example.org"], r"refused x@example\.org \(550 no such mailbox\)\. Check", 0),
        (["x@example.org", "a@example.org"], r"refused x@example\.org .* sent to the other 1\.", 1),
    ],
)
def test_refused_receivers_are_named(to: list[str], sentence: str, delivered: int) -> None:
    inbox = Inbox(refused=frozenset({"x@example.org"}))
    with serve(inbox) as port, pytest.raises(DeliveryError, match=sentence):
        send(write(*to), settings(port))
    assert len(inbox.envelopes) == delivered


def test_a_refused_message_says_what_the_server_said() -> None:
    with (
        serve(Inbox(answer="554 smells of spam")) as port,
        pytest.raises(DeliveryError, match="refused the message: 554 smells of spam"),
    ):
        send(write("a@example.org"), settings(port))


def test_a_login_at_a_server_that_has_none() -> None:
    with serve(Inbox()) as port, pytest.raises(DeliveryError, match="lacks an extension"):
        send(write("a@example.org"), settings(port, user="wire", password="secret"))


def test_a_password_is_not_sent_in_the_clear_to_another_machine() -> None:
    # The name resolves to loopback through the server's own literal address in another spelling.
    inbox = Inbox()
    with serve(inbox) as port, pytest.raises(DeliveryError, match="not encrypted"):
        send(write("a@example.org"), settings(port, host="127.1", user="wire", password="secret"))
    assert inbox.envelopes == []


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ({"To": "a@example.org"}, "no single sender"),
        ({"From": "a@example.org, b@example.org", "To": "a@example.org"}, "no single sender"),
        ({"From": "a@example.org"}, "no receiver"),
        ({"From": "a@example.org", "To": "nobody"}, "no receiver"),
    ],
)
def test_a_message_without_a_sender_or_receiver_is_not_tried(
    headers: dict[str, str], sentence: str
) -> None:
    mail = EmailMessage()
    for name, value in headers.items():
        mail[name] = value
    with pytest.raises(DeliveryError, match=sentence):
        send(mail, settings(1))


def test_addresses_beyond_ascii_need_a_server_that_takes_them() -> None:
    inbox = Inbox()
    with serve(inbox, enable_SMTPUTF8=False) as port, pytest.raises(DeliveryError):
        send(write("josé@example.org"), settings(port))
    assert inbox.envelopes == []
