"""The one door for mail: hand a finished message to an SMTP server."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses
from ipaddress import ip_address
from pathlib import Path

from aggregator.config import MailSettings
from parsers.errors import ConfigError, DeliveryError

TIMEOUT = 30.0
"""Seconds a server may take for each answer."""


def send(message: EmailMessage | bytes, settings: MailSettings, *, timeout: float = TIMEOUT) -> None:
    """Send a message to everyone in its `To`, `Cc` and `Bcc`, from the address in its `From`.

    Args:
        message: A whole message, or its bytes (as `digest.render_eml` makes them).
        settings: The server, and who signs in there.
        timeout: Seconds the server may take for each answer.

    Raises:
        ConfigError: No server is configured, or the password file cannot be read.
        DeliveryError: The message was not taken for every receiver; the sentence says why. Where
            only some were refused, the others have been served, and the error says so.
    """
    mail = message_from_bytes(message, policy=SMTP) if isinstance(message, bytes) else message
    sender, receivers = _read_envelope(mail)
    password = _read_password(settings)
    where = f"{settings.host}:{settings.port}"
    try:
        server = _connect(settings, timeout)
    except (OSError, ValueError, OverflowError) as error:  # names no resolver takes, ports beyond 65535
        raise _explain_connection(error, settings, timeout) from error
    try:
        _sign_in(server, settings, password)
        refused = server.send_message(mail, from_addr=sender, to_addrs=receivers)
    except smtplib.SMTPRecipientsRefused as error:
        raise _explain_refused(error.recipients, len(receivers), where) from error
    except OSError as error:  # every SMTPException is one
        raise _explain(error, sender, where) from error
    finally:
        # The message is out or it is not; a server that hangs up rudely changes nothing about that.
        with suppress(OSError):
            server.quit()
    if refused:
        raise _explain_refused(refused, len(receivers), where)


def _read_envelope(mail: EmailMessage) -> tuple[str, list[str]]:
    senders = [address for _, address in getaddresses([str(mail.get("From", ""))]) if "@" in address]
    written = [str(value) for name in ("To", "Cc", "Bcc") for value in mail.get_all(name, [])]
    receivers = list(dict.fromkeys(address for _, address in getaddresses(written) if "@" in address))
    if len(senders) != 1:
        raise DeliveryError("The message has no single sender.", hint="Set one address as its From.")
    if not receivers:
        raise DeliveryError("The message has no receiver.", hint="Name at least one address to send it to.")
    return senders[0], receivers


def _connect(settings: MailSettings, timeout: float) -> smtplib.SMTP:
    # The default context believes the authorities of the system, or those SSL_CERT_FILE names.
    context = ssl.create_default_context()
    if settings.security == "tls":
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=timeout, context=context)
    server = smtplib.SMTP(settings.host, settings.port, timeout=timeout)
    if settings.security == "none":
        return server
    try:
        server.starttls(context=context)
    except OSError:
        server.close()
        raise
    return server


def _read_password(settings: MailSettings) -> str:
    if not settings.host:
        raise ConfigError("No mail server is configured.", hint="Set host and from in the [mail] table.")
    if not (settings.user and settings.password_file):
        return settings.password
    try:
        return Path(settings.password_file).read_text("utf-8").partition("\n")[0].strip("\r")
    except (OSError, ValueError) as error:
        raise ConfigError(
            "The mail password cannot be read from it.",
            file=settings.password_file,
            hint="Make it a readable text file whose first line is the password.",
        ) from error


def _sign_in(server: smtplib.SMTP, settings: MailSettings, password: str) -> None:
    if not settings.user:
        return
    if settings.security == "none" and not _is_loopback(settings.host):
        raise DeliveryError(
            f"The password for {settings.host} was not sent, because the connection is not encrypted.",
            hint='Set the mail security to "starttls" or "tls", or leave out the user name.',
            where=f"{settings.host}:{settings.port}",
        )
    server.login(settings.user, password)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _explain_connection(error: Exception, settings: MailSettings, timeout: float) -> DeliveryError:
    where = f"{settings.host}:{settings.port}"
    hint = "Check that host and port are right and that the server is up."
    if isinstance(error, ssl.SSLCertVerificationError):
        what = f"the certificate is not trusted ({error.verify_message})"
        hint = "Use the name in the certificate, or let SSL_CERT_FILE name a file with its authority."
    elif isinstance(error, ssl.SSLError):
        what, hint = "TLS failed", 'Port 465 mostly wants security "tls", port 587 "starttls".'
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        what, hint = (
            "it offers no STARTTLS",
            'Port 465 mostly wants security "tls"; a local relay may need "none".',
        )
    elif isinstance(error, ConnectionRefusedError):
        what = "the connection was refused"
    elif _is_timeout(error):
        what = f"it did not answer in {timeout:g} s"
    else:
        what = _read_answer(error)
    return DeliveryError(f"The mail server {where} could not be used: {what}.", hint=hint, where=where)


def _explain(error: Exception, sender: str, where: str) -> DeliveryError:
    answer = _read_answer(error)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        what, hint = (
            "did not accept the user name and password",
            "Check both; some servers want an app password.",
        )
    elif isinstance(error, smtplib.SMTPSenderRefused):
        what, hint = f"refused the sender {sender}", "Use a From address that this server may send for."
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        what, hint = (
            "lacks an extension this mail needs",
            "Use ASCII addresses, and no user name where it has no login.",
        )
    elif _is_timeout(error):
        what, hint = "stopped answering", "Try again later; see whether the server is overloaded."
    elif isinstance(error, smtplib.SMTPServerDisconnected) or not isinstance(error, smtplib.SMTPException):
        what, hint = "closed the connection", "Try again later; see the server's own log for why."
    else:
        what, hint = (
            "refused the message",
            "See what the server answered; its administrator knows its rules.",
        )
    return DeliveryError(f"The mail server {where} {what}: {answer}.", hint=hint, where=where)


def _explain_refused(recipients: dict[str, tuple[int, bytes]], receivers: int, where: str) -> DeliveryError:
    named = "; ".join(
        f"{address} ({_join_answer(code, text)})" for address, (code, text) in recipients.items()
    )
    rest = receivers - len(recipients)
    sent = f" It was sent to the other {rest}." if rest else ""
    return DeliveryError(
        f"The mail server {where} refused {named}.{sent}", hint="Check these addresses.", where=where
    )


def _is_timeout(error: Exception) -> bool:
    # smtplib tells of a timeout while it reads as of a closed connection.
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _read_answer(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _join_answer(error.smtp_code, error.smtp_error)
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def _join_answer(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}".strip().rstrip(".")
