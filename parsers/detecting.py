"""Which layout a document shows by its own marks and its address."""

from __future__ import annotations

import re

from parsers.model import Capture
from parsers.nato_paths import find_place, is_model
from parsers.registry import PLAIN
from parsers.urls import host_of

_HEAD = 65_536
_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", re.IGNORECASE)
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<body[\s>]", re.IGNORECASE)
_DRUPAL = re.compile(
    rb"""(?:class|id)\s*=\s*["']?[^"'>]{0,300}?\b(?:feed-item|feed-source|feed-description|aggregator-item"""
    rb"""|aggregator-feed|aggregator-wrapper|item-description)\b""",
    re.IGNORECASE,
)
_HOME = re.compile(
    rb">\s*(?:latest\s+news|event\s+calendar|nato\s+review|nato\s+in\s+focus)\s*<", re.IGNORECASE
)
_HERO = re.compile(rb"""class\s*=\s*["'][^"'>]{0,200}?\bhero\b[^>]{0,200}>""", re.IGNORECASE)
_ARTICLE = re.compile(
    rb"""<h1[^>]{0,300}\bfs-huge\b|<section[^>]{0,300}\bcontent\s+cf\b|\(As delivered\)""", re.IGNORECASE
)
_ARTICLE_PATH = re.compile(r"/(?:[a-z_]+_\d+\.html?|\d{4}/\d\d/\d\d/[^/?#]+)(?:[?#]|\Z)")
_MODEL = re.compile(rb""""(?::items|dataLayer)"\s*:\s*\{""")
_PAGES = re.compile(rb""""pages"\s*:\s*\[""", re.IGNORECASE)
_SEARCH = re.compile(r"\.search\.json(?:[?#]|\Z)")


def detect(capture: Capture) -> str:
    """The layout a document shows by its own marks; `page` where it is some other HTML page."""
    head = (
        capture.body[:_HEAD].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf")
    )  # UTF-16 reads as ASCII so
    if head.lstrip().startswith(b"{"):
        return _detect_json(capture, head)
    page = _HTML.search(head)
    # Of the roots of several kinds that a document names, the first is its own.
    marks = {"feed": _FEED.search(head), "sitemap": _SITEMAP.search(head), "": page}
    found = {name: mark.start() for name, mark in marks.items() if mark}
    root = min(found, key=lambda name: found[name], default="")
    return root or _detect_page(capture) or (PLAIN if page or b"<" in head else "feed")


def _detect_json(capture: Capture, head: bytes) -> str:
    if b"jsonfeed" in head:
        return "feed"
    if is_model(capture.final_url) or _MODEL.search(capture.body):
        return "nato_model"
    listing = _SEARCH.search(capture.final_url) or _PAGES.search(capture.body)
    return "nato_list" if listing else "feed"


def _detect_page(capture: Capture) -> str:
    """The layout of a page for people, or "" where it shows no marks of any."""
    if find_place(capture.final_url):
        return "nato_article"
    if _DRUPAL.search(capture.body):
        return "drupal"
    if len({found.lower() for found in _HOME.findall(capture.body)}) >= 2:
        return "nato_home"
    nato = host_of(capture.final_url) == "www.nato.int"
    if _ARTICLE.search(capture.body) or (nato and _ARTICLE_PATH.search(capture.final_url)):
        return "nato_article"
    return "nato_home" if nato and _HERO.search(capture.body) else ""
