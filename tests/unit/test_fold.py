"""Index text and query text are folded alike, in Python and in SQL."""

import sqlite3

import pytest

from storage.fold import FOLDS, align, fold, fold_sql, spell, split_words

TEXTS = [
    "Łódź, Đorđe, Ørsted, Ħal, Þór, Æthelstan, œuvre, Straße, STRAẞE, Əliyev, ısı, İstanbul",
    "NATO’s O'Brien, dʼOrsay: the U.S. F-16 at 3.5%",
    "Ё ёлка, Київ, и\u0306од, зв’язок, подъём, Щ",
    "cafe\u0301 co\u00adop e\u200cf ﬁne ﬂow",
    "Ελλάς και ΣΟΦΟΣ",
    "plain ASCII only",
    "",
]


@pytest.mark.parametrize("text", TEXTS)
def test_sql_and_python_fold_alike(text):
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (k, a)")
    connection.execute("INSERT INTO t VALUES (1, ?)", (text,))
    assert connection.execute(fold_sql(("a",), "k AS id", "t")).fetchone() == (1, fold(text))


@pytest.mark.parametrize("text", TEXTS)
def test_words_are_those_of_the_index(text):
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE f USING fts5(t, tokenize='unicode61 remove_diacritics 2')")
    connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab(f, 'instance')")
    connection.execute("INSERT INTO f VALUES (?)", (fold(text),))
    terms = [term for (term,) in connection.execute("SELECT term FROM v ORDER BY offset")]
    assert terms == split_words(text)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("lodz", "Łódź"),
        ("DORDE", "Đorđe"),
        ("orsted", "Ørsted"),
        ("hal", "Ħal"),
        ("thor", "Þór"),
        ("oeuvre", "ŒUVRE"),
        ("strasse", "Straße"),
        ("strasse", "STRAẞE"),
        ("geoana", "Geoană"),
        ("елка", "ЁЛКА"),
        ("київ", "Киі\u0308в"),
        ("cooperation", "co\u00adoperation"),
        ("o'brien", "O’BRIEN"),
        ("istanbul", "İSTANBUL"),
    ],
)
def test_spellings_of_one_word(typed, written):
    assert split_words(typed) == split_words(written)


def test_different_letters_stay_different():
    assert split_words("й") != split_words("и")
    assert split_words("kyiv") != split_words("kiev")


def test_each_fold_leaves_nothing_to_fold():
    for written, plain in FOLDS:
        assert fold(written) == plain
        assert fold(plain) == plain


def test_every_character_has_its_place():
    for point in [*range(0xD800), *range(0xE000, 0x20000)]:
        spelled, places = align(chr(point) + "x")
        assert len(places) == len(spelled) + 1, hex(point)
        assert places[-1] == 2


@pytest.mark.parametrize("text", TEXTS)
def test_places_point_at_the_letters_they_come_from(text):
    spelled, places = align(text)
    assert spelled == spell(text)
    assert list(places) == sorted(places)
    for at, letter in enumerate(spelled):
        assert letter in spell(text[places[at] :][:3])
