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
    "|july jul juillet juil juill липня липень лип июля июль июл"
    "|august aug août aout aoû aou серпня серпень сер серп августа август авг"
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

_FILLING = (
    "from between on the of at in since dated date day du de des d le la les entre à a en depuis st "
    "nd rd th er ère e го з із зі від с со от в во у о р року рік г гг года году published posted updated "
    "last modified issued created release released publié publiée mis mise jour modifié оновлено "
    "опубліковано обновлено опубликовано hrs hours hour h local time uhr during held entry only ad ce "
    "this late morning afternoon evening night matin soir après-midi вранці ввечері увечері утром вечером"
)

FILLING = frozenset(_FILLING.split())

_HOURS = {
    -10: "hst",
    -9: "akst",
    -8: "pst akdt",
    -7: "mst pdt",
    -6: "cst mdt",
    -5: "est cdt",
    -4: "ast edt",
    -3.5: "nst",
    -3: "adt brt art",
    -2.5: "ndt",
    0: "z ut utc gmt zulu wet",
    1: "west bst cet met mez",
    2: "cest mest mesz eet sast cat",
    3: "eest msk trt eat idt",
    3.5: "irst",
    4: "msd gst azt get amt",
    4.5: "aft",
    5: "pkt",
    5.5: "ist",
    5.75: "npt",
    7: "ict wib",
    8: "hkt sgt awst",
    9: "jst kst",
    9.5: "acst",
    10: "aest",
    11: "aedt",
    12: "nzst",
    13: "nzdt",
}

ZONES = {
    name: int(hours * 3600) for hours, names in _HOURS.items() for name in names.split()
} | dict.fromkeys("abcdefghiklmnopqrstuvwxy", 0)
"""Offsets in seconds of zone names; the lone letters of RFC 822 say nothing (RFC 5322, 4.3)."""
