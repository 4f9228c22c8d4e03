"""When a person is told, and how it is worded."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.config import AlertSettings, Config
from aggregator.watch.alarms import REMIND, Alarm, Alert, Patience, count_troubles, find_alarms, settle
from aggregator.watch.outbox import Parcel
from aggregator.watch.status import judge_overdue, judge_space
from aggregator.watch.tidings import read_alerts, sign, write_alerts, write_hook, write_mail
from aggregator.watch.vitals import Vitals, remember, write_vitals
from aggregator.watch.watchman import judge_parcels, pack
from schedules.sources import Source
from storage.state import SourceState
from tests.unit.test_vitals import NOW, ships

PIER = Source(id="pier", url="https://pier.example/feed")
WELL = SourceState(source_id="pier", last_attempt=NOW, last_success=NOW)
FAILED = replace(WELL, failures=1, last_error="Nobody answers.")
DAY = timedelta(days=1)
ALARM = Alarm(subject="pier", kind="failing", what="It failed.", hint="Look.")


def find(state, now=NOW, source=PIER, code=""):
    return find_alarms(source, state, now, error_code=code, patience=Patience())


SILENT = [
    ("never asked", None, NOW),
    ("well", WELL, NOW),
    ("failed once", FAILED, NOW),
    ("failed twice", replace(FAILED, failures=2), NOW + DAY / 2),
]


@pytest.mark.parametrize(("name", "state", "now"), SILENT, ids=[case[0] for case in SILENT])
def test_nothing_to_say(name, state, now):
    assert find(state, now) == ()


def test_failing_is_told_after_so_many_times_or_so_long():
    (alarm,) = find(replace(FAILED, failures=3))
    assert alarm.kind == "failing"
    assert alarm.what == "It failed 3 times in a row since 2022-11-08 12:00 UTC. Nobody answers."
    (long,) = find(FAILED, NOW + DAY)
    assert "It failed once since" in long.what
    weekly = replace(PIER, every=timedelta(days=7))
    assert find(FAILED, NOW + DAY, weekly) == ()
    never = replace(FAILED, failures=3, last_success=None)
    assert "never went well" in find(never)[0].what
    assert find(replace(FAILED, failures=9), source=replace(PIER, enabled=False)) == ()


def test_what_is_not_believed_is_told_at_once():
    (alarm,) = find(FAILED, code="implausible")
    assert (alarm.kind, alarm.trouble) == ("implausible", ("pier", "failing"))


def test_quiet_and_thin_sources_are_told():
    history = Vitals()
    for listing in (ships(10), ships(10), ships(10, published=None)):
        history = remember(history, listing, NOW)
    state = replace(WELL, notes=write_vitals((), history))
    assert [alarm.kind for alarm in find(state)] == ["thin"]
    later = NOW + timedelta(days=4)
    assert [alarm.kind for alarm in find(state, later)] == ["thin"], "nobody has listened since"
    heard = replace(state, last_success=later)
    assert [alarm.kind for alarm in find(heard, later)] == ["quiet", "thin"]
    assert find(replace(state, failures=1), NOW) == (), "a failing one is not judged by old looks"


def test_overdue_is_told_by_whoever_looks():
    assert judge_overdue(PIER, WELL, NOW + DAY) == ()
    (alarm,) = judge_overdue(PIER, WELL, NOW + 2 * DAY)
    assert "nobody fetches any more" in alarm.what
    assert judge_overdue(replace(PIER, every=timedelta(days=30)), WELL, NOW + 60 * DAY) == ()


def test_one_alert_repeated_daily_and_one_all_clear():
    told = []
    alerts = ()
    for hour in range(100):
        now = NOW + timedelta(hours=hour)
        alerts, tidings = settle(alerts, [ALARM] if 5 <= hour < 60 else [], now)
        told += [(hour, tiding.event) for tiding in tidings]
    assert told == [(5, "alert"), (29, "reminder"), (53, "reminder"), (60, "all_clear")]
    assert alerts == ()


def test_an_alert_stands_while_nothing_good_can_be_said():
    alerts, _ = settle((), [ALARM], NOW)
    standing, tidings = settle(alerts, [], NOW, unsettled={"pier"})
    assert (standing, tidings) == (alerts, ())
    refused = replace(ALARM, kind="implausible")
    standing, tidings = settle(alerts, [refused], NOW)
    assert (len(standing), tidings) == (1, ()), "the same trouble under another name"


def test_a_clock_set_back_does_not_put_reminders_off():
    alerts, _ = settle((), [ALARM], NOW + 300 * DAY)
    alerts, tidings = settle(alerts, [ALARM], NOW)
    assert tidings == ()
    _, tidings = settle(alerts, [ALARM], NOW + REMIND)
    assert [tiding.event for tiding in tidings] == ["reminder"]


def test_alerts_are_kept_as_they_are():
    alerts, _ = settle((), [ALARM, replace(ALARM, subject="", kind="archive")], NOW)
    assert read_alerts(write_alerts(alerts)) == alerts
    for broken in ("", "{", "3", '[{"subject": 1}]'):
        assert read_alerts(broken) == ()


def test_a_mail_says_what_and_what_to_do():
    _, tidings = settle((), [ALARM], NOW)
    title, text = write_mail(tidings)
    assert title == "natowire: pier cannot be fetched"
    assert text.splitlines() == [
        *("Needs a look", "------------", "", "pier cannot be fetched", "  It failed.", "  Look."),
        *("  since 2022-11-08 12:00 UTC", "", "`natowire status` shows all sources."),
    ]
    old = (Alert(alarm=replace(ALARM, subject="quay"), since=NOW, told_at=NOW),)
    _, both = settle(old, [ALARM], NOW + DAY)
    title, text = write_mail(both)
    assert title == "natowire: needs a look: 1, well again: 1"
    assert "quay (failing, since 2022-11-08 12:00 UTC)" in text


def test_a_webhook_is_signed_json():
    _, tidings = settle((), [ALARM], NOW)
    body = write_hook(tidings, NOW).encode()
    (event,) = json.loads(body)["events"]
    assert event["event"] == "alert"
    assert event["subject"] == "pier"
    headers = dict(sign(body, "mussel", NOW))
    stamp = headers["X-Natowire-Timestamp"]
    assert stamp == str(int(NOW.timestamp()))
    wanted = hmac.new(b"mussel", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Natowire-Signature"] == f"sha256={wanted}"


def test_a_parcel_for_everyone_but_one_each():
    _, tidings = settle((), [ALARM, replace(ALARM, subject="quay")], NOW)
    config = Config(
        alerts=(
            AlertSettings(to=("a@example.org", "b@example.org")),
            AlertSettings(to=("a@example.org",)),
            AlertSettings(url="https://hook.example.org", secret="x"),
        )
    )
    parcels = pack(tidings, config, NOW)
    assert [(one.form, one.to) for one in parcels] == [
        ("mail", "a@example.org"),
        ("mail", "b@example.org"),
        ("hook", "https://hook.example.org"),
    ]
    assert pack((), config, NOW) == []


def test_a_digest_that_is_refused_again_and_again_raises_an_alarm():
    parcel = Parcel(
        form="digest", to="a@example.org", title="", text="", made_at=NOW, next_at=NOW, about="daily"
    )
    assert judge_parcels([replace(parcel, tries=2)]) == []
    (alarm,) = judge_parcels([replace(parcel, tries=3, problem="No such mailbox.")])
    assert alarm == Alarm(subject="daily", kind="delivery", what="To a@example.org: No such mailbox.")


def test_a_move_is_a_notice_told_once_and_ended_when_the_configuration_follows():
    new = "https://pier.example/new"
    note = ("moved", f"{PIER.url} {new} 2022-11-01")
    moved = replace(WELL, adopted_url=new, notes=(note,))
    (alarm,) = find(moved)
    assert (alarm.kind, alarm.is_notice) == ("moved", True)
    assert new in alarm.what
    assert f'url = "{new}"' in alarm.hint
    standing, told = settle((), (alarm,), NOW)
    assert [tiding.event for tiding in told] == ["alert"]
    assert count_troubles(standing) == 0
    assert settle(standing, (alarm,), NOW + 30 * DAY) == (standing, ()), "nobody is reminded"
    assert find(moved, source=replace(PIER, url=new)) == ()
    standing, told = settle(standing, (), NOW + 31 * DAY)
    assert ([tiding.event for tiding in told], standing) == (["all_clear"], ())
    assert write_mail(told)[0] == "natowire: pier is asked where its configuration says"


def test_a_move_to_somewhere_else_again_is_told_again():
    first = Alarm(subject="pier", kind="moved", what="It has moved to a.")
    standing, _ = settle((), (first,), NOW)
    standing, told = settle(standing, (replace(first, what="It has moved to b."),), NOW + DAY)
    assert [tiding.event for tiding in told] == ["alert"]
    assert standing[0].alarm.what == "It has moved to b."


def test_a_move_that_is_not_followed_says_so():
    note = ("pointed", f"{PIER.url} https://quay.example/feed 2022-11-01 2022-11-02")
    (alarm,) = find(replace(WELL, notes=(note,)))
    assert "does not follow" in alarm.what
    assert "change its `url`" in alarm.hint


def test_a_full_disk_needs_a_person_even_when_no_daemon_can_write_that_down():
    assert judge_space(10**9) == ()
    (alarm,) = judge_space(4096)
    assert (alarm.subject, alarm.kind) == ("", "archive")
    assert "4 KB free" in alarm.what
