"""A fetch that is interrupted or killed keeps what it stored, and the next one goes on."""

import os
import signal
import subprocess
import time

import pytest

from tests.command import LOOPBACK, call
from tests.places import CHOIR, FEED, PIER, Place, rss
from tests.small_web import Web


def begin(place: Place, web: Web, *, waiting_for: int) -> subprocess.Popen[str]:
    """A fetch in a process of its own, at the moment when one source dribbles and the others are stored."""
    web.busy.clear()
    fetch = subprocess.Popen(
        call("--archive", place.folder, "fetch", *LOOPBACK),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    if not web.busy.wait(30):
        fetch.kill()
        pytest.fail(f"it asked for nothing: {fetch.communicate()}")
    end = time.monotonic() + 30
    while place.held()["items"] < waiting_for:
        assert time.monotonic() < end
        time.sleep(0.2)
    return fetch


def test_an_interrupted_fetch_keeps_what_it_stored_and_the_next_one_goes_on(place, web):
    place.add(web.put("/quick", rss(PIER), type=FEED), "quick")
    place.add(web.put("/slow", rss(CHOIR), type=FEED, drip=0.1), "slow")
    fetch = begin(place, web, waiting_for=1)
    os.killpg(fetch.pid, signal.SIGINT)  # as a terminal does: the readers get it too
    told = (*fetch.communicate(timeout=20), fetch.returncode)
    assert told == ("", "natowire: interrupted; what was stored is kept.\n", 130)
    fetch = begin(place, web, waiting_for=1)
    os.killpg(fetch.pid, signal.SIGKILL)
    assert fetch.communicate(timeout=20)[0] == ""
    assert set(place.items()) == {"Engineers mend a pier"}

    web.replies["/slow"].drip = 0.0
    again = place.fetch()
    assert again.code == 0
    assert (again.json["new"], again.json["changed"]) == (1, 0)
    assert place.held() == {"items": 2, "revisions": 2, "statements": 0}
    assert set(place.items()) == {"Engineers mend a pier", "A choir sings"}
    assert place.ask("doctor", "--json").code == 0


def test_a_reader_that_goes_away_is_no_failure():
    lines = '{"text": "8 November 2022"}\n' * 3_000  # more than a pipe holds
    command = " ".join(call("date", "--jsonl"))
    done = subprocess.run(
        ["sh", "-c", f"{{ {command}; echo $? >&2; }} | head -n 1"],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == "0\n"
