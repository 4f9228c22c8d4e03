"""Reporting verbs in a sentence and who stands as their subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from parsers.speech.lexicon import ACCORDING, ADVERBS, AUXILIARIES, BE, INVERTED, MODALS, NOT, SIGNS
from parsers.speech.nouns import DOCUMENTS, NAME_STOPS
from parsers.speech.phrases import Mention, read_left, read_right

if TYPE_CHECKING:
    from parsers.speech.tokens import Sentence

_NEEDS = {"pay": ("tribute",), "put": ("it",), "go": ("on",), "point": ("out", "to")}
_JOINING = frozenset({"and", "but", "or", "then", "before", "while"})
_TRAILING = frozenset(
    NAME_STOPS
    | {"today", "yesterday", "of", "from", "(", ".", ",", "?", "!", ";", "here", "last", "earlier"}
)
_NO_VERB_AFTER = frozenset({"to", "the", "a", "an", "of", "by", "for", "in"})
_AFTER_SUBJECT = _TRAILING | {"—", "–", ":", "who", "when", "as"}
_BEFORE_PARTICIPLE = ADVERBS | DOCUMENTS | _JOINING | {"by", "after", "in", "him", "her"}
_COMMAS = 4
_MOST = 12  # more reporting verbs make no sentence


class Cue(NamedTuple):
    """A reporting verb at token `at`, and its subject (None when unread).

    `inverted` is true when the subject follows; `joined` when it is that of the verb before ("and
    added"); `denied` for "did not say" and "would say".
    """

    at: int
    verb: str
    text: str
    subject: Mention | None
    inverted: bool = False
    joined: bool = False
    denied: bool = False


def find_cues(sentence: Sentence) -> list[Cue]:
    """The reporting verbs of a sentence in order, each with its subject."""
    found: list[Cue] = []
    for at, token in enumerate(sentence):
        verb = SIGNS.get(token.low)
        if verb is None:
            continue
        if verb == ACCORDING:
            found += _read_according(sentence, at)
            continue
        cue = _read_cue(sentence, at, verb, found) if _reports(sentence, at, verb) else None
        if cue is None:
            continue
        found.append(cue)
        if len(found) == _MOST:
            break
    return found


def _read_according(sentence: Sentence, at: int) -> list[Cue]:
    subject = read_right(sentence, at + 2) if _low(sentence, at + 1) == "to" else None
    return [] if subject is None else [Cue(at, ACCORDING, "according to", subject, inverted=True)]


def _reports(sentence: Sentence, at: int, verb: str) -> bool:
    """Whether a verb is in small letters and followed by what makes it one of speech ("pay tribute")."""
    token = sentence[at]
    return token.text == token.low and (verb not in _NEEDS or _low(sentence, at + 1) in _NEEDS[verb])


def _low(sentence: Sentence, at: int) -> str:
    return sentence[at].low if 0 <= at < len(sentence) else ""


def _read_cue(sentence: Sentence, at: int, verb: str, before: list[Cue]) -> Cue | None:
    """The cue at a reporting verb, or None where the word reports nothing (a noun, a passive, "to say")."""
    token = sentence[at]
    text = f"{token.text} tribute" if verb == "pay" else token.text
    participle = token.low.endswith("ing")
    if verb in INVERTED and not participle and _after_quote_or_comma(sentence, at):
        subject = _read_inverted(sentence, at)
        if subject is not None:
            return Cue(at, verb, text, subject, inverted=True)
    left, skipped = _skip_left(sentence, at - 1)
    if not participle and ((skipped & BE and verb != "say") or _low(sentence, left) in _NO_VERB_AFTER):
        return None
    denied = bool(skipped & (NOT | MODALS)) or any(word.endswith(("n’t", "n't")) for word in skipped)
    alone = participle and not skipped & BE
    if alone and not _hangs_on_subject(sentence, at, verb):
        return None
    joined = alone or _low(sentence, left) in _JOINING
    subject = _read_subject(sentence, left) if left >= 0 and not joined else None
    if joined or (subject is None and before and _low(sentence, left) == ","):  # "X praised …, urged …"
        subject = _last_subject(sentence, before)
        return Cue(at, verb, text, subject, joined=True, denied=denied)
    return None if _is_plural_noun(token.low, subject) else Cue(at, verb, text, subject, denied=denied)


def _is_plural_noun(low: str, subject: Mention | None) -> bool:
    """Whether the "verb" is a noun after another: "campaign points", "member states"."""
    if subject is None or not low.endswith("s") or subject.kind == "pronoun":
        return False
    return subject.text.islower() and " " not in subject.text


def _hangs_on_subject(sentence: Sentence, at: int, verb: str) -> bool:
    """Whether a participle is the subject's ("…, calling it …"), not that of the noun before it."""
    if at == 0 or verb == "say":
        return True
    before = sentence[at - 1]
    return before.kind != "w" or before.low in _BEFORE_PARTICIPLE


def _last_subject(sentence: Sentence, before: list[Cue]) -> Mention | None:
    subject = next((cue.subject for cue in reversed(before) if cue.subject is not None), None)
    return subject or lead_of(sentence)


def lead_of(sentence: Sentence) -> Mention | None:
    """The noun phrase a sentence begins with, when it names or stands for a person."""
    found = read_right(sentence, 0)
    if found is None or found.kind not in {"name", "role", "pronoun"}:
        return None
    if found.name.lower().endswith("ing") and " " not in found.name:
        return None
    return found if found.last + 1 < len(sentence) else None


def _after_quote_or_comma(sentence: Sentence, at: int) -> bool:
    if at == 0:
        return False
    if sentence[at - 1].kind == "q":
        return True
    return sentence[at - 1].text in {",", "—", "–", "-"}


def _read_inverted(sentence: Sentence, at: int) -> Mention | None:
    first = at + 1
    while _low(sentence, first) in ADVERBS:
        first += 1
    subject = read_right(sentence, first)
    if subject is None or subject.kind == "document":
        return None
    following = subject.last + 1
    if (
        following < len(sentence)
        and sentence[following].kind != "q"
        and sentence[following].low not in _AFTER_SUBJECT
    ):
        return None
    return subject


def _skip_left(sentence: Sentence, at: int) -> tuple[int, frozenset[str]]:
    """Step over adverbs and auxiliaries to the left; what was stepped over."""
    skipped = set()
    while at >= 0:
        low = sentence[at].low
        if low in ADVERBS or low in AUXILIARIES or low in NOT or low.endswith(("n’t", "n't")):
            skipped.add(low)
        elif not (low.endswith("ly") and sentence[at].text == low and len(low) > 4):
            break
        at -= 1
    return at, frozenset(skipped)


def _read_subject(sentence: Sentence, at: int) -> Mention | None:
    token = sentence[at]
    if token.text == ")":
        at = next((i - 1 for i in range(at, -1, -1) if sentence[i].text == "("), -1)
        return _read_subject(sentence, at) if at >= 0 else None
    if token.text in {",", "—", "–"}:
        return _before_apposition(sentence, at)
    if token.low in {"who", "which", "that"}:
        at -= 2 if at > 0 and sentence[at - 1].text == "," else 1
        found = read_left(sentence, at) if at >= 0 and token.low == "who" else None
        return found if found is not None and found.kind != "document" else None
    return read_left(sentence, at)


def _before_apposition(sentence: Sentence, at: int) -> Mention | None:
    """The name before ", the Secretary General," or ", who met him,"."""
    commas = [i for i in range(max(0, at - 40), at) if sentence[i].text == sentence[at].text]
    for comma in commas[: -_COMMAS - 1 : -1]:
        if any(token.kind == "q" for token in sentence[comma:at]):
            return None
        found = read_left(sentence, comma - 1) if comma > 0 else None
        if (
            found is not None
            and found.kind in {"name", "role", "pronoun"}
            and _begins_clause(sentence, found.first)
        ):
            return found
    return None


def _begins_clause(sentence: Sentence, first: int) -> bool:
    if first == 0:
        return True
    before = sentence[first - 1]
    return (
        before.kind == "q"
        or before.text in {",", ";", ":", "—"}
        or before.low in {"and", "but", "that", "as"}
    )
