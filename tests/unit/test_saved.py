"""Saved pages: the address they were saved from, as far as the page itself says it."""

import os
from pathlib import Path

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


@pytest.mark.parametrize("how", [{}, {"fetched_at": "2022-11-08T12:00:00Z"}])
def test_what_cannot_be_read_is_told_in_its_turn_and_stops_no_other(tmp_path, how):
    good, looped = tmp_path / "page.html", tmp_path / "loop.html"
    good.write_text(PAGE.format("", ""), encoding="utf-8")
    looped.symlink_to(looped)
    reader, writer = os.pipe()
    with os.fdopen(reader), os.fdopen(writer, "wb") as end:
        end.write(good.read_bytes())
        end.close()
        files = [looped, Path(f"/dev/fd/{reader}"), good]
        loop, through, page = open_saved(files, Source(id="saved", url=""), **how)
    assert str(looped) in str(loop.error)
    assert "no regular file" in str(through.error)
    assert page.capture is not None
