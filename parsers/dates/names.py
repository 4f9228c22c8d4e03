"""Names of months, weekdays and time zones as they are printed, in lower case."""

from __future__ import annotations


def _number(lines: str, first: int) -> dict[str, int]:
    return {
        word: number for number, line in enumerate(lines.split("|"), start=first) for word in line.split()
    }


MONTHS = _number(
    "january jan janvier janv січня січень січ января январь янв"
    "|february feb février fevrier févr fevr fév лютого лютий лют февраля февраль фев февр"
    "|march mar mars березня березень бер берез марта март мар"
    "|april apr avril avr квітня квітень кві квіт апреля апрель апр"
    "|may mai травня травень тра трав мая май"
    "|june jun juin червня червень чер черв июня июнь июн"
    "|july jul juillet juil липня липень лип июля июль июл"
    "|august aug août aout серпня серпень сер серп августа август авг"
    "|september sept sep septembre вересня вересень вер верес сентября сентябрь сен сент"
    "|october oct octobre жовтня жовтень жов жовт октября октябрь окт"
    "|november nov novembre листопада листопад лис лист листоп ноября ноябрь ноя нояб"
    "|december dec décembre decembre déc грудня грудень гру груд декабря декабрь дек",
    1,
)

WEEKDAYS = _number(
    "monday mon lundi lun понеділок понеділка пн понедельник понедельника"
    "|tuesday tue tues mardi вівторок вівторка вт вторник вторника"
    "|wednesday wed weds mercredi mer середа середу середи ср среда среду среды"
    "|thursday thu thur thurs jeudi jeu четвер четверга чт четверг"
    "|friday fri vendredi ven п'ятниця п'ятницю п'ятниці пт пятница пятницу пятницы"
    "|saturday sat samedi sam субота суботу суботи сб суббота субботу субботы"
    "|sunday sun dimanche dim неділя неділю неділі нд воскресенье воскресенья вс",
    0,
)

SAME_DAY = frozenset(("today", "aujourd'hui", "сьогодні", "сегодня", "earlier"))
DAY_BEFORE = frozenset(("yesterday", "hier", "вчора", "учора", "вчера"))
DAY_AFTER = frozenset(("tomorrow", "demain", "завтра"))

RANGING = frozenset(
    (
        "to",
        "and",
        "until",
        "till",
        "through",
        "thru",
        "au",
        "et",
        "jusqu'au",
        "по",
        "до",
        "і",
        "й",
        "та",
        "и",
    )
)

FILLING = frozenset(
    (
        "from", "between", "on", "the", "of", "at", "in", "since", "dated", "date", "day", "du", "de", "des", "d",
        "le", "la", "les", "entre", "à", "a", "en", "depuis", "st", "nd", "rd", "th", "er", "ère", "e", "го", "з",
        "із", "від", "с", "со", "от", "в", "у", "о", "р", "року", "рік", "г", "гг", "года", "году", "published",
        "posted", "updated", "last", "modified", "issued", "created", "release", "released", "publié", "publiée",
        "mis", "mise", "jour", "modifié", "оновлено", "опубліковано", "обновлено", "опубликовано", "hrs", "hours",
        "hour", "h", "local", "time", "uhr", "during", "held", "entry", "only", "ad", "ce",
    )
)  # fmt: skip

_HOURS = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "zulu": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "met": 1, "mez": 1,
    "cest": 2, "mest": 2, "mesz": 2, "eet": 2, "sast": 2, "cat": 2, "eest": 3, "msk": 3, "trt": 3, "eat": 3,
    "idt": 3, "msd": 4, "gst": 4, "pkt": 5, "ist": 5.5, "npt": 5.75, "ict": 7, "wib": 7, "hkt": 8, "sgt": 8,
    "awst": 8, "jst": 9, "kst": 9, "acst": 9.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
    "aft": 4.5, "irst": 3.5, "azt": 4, "get": 4, "amt": 4, "ndt": -2.5, "nst": -3.5, "adt": -3, "brt": -3,
    "art": -3, "ast": -4, "edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8,
    "akdt": -8, "akst": -9, "hst": -10,
}  # fmt: skip

ZONES = {name.lower(): int(hours * 3600) for name, hours in _HOURS.items()} | dict.fromkeys("abcdefghiklmnopqrstuvwxy", 0)
"""Offsets in seconds of zone names; the lone letters of RFC 822 say nothing (RFC 5322, 4.3)."""
