"""Documents that nato.int filed again: one item under its old and its new address."""

import itertools
from datetime import UTC, datetime

import pytest

from aggregator.merging.absorb import absorb
from parsers import registry
from parsers.model import Capture
from storage.archive import Archive
from tests.identity_cases import TEXT

OLD = "https://www.nato.int/cps/en/natohq/opinions_218000.htm"
NEW = (
    "https://www.nato.int/en/news-and-events/events/transcripts/2023/09/01/remarks-at-the-opening-of-a-pier"
)
TITLE = "Remarks at the opening of a pier"
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def page(title=TITLE, day="01 Sep. 2023", text=TEXT):
    head = f"<section class='content cf'><h1 class='fs-huge'>{title}</h1><p>{day}</p>"
    return f"<html lang='en'>{head}<p>{text}</p></section>"


def new(
    title=TITLE, text="The same was said, and it was written down anew from the first word to the last."
):
    head = f"<head><title>{title}</title></head>"
    return f"<html lang='en'>{head}<body><h1>{title}</h1><p>{text}</p></body></html>"


def sitemap(*urls):
    return f"<urlset {SPACE}>{''.join(f'<url><loc>{url}</loc></url>' for url in urls)}</urlset>"


SITEMAP = ("https://www.nato.int/sitemap.xml", sitemap(NEW))


def absorb_all(tmp_path, *documents):
    """The items that documents (address and body) make, in this order."""
    with Archive.create(tmp_path / "a") as archive:
        for hour, (url, body) in enumerate(documents):
            capture = Capture(
                source_id="s",
                parser="auto",
                url=url,
                final_url=url,
                fetched_at=datetime(2025, 12, 1, hour, tzinfo=UTC),
                status=200,
                headers=(),
                body=body.encode(),
            )
            with archive.writing("test") as writer, writer.transaction():
                number = writer.add_capture(capture)
                absorb(writer, capture, number, registry.read(capture), archive.register)
        return [
            archive.item(hit.id) for hit in archive.search("", now=datetime(2026, 1, 1, tzinfo=UTC)).hits
        ]


@pytest.mark.parametrize("order", list(itertools.permutations([(OLD, page()), (NEW, new()), SITEMAP])))
def test_title_and_day_join_old_and_new_in_any_order(tmp_path, order):
    (item,) = absorb_all(tmp_path, *order)
    assert item.title == TITLE
    assert item.kind == "transcript"


@pytest.mark.parametrize(
    ("old", "address"),
    [
        (page(title="Remarks at the closing of a pier"), NEW),
        (page(day="02 Sep. 2023"), NEW),
        (page(), NEW.replace("/en/", "/fr/")),
        (page(), NEW.replace("events/transcripts", "articles/news")),
    ],
)
def test_another_title_day_language_or_kind_is_another_document(tmp_path, old, address):
    assert len(absorb_all(tmp_path, (OLD, old), (SITEMAP[0], sitemap(address)))) == 2


def test_two_old_documents_of_one_title_and_day_stay_two(tmp_path):
    other = (
        OLD.replace("218000", "218001"),
        page(text="Nothing that was said in the morning was said again."),
    )
    assert len(absorb_all(tmp_path, (OLD, page()), other)) == 2


EVENING = (
    "In the evening another door was opened, and nothing that was said at noon was said there by anybody."
)
NOON = (NEW, new(text=TEXT))
NIGHT = (f"{NEW}-1", new(text=EVENING))
FIRST = (OLD, page())
SECOND = (
    OLD.replace("218000", "218001"),
    page(text="Whoever came late heard of a bridge and of its keeper."),
)


@pytest.mark.parametrize(
    ("documents", "count"),
    [
        ((FIRST, NOON, NIGHT), 2),
        ((NOON, NIGHT, FIRST), 2),
        ((FIRST, SECOND, NOON, NIGHT), 2),
        ((FIRST, SECOND, NIGHT), 3),
        ((FIRST, SECOND, (SITEMAP[0], sitemap(NEW, f"{NEW}-1"))), 4),
    ],
)
def test_of_two_documents_of_one_title_and_day_none_takes_the_others_text(tmp_path, documents, count):
    items = absorb_all(tmp_path, *documents)
    assert len(items) == count
    texts = [item.text for item in items]
    assert sum(text == TEXT for text in texts) == 1, "what was said at noon is one item's"
    assert any(text == EVENING for text in texts) is (NIGHT in documents)


def test_a_title_of_few_words_names_nothing(tmp_path):
    short = NEW.rpartition("/")[0] + "/joint-press-conference"
    assert (
        len(absorb_all(tmp_path, (OLD, page(title="Joint press conference")), (SITEMAP[0], sitemap(short))))
        == 2
    )
