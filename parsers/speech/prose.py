"""Statements in running text: quotations with their speakers, and indirect speech."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from parsers.model import Statement
from parsers.people.resolve import UNKNOWN, Resolution
from parsers.speech.cues import Cue, find_cues, lead_of
from parsers.speech.indirect import reported_spans
from parsers.speech.marks import find_quotes
from parsers.speech.phrases import Mention, read_left
from parsers.speech.story import Story, catch_up, identify, note_person, postpone
from parsers.speech.stretches import split_stretches
from parsers.speech.tokens import LONGEST, Sentence, Token, split_sentences, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from parsers.speech.marks import Quote

_SCARE = frozenset(
    {
        *(
            "so-called",
            "titled",
            "entitled",
            "named",
            "theme",
            "themed",
            "nicknamed",
            "dubbed",
            "codenamed",
        ),
        *(
            "song",
            "book",
            "film",
            "movie",
            "exercise",
            "operation",
            "programme",
            "program",
            "motto",
            "slogan",
        ),
    }
)
_NO_SPEAKER_OK = frozenset(
    {"say", "tell", "write", "add", "state", "ask", "reply", "explain", "stress", "note"}
)
_OWNERS = frozenset({"the", "a", "an", "on", "in", "at", "of", "for", "told"})
_SMALL_WORDS = frozenset({"of", "the", "and", "with", "in", "for", "a", "to"})
_FEW_UNREAD = 20  # sentences kept as words; further ones as places, to be read anew if at all
_MOST_UNREAD = 250  # steps: where most sentences are statements, memory costs more than reading on
_RANKING = ("low", "medium", "high")


@dataclass(slots=True)
class _Place:
    """Where the reader stands in a field: what the last sentence left for the next."""

    name: str
    text: str
    story: Story
    found: list[Statement] = field(default_factory=list)
    carried: tuple[Cue, Resolution] | None = None
    waiting: Token | None = None
    colon: Sentence | None = None


def read_prose(name: str, text: str, story: Story) -> list[Statement]:
    """Find the statements of one field.

    Args:
        name: The field: `title`, `summary` or `text`.
        text: Its text.
        story: What the document has told so far; it is carried on.
    """
    place = _Place(name, text, story)
    for start, end, quotes, loud in split_stretches(text, find_quotes(text)):
        if loud:
            for sentence in _sentences(text, quotes, start, end):
                _read_sentence(place, sentence)
        else:
            place.carried = place.waiting = place.colon = None
            _leave(place, start, end)
    return place.found


def _sentences(text: str, quotes: Sequence[Quote], start: int, end: int) -> Iterator[Sentence]:
    tokens = tokenize(text, quotes, start, end)
    return (sentence for sentence in split_sentences(tokens) if sentence[0].kind != "n")


def _leave(place: _Place, start: int, end: int) -> None:
    """Leave a passage without quotations and statements for later, together with the one before it."""
    later = place.story.later
    last = later[-1] if later else None
    if isinstance(last, partial) and last.func is _pass_over and last.args[0] is place:
        later[-1] = partial(_pass_over, place, last.args[1], end)
    else:
        postpone(place.story, partial(_pass_over, place, start, end))


def _pass_over(place: _Place, start: int, end: int) -> None:
    """Keep whom the sentences of such a passage are about."""
    for sentence in _sentences(place.text, (), start, end):
        _solve_and_remember(place, sentence, find_cues(sentence))


def _read_sentence(place: _Place, sentence: Sentence) -> None:
    quotes = [i for i, token in enumerate(sentence) if token.kind == "q"]
    cues = find_cues(sentence)
    solved: list[tuple[Cue, Resolution]] | None
    if quotes:
        solved = _solve_all(place, sentence, cues)
        _read_quotes(place, sentence, quotes, solved)
    else:
        solved = _read_plain(place, sentence, cues)
    place.colon = sentence if sentence[-1].text == ":" else None
    if solved is not None:
        postpone(place.story, partial(_remember, place, sentence, solved))
    elif len(place.story.later) >= _FEW_UNREAD and sentence[0].kind == "w" and len(sentence) < LONGEST:
        end = sentence[-1].end  # a space after a word tells whether its apostrophe is one
        _leave(place, sentence[0].start, end + place.text[end : end + 1].isspace())
    else:  # few are kept as they are; one cut off by its length may be other words when read alone
        postpone(place.story, partial(_solve_and_remember, place, sentence, cues))
    if len(place.story.later) >= _MOST_UNREAD:
        catch_up(place.story)


def _read_plain(place: _Place, sentence: Sentence, cues: list[Cue]) -> list[tuple[Cue, Resolution]] | None:
    """Read a sentence without quotations; None where it holds no statement and its cues are unsolved."""
    solved = carried = None
    spans: list[tuple[tuple[int, int], Cue]] = []
    if place.waiting is not None and cues and _is_short_attribution(sentence, cues[0]):
        solved = _solve_all(place, sentence, cues)
        carried = solved[0]
        _emit(place, place.waiting, carried, "after_quote", "direct")
    elif cues and (spans := list(reported_spans(sentence, cues))):
        solved = _solve_all(place, sentence, cues)
        _emit_reports(place, spans, solved)
    place.carried, place.waiting = carried, None
    return solved


def _solve_and_remember(place: _Place, sentence: Sentence, cues: list[Cue]) -> None:
    _remember(place, sentence, _solve_all(place, sentence, cues))


def _read_reports(place: _Place, sentence: Sentence, solved: list[tuple[Cue, Resolution]]) -> None:
    """Indirect statements of a sentence, outside its quotations and not of a verb that has one."""
    quotes = [token for token in sentence if token.kind == "q"]
    spans = [
        (span, cue)
        for span, cue in reported_spans(sentence, [cue for cue, _ in solved])
        if not any(quote.start < span[1] and span[0] < quote.end for quote in quotes)
    ]
    _emit_reports(place, spans, solved)


def _solve_all(place: _Place, sentence: Sentence, cues: list[Cue]) -> list[tuple[Cue, Resolution]]:
    """Solve the cues in order; a pronoun means the person its own sentence has named, if there is one."""
    solved: list[tuple[Cue, Resolution]] = []
    lead = lead_of(sentence) if any(c.subject and c.subject.kind == "pronoun" for c in cues) else None
    named = identify(place.story, lead) if lead is not None and lead.kind != "pronoun" else None
    for cue in cues:
        subject = cue.subject
        within = next(
            (r for c, r in reversed(solved) if c.subject and not c.inverted and r.person_id), named
        )
        if subject is not None and subject.kind == "pronoun" and within is not None and lead is not subject:
            solved.append((cue, _solve_within(place, cue, within)))
        else:
            solved.append((cue, _solve(place, cue)))
    return solved


def _solve_within(place: _Place, cue: Cue, speaker: Resolution) -> Resolution:
    """Solve a cue as if its sentence's own person had spoken last."""
    story = place.story
    catch_up(story)
    before = story.speaker, story.lead
    story.speaker, story.lead = speaker, None
    found = _solve(place, cue)
    story.speaker, story.lead = before
    return found


def _solve(place: _Place, cue: Cue) -> Resolution:
    if cue.subject is None:
        return UNKNOWN
    found = identify(place.story, cue.subject)
    if found.speaker_kind == "person":
        postpone(place.story, partial(note_person, place.story, cue.subject, found))
    return found


def _remember(place: _Place, sentence: Sentence, solved: list[tuple[Cue, Resolution]]) -> None:
    """Keep who spoke last and whom the sentence is about, for the pronouns of the next one."""
    spoke = [r for cue, r in solved if cue.subject is not None and not cue.joined]
    lead = lead_of(sentence)
    about = identify(place.story, lead) if lead is not None else None
    if lead is not None and about is not None:
        note_person(place.story, lead, about)
    known = [r for r in spoke if r.person_id or r.speaker_kind == "office"]
    if spoke:
        place.story.speaker = known[-1] if known and len({r.person_id for r in known}) == 1 else None
    elif about is not None and about.person_id and lead is not None and lead.kind != "pronoun":
        place.story.speaker = None
    if about is not None and (about.person_id or (lead is not None and lead.kind != "pronoun")):
        place.story.lead = about if about.person_id or about.office_id else None


def _read_quotes(
    place: _Place, sentence: Sentence, quotes: list[int], solved: list[tuple[Cue, Resolution]]
) -> None:
    place.waiting = None
    alone = all(token.kind in "qp" for token in sentence)
    if alone and not solved:
        _follow_on(place, [sentence[i] for i in quotes])
        return
    carried = None
    for at in quotes:
        if _is_scare(sentence, at):
            continue
        match, rule = _match_quote(sentence, at, solved)
        if match is None:
            match, rule = _colon_speaker(place, sentence, at), "colon"
        if match is None:
            continue
        _emit(place, sentence[at], match, rule, "direct")
        carried = match
    _read_reports(place, sentence, [pair for pair in solved if pair[0].joined and carried is not None])
    place.carried = carried
    if carried is None and sentence[-1].kind == "q":
        place.waiting = sentence[-1]


def _follow_on(place: _Place, quotes: list[Token]) -> None:
    """Quotations that stand alone belong to whoever was quoted just before."""
    match, rule = place.carried, "follow_on"
    if match is None and place.colon is not None:
        cues = find_cues(place.colon)
        match = (cues[-1], _solve(place, cues[-1])) if cues else None
        rule = "colon"
    if match is None:
        place.waiting = quotes[-1]
        return
    for quote in quotes:
        _emit(place, quote, match, rule, "direct")
    place.carried = match


def _is_scare(sentence: Sentence, at: int) -> bool:
    words = sentence[at].text.split()
    before = sentence[at - 1].low if at > 0 else ""
    if len(words) <= 8 and before in _SCARE:
        return True
    if before == "as" and at > 1 and sentence[at - 2].low in {"known", "referred"}:
        return True
    owned = before.endswith(("’s", "'s")) or before in _OWNERS
    return owned and len(words) <= 7 and _is_title(words)


def _is_title(words: list[str]) -> bool:
    """Whether quoted words are written as the name of a programme, a book, a ship."""
    stems = [word.strip("“”\"'‘’,.") for word in words]
    great = [stem for stem in stems if stem and stem.lower() not in _SMALL_WORDS]
    return bool(great) and all(stem[0].isupper() or stem[0].isdigit() for stem in great)


def _match_quote(
    sentence: Sentence, at: int, solved: list[tuple[Cue, Resolution]]
) -> tuple[tuple[Cue, Resolution] | None, str]:
    """The cue a quotation belongs to: one that touches it, else the nearest before, else a last one."""
    usable = [pair for pair in solved if _can_report(pair[0])]
    left = [pair for pair in usable if pair[0].at < at]
    right = [pair for pair in usable if pair[0].at > at]
    if left and _touches_left(sentence, left[-1][0], at):
        return left[-1], "cue_before"
    if right and _touches_right(sentence, right[0][0], at):
        return right[0], "cue_after"
    if left and left[-1][0].subject is not None and _reaches(sentence, left[-1][0], at):
        return left[-1], "in_report"
    if right and right[-1][0].subject is not None and _is_last(sentence, right[-1][0]):
        return right[-1], "report_before_cue"
    return None, ""


def _can_report(cue: Cue) -> bool:
    if cue.subject is None:
        return cue.verb in _NO_SPEAKER_OK
    return cue.subject.kind != "document" or cue.verb in {"say", "state", "read"}


def _touches_left(sentence: Sentence, cue: Cue, at: int) -> bool:
    begin = cue.subject.last if cue.inverted and cue.subject else cue.at
    between = sentence[begin + 1 : at]
    if any(token.kind == "q" for token in between):
        return False
    if not between:
        return True
    if between[-1].text in {",", ":"} or between[-1].low in {"that", "it", "as", "him", "her", "them"}:
        return len(between) <= 20
    return len(between) <= 2


def _touches_right(sentence: Sentence, cue: Cue, at: int) -> bool:
    begin = cue.at if cue.inverted else (cue.subject.first if cue.subject else cue.at)
    between = [t for t in sentence[at + 1 : begin] if t.text not in {",", "—", "–", "-", ";"}]
    ending = sentence[at].text.rstrip("”\"'’»“")[-1:]
    closes = ending in ",?!—–-…" or (
        at + 1 < len(sentence) and sentence[at + 1].text in {",", "—", "–", "-"}
    )
    return not between and (closes or cue.inverted)


def _reaches(sentence: Sentence, cue: Cue, at: int) -> bool:
    """Whether the cue's clause may reach the quotation: no other clause by a semicolon between."""
    return not any(token.text == ";" for token in sentence[cue.at : at])


def _is_last(sentence: Sentence, cue: Cue) -> bool:
    begin = cue.at if cue.inverted else (cue.subject.first if cue.subject else cue.at)
    end = max(cue.at, cue.subject.last if cue.subject else cue.at)
    return begin > 0 and sentence[begin - 1].text == "," and len(sentence) - end <= 12


def _colon_speaker(place: _Place, sentence: Sentence, at: int) -> tuple[Cue, Resolution] | None:
    """`Name: “…”` at the beginning of a sentence."""
    if at < 2 or sentence[at - 1].text != ":":
        return None
    subject = read_left(sentence, at - 2)
    if subject is None or subject.first != 0 or subject.kind not in {"name", "role"}:
        return None
    cue = Cue(at - 1, "say", ":", subject)
    found = _solve(place, cue)
    return (cue, found) if found.person_id or found.office_id else None


def _is_short_attribution(sentence: Sentence, cue: Cue) -> bool:
    if cue.subject is None or cue.subject.first > 1 or cue.denied or cue.joined:
        return False
    after = cue.at + 1
    if after >= len(sentence):
        return True
    return sentence[after].text == "." or (
        len(sentence) <= 14 and sentence[after].low in {"in", "on", "at", "during", "today", "of", ","}
    )


def _emit_reports(
    place: _Place, spans: list[tuple[tuple[int, int], Cue]], solved: list[tuple[Cue, Resolution]]
) -> None:
    for (start, end), cue in spans:
        _emit_indirect(place, start, end, next(pair for pair in solved if pair[0] is cue))


def _emit_indirect(place: _Place, start: int, end: int, match: tuple[Cue, Resolution]) -> None:
    found = match[1]
    if found.speaker_kind not in {"person", "office"} and not (
        found.speaker_kind == "unnamed" and match[0].verb == "say"
    ):
        return
    _emit(place, Token("q", start, end, place.text[start:end], "", ""), match, "reported", "indirect")


def _emit(place: _Place, token: Token, match: tuple[Cue, Resolution], rule: str, kind: str) -> None:
    cue, found = match
    subject: Mention | None = cue.subject
    sure = {"cue_before": 2, "cue_after": 2, "reported": 2}.get(rule, 1)
    place.found.append(
        Statement(
            field=place.name,
            start=token.start,
            end=token.end,
            text=token.text,
            kind=kind,
            cue=cue.text,
            mention=subject.text if subject else "",
            mention_start=subject.start if subject else -1,
            mention_end=subject.end if subject else -1,
            speaker_kind=found.speaker_kind,
            person_id=found.person_id,
            person=found.person,
            office_id=found.office_id,
            rule=f"{rule}/{found.rule}",
            confidence=_RANKING[min(sure, _RANKING.index(found.confidence))],
        )
    )
