"""Golden cases: a page in every layout met, with what was read from it when a person last looked."""

import json
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from parsers.model import Capture

SAVED = "Thu, 01 Jan 2026 00:00:00 +0000"
FIXTURES = Path(__file__).parent.parent.parent / "fixtures"


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what is read now into expected.json; read the difference before you keep it",
    )


def pytest_generate_tests(metafunc):
    if "golden_case" in metafunc.fixturenames:
        cases = sorted(meta.parent for meta in FIXTURES.glob("*/*/meta.json"))
        names = [f"{case.parent.name}/{case.name}" for case in cases]
        metafunc.parametrize("golden_case", cases, ids=names)


@pytest.fixture
def updating(request) -> bool:
    return request.config.getoption("--update-golden", default=False)


@pytest.fixture
def golden_capture(golden_case) -> Capture:
    meta = json.loads((golden_case / "meta.json").read_text(encoding="utf-8"))
    (body,) = golden_case.glob("body.*")
    return Capture(
        source_id="golden",
        parser="auto",
        url=meta["url"],
        final_url=meta["url"],
        fetched_at=parsedate_to_datetime(dict(meta["headers"]).get("Date", SAVED)),
        status=200,
        headers=tuple((name, value) for name, value in meta["headers"]),
        body=body.read_bytes(),
    )
