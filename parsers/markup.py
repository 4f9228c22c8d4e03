"""Read HTML without guessing: a landmark is there once, or the layout has changed."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from parsers.errors import LayoutError, ParseError
from parsers.model import Capture
from parsers.urls import absolute_url

_CELLS = frozenset(("td", "th"))
_SECTIONS = frozenset(
    ("address", "article", "aside", "body", "details", "dialog", "div", "fieldset", "footer")
)
_SECTIONS |= frozenset(("form", "header", "html", "legend", "main", "nav", "section", "summary", "title"))
_TEXTS = frozenset(("blockquote", "center", "figcaption", "figure", "hr", "p", "pre", "option"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LISTS = frozenset(("dd", "dir", "dl", "dt", "li", "menu", "ol", "ul"))
_TABLES = frozenset(("caption", "table", "tbody", "tfoot", "thead", "tr"))
BLOCKS = _SECTIONS | _TEXTS | HEADINGS | _LISTS | _TABLES
_EMBEDDED = frozenset(("audio", "canvas", "embed", "iframe", "math", "object", "svg", "video"))
UNSEEN = _EMBEDDED | frozenset(("head", "noscript", "script", "select", "style", "template", "textarea"))
_SPACE = re.compile(r"[ \t\r\n\f\v\u00a0\u2007\u202f]+")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff\ud800-\udfff\ufffe\uffff]"
)
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_XML_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_.:-]{1,40})""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DEEPEST = 500
"""No page for people nests deeper, and looking up from each of many elements must stay cheap."""

_ASCII_LOOKALIKES = ("iso2022", "utf-7", "hz")
"""Charsets whose bytes are all ASCII, so that being valid UTF-8 proves nothing."""


def decode_body(capture: Capture) -> str:
    """The text of a response: by its byte order mark, else as UTF-8 where it is that, else as declared.

    Servers declare ISO-8859-1 for UTF-8 far oftener than text in another charset happens to be valid UTF-8.

    Raises:
        ParseError: The body is empty.
    """
    body = capture.body
    if not body.strip():
        raise ParseError(
            "The response has no body.",
            url=capture.final_url,
            hint="Open the address in a browser: it may have moved.",
        )
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    declared = _declared_charset(capture)
    wide = declared.startswith(("utf-16", "utf-32")) and b"\0" in body
    if wide or declared.startswith(_ASCII_LOOKALIKES):
        return body.decode(declared, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(declared or "cp1252", "replace")


def _declared_charset(capture: Capture) -> str:
    head = capture.body[:4096]
    written = _CHARSET.search(capture.header("content-type"))
    names = [written[1]] if written else []
    names += [
        found[1].decode("ascii") for pattern in (_XML_DECLARED, _META) if (found := pattern.search(head))
    ]
    for name in names:
        try:
            b"".decode(name)  # `rot13`, `zlib` and their like are codecs, but no charsets: they raise here
            known = codecs.lookup(name).name
        except (LookupError, ValueError):
            continue
        return "cp1252" if known in ("iso8859-1", "ascii") else known
    return ""


def soup_of(capture: Capture) -> BeautifulSoup:
    """The tree of an HTML response.

    Raises:
        ParseError: The body is empty, no tree can be made of it, or it nests deeper than `DEEPEST`.
    """
    soup = _grow(decode_body(capture), capture.final_url)
    if _is_deep(soup):
        raise ParseError(f"The page nests over {DEEPEST} elements deep.", url=capture.final_url)
    return soup


def _is_deep(soup: BeautifulSoup) -> bool:
    depths = {id(soup): 0}
    for tag in soup.find_all():
        depth = depths[id(tag.parent)] + 1
        if depth > DEEPEST:
            return True
        depths[id(tag)] = depth
    return False


def _grow(text: str, url: str) -> BeautifulSoup:
    markup = _INVISIBLE.sub("", text)
    # bs4 warns of an XML declaration and of text without a tag; neither means anything here.
    markup = re.sub(r"\A\s*<\?xml[^>]{0,300}>", "", markup)
    if "<" not in markup:
        markup = f"<p>{markup}</p>"
    try:
        return BeautifulSoup(markup, "lxml")
    except (AssertionError, RecursionError, ValueError) as error:
        raise ParseError("No tree can be made of this page.", url=url) from error


def one(node: Tag, selector: str, url: str = "") -> Tag:
    """The first element a CSS selector finds.

    Raises:
        LayoutError: There is none: a landmark of the layout is gone.
    """
    found = node.select_one(selector)
    if found is None:
        raise LayoutError(
            f"The page has no {selector}: the site changed, or this is another page.",
            url=url,
            hint="Open it in a browser, and check the source's address and parser.",
        )
    return found


def has_class(tag: Tag, names: frozenset[str]) -> bool:
    """Whether an element is of one of these classes."""
    return not names.isdisjoint(tag.get_attribute_list("class"))


def find_classed(node: Tag, names: frozenset[str]) -> list[Tag]:
    """The elements inside it of one of these classes, in order (in a tenth of a CSS selector's time)."""
    return [tag for tag in node.find_all() if has_class(tag, names)]


def attribute(node: Tag | None, name: str) -> str:
    """An attribute's value as one string, or ""."""
    value = node.get(name) if node is not None else None
    return " ".join(value) if isinstance(value, list) else value or ""


def base_of(soup: Tag, url: str) -> str:
    """What a page's relative links start from: its `base` element, else its own address."""
    return absolute_url(attribute(soup.find("base", href=True), "href"), url) or url


def tidy(text: str) -> str:
    """One line: white space of every kind is a single space, characters that print nothing are gone."""
    return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()


def text_of(node: Tag | None) -> str:
    """The words a reader sees in an element, as one line."""
    if node is None:
        return ""
    return tidy(" ".join(line for line in lines_of(node) if line))


def lines_of(node: Tag, skip: frozenset[int] = frozenset()) -> list[str]:
    """The words a reader sees, a string for each line; "" stands where one block ends and the next begins.

    Args:
        node: The element to read.
        skip: `id()` of elements to leave out, with all that is in them.
    """
    lines: list[str] = []
    pieces: list[str] = []
    for event, value in _walk(node, skip):
        if event == "text":
            pieces.append(value)
        elif event == "cell":
            pieces.append(" ")
        else:
            line = tidy("".join(pieces))
            pieces.clear()
            if line or event == "break":
                lines.append(line)
            if event == "block" and lines and lines[-1]:
                lines.append("")
    return [*lines, tidy("".join(pieces))]


def paragraphs_of(node: Tag | None, skip: frozenset[int] = frozenset()) -> str:
    """The words a reader sees as paragraphs, a blank line between two; a line break stays a line break."""
    if node is None:
        return ""
    return join_lines(lines_of(node, skip))


def join_lines(lines: list[str]) -> str:
    """Paragraphs from lines where "" separates them; empty paragraphs go."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n\n".join("\n".join(paragraph) for paragraph in paragraphs if paragraph)


def plain_text(markup: str) -> str:
    """Reduce a piece of HTML, as feeds carry it, to paragraphs of plain text. Never raises on text."""
    if "<" not in markup:
        return join_lines([tidy(line) for line in html.unescape(markup).splitlines()])
    try:
        return paragraphs_of(_grow(markup, ""))
    except ParseError:
        return tidy(markup)


def _walk(node: Tag, skip: frozenset[int]) -> Iterator[tuple[str, str]]:
    # An explicit stack: pages nested thousands deep are met, and recursion would end there.
    stack: list[tuple[Tag, Iterator[object]]] = [(node, iter(node.children))]
    while stack:
        owner, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield from _edge(owner)
        elif isinstance(child, Tag):
            if child.name in UNSEEN or id(child) in skip:
                continue
            if child.name == "br":
                yield "break", ""
                continue
            yield from _edge(child)
            stack.append((child, iter(child.children)))
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            yield "text", _SPACE.sub(" ", child)


def _edge(tag: Tag) -> Iterator[tuple[str, str]]:
    if tag.name in _CELLS:
        yield "cell", ""
    elif tag.name in BLOCKS:
        yield "block", ""
