"""A machine without a network: nothing counts against the sources, and it goes on by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.config import AlertSettings, Config
from aggregator.fetch import Fetcher, Request
from aggregator.networks import parse_network
from aggregator.watch.status import examine
from parsers.errors import TransportError, UnreachableError
from schedules.sources import Source
from storage.archive import Archive
from tests.command import LOOPBACK
from tests.conftest import NOWHERE
from tests.integration.fetch_setup import NOW, serve, settings_for
from tests.places import FEED, PIER, rss
from tests.simulated_days import Life, Site, World

REMARK = "natowire: This machine seems to be offline. That counts against no source.\n"
NIGHT = datetime(2022, 11, 8, tzinfo=UTC)
ALLOWED = ("--allow-network", f"{NOWHERE}/32")


@pytest.fixture
def cut_off(place):
    place.add("http://pier.invalid/feed", "pier")
    place.add("http://quay.invalid/feed", "quay")
    place.add(f"http://{NOWHERE}/feed", "lock")
    return place


@pytest.fixture
def life(tmp_path):
    Archive.create(tmp_path).close()
    names = ("pier", "quay", "lock")
    sites = {
        name: Site(name=name, pace=timedelta(hours=1), first=NIGHT - timedelta(hours=20)) for name in names
    }
    sources = tuple(
        Source(id=name, url=f"http://{name}.example/feed", parser="feed", every=timedelta(hours=1))
        for name in names
    )
    alerts = (AlertSettings(to=("desk@example.org",)),)
    life = Life(World(now=NIGHT, sites=sites), tmp_path, Config(alerts=alerts, sources=sources))
    yield life
    life.archive.close()


def titles(life):
    return [parcel.title for _, parcel in life.world.sent]


def states(place):
    found = place.ask("status", "--json").json["sources"]
    return {one["id"]: (one["failures"], one["last_attempt"]) for one in found}


def test_no_name_and_no_route_are_told_from_other_failures():
    with serve(shut=lambda line: line.answer(b"")) as server:
        allowed = (parse_network(f"{NOWHERE}/32"), parse_network("127.0.0.1/32"))
        settings = settings_for(server, allow_networks=allowed, timeout=timedelta(seconds=20))
    # The server is gone: its port refuses.
    with Fetcher(settings, lambda: NOW) as fetcher:
        for url in ("http://pier.invalid/feed", f"http://{NOWHERE}/feed"):
            with pytest.raises(UnreachableError):
                fetcher.get(Request(url=url, source_id="pier"))
        with pytest.raises(TransportError) as refused:
            fetcher.get(Request(url=f"http://127.0.0.1:{server.port}/shut", source_id="pier"))
        assert not isinstance(refused.value, UnreachableError)


def test_a_machine_offline_counts_against_no_source(cut_off):
    before = states(cut_off)
    for _ in range(2):
        ran = cut_off.ask("fetch", *ALLOWED)
        assert (ran.code, ran.out, ran.err) == (1, "", REMARK)
    assert cut_off.ask("-q", "fetch", *ALLOWED).err == REMARK
    told = cut_off.ask("fetch", *ALLOWED, "--json").json
    assert (told["offline"], told["failed"]) == (True, 3)
    assert states(cut_off) == before


def test_back_online_a_dead_site_is_a_dead_site(cut_off, web):
    cut_off.ask("fetch", *ALLOWED)
    cut_off.add(web.put("/feed", rss(PIER), type=FEED), "dam")
    told = cut_off.ask("fetch", *ALLOWED, *LOOPBACK, "--json").json
    assert ("offline" in told, told["failed"], told["new"]) == (False, 3, 1)
    assert [failures for failures, _ in states(cut_off).values()] == [1, 1, 1, 0]


def test_dead_sites_that_are_due_together_are_no_machine_offline(cut_off, web):
    cut_off.add(web.put("/feed", rss(PIER), type=FEED, headers={"Cache-Control": "max-age=9000"}), "dam")
    assert cut_off.fetch("dam").code == 0
    told = cut_off.ask("fetch", "--due", *ALLOWED, *LOOPBACK, "--json").json
    assert "offline" not in told
    assert [failures for failures, _ in states(cut_off).values()] == [1, 1, 1, 0]
    assert len(web.asked) == 2, "who is well is asked whether the network is there"


def test_quiet_means_silent_while_all_goes_well(place, web):
    place.add(web.put("/feed", rss(PIER), type=FEED, headers={"ETag": '"one"'}), "dam")
    for _ in range(2):
        assert (ran := place.ask("-q", "fetch", *LOOPBACK)).code == 0
        assert (ran.out, ran.err) == ("", "")
    ran = place.ask("-q", "fetch", "--due", *LOOPBACK)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    web.put("/feed", status=500)
    ran = place.ask("fetch", *LOOPBACK, "-q")
    assert ran.code == 1
    assert "dam" in ran.out
    assert "500" in ran.out


def test_the_daemon_tells_once_and_goes_on_by_itself(life):
    life.pass_time(NIGHT + timedelta(hours=6))
    before = life.archive.states()
    life.world.offline = True
    life.pass_time(NIGHT + timedelta(days=4))
    assert life.archive.states() == before, "nothing counts against the sources"
    assert titles(life) == ["natowire: This machine seems to be offline"]
    assert 4 * 24 * 6 <= life.world.tried <= 4 * 24 * 60, "every few minutes"
    status = examine(life.archive, life.config, life.world.now)
    assert [alarm.kind for alarm in status.alarms] == ["offline"]
    assert status.needs_person
    life.kill()
    life.world.offline = False
    life.pass_time(NIGHT + timedelta(days=4, minutes=15))
    assert titles(life)[1:] == ["natowire: this machine is well again"]
    assert all(state.last_success > NIGHT + timedelta(days=4) for state in life.archive.states().values())
    assert examine(life.archive, life.config, life.world.now).alarms == ()
    assert life.problems == []


def test_one_dead_site_is_no_machine_offline(life):
    life.pass_time(NIGHT + timedelta(hours=6))
    site = life.world.sites["pier"]
    site.dead, site.nameless = ((NIGHT, NIGHT + timedelta(days=9)),), True
    life.pass_time(NIGHT + timedelta(days=2))
    assert life.archive.states()["pier"].failures > 3
    assert titles(life)[0] == "natowire: pier cannot be fetched"
    assert life.archive.states()["quay"].failures == 0
