"""Noun phrases that may name a speaker, read to the left and to the right of a verb."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from parsers.people.names import CIVIL_TITLES, PARTICLES, RANKS
from parsers.speech.lexicon import ADVERBS, DETERMINERS, INDEFINITE, PRONOUNS
from parsers.speech.nouns import BODY_ENDS, COLLECTIVES, DOCUMENTS, NAME_STOPS, NOT_NAMES, ROLES, UNNAMED

if TYPE_CHECKING:
    from parsers.speech.tokens import Sentence, Token

_FARTHEST = 16
_LINKS = frozenset({"of", "for", "at", "from", "to", "in", "with"})
_MODIFIERS = frozenset(
    {
        *("former", "then", "senior", "deputy", "assistant", "vice", "top", "acting", "retired", "late"),
        *(
            "foreign",
            "prime",
            "defence",
            "defense",
            "national",
            "political",
            "presidential",
            "new",
            "longtime",
        ),
        *(
            "outgoing",
            "incoming",
            "chief",
            "press",
            "campaign",
            "democratic",
            "republican",
            "fellow",
            "military",
        ),
        *(
            "attorney",
            "radio",
            "news",
            "senate",
            "house",
            "state",
            "federal",
            "british",
            "american",
            "leading",
        ),
        *(
            "vice-presidential",
            "co-host",
            "talk",
            "show",
            "communications",
            "policy",
            "security",
            "ex",
            "current",
        ),
    }
)
_BEFORE_NAME = ROLES | CIVIL_TITLES | BODY_ENDS
_NO_NAMES = NOT_NAMES - frozenset({"mr", "ms"})
_HEADS = COLLECTIVES | UNNAMED | DOCUMENTS
_COURTESY = frozenset({"mr", "ms", "mrs", "dr", "lord", "sir"})


class Mention(NamedTuple):
    """Words that may name a speaker, at `[start, end)` of the field.

    `kind` is `name`, `role`, `pronoun`, `collective`, `unnamed` or `document`; `first` and `last` are
    the places of its tokens in the sentence; `name` is the proper name in it, "" without one.
    """

    start: int
    end: int
    text: str
    kind: str
    name: str
    first: int
    last: int


def is_name_word(token: Token) -> bool:
    """Whether the token may be part of a proper name or a title in capitals."""
    if token.kind != "w" or not token.text[0].isupper():
        return False
    stem = token.stem
    if stem in _NO_NAMES:
        return False
    return stem.isalnum() or stem.replace("’", "'").partition("'")[0] not in PRONOUNS


def read_left(sentence: Sentence, last: int) -> Mention | None:
    """The noun phrase that ends with token `last`, or None where there is none to be sure of."""
    token = sentence[last]
    if token.kind != "w":
        return None
    if token.low in PRONOUNS:
        return _pronoun(token, last)
    if token.low.endswith(("’s", "'s")):
        return None
    first = _run_left(sentence, last)
    if first > last:
        return _headed_left(sentence, last, last)
    linked = first - 1 if first > 0 else -1
    if linked > 0 and sentence[linked].low in {"the", "a", "an"}:
        linked -= 1
    if linked > 0 and sentence[linked].low in _LINKS and not _has_title(sentence, first, last):
        return _headed_left(sentence, linked, last)
    return _mention(sentence, first, last)


def read_right(sentence: Sentence, first: int) -> Mention | None:
    """The noun phrase that begins at token `first`."""
    if first >= len(sentence) or sentence[first].kind != "w":
        return None
    if sentence[first].low in PRONOUNS:
        return _pronoun(sentence[first], first)
    last = _run_right(sentence, first)
    if last < 0 or last - first >= 12 or sentence[last].low.endswith(("’s", "'s")):
        return None
    return _mention(sentence, first, last)


def _run_right(sentence: Sentence, first: int) -> int:
    """Where the phrase that begins at `first` ends; -1 when no capital or role word is in it."""
    last, named = -1, False
    for at in range(first, min(len(sentence), first + _FARTHEST)):
        token = sentence[at]
        if token.kind != "w":
            break
        titled = _is_title_word(token)
        if is_name_word(token) or titled:
            last, named = at, named or not titled
        elif token.low in {"of", "for", "the"} and last >= 0:
            if named and _proper(sentence, first, last):
                break
        elif not _may_stand_before(token, at - first if last < 0 else -1):
            break
    return last


def _is_title_word(token: Token) -> bool:
    return token.stem in ROLES or token.stem in _HEADS


def _may_stand_before(token: Token, place: int) -> bool:
    """Whether a small word may stand in a phrase before its first capital (-1: in its midst)."""
    if token.low in {"that", "this"} or token.low in NAME_STOPS or token.low in _LINKS:
        return False
    if token.low in DETERMINERS or token.low in PARTICLES or token.low in _MODIFIERS:
        return True
    return 0 <= place <= 2 and token.low not in NOT_NAMES and token.low not in ADVERBS


def _run_left(sentence: Sentence, last: int) -> int:
    """Where the run of capitals, titles and role words that ends at `last` begins."""
    first, at = last + 1, last
    while at >= 0 and sentence[at].kind == "w":
        token = sentence[at]
        if token.stem in _COURTESY and token.text[0].isupper():
            return at
        known = _is_title_word(token)
        if (
            is_name_word(token)
            or (known and not (token.text[0].isupper() and token.low in NOT_NAMES))
            or (first <= last and (token.low in _MODIFIERS or token.low.endswith(("’s", "'s"))))
        ):
            first = at
        elif not (first <= last and token.low in PARTICLES and at > 0 and _is_inner(sentence[at - 1])):
            break
        at -= 1
    if 0 <= at < last and first <= last and sentence[at].low in DETERMINERS:
        first = at
    return first


def _is_inner(token: Token) -> bool:
    """Whether a particle may follow: "Ursula von der …"."""
    return token.low in PARTICLES or is_name_word(token)


def _headed_left(sentence: Sentence, link: int, last: int) -> Mention | None:
    """A phrase whose head stands before "of …": "the Chair of the Military Committee"."""
    for at in range(link, max(-1, last - _FARTHEST), -1):
        token = sentence[at]
        if token.kind != "w":
            return None
        known = _is_title_word(token)
        if known and at < last and sentence[at + 1].low in _LINKS:
            first = _run_left(sentence, at)
            return _mention(sentence, first, last)
    return None


def _has_title(sentence: Sentence, first: int, last: int) -> bool:
    return any(t.stem in RANKS or t.stem in CIVIL_TITLES for t in sentence[first:last])


def _proper(sentence: Sentence, first: int, last: int) -> str:
    """The proper name in a phrase: the capitals after its last title or role word."""
    begin = last + 1
    for at in range(last, first - 1, -1):
        token = sentence[at]
        particle = token.low in PARTICLES and begin <= last and at > first
        if token.stem in _BEFORE_NAME or not (is_name_word(token) or particle):
            break
        if is_name_word(token):
            begin = at
    if begin > last:
        return ""
    return " ".join(token.text for token in sentence[begin : last + 1])


def _pronoun(token: Token, at: int) -> Mention:
    kind = "document" if token.low == "it" else "collective" if token.low in {"they", "we"} else "pronoun"
    return Mention(token.start, token.end, token.text, kind, "", at, at)


def _mention(sentence: Sentence, first: int, last: int) -> Mention:
    tokens = sentence[first : last + 1]
    name = _proper(sentence, first, last)
    kind = _kind_of(tokens, name)
    if kind == "role" and " " in name and sentence[last - len(name.split())].stem in BODY_ENDS:
        kind = "name"
    text = _written(tokens)
    return Mention(tokens[0].start, tokens[-1].end, text, kind, name if kind == "name" else "", first, last)


def _written(tokens: Sentence) -> str:
    """The words as in the text, gaps kept."""
    parts = [tokens[0].text]
    for before, token in pairwise(tokens):
        parts += [" " * (token.start - before.end), token.text]
    return "".join(parts)


def _kind_of(tokens: Sentence, name: str) -> str:
    lows = [token.stem for token in tokens]
    head = _head(lows)
    if head in UNNAMED or (lows[0] in INDEFINITE and (head in ROLES or not name)):
        return "unnamed"
    if head in DOCUMENTS:
        return "document"
    if head in COLLECTIVES or (name and head not in ROLES and _is_body(tokens, lows, name)):
        return "collective"
    if name and (head not in ROLES or head == lows[-1]):
        return "name"
    return "unnamed" if head.endswith("s") and head[:-1] in ROLES else "role"


def _head(lows: list[str]) -> str:
    """The head noun: the last word before the first "of …"."""
    link = next((i for i, low in enumerate(lows) if low in _LINKS and i > 0), len(lows))
    return lows[link - 1]


def _is_body(tokens: Sentence, lows: list[str], name: str) -> bool:
    """Whether a name in capitals is a body's: an acronym, or one word with an article before it."""
    if lows[0] in {"the", "its", "our"} and not any(low in ROLES for low in lows):
        return True
    return len(tokens) == 1 and name.isupper() and 1 < len(name) < 6 and name.isalpha()
