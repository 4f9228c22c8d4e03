"""The register of offices: loading, resolving at a date, matching what a person types."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pytest

from parsers.errors import ParseError
from parsers.model import When
from parsers.people import load_register, match_offices, match_people, person_id_of, resolve
from parsers.people.near import is_misspelling
from parsers.people.tenure import read_bound

TEXT = files("parsers.people").joinpath("offices.toml").read_text(encoding="utf-8")
REGISTER = load_register(TEXT)


def day(first: str, last: str = "") -> When:
    earliest = datetime.fromisoformat(first).replace(tzinfo=UTC)
    latest = datetime.fromisoformat(last or first).replace(tzinfo=UTC) + timedelta(days=1, seconds=-1)
    return When(earliest=earliest, latest=latest, best=earliest, precision="day")


def test_register_keeps_every_fact():
    assert len(REGISTER.offices) == 12
    assert len(REGISTER.tenures) == 102
    assert sum(tenure.verified for tenure in REGISTER.tenures) == 71
    assert all(tenure.source for tenure in REGISTER.tenures)
    kingombe = REGISTER.tenures_of["jean-charles-ellermann-kingombe"][0]
    assert kingombe.start.written == "2024?"
    assert kingombe.end_unverified
    assert {t.person_id for t in REGISTER.tenures if t.acting} >= {"sergio-balanzino", "boris-ruge"}
    assert pickle.loads(pickle.dumps(REGISTER)) == REGISTER


@pytest.mark.parametrize(
    "text", ["", "as_of = 3", "[[office]]", "\x00", 'as_of = "2026-01-01"\n[[office]]\nid = 1']
)
def test_broken_register_is_a_parse_error(text):
    with pytest.raises(ParseError):
        load_register(text)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2007", date(2007, 1, 1), date(2007, 12, 31)),
        ("2012-02", date(2012, 2, 1), date(2012, 2, 29)),
        ("2012-02-03", date(2012, 2, 3), date(2012, 2, 3)),
        ("2025-01?", date(2024, 12, 1), date(2025, 3, 3)),
    ],
)
def test_bounds_of_partial_dates(written, first, last):
    bound = read_bound(written)
    assert (bound.earliest, bound.latest) == (first, last)


@pytest.mark.parametrize(
    ("mention", "on", "kind", "person", "office"),
    [
        ("the Secretary General", "2022-11-08", "person", "jens-stoltenberg", "secretary-general"),
        ("the Secretary General", "2024-09-30", "person", "jens-stoltenberg", "secretary-general"),
        ("the Secretary General", "2024-10-01", "person", "mark-rutte", "secretary-general"),
        ("NATO Secretary-General", "1999-10-10", "office", "", "secretary-general"),
        ("Secretary General of NATO", "1994-09-01", "person", "sergio-balanzino", "secretary-general"),
        ("SACEUR", "2022-07-04", "person", "christopher-g-cavoli", "saceur"),
        ("DSG", "2009-06-01", "person", "claudio-bisogniero", "deputy-secretary-general"),
        ("the Deputy Secretary General", "2007-10-15", "office", "", "deputy-secretary-general"),
        ("the Deputy Secretary General", "2024-11-01", "person", "boris-ruge", "deputy-secretary-general"),
        ("the Deputy Secretary General", "2026-10-01", "office", "", "deputy-secretary-general"),
        ("NATO spokesperson", "2025-01-15", "office", "", "spokesperson"),
        ("Chair of the NATO Military Committee", "2011-12-01", "office", "", "chair-military-committee"),
        (
            "Deputy Chair of the NATO Military Committee",
            "2024-06-01",
            "person",
            "andrew-m-rohling",
            "deputy-chair-military-committee",
        ),
        (
            "Assistant Secretary General for Innovation, Hybrid and Cyber",
            "2022-05-05",
            "person",
            "david-van-weel",
            "asg-innovation-hybrid-cyber",
        ),
        ("UN Secretary-General", "2022-11-08", "unknown", "", ""),
        ("Secretary General of the OSCE", "2022-11-08", "unknown", "", ""),
        ("former NATO Secretary General", "2022-11-08", "unknown", "", ""),
        ("NATO PA Secretary General", "2022-11-08", "unknown", "", ""),
        ("Deputy Supreme Allied Commander Europe", "2022-11-08", "unknown", "", ""),
        ("Assistant Secretary General for Operations", "2022-11-08", "unknown", "", ""),
        ("", "2022-11-08", "unknown", "", ""),
    ],
)
def test_offices_at_a_date(mention, on, kind, person, office):
    found = resolve(mention, day(on), REGISTER)
    assert (found.speaker_kind, found.person_id, found.office_id) == (kind, person, office)


@pytest.mark.parametrize(
    ("mention", "on", "person", "office", "confidence"),
    [
        (
            "NATO Secretary General Jens Stoltenberg",
            "2022-11-08",
            "jens-stoltenberg",
            "secretary-general",
            "high",
        ),
        ("Mr Stoltenberg", "2022-11-08", "jens-stoltenberg", "secretary-general", "medium"),
        ("Admiral Bauer", "2022-10-28", "rob-bauer", "chair-military-committee", "medium"),
        ("Mircea Geoana", "2022-11-03", "mircea-geoana", "deputy-secretary-general", "high"),
        ("Mr Stolgenberg", "2022-11-08", "jens-stoltenberg", "secretary-general", "low"),
        ("Mircea Genoana", "2022-11-08", "mircea-geoana", "deputy-secretary-general", "low"),
        (
            "former NATO Secretary General Anders Fogh Rasmussen",
            "2022-11-08",
            "anders-fogh-rasmussen",
            "",
            "medium",
        ),
        ("Lord Robertson", "2001-01-01", "george-robertson", "secretary-general", "medium"),
        ("Jaap de Hoop Scheffer", "2006-01-01", "jaap-de-hoop-scheffer", "secretary-general", "high"),
        ("Генеральний секретар НАТО Марк Рютте", "2025-02-01", "mark-rutte", "secretary-general", "high"),
        ("President Vucic", "2022-10-28", "aleksandar-vucic", "", "medium"),
        ("Philip Breedlove", "2014-01-01", "philip-m-breedlove", "saceur", "high"),
        ("Mr Jones", "2022-01-01", "", "", "low"),
        ("President Pavel", "2016-05-05", "", "", "low"),
        ("Prime Minister Rutte", "2022-01-01", "", "", "low"),
        ("Mr Bayer", "2022-01-01", "", "", "low"),
        ("Secretary General Stoltenberg", "2025-11-08", "jens-stoltenberg", "", "medium"),
        ("Jens Stoltenberg and Mark Rutte", "2024-09-01", "", "", "low"),
    ],
)
def test_names(mention, on, person, office, confidence):
    found = resolve(mention, day(on), REGISTER)
    assert (found.person_id, found.office_id, found.confidence) == (person, office, confidence)


def test_an_interval_over_a_handover_names_nobody():
    found = resolve("the Secretary General", day("2024-09-29", "2024-10-02"), REGISTER)
    assert (found.speaker_kind, found.person_id, found.office_id) == ("office", "", "secretary-general")


@pytest.mark.parametrize("on", [None, When(earliest=None, latest=None, best=None, precision="bound")])
def test_without_a_date_only_a_name_names(on):
    assert resolve("the Secretary General", on, REGISTER).speaker_kind == "office"
    assert resolve("Jens Stoltenberg", on, REGISTER).person_id == "jens-stoltenberg"


def test_brussels_days_decide_a_handover():
    noon_before = datetime(2024, 9, 30, 22, 30, tzinfo=UTC)  # half past midnight in Brussels
    on = When(earliest=noon_before, latest=noon_before, best=noon_before, precision="second")
    assert resolve("the Secretary General", on, REGISTER).person_id == "mark-rutte"


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("geoana", ("mircea-geoana",)),
        ("GEOANĂ", ("mircea-geoana",)),
        ("Mr Stoltenberg", ("jens-stoltenberg",)),
        ("fogh rasmussen", ("anders-fogh-rasmussen",)),
        ("lord robertson", ("george-robertson",)),
        ("torres", ("rafael-torres",)),
        ("stoltenberg rutte", ()),
        ("", ()),
    ],
)
def test_people_a_query_means(query, ids):
    assert match_people(query, REGISTER, [("rafael-torres", "Rafael Torres")]).person_ids == ids


def test_did_you_mean():
    assert "Jens Stoltenberg" in match_people("stoltenburg", REGISTER).suggestions
    assert match_people("stoltenberg", REGISTER).suggestions == ()
    assert "NATO Secretary General" in match_offices("secretery general", REGISTER).suggestions


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("secretary general", ("secretary-general",)),
        ("Secretary-General", ("secretary-general",)),
        ("deputy secretary general", ("deputy-secretary-general",)),
        ("chair of the military committee", ("chair-military-committee",)),
        ("Chairman of the NATO Military Committee", ("chair-military-committee",)),
        ("saceur", ("saceur",)),
        ("dg-ims", ("dg-ims",)),
        (
            "assistant secretary general",
            ("asg-political-affairs", "asg-innovation-hybrid-cyber", "asg-public-diplomacy"),
        ),
        ("the", ()),
    ],
)
def test_offices_a_query_means(query, ids):
    assert match_offices(query, REGISTER).office_ids == ids


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Col. Rafael Torres", "rafael-torres"),
        ("Łukasz Źdźbło", "lukasz-zdzblo"),
        ("Joe Biden Jr.", "joe-biden"),
        ("", ""),
    ],
)
def test_ids_of_persons_outside_the_register(name, key):
    assert person_id_of(name) == key


@pytest.mark.parametrize(
    ("written", "meant", "near"),
    [
        ("stolgenberg", "stoltenberg", True),
        ("genoana", "geoana", True),
        ("stoltenbreg", "stoltenberg", True),
        ("stoltenberg", "stoltenberg", False),
        ("bayer", "bauer", False),
        ("holtenberg", "stoltenberg", False),
    ],
)
def test_near_spellings(written, meant, near):
    assert is_misspelling(written, meant) is near
