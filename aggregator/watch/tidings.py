"""How alerts are written: as words in a mail, as JSON in a webhook and in the archive. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from aggregator.render.shapes import Json, shape_time
from aggregator.watch.alarms import Alarm, Alert, Tiding

VERSION = 1
SIGNATURE, TIMESTAMP = "X-Natowire-Signature", "X-Natowire-Timestamp"
HEADINGS: Mapping[str, str] = MappingProxyType(
    {"alert": "Needs a look", "reminder": "Still needs a look", "all_clear": "Well again"}
)
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "failing": "cannot be fetched",
        "implausible": "is not believed",
        "quiet": "has gone quiet",
        "overdue": "is not fetched any more",
        "thin": "is filled worse than before",
        "moved": "has moved",
        "delivery": "cannot be delivered",
        "archive": "cannot be used",
        "offline": "seems to be offline",
    }
)
"""What is said of the subject of each kind of alarm."""


def name_alarm(alarm: Alarm) -> str:
    """An alarm in a few words: "nato-home cannot be fetched"."""
    return f"{_capital(alarm)} {KINDS[alarm.kind]}"


def name_subject(alarm: Alarm) -> str:
    """What an alarm is about: the id of a source, the name of a digest, or natowire's own ground."""
    return alarm.subject or ("this machine" if alarm.kind == "offline" else "the archive")


def _capital(alarm: Alarm) -> str:
    return alarm.subject or name_subject(alarm).capitalize()


def write_mail(tidings: Sequence[Tiding]) -> tuple[str, str]:
    """Write a mail of what there is to tell.

    Args:
        tidings: At least one.

    Returns:
        Its subject and its text.
    """
    lines = []
    for event, heading in HEADINGS.items():
        told = [tiding.alert for tiding in tidings if tiding.event == event]
        if not told:
            continue
        lines += [heading, "-" * len(heading), ""]
        for alert in told:
            lines += _write_alert(alert, mended=event == "all_clear")
    return _subject(tidings), "\n".join([*lines, "`natowire status` shows all sources.", ""])


def _subject(tidings: Sequence[Tiding]) -> str:
    if len(tidings) > 1:
        counts = {event: sum(tiding.event == event for tiding in tidings) for event in HEADINGS}
        return "natowire: " + ", ".join(
            f"{HEADINGS[event].lower()}: {n}" for event, n in counts.items() if n
        )
    event, alarm = tidings[0].event, tidings[0].alert.alarm
    if event == "all_clear":
        ended = "is asked where its configuration says" if alarm.is_notice else "is well again"
        return f"natowire: {name_subject(alarm)} {ended}"
    return f"natowire: {'still: ' if event == 'reminder' else ''}{name_alarm(alarm)}"


def _write_alert(alert: Alert, *, mended: bool) -> list[str]:
    since = f"since {alert.since:%Y-%m-%d %H:%M} UTC"
    alarm = alert.alarm
    if mended:
        return [f"{_capital(alarm)} ({alarm.kind}, {since})", ""]
    return [
        name_alarm(alarm),
        f"  {alarm.what}",
        *([f"  {alarm.hint}"] if alarm.hint else []),
        f"  {since}",
        "",
    ]


def write_hook(tidings: Sequence[Tiding], now: datetime) -> str:
    """Write the JSON document of a webhook; its `events` are in the order of happening."""
    events = [{"event": tiding.event, **shape_alert(tiding.alert)} for tiding in tidings]
    return json.dumps({"schema": VERSION, "sent_at": shape_time(now), "events": events}, ensure_ascii=False)


def sign(body: bytes, secret: str, at: datetime) -> tuple[tuple[str, str], ...]:
    """Sign the body of a webhook.

    Returns:
        Two headers: the time in seconds since 1970, and the HMAC-SHA256, keyed with the secret, of that
        time, a full stop and the body, as `sha256=` and hexadecimal digits.
    """
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return ((TIMESTAMP, stamp), (SIGNATURE, f"sha256={digest}"))


def shape_alert(alert: Alert) -> Json:
    """An alert as JSON."""
    alarm = alert.alarm
    return {
        "subject": alarm.subject,
        "kind": alarm.kind,
        "what": alarm.what,
        "hint": alarm.hint,
        "since": shape_time(alert.since),
        "told_at": shape_time(alert.told_at),
    }


def write_alerts(alerts: Sequence[Alert]) -> str:
    """Write alerts as the note that the archive keeps."""
    return json.dumps([shape_alert(alert) for alert in alerts], ensure_ascii=False)


def read_alerts(note: str) -> tuple[Alert, ...]:
    """Read them back; an unreadable note is none."""
    try:
        return tuple(_read_alert(shape) for shape in json.loads(note or "[]"))
    except (ValueError, KeyError, TypeError):
        return ()


def _read_alert(shape: Mapping[str, str]) -> Alert:
    alarm = Alarm(subject=shape["subject"], kind=shape["kind"], what=shape["what"], hint=shape["hint"])
    since, told_at = (datetime.fromisoformat(shape[name]) for name in ("since", "told_at"))
    return Alert(alarm=alarm, since=since, told_at=told_at)
