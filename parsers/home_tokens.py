"""The nato.int home page as tokens: section headings, dates, titles and texts as a reader meets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from parsers.markup import BLOCKS, HEADINGS, UNSEEN, attribute, has_class, lines_of, text_of, tidy

NEWS, FEATURED, REVIEW, EVENTS = "LATEST NEWS", "FEATURED", "NATO REVIEW", "EVENT CALENDAR"
UPDATES = "GET THE LATEST UPDATES"
TABS = frozenset(("UPCOMING", "RECENT"))
_OPENERS = frozenset((NEWS, FEATURED, REVIEW, EVENTS))
_CLOSERS = frozenset(
    (
        "NATO IN FOCUS",
        "THE SECRETARY GENERAL",
        "BACK TO TOP",
        "SUBSCRIBE TO NATO UPDATES",
        "ABOUT US",
        UPDATES,
    )
) | frozenset(("WHAT WE DO", "NEWSROOM", "WORK WITH US", "LEARN MORE", "FOLLOW US", "GO STRAIGHT TO..."))
_LISTS = "news|events?|photos?|videos?|articles|stories|topics|updates|features|speeches|reviews|issues"
_ACTION = re.compile(
    r"\W*(?:audio|videos?|transcripts?|speech|photos?|images?|gallery|watch|listen|download|programme|print|share"
    rf"|(?:(?:read|see|learn|view|show|find out)\s+)?more(?:\s+(?:{_LISTS}))?"
    rf"|(?:(?:view|see)\s+)?all\s+(?:{_LISTS})"
    r"|read\s+(?:the\s+)?(?:full\s+)?(?:article|story|transcript|speech|text)|full\s+(?:story|transcript|text)"
    r"|continue\s+reading|details|en savoir plus|lire la suite|докладніше|детальніше|подробнее|читать далее"
    r"|subscribe|close|x|next|previous|english|français|русский|українська)\W*\Z",
    re.IGNORECASE,
)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|janv|févr|fév|mars|avr|mai|juin|juil|août|déc"
_MONTH = re.compile(rf"(?:{_MONTHS})[a-zéû]{{0,6}}\.?\Z", re.IGNORECASE)
_DAY = re.compile(r"\d{1,2}\Z")
_DATE = re.compile(
    rf"(?:\d{{1,2}}[\s-]*(?:{_MONTHS})[a-zéû]{{0,6}}\.?(?:[\s-]+\d{{4}})?"
    rf"|(?:{_MONTHS})[a-zéû]{{0,6}}\.?\s*\d{{1,2}}(?:,?\s+\d{{4}})?)(?:\s*[-–]\s*\d[^.!?]{{0,24}})?[\s|,-]*\Z",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_ENDS = (".", "!", "?", "…", "”", '"', "’", "»", ")")
_HERO = frozenset(("hero",))
_SKIPPED = UNSEEN | {"nav", "footer"}
_INLINE_TEXT = 30
"""A link among this many characters of other text is a reference in a sentence, no item's title."""


@dataclass(frozen=True, slots=True)
class Token:
    """One thing a reader meets: a `section` (without text: its end), `tab`, `date`, `title` or `text`."""

    kind: str
    text: str
    node: Tag
    href: str = ""


def tokens_of(soup: Tag) -> list[Token]:
    """The page in reading order; navigation and footers are left out."""
    holders = _holders(soup)
    tokens: list[Token] = []
    for token in _walk(soup, holders):
        last = tokens[-1] if tokens else None
        if last and last.kind == "text" and _MONTH.match(last.text) and _DAY.match(token.text):
            tokens[-1] = Token("date", f"{last.text} {token.text}", token.node)
        else:
            tokens.append(token)
    if not any(token.kind == "section" and token.text == NEWS for token in tokens):
        tokens = [
            Token("section", NEWS, token.node) if token.text.upper() == UPDATES else token
            for token in tokens
        ]
    return tokens


def _holders(soup: Tag) -> set[int]:
    """The elements in which a block or a link stands; the others are one piece of text."""
    marked: set[int] = set()
    for tag in soup.find_all(BLOCKS | {"a"}):
        for above in tag.parents:
            if id(above) in marked:
                break
            marked.add(id(above))
    return marked


def _walk(soup: Tag, holders: set[int]) -> Iterator[Token]:
    stack: list[PageElement] = [soup]
    while stack:
        node = stack.pop()
        if not isinstance(node, Tag):
            yield from _loose(node)
        elif node.name == "a":
            yield from _link(node, holders)
        elif node.name not in _SKIPPED:
            if has_class(node, _HERO):
                yield Token("section", NEWS, node)
            if id(node) in holders and not _is_prose(node):
                stack.extend(reversed(node.contents))
            elif text := _tell(node):
                yield _text(text, node)


def _loose(node: PageElement) -> Iterator[Token]:
    """A text that stands beside blocks or links, in no element of its own."""
    if _is_seen(node) and node.parent is not None and (text := tidy(str(node))):
        yield _text(text, node.parent)


def _is_seen(node: PageElement) -> bool:
    """Whether it is a text, and no comment."""
    return isinstance(node, NavigableString) and not isinstance(node, PreformattedString)


def _is_prose(node: Tag) -> bool:
    if node.name not in ("p", "dd", "blockquote"):
        return False
    own = " ".join(tidy(str(child)) for child in node.children if _is_seen(child)).strip()
    return len(own) >= _INLINE_TEXT and not _DATE.match(own)


def _tell(node: Tag) -> str:
    """The words of a paragraph, without a "Read more" after its last sentence."""
    text = text_of(node)
    links = node.find_all("a")
    words = text_of(links[-1]) if links else ""
    if words and text.endswith(words) and _ACTION.match(words):
        rest = text.removesuffix(words).rstrip()
        return rest if rest.endswith(_SENTENCE_ENDS) else text
    return text


def _words(label: str) -> list[str]:
    return _WORD.findall(label)


def _is_tab(label: str) -> bool:
    return bool(words := _words(label)) and TABS.issuperset(words)


def _label(text: str) -> str:
    return text.upper().strip(" »›>:|")


def _text(text: str, node: Tag) -> Token:
    label = _label(text)
    heading = node.name in HEADINGS
    if label in _OPENERS or (label == "NEWSROOM" and node.name == "h1"):
        return Token("section", NEWS if label == "NEWSROOM" else label, node)
    if label in _CLOSERS or (heading and text.isupper() and not TABS.intersection(_words(label))):
        return Token("section", "" if label != UPDATES else UPDATES, node)
    if _is_tab(label):
        return Token("tab", " ".join(_words(label)), node)
    if _DATE.match(text):
        return Token("date", _space(text), node)
    return Token("title" if heading else "text", text, node)


def _link(link: Tag, holders: set[int]) -> Iterator[Token]:
    text = text_of(link)
    label = _label(text)
    if not text or _ACTION.match(text):
        return
    if label in _OPENERS or label in _CLOSERS or _is_tab(label):
        # In a menu a section's name is only a way there.
        if label not in _OPENERS or link.find_parent("li") is None:
            yield _text(text, link)
        return
    heading = link.find(HEADINGS)
    lines = _join_dates([line for line in lines_of(link) if line]) if id(link) in holders else [text]
    title = text_of(heading) if heading else next((line for line in lines if not _DATE.match(line)), "")
    href = attribute(link, "href")
    for line in lines:
        if line == title:
            yield Token("title", line, link, href)
            title = ""
        else:
            yield Token("date", _space(line), link) if _DATE.match(line) else Token("text", line, link)


def _join_dates(lines: list[str]) -> list[str]:
    joined: list[str] = []
    for line in lines:
        if joined and _MONTH.match(joined[-1]) and _DAY.match(line):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return joined


def _space(text: str) -> str:
    """Part what stands in two boxes with nothing in between: "FEB1" is "FEB 1"."""
    return re.sub(r"(?<=[^\W\d])\.?(?=\d)|(?<=\d)(?=[^\W\d])", " ", text)
