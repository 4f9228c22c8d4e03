"""The nato.int home page up to autumn 2025: news, featured, NATO Review and events, each with its date.

What the page means is in its section headings and in the order of dates, titles and texts below them;
classes changed with every redesign and are hints only (`section.hero`, `#upcoming`). `home_tokens` turns
the page into that order; this module groups it into items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from bs4.element import Tag

from parsers.dates import parse_absolute, reference_of
from parsers.errors import LayoutError
from parsers.home_tokens import EVENTS, FEATURED, NEWS, REVIEW, Token, tokens_of
from parsers.markup import attribute, base_of, soup_of, text_of
from parsers.model import Capture, Detail, Entry, Page, Parsed, Problem, Ref, When
from parsers.urls import absolute_url, document_key, kind_of

_CLIMB = 12
_SAME_PAGE = timedelta(days=60)
"""A home page's newest item is never older; a clock further off is not the page's own."""


@dataclass(slots=True)
class _Block:
    """An item being put together."""

    section: str
    title: str
    href: str
    node: Tag
    role: str = ""
    date: str = ""
    when: When | None = None
    texts: list[str] = field(default_factory=list)


def parse(capture: Capture) -> Parsed:
    """Read the home page; what it lists without a printed date has no publication date.

    Raises:
        ParseError: The body is empty.
        LayoutError: There is no "latest news" section, or nothing is in it.
    """
    soup = soup_of(capture)
    sections = _split(tokens_of(soup))
    if not any(token.kind == "title" for token in sections.get(NEWS, ())):
        raise LayoutError(
            'The page has no section "Latest news" with items in it.',
            url=capture.final_url,
            hint="nato.int changed this page in autumn 2025; check the source's address and parser.",
        )
    blocks = [block for name, tokens in sections.items() for block in _group(name, tokens)]
    language = attribute(soup.find("html"), "lang") or capture.language
    reference = _refer(capture)
    _read_dates(blocks, reference, language[:2].lower(), capture)
    folded = _fold(blocks, base_of(soup, capture.final_url))
    entries = tuple(_entry(block, url, language) for block, url in folded)
    problems = [
        Problem(where=block.title[:200], what=f"Its date cannot be read: {block.date!r}.")
        for block, _ in folded
        if block.date and block.when is None
    ] + [
        Problem(where="page", what=f"The section {name.title()!r} is missing or empty.")
        for name in (FEATURED, REVIEW, EVENTS)
        if not any(block.section == name for block in blocks)
    ]
    page = Page(title=text_of(soup.title), language=language, reference=reference)
    return Parsed(parser="nato_home", entries=entries, page=page, problems=tuple(problems))


def _read_dates(blocks: Sequence[_Block], reference: Ref | None, language: str, capture: Capture) -> None:
    """Give each block the reading of its date; those of events need the year of the others."""
    zone = ZoneInfo(capture.zone)
    dated = [block for block in blocks if block.date]
    for block in dated:
        if block.section != EVENTS:
            block.when = parse_absolute(block.date, tz=zone, lang=language)
    today = _find_today(reference, [block.when for block in dated], capture)
    for block in dated:
        if block.section == EVENTS:
            block.when = parse_absolute(
                block.date, tz=zone, page_date=today, role=block.role, lang=language
            )


def _split(tokens: Sequence[Token]) -> dict[str, list[Token]]:
    sections: dict[str, list[Token]] = {}
    current = ""
    for token in tokens:
        if token.kind == "section":
            current = token.text
        elif current:
            sections.setdefault(current, []).append(token)
    return sections


# -- from tokens to items


def _group(section: str, tokens: Sequence[Token]) -> list[_Block]:
    """A section's items: its titles, each with the texts below it and the date that belongs to it."""
    blocks: list[_Block] = []
    at: list[int] = []  # for each token, how many titles stand before it
    for token in tokens:
        at.append(len(blocks))
        if token.kind == "title":
            blocks.append(_Block(section=section, title=token.text, href=token.href, node=token.node))
        elif token.kind == "text" and blocks:
            blocks[-1].texts.append(token.text)
    inside = _index(blocks)
    leading = next((token.kind for token in tokens if token.kind in ("date", "title")), "") == "date"
    for token, before in zip(tokens, at, strict=True):
        if token.kind == "date" and (block := _owner(token, before, blocks, inside, leading=leading)):
            block.date = block.date or token.text
    if section == EVENTS:
        _assign_roles(tokens, blocks)
    return blocks


def _above(node: Tag) -> list[Tag]:
    return [node, *islice(node.parents, _CLIMB)]


def _index(blocks: Sequence[_Block]) -> dict[int, list[_Block]]:
    """The items inside each element, as far as `_CLIMB` elements up."""
    inside: dict[int, list[_Block]] = {}
    for block in blocks:
        for above in _above(block.node):
            inside.setdefault(id(above), []).append(block)
    return inside


def _owner(
    token: Token, before: int, blocks: Sequence[_Block], inside: dict[int, list[_Block]], *, leading: bool
) -> _Block | None:
    """The item a date belongs to: the only one in the closest element around it, else its neighbour.

    Where nothing encloses the two, the first of a section tells whether its dates stand above their titles
    (news) or below (NATO Review).
    """
    around = next((inside[id(above)] for above in _above(token.node) if id(above) in inside), ())
    if around and len({block.title.casefold() for block in around}) == 1:
        return around[0]
    place = before if leading else before - 1
    return blocks[place] if 0 <= place < len(blocks) else None


def _assign_roles(tokens: Sequence[Token], blocks: Sequence[_Block]) -> None:
    """Say of each event whether it is listed as upcoming or recent: by its panel's name, else by the tab
    above it; where both tabs stand above two lists, the first list is the first tab's.
    """
    waiting: list[str] = []
    panel: Tag | None = None
    role, number = "", 0
    for token in tokens:
        if token.kind == "tab":
            waiting = [*waiting, *token.text.lower().split()] if role == "" else token.text.lower().split()
            role, panel = "", None
        elif token.kind == "title":
            block, number = blocks[number], number + 1
            here = token.node.find_parent(["ul", "ol", "table"])
            if role == "" or (panel is not None and here is not panel and waiting):
                role = waiting.pop(0) if waiting else "upcoming"
            panel = here
            block.role = f"event_{_named_role(block.node) or role}"


def _named_role(node: Tag) -> str:
    for above in _above(node):
        names = f"{attribute(above, 'id')} {attribute(above, 'class')}".lower()
        found = [role for role in ("upcoming", "recent") if role in names]
        if len(found) == 1:
            return found[0]
    return ""


def _fold(blocks: Sequence[_Block], base: str) -> list[tuple[_Block, str]]:
    """One block for each item with its address: NATO Review shows a title as teaser and again in full."""
    folded: dict[tuple[str, str], tuple[_Block, str]] = {}
    for block in blocks:
        url = "" if block.href.startswith("#") else absolute_url(block.href, base)
        names = [("title", f"{block.section} {block.title.casefold()}")]
        if key := document_key(url):
            names.append(("document", f"{block.section == EVENTS} {key}"))
        known = next((folded[name] for name in names if name in folded), None)
        if known is None:
            folded.update(dict.fromkeys(names, (block, url)))
        else:
            if known[0].when is None:
                known[0].date, known[0].when = block.date, block.when
            known[0].texts += block.texts
    return list({id(pair[0]): pair for pair in folded.values()}.values())


# -- from items to entries


def _refer(capture: Capture) -> Ref | None:
    if not capture.header("date"):
        return capture.reference
    return reference_of(capture.headers, capture.fetched_at)[0]


def _find_today(reference: Ref | None, printed: Sequence[When | None], capture: Capture) -> date:
    """The day the page was made, for dates without a year: the server's, unless the page is an old copy."""
    zone = ZoneInfo(capture.zone)
    newest = max((when.latest for when in printed if when and when.latest), default=None)
    now = reference.latest if reference else None
    if now and newest and abs(now - newest) > _SAME_PAGE:
        now = newest
    return (now or newest or capture.fetched_at).astimezone(zone).date()


def _entry(block: _Block, url: str, language: str) -> Entry:
    event = block.section == EVENTS
    summary = max(block.texts, key=len, default="")
    return Entry(
        url=url,
        guid="",
        kind="event" if event else "review" if block.section == REVIEW else kind_of(url),
        detail=Detail.TEASER if summary else Detail.LINK,
        title=block.title,
        summary=summary,
        text="",
        language=language,
        published=None if event else block.when,
        event=block.when if event else None,
    )
