"""What tests of the command share: an empty archive, and a small web."""

from collections.abc import Iterator

import pytest

from tests.places import Place
from tests.small_web import Web, serving


@pytest.fixture
def place(tmp_path) -> Place:
    place = Place(tmp_path / "archive")
    assert place.ask("init", "--empty").code == 0
    return place


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as web:
        yield web
