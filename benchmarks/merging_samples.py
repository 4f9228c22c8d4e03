"""News items to measure merging with: originals, exact and near copies, and the truth about them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from parsers.dates import parse_absolute
from parsers.model import Detail, Entry

START = datetime(2022, 1, 1, 6, tzinfo=UTC)
HOSTS = ("alpha.example", "bravo.example", "charlie.example", "delta.example")


@dataclass(frozen=True, slots=True)
class Sample:
    """A made item: `truth` is the number of the item it is or copies, `role` how it came to be."""

    number: int
    truth: int
    role: str
    source: str
    entry: Entry


# Words ------------------------------------------------------------------------------------------

LEXICON = """
FIRST Anna Bruno Carla Dmitri Elena Frans Greta Henrik Ines Jonas Karin Lars Maria
LAST Albers Brandt Castel Dorn Eriksen Falk Gomez Holm Ivanov Jansen Kovacs Lund Moreau
PLACES Brussels Oslo Riga Vilnius Tallinn Warsaw Rome Madrid Lisbon Ankara Athens Sofia Bucharest
    Prague Vienna Berlin Paris London Ottawa Kyiv Skopje Tirana Zagreb Budapest Helsinki
WORDS common plan joint effort partner nation support strong clear early late future exercise
    officer council meeting agreement proposal budget region harbour bridge winter summer report
    question answer friend border visit talk decision member alliance readiness supply equipment
    engineer pilot vessel crew mission staff school student expert science climate water power road
    railway airport hospital market industry company worker family child
"""
LISTS = {row[0]: row[1:] for row in (part.split() for part in re.split(r"\n(?=[A-Z])", LEXICON.strip()))}
PEOPLE = [f"{first} {last}" for first in LISTS["FIRST"] for last in LISTS["LAST"]]
PLACES, WORDS = LISTS["PLACES"], LISTS["WORDS"]
TOPICS = [
    "cyber defence",
    "energy security",
    "air policing",
    "maritime patrols",
    "winter training",
    "medical support",
    "grain transport",
    "mine clearance",
    "border protection",
    "logistics",
    "space policy",
    "public diplomacy",
    "force planning",
    "arms control",
]
STOCK = (
    "{person} met {person2} in {place} on {weekday} to discuss {topic}.",
    "The talks in {place} covered {topic} and {topic2}.",
    "“We stand together,” {person} said.",
    "More than {number} soldiers from {number2} nations took part.",
    "The exercise near {place} will last {number} days.",
    "Allies agreed to spend {number} million euros on {topic}.",
    "{person} thanked {place} for its contribution to {topic}.",
    "The meeting was chaired by {person}.",
    "The alliance remains committed to {topic}.",
    "A total of {number} vehicles crossed the border near {place}.",
    "{person2} added that the {word} {word2} was a {word3} for all.",
    "The {word} of the {word2} will be reviewed in {place} next month.",
    "Journalists may apply for accreditation before the {word} begins.",
    "It was the {ordinal} such {word} this year.",
    "The decision follows months of work on {topic}.",
    "{place} will host the next {word} on {topic2}.",
    "Experts from {place} and {place2} shared lessons on {topic}.",
    "The {word} {word2} offers a {word3} for every {word4}.",
    "No {word} was reported during the {word2}.",
    "{person} is expected to return to {place2} in {number} days.",
)
FRAME = (
    "The alliance is a political and military organisation of free nations. It takes all its decisions by "
    "consensus. Media enquiries may be sent to the press office, which is open from Monday to Friday. "
    "Accredited journalists are asked to arrive early and to carry a valid press card with them at all "
    "times."
)
SERIES = {
    "Operational update": """
        Over the past day the mission in {place} inspected {number} vessels and flew {number2}
        sorties. Crews stopped {number3} boats near {place2}. No incidents were reported. The
        mission continues with units of {number4} nations under the command of {person}.""",
    "Media advisory: arrival of ministers": """
        {person}, minister of defence, will arrive in {place} on {weekday} at {number}:00. A
        photo opportunity is planned at the main entrance. Journalists should register with
        {person2} before {number2} o'clock. Images will be available after the event.""",
    "Weekly programme": """
        Monday: {person} receives {person2}. Tuesday: council meeting on {topic}. Wednesday:
        visit to {place}. Thursday: {person3} speaks in {place2} about {topic2}. Friday:
        briefing for the press at {number} o'clock in room {number2}.""",
    "Visit of {person} to {place}": """
        {person} visited {place} on {weekday}. The talks dealt with {topic} and with {topic2}.
        Both sides welcomed the progress made and agreed to meet again before the end of the
        year. The visit ended with a tour of the port.""",
}
PATTERNS = tuple((title, " ".join(text.split())) for title, text in SERIES.items())


def fill(pattern: str, draw: random.Random) -> str:
    """Fill the gaps of a pattern; the same name gets the same filling throughout."""
    gaps: dict[str, str] = {}
    for kind, count, stock in (
        ("person", 3, PEOPLE),
        ("place", 2, PLACES),
        ("topic", 2, TOPICS),
        ("word", 4, WORDS),
    ):
        for n, found in enumerate(draw.sample(stock, count), 1):
            gaps[kind if n == 1 else f"{kind}{n}"] = found
    for n in range(1, 5):
        gaps["number" if n == 1 else f"number{n}"] = str(draw.randrange(2, 900))
    gaps["weekday"] = draw.choice(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))
    gaps["ordinal"] = draw.choice(("first", "second", "third", "fourth", "fifth", "sixth"))
    text = pattern.format(**gaps)
    return text[:1].upper() + text[1:]


RARE = random.Random(3)
VOCABULARY = ["".join(RARE.choices("abcdefghiklmnoprstuvw", k=RARE.randint(3, 9))) for _ in range(20_000)]


def by_chance(draw: random.Random, length: int) -> tuple[str, str]:
    """Words at random, as frequent as in a language, in sentences."""

    def some(count: int) -> list[str]:
        return [VOCABULARY[int(20_000 * draw.random() ** 3)] for _ in range(count)]

    sentences = []
    while length > 0:
        words = some(min(length, draw.randint(6, 18)))
        length -= len(words)
        sentences.append(" ".join(words).capitalize() + ".")
    return " ".join(some(7)).capitalize(), " ".join(sentences)


def by_stock(draw: random.Random, length: int) -> tuple[str, str]:
    """Sentences of a small stock of patterns, with a title of few forms."""
    sentences: list[str] = []
    while sum(len(one.split()) for one in sentences) < length:
        sentences.append(fill(draw.choice(STOCK), draw))
    title = fill(
        draw.choice(
            (
                "{person} visits {place}",
                "Allies discuss {topic} in {place}",
                "Statement on {topic}",
                "{topic}",
            )
        ),
        draw,
    )
    return title, " ".join(sentences)


def by_series(draw: random.Random, length: int) -> tuple[str, str]:
    """Members of a series: all alike but for names and figures."""
    title, text = draw.choice(PATTERNS)
    title, _, text = fill(f"{title}\0{text}", draw).partition("\0")
    paragraphs = [text]
    while sum(len(one.split()) for one in paragraphs) < length * 0.7:
        paragraphs.append(fill(PATTERNS[len(paragraphs) % len(PATTERNS)][1], draw))
    return title, "\n".join(paragraphs)


def by_frame(draw: random.Random, length: int) -> tuple[str, str]:
    """Reports with a common beginning and end."""
    title, text = by_stock(draw, max(20, length - 60))
    start, _, end = FRAME.partition(" Media")
    return title, f"{start}\n{text}\nMedia{end}"


KINDS: dict[str, Callable[[random.Random, int], tuple[str, str]]] = {
    "chance": by_chance,
    "stock": by_stock,
    "series": by_series,
    "frame": by_frame,
}


# Edits ------------------------------------------------------------------------------------------


def edit(text: str, title: str, draw: random.Random) -> tuple[str, str]:
    """A near copy: one to three small edits, more where the text is long."""
    sentences = text.replace("\n", " \n").split(". ")
    count = draw.randint(1, 2) if len(text) < 900 else draw.randint(1, 3) + len(text) // 3_000
    for _ in range(count):
        sentences = draw.choice(EDITS)(sentences, draw)
    if draw.random() < 0.1:
        title = draw.choice((f"{title} | Alpha News", title.upper(), f"{title}.", f"NEWS: {title}"))
    return title, ". ".join(sentences).replace(" \n", "\n")


def change_word(sentences: list[str], draw: random.Random) -> list[str]:
    n = draw.randrange(len(sentences))
    words = sentences[n].split(" ")
    words[draw.randrange(len(words))] = draw.choice(WORDS)
    return [*sentences[:n], " ".join(words), *sentences[n + 1 :]]


def drop_word(sentences: list[str], draw: random.Random) -> list[str]:
    n = draw.randrange(len(sentences))
    words = sentences[n].split(" ")
    del words[draw.randrange(len(words))]
    return [*sentences[:n], " ".join(words), *sentences[n + 1 :]]


def add_word(sentences: list[str], draw: random.Random) -> list[str]:
    n = draw.randrange(len(sentences))
    words = sentences[n].split(" ")
    words.insert(draw.randrange(len(words) + 1), draw.choice(WORDS))
    return [*sentences[:n], " ".join(words), *sentences[n + 1 :]]


def misspell(sentences: list[str], draw: random.Random) -> list[str]:
    n = draw.randrange(len(sentences))
    words = sentences[n].split(" ")
    m = draw.randrange(len(words))
    if len(words[m]) > 4:
        words[m] = words[m][:2] + words[m][3] + words[m][2] + words[m][4:]
    return [*sentences[:n], " ".join(words), *sentences[n + 1 :]]


def drop_sentence(sentences: list[str], draw: random.Random) -> list[str]:
    if len(sentences) < 3:
        return sentences
    n = draw.randrange(len(sentences))
    return [*sentences[:n], *sentences[n + 1 :]]


def add_sentence(sentences: list[str], draw: random.Random) -> list[str]:
    n = draw.randrange(len(sentences) + 1)
    return [*sentences[:n], fill(draw.choice(STOCK), draw).rstrip("."), *sentences[n:]]


def change_marks(sentences: list[str], draw: random.Random) -> list[str]:
    n = draw.randrange(len(sentences))
    changed = sentences[n].replace(",", " –").replace("“", '"').replace(" and ", ", and ")
    return [*sentences[:n], changed + draw.choice(("!", ";", "")), *sentences[n + 1 :]]


def add_frame(sentences: list[str], draw: random.Random) -> list[str]:
    if draw.random() < 0.5:
        return [
            f"{draw.choice(PLACES).upper()}, {draw.randrange(1, 29)} Nov – {sentences[0]}",
            *sentences[1:],
        ]
    return [*sentences, draw.choice(("Read more", "Continue reading on our site.", "Photo: press office."))]


EDITS = (
    change_word,
    change_word,
    drop_word,
    add_word,
    misspell,
    drop_sentence,
    add_sentence,
    change_marks,
    add_frame,
)


# Items ------------------------------------------------------------------------------------------


def make_samples(kind: str, count: int, lengths: tuple[int, int], seed: int) -> list[Sample]:
    """Items of a kind: 7 in 10 originals, 2 exact copies, 1 near copy, in no order but time."""
    draw = random.Random(f"{kind} {seed}")
    made: list[Sample] = []
    low, high = lengths
    for number in range(count):
        fate = draw.random()
        recent = made[-400:]
        if not recent or fate < 0.7:
            length = int(low * (high / low) ** (draw.random() ** (1 if high < 200 else 1.6)))
            title, text = KINDS[kind](draw, length)
            made.append(original(number, title, text, START + timedelta(minutes=20 * number), draw))
            continue
        model = draw.choice([one for one in recent if one.role == "original"])
        role = "exact" if fate < 0.9 else "near"
        made.append(copy(number, model, role, draw))
    return made


def original(number: int, title: str, text: str, at: datetime, draw: random.Random) -> Sample:
    host = draw.choice(HOSTS)
    stated = f"{at:%Y-%m-%dT%H:%M:%SZ}" if draw.random() < 0.7 else f"{at:%d %B %Y}"
    entry = Entry(
        url=f"https://{host}/news/{number}",
        guid=f"{host} {number}",
        kind="news",
        detail=Detail.FEED,
        title=title,
        summary="",
        text=text,
        language="en",
        published=parse_absolute(stated, tz=UTC),
    )
    return Sample(number, number, "original", host, entry)


def copy(number: int, model: Sample, role: str, draw: random.Random) -> Sample:
    host = draw.choice(HOSTS)
    title, text = model.entry.title, model.entry.text
    if role == "near":
        title, text = edit(text, title, draw)
    best = model.entry.published.best if model.entry.published else None
    published = model.entry.published
    if best and draw.random() < 0.5:
        published = parse_absolute(
            f"{best + timedelta(hours=draw.randrange(6)):%Y-%m-%dT%H:%M:%SZ}", tz=UTC
        )
    entry = replace(
        model.entry,
        url=f"https://{host}/{draw.choice(('copy', 'wire', 'story'))}/{number}?ref={number}",
        guid=f"{host} {number}",
        title=title,
        text=text,
        published=published,
    )
    return Sample(number, model.truth, role, host, entry)


def originals(
    make: Callable[[random.Random, int], tuple[str, str]], count: int, length: int
) -> Iterator[Sample]:
    draw = random.Random(5)
    for number in range(count):
        title, text = make(draw, length)
        yield original(number, title, text, START + timedelta(minutes=20 * number), draw)
