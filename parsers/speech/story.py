"""What a document has said so far of its people: the chain from full name to "he"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from parsers.people import Resolution, fold, person_id_of
from parsers.people.names import CIVIL_TITLES, PARTICLES, RANKS, STATE_TITLES, strip_titles, words_of
from parsers.people.resolve import UNKNOWN, resolve_at
from parsers.people.tenure import days_of
from parsers.speech.lexicon import PRONOUNS
from parsers.speech.nouns import BODY_ENDS, NOT_NAMES, ROLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from parsers.model import When
    from parsers.people import Register
    from parsers.people.register import Words
    from parsers.speech.phrases import Mention

_WORD = (  # a capital, whatever its alphabet, and at most 40 letters: no word is longer
    r"(?<![^\W_])[^\W\d_a-zа-яіїєґß-öø-ÿ][^\W_]{0,40}(?:[’'\-][^\W_]{1,40}){0,3}\.?"
)
_SMALL = "|".join(sorted(PARTICLES))
_FULL_NAME = re.compile(rf"{_WORD}(?:[ \u00a0](?:(?:{_SMALL})[ \u00a0]){{0,3}}{_WORD}){{1,7}}")
_POSSESSIVE = re.compile(r"[’']s$")
_FRONTS = RANKS | CIVIL_TITLES | STATE_TITLES | ROLES | BODY_ENDS
_IN_FULL = {
    "col": "colonel",
    "gen": "general",
    "adm": "admiral",
    "maj": "major",
    "capt": "captain",
    "amb": "ambassador",
    "sen": "senator",
    "prof": "professor",
    "gov": "governor",
}
_OTHER_SECRETARY = re.compile(
    r"(?:\bU\.?N\.?|United Nations|OSCE|CSTO|OECD|ASEAN|Commonwealth|Interpol|PA|Assembly|League"
    r"|Council of Europe|EEAS|BSEC|Benelux)(?:[’']s)?\s+Secretary[- ]General"
    r"|Secretary[- ]General\s+of\s+(?!NATO\b|the\s+(?:North\s+Atlantic|Alliance))",
)
_NATO_SECRETARY = re.compile(
    r"(?:NATO|Alliance)(?:[’']s)?\s+Secretary[- ]General|Secretary[- ]General\s+of\s+NATO"
)
_MASCULINE = frozenset({"mr", "sir", "lord", "king", "prince", "congressman", "chairman", "spokesman"})
_FEMININE = frozenset(
    {"ms", "mrs", "miss", "lady", "dame", "queen", "princess", "congresswoman", "spokeswoman"}
)


@dataclass(slots=True)
class Names:
    """The full names of a document, so that a surname finds its bearer wherever it stands.

    `bearers` maps a folded last name to the full names that end in it, in order of first place, each with
    its folded words; `role_names` a title to the full names that follow it.
    """

    bearers: dict[str, dict[str, tuple[str, Words]]] = field(default_factory=dict)
    role_names: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Story:
    """The state of reading one document; made anew for each.

    `office_person` maps an office to who was named in it; `genders` is what titles told. What a sentence
    tells is needed only where a later one leans on it: `later` keeps it unread until then.
    """

    parts: tuple[str, ...]
    days: tuple[date, date] | None
    register: Register
    names: Names | None = None
    foreign_secretary: bool | None = None
    office_person: dict[str, Resolution] = field(default_factory=dict)
    genders: dict[str, str] = field(default_factory=dict)
    speaker: Resolution | None = None
    lead: Resolution | None = None
    looked_up: dict[str, Resolution] = field(default_factory=dict)
    named: dict[tuple[str, str], Resolution] = field(default_factory=dict)
    titled: dict[str, Resolution] = field(default_factory=dict)
    later: list[Callable[[], None]] = field(default_factory=list)
    catching_up: bool = False


def open_story(parts: tuple[str, ...], on: When | None, register: Register) -> Story:
    """Begin a document with its fields."""
    return Story(parts=parts, days=days_of(on), register=register)


def names_of(story: Story) -> Names:
    """The full names of the document, read when first asked for."""
    if story.names is None:
        story.names = Names()
        for part in story.parts:
            for written in dict.fromkeys(_FULL_NAME.findall(part)):
                _note_name(story.names, written)
    return story.names


def postpone(story: Story, step: Callable[[], None]) -> None:
    """Leave a step of the reading until the story is needed as it stands; the order is kept."""
    if story.catching_up:
        step()
    else:
        story.later.append(step)


def catch_up(story: Story) -> None:
    """Do all that was left for later: before `speaker`, `lead`, `genders` or `office_person` is read."""
    if story.catching_up or not story.later:
        return
    story.catching_up = True
    for step in story.later:
        step()
    story.later.clear()
    story.catching_up = False


def _is_another_secretary(story: Story) -> bool:
    """Whether a field names the Secretary General of another body and not NATO's."""
    if story.foreign_secretary is None:
        story.foreign_secretary = any(
            "eneral" in part and not _NATO_SECRETARY.search(part) and bool(_OTHER_SECRETARY.search(part))
            for part in story.parts
        )
    return story.foreign_secretary


def look_up(story: Story, mention: str) -> Resolution:
    """Resolve a mention in the register at the document's date; each spelling once."""
    found = story.looked_up.get(mention)
    if found is None:
        found = story.looked_up[mention] = resolve_at(mention, story.days, story.register)
    return found


def _note_name(names: Names, written: str) -> None:
    words = written.replace("\u00a0", " ").split(" ")
    while words and (fold(words[0]).rstrip(".") in NOT_NAMES):
        words = words[1:]
    folded = [fold(word).rstrip(".") for word in words]
    begin = max((i + 1 for i, low in enumerate(folded) if low in _FRONTS), default=0)
    fronts = folded[:begin]
    words, folded = words[begin:], folded[begin:]
    while folded and folded[-1] in {"jr", "sr", "ii", "iii"}:
        words, folded = words[:-1], folded[:-1]
    if not 2 <= len(words) <= 5:
        return
    name = " ".join(words).rstrip(".")
    last = _POSSESSIVE.sub("", folded[-1])
    bearers = names.bearers.setdefault(last, {})
    if len(bearers) < 8:
        key = " ".join(folded)
        if key not in bearers:
            bearers[key] = _POSSESSIVE.sub("", name), words_of(key)
        for front in fronts:
            names.role_names.setdefault(_IN_FULL.get(front, front), {})[key] = name


def identify(story: Story, mention: Mention) -> Resolution:
    """Who a mention means in this document.

    The document's own full names come first, then the register, then the name as it stands.
    """
    if mention.kind == "pronoun":
        return _pronoun(story, mention.text)
    if mention.kind in {"collective", "unnamed"}:
        return replace(UNKNOWN, speaker_kind=mention.kind, rule=mention.kind, confidence="medium")
    if mention.kind == "name":
        key = mention.text, mention.name
        if key not in story.named:
            story.named[key] = _named(story, mention)
        found = story.named[key]
    elif mention.kind == "role":
        found = _role(story, mention)
    else:
        return UNKNOWN
    return found


def note_person(story: Story, mention: Mention, found: Resolution) -> None:
    """Keep what a mention told: which office or role the person has, and the gender of a title."""
    if found.speaker_kind != "person":
        return
    words = words_of(mention.text)
    for word in words:
        if word in _MASCULINE:
            story.genders[found.person_id] = "m"
        elif word in _FEMININE:
            story.genders[found.person_id] = "f"
    if found.office_id and mention.kind == "name":
        story.office_person.setdefault(found.office_id, found)


def _named(story: Story, mention: Mention) -> Resolution:
    direct = look_up(story, mention.text)
    words = strip_titles(words_of(mention.name))[1]
    if (direct.person_id and direct.rule != "surname_at_date") or not words:
        return direct if direct.person_id else UNKNOWN
    bearers = names_of(story).bearers.get(words[-1], {})
    fitting = [name for name, full in bearers.values() if _ends_with(full, words)]
    if len(words) > 1 and not fitting:
        fitting = [mention.name]
    if direct.person_id and not fitting:
        return direct
    resolved = {r.person_id: r for r in (look_up(story, n) for n in fitting) if r.person_id}
    if len(resolved) == 1 and len(fitting) <= 2:
        return replace(next(iter(resolved.values())), rule="full_name_before", confidence="high")
    if resolved:
        return direct
    outside = {person_id_of(name): name for name in fitting}
    if len(outside) > 1:
        return replace(UNKNOWN, rule="several_bearers")
    person_id, name = next(iter(outside.items()), (person_id_of(mention.name), mention.name))
    return _outsider(person_id, name, "medium" if outside else "low")


def _ends_with(full: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return full[-len(words) :] == words or (
        len(words) > 1 and full[-1] == words[-1] and full[0] == words[0]
    )


def _role(story: Story, mention: Mention) -> Resolution:
    words = words_of(mention.text)
    if "former" in words or words[:1] in {("a",), ("an",)}:
        return UNKNOWN
    bare_secretary = "secretary" in words and "general" in words and "nato" not in words
    if bare_secretary and "deputy" not in words and _is_another_secretary(story):
        return replace(UNKNOWN, rule="another_secretary_general")
    found = look_up(story, mention.text)
    if found.office_id and not found.person_id:
        catch_up(story)
        before = story.office_person.get(found.office_id)
        return replace(before, rule="office_named_before", confidence="medium") if before else found
    if found.office_id:
        return found
    rest = [word for word in words if word not in {"the", "our"}]
    if len(rest) != 1:
        return UNKNOWN
    title = rest[0]
    if title not in story.titled:  # there may be as many names as mentions
        names = names_of(story).role_names.get(title, {})
        story.titled[title] = _bearer_of_title(story, title, names) if names else UNKNOWN
    return story.titled[title]


def _bearer_of_title(story: Story, title: str, names: dict[str, str]) -> Resolution:
    """The one person the document calls by a title: "the Admiral" where only Admiral Bauer is one."""
    found = {}
    for name in names.values():
        known = look_up(story, f"{title} {name}")
        person_id = known.person_id or person_id_of(name)
        found[person_id] = known if known.person_id else _outsider(person_id, name, "low")
    if len(found) != 1:
        return replace(UNKNOWN, rule="several_bearers")
    return replace(next(iter(found.values())), rule="title_named", confidence="medium")


def _outsider(person_id: str, name: str, confidence: str) -> Resolution:
    return Resolution(
        speaker_kind="person",
        person_id=person_id,
        person=name,
        office_id="",
        office="",
        rule="name_as_written",
        confidence=confidence,
    )


def _pronoun(story: Story, text: str) -> Resolution:
    gender = PRONOUNS.get(text.lower(), "")
    if gender not in {"m", "f"}:
        return UNKNOWN
    catch_up(story)
    for candidate, rule in (
        (story.speaker, "pronoun_after_statement"),
        (story.lead, "pronoun_after_subject"),
    ):
        if candidate is None or candidate.speaker_kind not in {"person", "office"}:
            continue
        if story.genders.get(candidate.person_id, gender) != gender:
            continue
        return replace(candidate, rule=rule, confidence="medium")
    return UNKNOWN
