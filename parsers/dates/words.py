"""Words of time in English, French, Ukrainian and Russian, all in lower case."""

from __future__ import annotations

YEAR, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND = range(7)

UNIT_SECONDS = (31_536_000, 2_592_000, 604_800, 86_400, 3_600, 60, 1)
"""Nominal lengths: a year of 365 days, a month of 30."""


def _spread(groups: dict[int, str]) -> dict[str, int]:
    return {word: value for value, words in groups.items() for word in words.split()}


UNITS = _spread(
    {
        YEAR: "year years yr yrs y an ans année années annee annees"
        " рік роки року років р год года лет году г л",
        MONTH: "month months mo mos mth mths mois місяць місяці місяця місяців міс"
        " месяц месяца месяцев месяцы мес",
        WEEK: "week weeks wk wks w semaine semaines sem тиждень тижні тижня тижнів тиж"
        " неделя недели недель неделю нед",
        DAY: "day days d jour jours j день дні дня днів дн дней дні",
        HOUR: "hour hours hr hrs h heure heures година години годин годину час часа часов ч",
        MINUTE: "minute minutes min mins mn m хвилина хвилини хвилин хвилину хв"
        " минута минуты минут минуту мин",
        SECOND: "second seconds sec secs s seconde secondes секунда секунди секунд секунду сек с секунды",
    }
)

NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "a an one un une один одна одну одно",
            "two deux два дві две",
            "three trois три",
            "four quatre чотири четыре",
            "five cinq пʼять п'ять п’ять пять",
            "six шість шесть",
            "seven sept сім семь",
            "eight huit вісім восемь",
            "nine neuf девʼять дев'ять дев’ять девять",
            "ten dix десять",
            "eleven onze одинадцять одиннадцать",
            "twelve douze дванадцять двенадцать",
        ),
        start=1,
    )
    for word in words.split()
}

ABOUT, OVER, ALMOST, UNDER = "about", "over", "almost", "under"

QUALIFIERS = {
    word: kind
    for kind, words in {
        ABOUT: "about around approximately approx circa roughly ~ environ около примерно близько приблизно",
        OVER: "over понад более больше больш більше",
        ALMOST: "almost nearly presque почти майже",
    }.items()
    for word in words.split()
}

QUALIFYING_PAIRS = {
    ("more", "than"): OVER,
    ("plus", "de"): OVER,
    ("plus", "d'un"): OVER,
    ("более", "чем"): OVER,
    ("больше", "чем"): OVER,
    ("більше", "ніж"): OVER,
    ("less", "than"): UNDER,
    ("moins", "de"): UNDER,
    ("менее", "чем"): UNDER,
    ("меньше", "чем"): UNDER,
    ("менше", "ніж"): UNDER,
    ("près", "de"): ALMOST,
}

UNDER_WORDS = frozenset(("менее", "меньше", "менше", "under"))

JOINING = frozenset(("and", "et", "і", "й", "та", "и", "&", ","))

_LABELS = (
    "posted updated published checked submitted created added last on was "
    "publié publiée mis mise à jour posté modifié опубліковано оновлено опубликовано обновлено"
)
LEADING = frozenset(_LABELS.split())
"""Labels that may stand before a relative phrase."""

PAST_ENDINGS = (("тому", "назад"), ("ago",), ("назад",), ("тому",), ("earlier",))
FUTURE_ENDINGS = (("from", "now"), ("hence",), ("later",))
PAST_OPENINGS = (("il", "y", "a"), ("ça", "fait"))
FUTURE_OPENINGS = (("in",), ("dans",), ("через",), ("за",), ("d'ici",))

NOW, FEW, HALF_MINUTE = "now", "few", "half"

SPECIALS = {
    phrase: kind
    for kind, phrases in {
        NOW: "just now|right now|now|moments ago|a moment ago|a few moments ago|à l'instant|a l'instant|"
        "maintenant|il y a un instant|il y a quelques instants|щойно|"
        "зараз|тільки що|только что|сейчас|прямо сейчас",
        FEW: "a few seconds ago|few seconds ago|seconds ago|some seconds ago|a few seconds|"
        "il y a quelques secondes|quelques secondes|декілька секунд тому|декілька секунд|"
        "кілька секунд тому|кілька секунд|несколько секунд назад|несколько секунд",
        HALF_MINUTE: "half a minute|half a minute ago|une demi-minute|il y a une demi-minute|полминуты|"
        "полминуты назад|півхвилини|півхвилини тому",
    }.items()
    for phrase in phrases.split("|")
}

_CALENDAR = {
    (DAY, 0): "today|aujourd'hui|сьогодні|сегодня|tonight|this day",
    (DAY, 1): "yesterday|hier|учора|вчора|вчера|last day",
    (DAY, 2): "day before yesterday|the day before yesterday|avant-hier|позавчора|позавчера",
    (DAY, -1): "tomorrow|demain|завтра",
    (DAY, -2): "day after tomorrow|the day after tomorrow|après-demain|післязавтра|послезавтра",
    (HOUR, 0): "this hour|cette heure-ci|цієї години|в этот час",
    (MINUTE, 0): "this minute|cette minute-ci|цієї хвилини|в эту минуту",
    (WEEK, 0): "this week|cette semaine|цього тижня|на этой неделе",
    (WEEK, 1): "last week|last wk|la semaine dernière|semaine dernière|la semaine passée|"
    "минулого тижня|на прошлой неделе",
    (WEEK, -1): "next week|la semaine prochaine|semaine prochaine|наступного тижня|на следующей неделе",
    (MONTH, 0): "this month|ce mois-ci|цього місяця|в этом месяце",
    (MONTH, 1): "last month|last mo|le mois dernier|mois dernier|le mois passé|"
    "минулого місяця|в прошлом месяце",
    (MONTH, -1): "next month|le mois prochain|mois prochain|наступного місяця|в следующем месяце",
    (YEAR, 0): "this year|cette année|цього року|цьогоріч|в этом году",
    (YEAR, 1): "last year|last yr|l'année dernière|année dernière|l'an dernier|"
    "l'année passée|l'an passé|торік|минулого року|в прошлом году",
    (YEAR, -1): "next year|l'année prochaine|année prochaine|наступного року|в следующем году",
}

CALENDAR_WORDS = {phrase: key for key, phrases in _CALENDAR.items() for phrase in phrases.split("|")}
"""Words that count calendar units back from now: `(unit, how many)`."""
