"""Handing parcels over: by mail, to a webhook; digests are rendered on the way."""

from __future__ import annotations

from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

from aggregator.config import AlertSettings, Config
from aggregator.delivery import compose
from aggregator.fetch import Fetcher
from aggregator.mail import send
from aggregator.render.digest import render_eml
from aggregator.watch.outbox import Parcel
from aggregator.watch.tidings import sign
from parsers.errors import ConfigError, DeliveryError
from storage.archive import Archive


def hand_over(parcel: Parcel, now: datetime, *, archive: Archive, config: Config, fetcher: Fetcher) -> None:
    """Send one parcel.

    Raises:
        ConfigError: What it needs is not configured.
        DeliveryError: It was not taken.
        FetchError: The webhook could not be reached.
    """
    if parcel.form == "hook":
        _post(parcel, now, config, fetcher)
    elif parcel.form == "mail":
        send(_write_letter(parcel, config), config.mail)
    else:
        send(_render_digest(parcel, now, archive, config), config.mail)


def _post(parcel: Parcel, now: datetime, config: Config, fetcher: Fetcher) -> None:
    settings = next((one for one in config.alerts if one.url == parcel.to), None)
    if settings is None:
        raise ConfigError("The webhook is not configured any more.", value=parcel.to)
    body = parcel.text.encode("utf-8")
    headers = [("Content-Type", "application/json"), *sign(body, read_secret(settings), now)]
    status = fetcher.post(parcel.to, body, headers)
    if not 200 <= status < 300:
        hint = "See what its owner expects; redirects are not followed."
        raise DeliveryError(f"The webhook answered {status}.", hint=hint, where=parcel.to)


def read_secret(settings: AlertSettings) -> str:
    """The secret of a webhook.

    Raises:
        ConfigError: Its file cannot be read.
    """
    if not settings.secret_file:
        return settings.secret
    try:
        return Path(settings.secret_file).read_text("utf-8").partition("\n")[0].strip("\r")
    except (OSError, ValueError):
        hint = "Make it a readable text file whose first line is the secret."
        raise ConfigError(
            "The webhook's secret cannot be read from it.", file=settings.secret_file, hint=hint
        ) from None


def _write_letter(parcel: Parcel, config: Config) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = config.mail.sender, parcel.to, parcel.title
    mail["Date"] = format_datetime(parcel.made_at)
    # The same id at every try: a receiver can tell that it is the same letter.
    seal = sha256(f"{parcel.to}\0{parcel.made_at}\0{parcel.text}".encode()).hexdigest()[:40]
    mail["Message-ID"] = f"<{seal}@{config.mail.sender.rpartition('@')[2].strip('> ') or 'localhost'}>"
    # Nobody's absence note should come back.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(parcel.text)
    return mail


def _render_digest(parcel: Parcel, now: datetime, archive: Archive, config: Config) -> bytes:
    wanted = next((one for one in config.digests if one.name == parcel.about), None)
    if wanted is None:
        raise ConfigError("The digest is not configured any more.", value=parcel.about)
    digest = compose(archive, wanted, date.fromisoformat(parcel.text), now)
    return render_eml(digest, config.mail.sender, parcel.to, now)
