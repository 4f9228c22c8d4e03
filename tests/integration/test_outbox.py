"""What is sent: to a real mail server, to a real webhook, once, however often it has to be tried."""

from __future__ import annotations

import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial
from itertools import pairwise
from threading import Event

import pytest

from aggregator.config import AlertSettings, Config, DigestSettings, FetchSettings, MailSettings
from aggregator.fetch import Fetcher
from aggregator.networks import parse_network
from aggregator.watch.couriers import hand_over
from aggregator.watch.outbox import KEPT, NOTE, Outbox, Parcel, read_parcels
from parsers.errors import DeliveryError, ForbiddenAddressError, StoppedError, StorageError
from storage.archive import Archive
from tests.integration.hostile.server import Behaviour, Server
from tests.integration.test_daemon_troubles import full_disk
from tests.integration.test_mail import Inbox, serve

NOW = datetime(2022, 11, 8, 12, 0, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path):
    with Archive.create(tmp_path) as archive:
        yield archive


def parcel(**changes) -> Parcel:
    usual = {"form": "mail", "to": "a@example.org", "title": "natowire: hello", "text": "Hello.\n"}
    return Parcel(**(usual | {"made_at": NOW, "next_at": NOW} | changes))


def test_what_is_refused_is_tried_again_later_and_given_up_in_the_end(archive):
    tries = []

    def refuse(one, now):
        tries.append(now)
        raise DeliveryError("The mail server is asleep.")

    outbox = Outbox(archive, refuse)
    outbox.add([parcel()], {"why": "because"})
    assert archive.note("why") == "because"
    now = NOW
    while (due := outbox.due_at(now)) is not None:
        now = max(now, due)
        outbox.deliver(now)
        outbox.deliver(now)
    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert waits[:3] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert max(waits) == timedelta(hours=6)
    assert KEPT <= tries[-1] - NOW < KEPT + timedelta(hours=7)


def test_a_clock_set_back_puts_nothing_off(archive):
    sent = []

    def send(one, now):
        sent.append(now)
        if len(sent) == 1:
            raise DeliveryError("The mail server is asleep.")

    outbox = Outbox(archive, send)
    outbox.add([parcel()], {})
    outbox.deliver(NOW)
    back = NOW - timedelta(days=300)
    assert outbox.due_at(back) == back
    outbox.deliver(back)
    assert sent == [NOW, back]
    assert outbox.due_at(back) is None


def test_what_is_added_while_another_is_on_its_way_is_sent_too(archive):
    """Alarms are packed by one thread, and a digest that takes its time is sent by another."""
    on_its_way, go_on, sent = Event(), Event(), []

    def send_slowly(one, now):
        on_its_way.set()
        assert go_on.wait(10)
        sent.append(one.title)

    outbox = Outbox(archive, send_slowly)
    outbox.add([parcel(title="first")], {})
    with ThreadPoolExecutor(1) as threads:
        delivering = threads.submit(outbox.deliver, NOW)
        assert on_its_way.wait(10)
        outbox.add([parcel(title="second")], {})
        go_on.set()
        delivering.result()
    assert [one.title for one in read_parcels(archive.note(NOTE))] == ["second"]
    outbox.deliver(NOW)
    assert sent == ["first", "second"]


def test_a_digest_that_a_newer_one_replaced_on_its_way_is_not_put_back(archive):
    def refuse(one, now):
        if one.text == "old":
            outbox.add([parcel(form="digest", about="daily", text="new")], {})
        raise DeliveryError("The mail server is asleep.")

    outbox = Outbox(archive, refuse)
    outbox.add([parcel(form="digest", about="daily", text="old")], {})
    outbox.deliver(NOW)
    assert [one.text for one in outbox.parcels] == ["new"]


def test_what_was_sent_is_not_sent_again_because_that_could_not_be_written_down(archive):
    sent = []

    def send_and_fill_the_disk(one, now):
        sent.append(one.title)
        stack.enter_context(full_disk())

    outbox = Outbox(archive, send_and_fill_the_disk)
    outbox.add([parcel()], {})
    with ExitStack() as stack, pytest.raises(StorageError):
        outbox.deliver(NOW)
    outbox.deliver(NOW + timedelta(days=1))
    assert len(sent) == 1


def test_a_kill_on_the_way_sends_nothing_twice(archive):
    sent = []

    def send_and_die(one, now):
        sent.append(one)
        raise KeyboardInterrupt

    outbox = Outbox(archive, send_and_die)
    outbox.add([parcel(), parcel(to="b@example.org")], {})
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(NOW)
    again = Outbox(archive, lambda one, now: sent.append(one))
    again.deliver(NOW)
    assert [one.to for one in sent] == ["a@example.org", "b@example.org"]
    assert read_parcels(archive.note(NOTE)) == ()


def test_a_stop_on_the_way_changes_nothing(archive):
    def stop(one, now):
        raise StoppedError("natowire is stopping.")

    outbox = Outbox(archive, stop)
    outbox.add([parcel()], {})
    with pytest.raises(StoppedError):
        outbox.deliver(NOW)
    assert Outbox(archive, stop).parcels == (parcel(),)


def test_a_newer_digest_takes_the_place_of_one_that_was_not_delivered(archive):
    outbox = Outbox(archive, lambda one, now: None)
    outbox.add([parcel(form="digest", about="daily", text="2022-11-07"), parcel()], {})
    outbox.add([parcel(form="digest", about="daily", text="2022-11-08")], {})
    assert [one.text for one in outbox.parcels] == ["Hello.\n", "2022-11-08"]
    for broken in ("", "{", "[3]", '[{"form": 1}]'):
        assert read_parcels(broken) == ()


def config_for(mail_port: int, hook: str, hook_port: int) -> Config:
    return Config(
        fetch=FetchSettings(
            host_delay=timedelta(0),
            timeout=timedelta(seconds=5),
            allow_networks=(parse_network(f"127.0.0.1:{hook_port}"),),
        ),
        mail=MailSettings(
            host="127.0.0.1", port=mail_port, security="none", sender="natowire <wire@example.org>"
        ),
        alerts=(AlertSettings(url=hook, secret="mussel"),),
        digests=(DigestSettings(name="daily", to=("a@example.org", "b@example.org")),),
    )


def test_mails_digests_and_webhooks_arrive(archive):
    inbox, posted = Inbox(), []

    def take(line):
        head, _, body = line.head.partition(b"\r\n\r\n")
        length = next(
            int(row.split(b":")[1])
            for row in head.splitlines()
            if row.lower().startswith(b"content-length:")
        )
        while len(body) < length:  # It may come in a packet of its own.
            body += line.sock.recv(4096)
        posted.append((head.decode(), body))
        line.answer(status="204 No Content")

    hook = Server({"hook": Behaviour("hook", take, ("good",))})
    shut = Server({"hook": Behaviour("hook", lambda line: line.answer(status="500 No"), ("good",))})
    with serve(inbox) as mail_port, hook, shut:
        config = config_for(mail_port, hook.url("hook"), hook.port)
        with Fetcher(config.fetch, lambda: NOW) as fetcher:
            send = partial(hand_over, archive=archive, config=config, fetcher=fetcher)
            send(parcel(), NOW)
            send(parcel(), NOW)
            send(parcel(form="digest", about="daily", text="2022-11-07"), NOW)
            send(parcel(form="hook", to=hook.url("hook"), text='{"schema": 1}'), NOW)
            trap = Config(alerts=(AlertSettings(url=shut.url("hook"), secret="x"),))
            one = parcel(form="hook", to=shut.url("hook"))
            with pytest.raises(ForbiddenAddressError):
                hand_over(one, NOW, archive=archive, config=trap, fetcher=fetcher)
        broken = config_for(mail_port, shut.url("hook"), shut.port)
        with Fetcher(broken.fetch, lambda: NOW) as fetcher:
            send = partial(hand_over, archive=archive, config=broken, fetcher=fetcher)
            with pytest.raises(DeliveryError, match="answered 500"):
                send(one, NOW)
    mails = [message_from_bytes(envelope.content, policy=default) for envelope in inbox.envelopes]
    assert [mail["Subject"] for mail in mails[:2]] == ["natowire: hello"] * 2
    assert mails[0]["Message-ID"] == mails[1]["Message-ID"], "the same letter shows that it is the same"
    assert mails[0]["Auto-Submitted"] == "auto-generated"
    assert inbox.envelopes[2].rcpt_tos == ["a@example.org"], "each receiver has a mail of their own"
    ((head, body),) = posted
    fields = {
        name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\r\n"))
    }
    signed = f"{fields['x-natowire-timestamp']}.".encode() + body
    wanted = hmac.new(b"mussel", signed, hashlib.sha256).hexdigest()
    assert fields["x-natowire-signature"] == f"sha256={wanted}"
    assert json.loads(body) == {"schema": 1}
