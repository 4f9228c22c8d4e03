"""One spelling per address, and the names under which NATO files one document.

`canonical_url` is what items are told apart by; `document_key` sees through the addresses nato.int has
given one document over the years; `twin_key` ties its language versions together.
"""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote_to_bytes, urljoin, urlsplit

LONGEST = 8_000
"""Characters of an address, both as written and in its canonical spelling; a longer one is none."""

_LONGEST_ORDINARY = 2_000
_TRACKING = re.compile(
    r"(?:utm_\w*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|igsh|mc_cid|mc_eid|mkt_tok"
    r"|_ga|_gl|_hsenc|_hsmi|oly_anon_id|oly_enc_id|vero_id|wt_mc|ref_src|s_cid|at_medium|at_campaign|xtor)\Z",
    re.IGNORECASE,
)
_HOSTS = {
    "nato.int": "www.nato.int",
    "www.natowatch.org": "natowatch.org",
    "www.shape.nato.int": "shape.nato.int",
    "act.nato.int": "www.act.nato.int",
    "www.mc.nato.int": "mc.nato.int",
    "ncia.nato.int": "www.ncia.nato.int",
    "ndc.nato.int": "www.ndc.nato.int",
}
"""Hosts known to serve one site with and without `www.`; elsewhere the two may differ."""

_STRIPPED = re.compile(r"[\t\n\r]")
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_BAD_HOST = re.compile(r"[\x00-\x20\x7f-\x9f#%/:<>?@\[\\\]^|`{}\"]")
_SESSION = re.compile(r"/SID-[0-9A-Za-z-]+(?=/)")
_ORDINARY = re.compile(
    r"https?://(?P<host>(?:[a-z0-9-]{1,40}\.){1,4}[a-z][a-z0-9-]{0,39})"
    r"(?P<path>/[A-Za-z0-9._~!$&'()*+,=:@/-]*)(?:\?(?P<query>[A-Za-z0-9._~!$&'()*+,;=:@/?-]*))?"
)
"""An address where nothing is spelled otherwise but the scheme, a host's other name, dots and tracking."""
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_IN_PATH = _UNRESERVED | frozenset(b"!$&'()*+,;=:@/")
_IN_QUERY = _IN_PATH | frozenset(b"?")
_ESCAPES = re.compile(rb"%([0-9A-Fa-f]{2})|(.)", re.DOTALL)


def canonical_url(url: str, base: str = "") -> str:
    """Spell an address in the one way natowire tells items apart by.

    The host is lower-case ASCII (IDNA), default ports, user names, fragments, dot segments and tracking
    parameters are gone, percent-encoding is uniform. `http` becomes `https` where the port is the usual
    one, since one site answers both; an own port or a bare IP address serves one scheme only and keeps it.
    Calling it on its own result changes nothing.

    Args:
        url: The address as written, relative or not.
        base: What a relative one is relative to.

    Returns:
        The address, or "" where it is none of the web: another scheme, no host, over `LONGEST` characters.
        Never raises on text.
    """
    ordinary = _match_ordinary(url, base)
    return _spell_ordinary(ordinary) if ordinary else _spell_any(url, base)


def _match_ordinary(url: str, base: str) -> re.Match[str] | None:
    """The parts of an ordinary address, which no ordinary base changes; most are, and need no more."""
    if len(url) > _LONGEST_ORDINARY or not (base == "" or _ORDINARY.fullmatch(base)):
        return None
    return _ORDINARY.fullmatch(url)


def _spell_ordinary(parts: re.Match[str]) -> str:
    host, path, query = parts.group("host", "path", "query")
    host = _HOSTS.get(host, host)
    path = _remove_dots(path) if "/." in path else path
    path = _SESSION.sub("", path) if _is_nato(host) else path
    query = _drop_tracking(query) if query else ""
    return f"https://{host}{path}?{query}" if query else f"https://{host}{path}"


def _spell_any(url: str, base: str) -> str:
    parts = _split(url, base)
    if parts is None:
        return ""
    host = _spell_host(parts.hostname or "")
    if not host:
        return ""
    scheme, port = _spell_port(parts, host)
    path = _remove_dots(_escape(parts.path, _IN_PATH)) or "/"
    if _is_nato(host):
        path = _SESSION.sub("", path)
    query = _escape(_drop_tracking(parts.query), _IN_QUERY)
    route = f"#{_escape(parts.fragment, _IN_QUERY)}" if parts.fragment.startswith("!") else ""
    spelled = f"{scheme}://{host}{port}{path}{'?' if query else ''}{query}{route}"
    return spelled if len(spelled) <= LONGEST else ""


def absolute_url(url: str, base: str = "") -> str:
    """The address as published, made absolute; "" where `canonical_url` finds none. Never raises."""
    if _match_ordinary(url, base) and not url.endswith("?"):
        return url
    parts = _split(url, base)
    return parts.geturl() if parts and _spell_any(url, base) else ""


def host_of(url: str) -> str:
    """The host of an address in its canonical spelling, or "" where it has none. Never raises on text."""
    if ordinary := _match_ordinary(url, ""):
        return _HOSTS.get(ordinary["host"], ordinary["host"])
    return _host_of_any(url)


def _host_of_any(url: str) -> str:
    parts = _split(url, "")
    return _spell_host(parts.hostname or "") if parts else ""


def _split(url: str, base: str) -> SplitResult | None:
    # Browsers drop line breaks and tabs inside an address and read "\" as "/"; feeds are written for them.
    written = _CONTROL.sub(" ", _STRIPPED.sub("", url[: LONGEST + 1])).strip()
    if not written or len(written) > LONGEST:
        return None
    try:
        scheme = urlsplit(written).scheme.lower()
        if scheme in ("", "http", "https"):
            head, mark, tail = written.partition("?")
            written = head.replace("\\", "/") + mark + tail
        joined = urljoin(base, written) if base else written
        parts = urlsplit(f"https:{joined}" if joined.startswith("//") else joined)
        parts.port  # noqa: B018  read for its check: a port out of range raises here
    except ValueError:
        return None
    return parts if parts.scheme.lower() in ("http", "https") else None


def _spell_host(host: str) -> str:
    host = host.removesuffix(".").lower()
    if not host or len(host) > 253:
        return ""
    if ":" in host:  # urlsplit has taken the brackets off an IPv6 address
        try:
            return f"[{ipaddress.IPv6Address(host.partition('%')[0]).compressed}]"
        except ValueError:
            return ""
    try:
        host = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        return ""
    return "" if _BAD_HOST.search(host) or not host else _HOSTS.get(host, host)


def _spell_port(parts: SplitResult, host: str) -> tuple[str, str]:
    scheme, port = parts.scheme.lower(), parts.port
    own = port not in (None, 80, 443)
    if own or _is_address(host):
        usual = {"http": 80, "https": 443}[scheme]
        return scheme, f":{port}" if port not in (None, usual) else ""
    return "https", ":80" if scheme == "https" and port == 80 else ""


def _is_address(host: str) -> bool:
    return host.startswith("[") or host == "localhost" or host.replace(".", "").isdigit()


def _is_nato(host: str) -> bool:
    return host == "www.nato.int"


def _escape(text: str, kept: frozenset[int]) -> str:
    """Percent-encode what must be and decode what need not be; a "%" that escapes nothing becomes "%25"."""

    def spell(found: re.Match[bytes]) -> bytes:
        if found[1] is not None:
            byte = int(found[1], 16)
            return bytes((byte,)) if byte in _UNRESERVED else b"%" + found[1].upper()
        return found[2] if found[2][0] in kept else b"%%%02X" % found[2][0]

    return _ESCAPES.sub(spell, text.encode("utf-8", "replace")).decode("ascii")


def _remove_dots(path: str) -> str:
    # RFC 3986, 5.2.4, on segments. Empty ones stay: "/a//b" is not "/a/b" everywhere.
    if "." not in path and path.startswith("/"):
        return path
    kept: list[str] = []
    segments = path.removeprefix("/").split("/")
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _drop_tracking(query: str) -> str:
    kept = (part for part in query.split("&") if not _TRACKING.match(part.partition("=")[0]))
    return "&".join(part for part in kept if part)


class Document(NamedTuple):
    """What a nato.int address says of the document behind it."""

    kind: str
    number: str
    language: str


_CPS = re.compile(
    r"/cps/(?:(?P<path>[a-z]{2})/)?(?:SID-[^/]*/)?(?:natolive|natohq)/(?P<kind>[a-z_]+?)_(?P<number>\d{1,9})\.html?\Z",
    re.IGNORECASE,
)
_AEM = re.compile(
    r"(?:/content/nato)?/(?P<path>[a-z]{2})/(?P<kind>(?:news-and-events|about-us|what-we-do|topics)/.+?)"
    r"/(?P<number>[^/.]+)(?:\.model\.json|\.html?)?/?\Z"
)
_NATO = re.compile(r"https?://www\.nato\.int(?::\d+)?(?P<path>/[^?#]*)")
_CODE = re.compile(r"[a-z]{2}(?![a-z])")
_LOCALES = {"us": "en", "gb": "en", "ua": "uk"}
"""Codes nato.int writes for a language that are not that language's code."""


def find_document(url: str) -> Document | None:
    """What a nato.int address says of its document, or None where it names none.

    The number is the address's own for the sites up to 2025, the last word of the path for the present one.
    """
    spelled = _NATO.match(canonical_url(url))
    if spelled is None:
        return None
    path = unquote_to_bytes(spelled["path"]).decode("utf-8", "replace")
    found = _CPS.match(path) or _AEM.match(path)
    if found is None:
        return None
    # The path only names the frame around the text; `selectedLocale` names the text's own language.
    language = asked_language(url) or spell_language(found["path"] or "") or "en"
    return Document(found["kind"].lower(), found["number"].lower(), language)


def asked_language(url: str) -> str:
    """The language `selectedLocale` asks of a nato.int address, or "". Never raises on text."""
    query = url[:LONGEST].partition("#")[0].partition("?")[2]
    if "%" not in query and "selectedlocale" not in query.lower():
        return ""
    asked = next((value for key, value in parse_qsl(query) if key.lower() == "selectedlocale"), "")
    return spell_language(asked)


def document_key(url: str) -> str:
    """One name for one document under all addresses nato.int gave it, language included; "" for none."""
    document = find_document(url)
    return f"nato:{document.kind}:{document.number}:{document.language}" if document else ""


def twin_key(url: str) -> str:
    """As `document_key` without the language: equal for the language versions of one text; "" for none."""
    document = find_document(url)
    return f"nato:{document.kind}:{document.number}" if document else ""


def spell_language(code: str) -> str:
    """The code of the language that nato.int writes so ("us" is English), or "" where it is none."""
    found = _CODE.match(code.strip().lower())
    return _LOCALES.get(found[0], found[0]) if found else ""


_KINDS = (
    ("transcript", r"/opinions_\d|/events/transcripts/|/docu/speech/|/opinions/|/transcripts?/|/speeches/"),
    ("official_text", r"/official_texts_\d|/official-texts|/docu/basictxt/"),
    ("press_release", r"/press_releases_\d|/docu/pr/|/press-releases?/"),
    ("media_advisory", r"/media_advisor\w*_\d|/media-advisor(?:y|ies)/"),
    ("event", r"/events_\d|/event-programmes/|/docu/events/"),
    ("review", r"/docu/review/|/nato-review/|/articles/nato-review/"),
    ("photo", r"/photos_\d|/photos/|/photo-galleries/"),
    ("story", r"/nato-stories/|/declassified_\d|/multimedia/"),
    ("topic", r"/topics_\d|/topics/|/what-we-do/|/introduction-to-nato/"),
    ("news", r"/news_\d|/news/|/docu/update/|/articles/"),
)
_BY_ADDRESS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)


def kind_of(url: str, default: str = "news") -> str:
    """What kind of item (see `model.KINDS`) lives at a NATO address, or `default` where it does not say."""
    if not host_of(url).endswith("nato.int"):
        return default
    path = url[:LONGEST].partition("?")[0]
    return next((kind for kind, pattern in _BY_ADDRESS if pattern.search(path)), default)
