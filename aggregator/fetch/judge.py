"""Whether what came is content: an error, an empty body or a gatekeeper's page never is.

Pure. What this lets through still has to be read: a parser that misses its landmarks says so.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parsers.model import Capture

from parsers.errors import ContentError, FetchError, StatusError

_CONTENT = frozenset((200, 203))
_LATER = "It is asked again later."
_REMEDIES = {
    400: "Check the address.",
    401: "It asks for a sign-in; natowire reads only what is public.",
    402: "It asks for payment; natowire reads only what is public.",
    403: "The site turns programs away; set `contact` in the configuration, or ask its owner.",
    404: "Check the address; the page may have moved.",
    406: "It has nothing in a form natowire reads; check the address.",
    407: "A proxy stands between; natowire does not use one.",
    410: "It is gone for good: disable or remove the source.",
    418: "The site turns programs away; ask its owner.",
    421: "The server does not know this host; check the address.",
    429: "The site asks for fewer visits; it is left alone for a while. Raise `every`.",
    451: "It is withheld where you are for legal reasons.",
}
"""What a person can do about a status."""


def judge(capture: Capture) -> FetchError | None:
    """Say what keeps a response from being content.

    Args:
        capture: What came.

    Returns:
        StatusError for any status but 200 and 203, ContentError for a success that is empty or a
        gatekeeper's page, else None.
    """
    if capture.status not in _CONTENT:
        return _judge_status(capture)
    if not capture.body.strip(b" \t\r\n\0\xef\xbb\xbf\xfe\xff"):
        return ContentError(
            "The answer is empty.", source_id=capture.source_id, url=capture.final_url, hint=_LATER
        )
    gate = _find_gate(capture)
    if gate:
        message, hint = gate
        return ContentError(message, source_id=capture.source_id, url=capture.final_url, hint=hint)
    return None


def _judge_status(capture: Capture) -> StatusError:
    status = capture.status
    gate = _find_gate(capture) if status in {401, 403, 429, 503} else None
    if status >= 500:
        remedy = "The site has trouble; it is asked again later."
    elif 300 <= status < 400:
        remedy = "It redirects without saying where to; check the address."
    else:
        remedy = _REMEDIES.get(status, "Check the address in a browser.")
    words = f"The server answered {status} {capture.reason[:80]}".rstrip()
    return StatusError(
        f"{words}: {gate[0][0].lower()}{gate[0][1:]}" if gate else f"{words}.",
        status=status,
        source_id=capture.source_id,
        url=capture.final_url,
        hint=gate[1] if gate else remedy,
    )


_BOT = (
    "The site checks for robots and does not let natowire in.",
    "Ask its owner for access, or use its feed.",
)
_LOGIN = (
    "This is a sign-in page, not the document.",
    "natowire reads only what is public: check the address.",
)
_CONSENT = (
    "This is a consent page, not the document.",
    "Use an address that needs no consent, such as a feed.",
)
_BLOCKED = (
    "The site's firewall refuses natowire.",
    "Set `contact` in the configuration, or ask the site's owner.",
)
_NO_FEED = (
    "A web page came where a feed should be.",
    "Check the address; the site may have moved its feed.",
)
_PARKED = ("The domain is parked or suspended.", "Remove the source, or find its new address.")

_HEAD = 32_768
_MOST_GATE_WORDS = 6_000
"""Letters; a page that says more is a document, whatever its title."""

_LOOKED_AT = 262_144
_SHORT_PAGE = 65_536
"""A document is longer than this or says so otherwise; a gatekeeper's page is short."""

_ROOT = re.compile(
    rb"\A[\s\0\xef\xbb\xbf\xfe\xff]*(?:<[?][^>]{0,300}>\s*|<!--.{0,2000}?-->\s*){0,8}"
    rb"<(rss|feed|rdf:rdf|urlset|sitemapindex|!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|script)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_PASSWORD = re.compile(rb"<input\b[^>]{0,300}\btype\s*=\s*[\"']?password", re.IGNORECASE)


def _spell(*titles: str) -> re.Pattern[str]:
    """Whole titles, with a site's name before or after: a document may use the same words in passing."""
    return re.compile(
        rf"\s*(?:[^|]{{1,60}}[|:–—-]\s*)?(?:{'|'.join(titles)})\s*(?:[.…!]*\s*|[!.…]*\s*[|–—-].*)",
        re.IGNORECASE | re.DOTALL,
    )


_TITLES = (
    (
        _BOT,
        _spell(
            "just a moment",
            "attention required",
            "checking (?:if you are human|your browser.*)",
            "making sure you.{1,6}re not a bot",
            "are you (?:a )?(?:human|robot)[?]?",
            "ddos-guard",
            "ddos protection.*",
            "security check(?:point)?",
            "vercel security checkpoint",
            "one more step",
            "(?:bot|robot|human) (?:check|verification)",
            "verify(?:ing)? (?:that )?you are (?:a )?human.*",
            "captcha",
            "please wait",
            "pardon our interruption",
            "client challenge",
            "robot or human[?]?",
        ),
    ),
    (
        _BLOCKED,
        _spell(
            "access denied",
            "request rejected",
            "(?:sorry, )?you have been blocked",
            "request unsuccessful",
            "(?:403|error 403)?\\W*forbidden",
            "web application firewall",
        ),
    ),
    (
        _LOGIN,
        _spell(
            "(?:please )?(?:log|sign)[ -]?(?:in|on)(?: to .*| required)?",
            "login(?: page| required)?",
            "authentication required",
            "(?:se )?connexion",
            "se connecter",
            "anmelden",
            "single sign[ -]on",
        ),
    ),
    (
        _CONSENT,
        _spell(
            "before you continue(?: to .*)?",
            "cookie consent",
            "your privacy choices",
            "we value your privacy",
            "consent required",
            "privacy gate",
        ),
    ),
    (
        _PARKED,
        _spell(
            ".*domain (?:name )?(?:is|may be) for sale.*",
            "(?:this )?domain (?:has )?expired.*",
            "account suspended",
            "(?:this )?website (?:is |has been )?suspended",
        ),
    ),
)
"""What a gatekeeper calls its page."""

_MARKS = (
    (
        _BOT,
        (
            b"_cf_chl_opt",
            b"cf-browser-verification",
            b"within.website/x/cmd/anubis",
            b"anubis_challenge",
            b"incapsula incident id",
            b"px-captcha",
            b"captcha-delivery.com",
            b"awswafcookiedomainlist",
            b"sucuri_cloudproxy_js",
            b"/_sec/cp_challenge",
        ),
    ),
    (_BLOCKED, (b"errors.edgesuite.net", b"the requested url was rejected. please consult")),
)
"""What only a gatekeeper's page holds; scripts of theirs that ordinary pages load too are not here."""


def _find_gate(capture: Capture) -> tuple[str, str] | None:
    """The gatekeeper whose page this is, in words, or None."""
    head = capture.body[:_HEAD]
    root = _ROOT.match(head)
    is_html = root is not None and root[1].lower().endswith(b"html")
    if (root and not is_html) or not _HTML.search(head):
        return None
    gate = _gate_by_title(head, capture.body) or _gate_by_marks(capture)
    return gate or (_NO_FEED if _lacks_feed(capture, is_html=is_html) else None)


def _lacks_feed(capture: Capture, *, is_html: bool) -> bool:
    return is_html and capture.parser == "feed" and capture.status in _CONTENT


def _gate_by_title(head: bytes, body: bytes) -> tuple[str, str] | None:
    title = _TITLE.search(head.decode("utf-8", "replace"))
    if title is None:
        return None
    words = html.unescape(title[1])
    gate = next((gate for gate, pattern in _TITLES if pattern.fullmatch(words)), None)
    return gate if gate and len(_words_of(body[:_LOOKED_AT].lower())) < _MOST_GATE_WORDS else None


def _gate_by_marks(capture: Capture) -> tuple[str, str] | None:
    if any(key.lower() == "cf-mitigated" for key, _ in capture.headers):
        return _BOT
    if len(capture.body) > _SHORT_PAGE:
        return None
    lower = capture.body.lower()
    for gate, marks in _MARKS:
        if any(mark in lower for mark in marks):
            return gate
    return _LOGIN if _is_login(capture, lower) else None


def _is_login(capture: Capture, body: bytes) -> bool:
    """A page with a password field that a redirect led to, or that holds hardly any words beside it."""
    if not _PASSWORD.search(body):
        return False
    words = ("login", "signin", "sign-in", "/sso", "/auth", "account")
    moved = any(word in capture.final_url.lower() and word not in capture.url.lower() for word in words)
    return moved or len(_words_of(body)) < 600


def _words_of(body: bytes) -> bytes:
    """The letters outside tags, scripts and styles, near enough and in linear time."""
    parts = (part for part in body.split(b"<") if not part.startswith((b"script", b"style")))
    return b"".join(part.partition(b">")[2] for part in parts).translate(None, b" \t\r\n")
