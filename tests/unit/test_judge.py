from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from aggregator.fetch.judge import judge
from parsers.errors import ContentError, StatusError
from parsers.model import Capture

FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Sign in</title></channel></rss>'


def capture(body: bytes = FEED, status: int = 200, **given) -> Capture:
    return Capture(
        **{
            "source_id": "harbour",
            "parser": "auto",
            "url": "https://harbour.example/feed",
            "final_url": "https://harbour.example/feed",
            "fetched_at": datetime(2022, 11, 8, tzinfo=UTC),
            "status": status,
            "headers": (("Content-Type", "text/html"),),
            "body": body,
            "reason": "Reason",
            **given,
        }
    )


def page(title: str, body: str = "", head: str = "") -> bytes:
    return (
        f"<!doctype html><html><head>{head}<title>{title}</title></head><body>{body}</body></html>".encode()
    )


@pytest.mark.parametrize("status", [200, 203])
def test_content_passes(status):
    assert judge(capture(status=status)) is None
    assert judge(capture(page("The lighthouse shines again"), status)) is None


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (101, "101"),
        (202, "202"),
        (204, "204"),
        (206, "206"),
        (301, "without saying where"),
        (304, "304"),
        (400, "Check the address"),
        (401, "only what is public"),
        (403, "turns programs away"),
        (404, "may have moved"),
        (410, "gone for good"),
        (418, "turns programs away"),
        (429, "fewer visits"),
        (451, "legal reasons"),
        (500, "trouble"),
        (503, "trouble"),
        (599, "trouble"),
        (999, "trouble"),
    ],
)
def test_any_other_status_is_an_error_with_a_remedy(status, words):
    error = judge(capture(status=status))
    assert isinstance(error, StatusError)
    assert error.status == status
    assert error.source_id == "harbour"
    assert str(status) in error.message
    assert words in str(error)


@pytest.mark.parametrize("body", [b"", b"   ", b"\r\n\t", b"\xef\xbb\xbf", b"\0\0\0", b"\xff\xfe"])
def test_nothing_is_no_content(body):
    assert isinstance(judge(capture(body)), ContentError)


GATES = [
    ("Just a moment...", "robots"),
    ("Attention Required! | Cloudflare", "robots"),
    ("Making sure you&#39;re not a bot!", "robots"),
    ("Making sure you’re not a bot!", "robots"),
    ("DDoS-Guard", "robots"),
    ("Vercel Security Checkpoint", "robots"),
    ("Checking your browser before accessing harbour.example", "robots"),
    ("Robot Check", "robots"),
    ("Pardon Our Interruption", "robots"),
    ("harbour.example | Human Verification", "robots"),
    ("Access Denied", "firewall"),
    ("Request Rejected", "firewall"),
    ("403 Forbidden", "firewall"),
    ("Sorry, you have been blocked", "firewall"),
    ("Sign in", "sign-in"),
    ("Log in to Harbour", "sign-in"),
    ("Login - Harbour", "sign-in"),
    ("Harbour – Sign in", "sign-in"),
    ("Anmelden", "sign-in"),
    ("Before you continue to Harbour", "consent"),
    ("We value your privacy", "consent"),
    ("harbour.example - this domain is for sale", "parked"),
    ("Account Suspended", "parked"),
]


@pytest.mark.parametrize(("title", "words"), GATES)
@pytest.mark.parametrize("parser", ["auto", "feed", "page"])
def test_gatekeepers_are_known_by_their_titles(title, words, parser):
    error = judge(capture(page(title), parser=parser))
    assert isinstance(error, ContentError)
    assert words in str(error)
    assert error.hint


@pytest.mark.parametrize(
    "title",
    [
        "A security check at the harbour delays ferries",
        "Just a moment: how the lamp was lit",
        "Ministers sign in Riga",
        "Access denied to rebels, says Secretary General",
        "Blocked: the strait in winter",
        "Forbidden islands",
        "Captcha, a history",
        "NATO and its partners sign on to a new plan",
        "Are you ready?",
        "One more step towards membership",
        "",
    ],
)
def test_documents_with_like_titles_pass(title):
    assert judge(capture(page(title, "<p>The ferry leaves at ten.</p>" * 50))) is None


MARKS = [
    page("x", head="<script>window._cf_chl_opt={}</script>"),
    page("x", "<script id='anubis_challenge' type='application/json'>"),
    page(
        "x", "<iframe src='/_Incapsula_Resource?x'>Request unsuccessful. Incapsula incident ID: 1</iframe>"
    ),
    page("x", "<div id='px-captcha'></div>"),
    page("x", "<script src='https://geo.captcha-delivery.com/c.js'></script>"),
    page("x", "You don't have permission. https://errors.edgesuite.net/18.1"),
    page("x", "<form><input name=u><input type=password></form>"),
]


@pytest.mark.parametrize("body", MARKS)
def test_gatekeepers_are_known_by_their_marks(body):
    assert isinstance(judge(capture(body)), ContentError)


def test_a_long_text_is_a_document_whatever_its_title():
    assert (
        judge(capture(page("Access denied", "<p>The strait froze over in the winter.</p>" * 300))) is None
    )


def test_a_header_of_a_gatekeeper_is_believed():
    headers = (("CF-Mitigated", "challenge"),)
    assert isinstance(judge(capture(page("x"), headers=headers)), ContentError)


def test_an_article_with_a_sign_in_box_is_an_article():
    words = "<p>The keeper climbed the stairs once more.</p>" * 40
    assert judge(capture(page("The lamp", words + "<input type=password>"))) is None
    moved = capture(
        page("Members", words + "<input type=password>"), final_url="https://harbour.example/login"
    )
    assert isinstance(judge(moved), ContentError)


def test_ordinary_cloudflare_scripts_are_no_gate():
    body = page(
        "The lamp", '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script><p>Lit.</p>'
    )
    assert judge(capture(body)) is None


def test_a_refusal_says_whose_it_is():
    error = judge(capture(page("Just a moment..."), 403))
    assert isinstance(error, StatusError)
    assert "robots" in str(error)


def test_a_page_is_no_feed():
    body = page("Harbour", "<p>Welcome to the harbour.</p>" * 50)
    assert isinstance(judge(capture(body, parser="feed")), ContentError)
    assert judge(capture(body, parser="page")) is None
    comment = b"<!-- served by quay --><?xml version='1.0'?>\n<!-- x -->" + FEED.partition(b"?>")[2]
    assert judge(capture(comment, parser="feed")) is None


def test_feeds_are_not_mistaken_for_gates():
    login = FEED.replace(b"<title>", b"<title>", 1)
    assert judge(capture(login, parser="feed")) is None
    html = (
        b"<item><title>Access Denied</title><description>&lt;html&gt; <![CDATA[<html><title>Sign in</title>"
    )
    assert judge(capture(FEED.replace(b"</channel>", html + b"]]></description></item></channel>"))) is None
    assert judge(capture(b'{"version": "https://jsonfeed.org/version/1.1", "title": "<html>"}')) is None


@pytest.mark.parametrize(
    "body",
    [
        b"<html>" + b"<!--" * 200_000,
        b"<?" * 200_000,
        b"<html><title>" + b"|" * 200_000,
        b"<html>" + b"<script" * 9_000 + b"<input type=password",
        b"<html>" + b"<input " * 9_000 + b"password",
        b"<html><title>" + b"checking your browser " * 9_000,
        b"<html><title " * 20_000,
        b" " * 5_000_000 + b"<html>",
        b"<html><title>Sign in</title>" + b"<" * 10_000_000,
    ],
    ids=range(9),
)
def test_judging_takes_no_time(body):
    start = time.perf_counter()
    judge(capture(body, parser="feed"))
    assert time.perf_counter() - start < 0.5
