"""Saved pages: the address they were saved from, as far as the page itself says it."""

import pytest

from aggregator.saved import open_saved
from schedules.sources import Source

ADDRESS = "https://www.nato.int/cps/en/natohq/news_171234.htm"
PAGE = "<!DOCTYPE html>{}<html><head>{}<title>A pier</title></head><body><p>It stands.</p></body></html>"


def address_of(tmp_path, before, head, **how):
    file = tmp_path / "page.html"
    file.write_text(PAGE.format(before, head), encoding="utf-8")
    (saved,) = open_saved([file], Source(id="saved", url=""), **how)
    return saved.capture.final_url


@pytest.mark.parametrize(
    ("before", "head"),
    [
        (f"<!-- saved from url=(0053){ADDRESS} -->", ""),
        (f"<!--\n Page saved with SingleFile \n url: {ADDRESS} \n saved date: Tue Jan 23 2024\n-->", ""),
        ("", f'<link rel="canonical" href="{ADDRESS}">'),
        ("", f"<link rel=stylesheet href=/a.css><LINK href='{ADDRESS}' rel='canonical'/>"),
        (f"<!-- saved from url=(0053){ADDRESS} -->", '<link rel="canonical" href="https://example.org/">'),
    ],
)
def test_a_page_that_says_where_it_was(tmp_path, before, head):
    assert address_of(tmp_path, before, head) == ADDRESS


@pytest.mark.parametrize(
    "head",
    [
        "",
        '<link rel="alternate" href="https://example.org/">',
        '<link rel="canonical" href="/here">',
        '<link rel="canonical" href="javascript:alert(1)">',
        '<link rel="canonical">',
        '<link rel="canonical" ' * 5_000,
    ],
)
def test_a_page_that_does_not(tmp_path, head):
    assert address_of(tmp_path, "", head) == ""


def test_an_address_that_is_given_counts(tmp_path):
    head = '<link rel="canonical" href="https://example.org/">'
    assert address_of(tmp_path, "", head, url=ADDRESS) == ADDRESS
