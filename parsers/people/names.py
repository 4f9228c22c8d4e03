"""One spelling of names: folding, tokens, and what stands before a name."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "’": "'", "ʼ": "'"}
)
_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"'s\b|(?<=s)'(?=\s|$)")
_PARENTHESES = re.compile(r"\([^()]*\)")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})

PARTICLES = frozenset(
    {
        *(
            "de",
            "del",
            "della",
            "der",
            "den",
            "di",
            "da",
            "do",
            "dos",
            "du",
            "la",
            "le",
            "van",
            "von",
            "zu",
        ),
        *("el", "al", "ul", "bin", "ibn", "ter", "ten", "af", "av", "y", "e"),
    }
)
"""Small words inside a family name."""

RANKS = frozenset(
    {
        *("admiral", "adm", "vadm", "radm", "general", "gen", "lieutenant", "lt", "ltg", "ltgen", "major"),
        *("maj", "brigadier", "brig", "colonel", "col", "captain", "capt", "commander", "cmdr", "cdr"),
        *("sergeant", "sgt", "marshal", "air", "chief", "field", "vice", "rear", "commodore", "corporal"),
        *("private", "warrant", "officer", "command", "staff", "master", "petty", "генерал", "адмірал"),
        *("amiral", "général"),
    }
)
"""Words of military ranks, folded; they may stand in a row."""

CIVIL_TITLES = frozenset(
    {
        *("mr", "ms", "mrs", "miss", "dr", "lord", "lady", "sir", "dame", "baroness", "baron"),
        *("ambassador", "amb", "professor", "prof", "rt", "hon", "honourable", "monsieur", "madame", "mme"),
        *("m", "пан", "пані", "excellency", "h", "e", "retired", "ret"),
    }
)
"""Courtesy titles, folded: they say nothing of the office held."""

STATE_TITLES = frozenset(
    {
        *("president", "prime", "minister", "secretary", "senator", "sen", "congressman", "congresswoman"),
        *("rep", "representative", "dean", "chancellor", "king", "queen", "prince", "princess", "premier"),
        *("governor", "gov", "mayor", "commissioner", "judge", "justice", "pope", "emperor", "sheriff"),
    }
)
"""Titles of posts outside the register: "President Pavel" is not the soldier of that name."""


_TITLES = RANKS | CIVIL_TITLES | STATE_TITLES


def fold(text: str) -> str:
    """The text without accents and case, for comparing names.

    Letters that no decomposition reaches (ł, đ, ø …) are mapped too; Cyrillic stays Cyrillic.
    """
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return unicodedata.normalize("NFC", "".join(c for c in spread if not unicodedata.combining(c)))


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a name or title; hyphens part words, a possessive 's is dropped."""
    folded = fold(text)
    return tuple(_WORD.findall(_POSSESSIVE.sub("", folded) if "'" in folded else folded))


def bare_name(written: str) -> str:
    """A recorded name without its remarks: `Robert Bauer (press)` is "Robert Bauer"."""
    return (_PARENTHESES.sub("", written) if "(" in written else written).strip(" \"'")


def strip_titles(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part a folded mention into the titles in front and the name proper.

    Returns:
        The title words and the name words, either possibly empty. Generational suffixes are
        dropped from the name.
    """
    at = 0
    while at < len(words) and words[at] in _TITLES:
        at += 1
    name = words[at:]
    while name and name[-1] in _SUFFIXES:
        name = name[:-1]
    return words[:at], name


def without_initials(name: tuple[str, ...]) -> tuple[str, ...]:
    """The name without single letters: "philip m breedlove" is "philip breedlove"."""
    return tuple(word for word in name if len(word) > 1)


def person_id_of(name: str) -> str:
    """The id of a person outside the register, made of the name: lower case, ASCII where it folds.

    The same spelling always gives the same id; "" for a name without a letter or digit.
    """
    _, proper = strip_titles(words_of(bare_name(name)))
    return "-".join(proper or words_of(name))
