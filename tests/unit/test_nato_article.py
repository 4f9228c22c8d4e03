# ruff: noqa: E501  markup stands in lines as long as the site prints them
"""Articles and transcripts of nato.int, old and new: text, dates, bylines, languages, turns."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parsers import nato_article
from parsers.errors import LayoutError
from parsers.model import Detail
from tests.captures import capture_of

ZONE = ZoneInfo("Europe/Brussels")
OLD = "https://www.nato.int/cps/en/natohq/news_100.htm"
NEW = "https://www.nato.int/en/news-and-events/events/transcripts/2025/11/14/remarks"


def read(body, url=OLD):
    capture = capture_of(body, url, parser="nato_article")
    (entry,) = nato_article.parse(capture).entries
    return entry


def old(header, body, title="A pier is mended"):
    return (
        f"<html lang='en'><head><title>NATO - News: {title}</title></head><body><div><ul><li>Newsroom</li></ul></div>"
        f"<section class='content cf'><ul class='breadcrumb'><li>News</li></ul><h1 class='fs-huge'>{title}</h1>"
        f"{header}{body}</section><footer>Contact us</footer></body></html>"
    )


BODY = "<p>Engineers mended the pier.</p><p>It stands again.</p>"
TEXT = "Engineers mended the pier.\n\nIt stands again."


@pytest.mark.parametrize(
    ("header", "day", "updated"),
    [
        (
            "<ul><li>19 Nov. 2019 -</li><li>|</li><li>Last updated: 21 Nov. 2019 10:03</li></ul>",
            19,
            (21, 10, 3),
        ),
        ("<p>19 Nov. 2019 - | Last updated: 21 Nov. 2019 10:03</p>", 19, (21, 10, 3)),
        ("<p>19 Nov. 2019<br>/<br>Last updated: 20 Nov. 2019 15:33</p>", 19, (20, 15, 33)),
        ("<p>19 Nov. 2019 / Last updated: 20 Nov. 2019 15:33</p>", 19, (20, 15, 33)),
        ("<span class='date'>19-Nov-2019</span><p>Updated: 20-Nov-2019</p>", 19, (20, 0, 0)),
        ("<p>Mis à jour le: 20 nov. 2019</p>", None, (20, 0, 0)),
        ("<p>19 nov. 2019 - | Mise à jour : 21 nov. 2019 10:03</p>", 19, (21, 10, 3)),
        ("<p>19 лист. 2019 - | Останнє оновлення: 21 лист. 2019 10:03</p>", 19, (21, 10, 3)),
        ("<p>19 листопада 2019 року</p><p>Оновлено: 21 листопада 2019 року 10:03</p>", 19, (21, 10, 3)),
        ("<p>19 нояб. 2019 г. -<br>Последнее обновление 21 нояб. 2019 г. 10:03</p>", 19, (21, 10, 3)),
        (
            "<ul><li>19 ноября 2019 -</li><li>|</li><li>Обновлено: 21 ноя. 2019 10:03</li></ul>",
            19,
            (21, 10, 3),
        ),
        ("", None, None),
    ],
)
def test_the_date_line_is_no_text(header, day, updated):
    entry = read(old(header, BODY))
    assert entry.text == TEXT
    if day is None:
        assert entry.published is None
    else:
        assert entry.published.earliest == datetime(2019, 11, day, tzinfo=ZONE)
        assert entry.published.latest < datetime(2019, 11, day + 1, tzinfo=ZONE)
    if updated is None:
        assert entry.updated is None
    else:
        when = datetime(2019, 11, *updated, tzinfo=ZONE)
        assert entry.updated.earliest <= when <= entry.updated.latest


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("by NATO Secretary General Jens Stoltenberg at a school", True),
        ("Speech by NATO Deputy Secretary General Mircea Geoană", True),
        ("Joint statement by the Chair of the Military Committee", True),
        ("By Tuesday the pier stood again.", False),
        ("Engineers stood by the pier", False),
    ],
)
def test_a_byline_is_kept_apart(line, byline):
    entry = read(old(f"<h2>{line}</h2>", BODY))
    assert entry.byline == (line if byline else "")
    assert (line in entry.text) is not byline


def test_furniture_is_left_out():
    around = (
        "<figure><img><figcaption>Engineers at work</figcaption></figure><p><em>(As delivered)</em></p>",
        "<p>***</p><p><a href='/x'>› Read the full transcript</a></p><div class='share'>Share on a site</div>",
    )
    assert read(old(around[0], BODY + around[1])).text == TEXT


def test_kind_and_detail():
    assert read(old("", BODY)).kind == "news"
    entry = read(old("", BODY), "https://www.nato.int/cps/en/natohq/opinions_1.htm")
    assert (entry.kind, entry.detail) == ("transcript", Detail.PAGE)


@pytest.mark.parametrize(
    ("url", "language"),
    [
        (OLD, "en"),
        (f"{OLD}?selectedLocale=fr", "fr"),
        ("https://www.nato.int/cps/fr/natohq/news_100.htm?selectedLocale=uk", "uk"),
    ],
)
def test_the_locale_asked_for_is_the_language(url, language):
    assert read(old("", BODY), url).language == language


def test_without_any_mark_the_path_tells_the_language():
    page = old("", BODY).replace(" lang='en'", "")
    assert read(page, "https://www.nato.int/cps/ru/natohq/news_100.htm").language == "ru"


SIGN_IN = "".join(
    f"<div>{line}</div>" for line in ("Sign in", "Register", "E-mail address", "Password", "Log out")
)


def new(body, title="Remarks by the sea"):
    return (
        f"<html lang='en'><head><title>NATO | {title}</title></head><body><div><h1>Welcome back</h1>{SIGN_IN}"
        f"<p>You are not signed in, and cannot save this article to your library.</p></div>"
        f"<div class='root'><div><h1>{title}</h1></div><div class='cmp-text'>{body}</div></div></body></html>"
    )


TURNS = "NATO Secretary General Mark Rutte\nGood morning.\n\nIt rains.\n\nQuestion\nWill it stop?\n\nMark Rutte\nNo."


@pytest.mark.parametrize(
    "body",
    [
        (
            "<p><b>NATO Secretary General Mark Rutte</b><br>Good morning.</p><p>It rains.</p><p><b>Question</b> Will it"
            " stop?</p><p><b>Mark Rutte</b> No.</p>"
        ),
        (
            "<b>NATO Secretary General Mark Rutte</b> Good morning.<br><br>It rains.<br><b>Question</b> Will it stop?"
            "<br><b>Mark Rutte</b> No."
        ),
        (
            "<p><strong><span>NATO Secretary General Mark Rutte</span></strong> Good morning.</p><p>It rains.</p>"
            "<p><strong>Question</strong><br/>Will it stop?</p><p><strong>Mark Rutte</strong>\n No.</p>"
        ),
    ],
)
def test_speakers_stand_on_lines_of_their_own(body):
    entry = read(new(body), NEW)
    assert entry.text == TURNS
    assert entry.title == "Remarks by the sea"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p><b>JOHN DOE (Moderator):</b> Please.</p>", "JOHN DOE (Moderator): Please."),
        ("<p><b>Allies</b> met today and agreed.</p>", "Allies met today and agreed."),
        ("<p>He said <b>Never Again</b> Twice.</p>", "He said Never Again Twice."),
        ("<p><b>The pier was mended.</b> It stands.</p>", "The pier was mended. It stands."),
    ],
)
def test_bold_words_are_no_speakers(body, text):
    assert read(new(body), NEW).text == text


def test_the_day_of_the_new_site_is_in_its_address():
    entry = read(new(BODY), NEW)
    assert entry.published.earliest == datetime(2025, 11, 14, tzinfo=ZONE)
    assert entry.published.latest == entry.published.earliest + timedelta(days=1, seconds=-1)
    assert (entry.kind, entry.language) == ("transcript", "en")


def test_machine_readable_dates_are_exact():
    head = '<script type="application/ld+json">{"datePublished": "2025-11-14T09:30:00Z"}</script></head>'
    entry = read(new(BODY).replace("</head>", head), NEW)
    assert entry.published.best == datetime(2025, 11, 14, 9, 30, tzinfo=UTC)
    assert {one.kind for one in entry.published.evidence} == {"json_ld", "path"}


def test_days_told_in_the_text_count_only_where_none_is_stated():
    told = "<p>It was mended today (19 November 2019), he said.</p>"
    assert read(old("", told)).published.earliest == datetime(2019, 11, 19, tzinfo=ZONE)
    stated = read(old("<p>20 Nov. 2019</p>", told)).published
    assert stated.earliest == datetime(2019, 11, 20, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("<html><body><p>Words without any title.</p></body></html>", "no title"),
        (old("<p>19 Nov. 2019</p>", ""), "no text"),
        (old("", "", title=""), "no title"),
        ("<html><body><h1>Sorry</h1><p>This page is not here any more.</p></body></html>", "date line"),
    ],
)
def test_missing_landmarks(body, what):
    with pytest.raises(LayoutError, match=what):
        read(body)


def test_the_dialog_for_signing_in_is_no_text():
    dialog = "<div>New here?</div><div>Keep up to date with us.</div>"
    entry = read(new(f"{SIGN_IN}{dialog}{SIGN_IN}<p>14 November 2025</p>{BODY}"), NEW)
    assert entry.text == TEXT
    assert {one.kind for one in entry.published.evidence} == {"printed", "path"}


def test_news_of_passwords_stay():
    told = "<p>Allies sign in at the desk.</p><p>They log in with a password of their own.</p>"
    assert "sign in at the desk" in read(new(told), NEW).text


@pytest.mark.parametrize(
    "line",
    ["14 November 2025", "14 Nov. 2025", "Published: 14 November 2025", "November 14, 2025", "14/11/2025"],
)
def test_a_written_day_stands_beside_the_one_of_the_address(line):
    entry = read(new(f"<div>{line}</div>{BODY}"), NEW)
    assert entry.text == TEXT
    assert {one.kind for one in entry.published.evidence} == {"printed", "path"}
    other = read(new(f"<div>{line.replace('2025', '2024')}</div>{BODY}"), NEW)
    assert [one.kind for one in other.published.conflicts] == ["path"]


def test_a_title_in_a_lesser_heading_is_the_one_the_head_repeats():
    page = new(BODY).replace("<h1>Remarks by the sea</h1>", "<h2>Remarks by the sea</h2>")
    assert read(page.replace("Welcome back", "Sign in to your account"), NEW).title == "Remarks by the sea"


@pytest.mark.parametrize("body", ["", "<p>Loading…</p>", "<script>fill()</script>"])
def test_a_frame_that_a_script_would_fill_is_no_article(body):
    with pytest.raises(LayoutError, match="no text"):
        read(new(body), NEW)


def test_a_mirror_of_the_new_site_is_read_by_its_paths():
    entry = read(new(BODY), NEW.replace("https://www.nato.int", "http://127.0.0.1:8080"))
    assert (entry.kind, entry.language) == ("transcript", "en")
