"""What the daemon shows to whoever watches it: figures, a window, log lines, words to systemd."""

from __future__ import annotations

import http.client
import io
import json
import logging
import os
import socket
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest

from aggregator.watch.logs import set_up_logs
from aggregator.watch.metrics import Figures, write_metrics
from aggregator.watch.monitor import Monitor, Views, Window
from aggregator.watch.notify import Notifier
from storage.state import SourceState

NOW = datetime(2022, 11, 8, 12, 0, tzinfo=UTC)


def test_the_figures_are_what_prometheus_reads():
    text = write_metrics(
        Figures(
            version='1"\\',
            started_at=NOW,
            config_ok=True,
            archive_ok=False,
            alerts=2,
            undelivered=1,
            cycles=3,
            cycle_seconds=1.25,
            polls={"fetched": 4, "failed": 1},
            new=5,
            changed=6,
            cpu_seconds=0.5,
            memory_bytes=1 << 20,
            states=[
                SourceState(source_id="pier", failures=1, last_success=NOW, next_due_at=NOW),
                SourceState(source_id="quay"),
            ],
        )
    )
    lines = text.splitlines()
    assert text.endswith("\n")
    assert 'natowire_build_info{version="1\\"\\\\"} 1' in lines
    assert 'natowire_polls_total{outcome="failed"} 1' in lines
    assert "natowire_cycle_seconds_total 1.250" in lines
    assert "natowire_archive_ok 0" in lines
    assert 'natowire_source_failures{source="quay"} 0' in lines
    assert [line for line in lines if "last_success" in line and "quay" in line] == []
    names = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
    assert all(name.startswith("natowire_") for name in names)


@pytest.fixture
def window():
    state = {"ready": (True, "ready")}
    views = Views(alive=lambda: (True, "alive"), ready=lambda: state["ready"], figures=lambda: "x 1\n")
    with Monitor(0, views) as monitor:
        yield int(monitor.address.rpartition(":")[2]), state


def ask(port, path, method="GET", host=None):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as line:
        line.request(method, path, headers={"Host": host} if host else {})
        answer = line.getresponse()
        return answer.status, answer.read().decode()


def test_the_window_answers_three_questions(window):
    port, state = window
    assert ask(port, "/healthz") == (200, "alive\n")
    assert ask(port, "/metrics?x") == (200, "x 1\n")
    assert ask(port, "/healthz", "HEAD") == (200, "")
    assert ask(port, "/")[0] == 404
    assert ask(port, "/healthz", "POST")[0] == 501
    state["ready"] = (False, "The disk is full.")
    assert ask(port, "/readyz") == (503, "The disk is full.\n")


def test_the_window_is_for_this_machine_only(window):
    port, _ = window
    assert ask(port, "/metrics", host="evil.example")[0] == 403
    assert ask(port, "/metrics", host=f"localhost:{port}")[0] == 200
    with Monitor(0, Views(alive=list, ready=list, figures=str)) as other:
        assert other.address.startswith("http://127.0.0.1:")
    with pytest.raises(OSError, match="in use"):
        Monitor(port, Views(alive=list, ready=list, figures=str))


@pytest.fixture
def written():
    """A stream that the log is written to, and the loggers as they were afterwards."""
    root, own = logging.getLogger(), logging.getLogger("natowire")
    before = (list(root.handlers), root.level, own.level)
    yield io.StringIO()
    root.handlers, own.level = before[0], before[2]
    root.setLevel(before[1])


def fail():
    raise ZeroDivisionError


def test_the_log_is_json_for_programs(written):
    set_up_logs(logging.INFO, as_json=True, stream=written)
    log = logging.getLogger("natowire.rounds")
    log.debug("too much")
    log.info("asked %d sources\n", 2, extra={"fields": {"new": 1, "at": NOW}})
    try:
        fail()
    except ZeroDivisionError:
        log.exception("broken")
    first, second = (json.loads(line) for line in written.getvalue().splitlines())
    assert {name: first[name] for name in ("level", "logger", "message", "new")} == {
        "level": "info",
        "logger": "natowire.rounds",
        "message": "asked 2 sources\n",
        "new": 1,
    }
    assert first["time"].endswith("Z")
    assert "ZeroDivisionError" in second["trace"]


def test_the_log_is_words_for_people(written):
    set_up_logs(logging.WARNING, as_json=False, stream=written)
    log = logging.getLogger("natowire")
    log.info("not wanted")
    log.warning("pier\nfailed \x1b[2J", extra={"fields": {"source": "pier"}})
    assert written.getvalue()[20:] == "warning: pier failed [2J source=pier\n"


def test_systemd_is_told(tmp_path):
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as ear:
        ear.bind(str(tmp_path / "ear"))
        ear.settimeout(5)
        told = {"NOTIFY_SOCKET": str(tmp_path / "ear"), "WATCHDOG_USEC": "3000000"}
        notifier = Notifier(told)
        assert notifier.interval == 1.0
        notifier.send(READY="1", STATUS="two\nlines")
        assert ear.recv(999) == b"READY=1\nSTATUS=two lines"
        notifier.ping()
        assert ear.recv(999) == b"WATCHDOG=1"
        other = Notifier(told | {"WATCHDOG_PID": str(os.getpid() + 1)})
        other.ping()
        other.send(STATUS="end")
        assert ear.recv(999) == b"STATUS=end"
    notifier.send(READY="1")  # nobody listens any more
    Notifier({}).send(READY="1")
    assert sys.exc_info()[0] is None


def free_port():
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def is_answered(port):
    try:
        return ask(port, "/healthz") == (200, "alive\n")
    except OSError:
        return False


def test_the_window_follows_the_port_that_is_wanted(caplog):
    views = Views(alive=lambda: (True, "alive"), ready=lambda: (True, ""), figures=lambda: "")
    first, second, taken = free_port(), free_port(), socket.create_server(("127.0.0.1", 0))
    with Window(views) as window:
        window.follow(0)
        window.follow(first)
        assert is_answered(first)
        window.follow(second)
        assert (is_answered(first), is_answered(second)) == (False, True)
        wanted = taken.getsockname()[1]
        for _ in range(3):
            window.follow(wanted)
        assert is_answered(second), "better the old one than none"
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert f"still at http://127.0.0.1:{second}" in caplog.text
        taken.close()
        window.follow(wanted)
        assert (is_answered(second), is_answered(wanted)) == (False, True)
        window.follow(0)
        assert not is_answered(wanted)
        window.follow(first)
    assert not is_answered(first)
