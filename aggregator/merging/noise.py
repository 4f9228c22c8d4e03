"""What of a text is noise: it changes without anybody having edited anything."""

from __future__ import annotations

import re

_SEGMENT = re.compile(  # a month cut short ends no sentence
    r"\s*\n\s*"
    r"|(?<=[.!?…])(?<!\d [A-Za-z]{3}\.)(?<!\d [A-Za-z]{4}\.)(?<!ed [A-Za-z]{3}\.)(?<!ed: [A-Za-z]{3}\.)\s+"
)
_DATE = r"[\s:]*(?:on |at |le |à |о )?[\w.,:/ '’-]{0,40}\d[\w.,:/ '’()+-]{0,40}"
_COUNT = r"\d[\d.,\u00a0\u202f' ]{0,12}[kKmM]?\+?"
_NOISE = re.compile(
    rf"""(?:
    (?:last[ ])?(?:updated?|modified|reviewed|changed|generated)(?:[ ]on)?{_DATE}
    |page[ ](?:last[ ])?(?:updated|generated){_DATE}
    |(?:derni[èe]re[ ]mise[ ][àa][ ]jour|mis[ ][àa][ ]jour|actualis[ée]+){_DATE}
    |(?:востаннє[ ]оновлено|останнє[ ]оновлення|оновлено|последнее[ ]обновление|обновлено){_DATE}
    |(?:page[ ])?(?:views?|reads?|shares?|likes?|comments?|downloads?|visits?|hits?|visitors?)
        [ ]*:?[ ]*{_COUNT}
    |{_COUNT}[ ]*(?:page[ ])?(?:views?|reads?|shares?|likes?|comments?|downloads?|visits?|hits?|visitors?
        |vues?|lectures?|partages?|commentaires?|перегляд\w*|просмотр\w*)
    |(?:be[ ]the[ ]first[ ]to[ ]|no[ ])comments?
    |(?:share|print|tweet|e-?mail|forward|pdf|download|like|follow|bookmark|partager|imprimer|поділитися
        |друкувати|поделиться|печать)
        (?:[ ](?:this|the|us|it|on|via|by|to|with|as|for|page|article|story|post|cette|sur|par|facebook
        |twitter|x|linkedin|whatsapp|telegram|e-?mail|pdf|friend|la|l['’]article)){{0,6}}
    |facebook|twitter|linkedin|whatsapp|telegram|instagram|youtube
    |skip[ ]to[ ](?:main[ ])?content|back[ ]to[ ]top|read[ ]more|click[ ]here
    |(?:next|previous)[ ](?:page|article)
    |\d{{1,3}}[ ]min(?:ute)?s?(?:[ ]read)?
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_BETWEEN = re.compile(r"[\s|·•,;:/.!–—-]*")
_TRAIL = re.compile(
    r"(?:home|accueil|головна|главная|you are here)[^>›»\n]{0,9}(?:\s[>›»]\s[^>›»\n]{1,80}){1,8}"
    r"|[^>›»\n]{1,60}(?:\s[>›»]\s[^>›»\n]{1,80}){2,8}",
    re.IGNORECASE,
)
_LONGEST = 200
"""Characters of a segment beyond which it is no noise."""


def core_of(text: str) -> str:
    """The words of a text without what is noise, white space made even.

    Noise are lines (or sentences) that hold nothing but "Last updated" and a date, counters of views and
    the like, links for sharing and printing, and the trail of a page's place on its site. A text that is
    all noise is taken as it is.
    """
    kept = [segment for segment in _SEGMENT.split(text) if segment and not is_noise(segment)]
    return " ".join(" ".join(kept or [text]).split())


def is_noise(segment: str) -> bool:
    """Whether a line says nothing of its own."""
    if len(segment) > _LONGEST:
        return False
    if _TRAIL.fullmatch(segment):
        return True
    place, some = 0, False
    while True:
        place = _BETWEEN.match(segment, place).end()  # type: ignore[union-attr]  # it matches nothing, too
        if place == len(segment):
            return some
        found = _NOISE.match(segment, place)
        if found is None or not found.end() > place:
            return False
        if found.end() < len(segment) and segment[found.end()].isalnum():
            return False
        place, some = found.end(), True
