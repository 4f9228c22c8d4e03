"""What is typed becomes a tree, and what is odd in it a note."""

import time

import pytest

from storage.grammar import MAX_LEAVES, And, Filter, Not, Or, Words, read_query, write_query

A, B, C = Words("a"), Words("b"), Words("c")


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("", None),
        ("  \n\t ", None),
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a b OR c", And((A, Or((B, C))))),
        ("a OR b c", And((Or((A, B)), C))),
        ("(a b) OR c", Or((And((A, B)), C))),
        ("((a)) (b)", And((A, B))),
        ("a -b", And((A, Not(B)))),
        ("−b", Not(B)),
        ("a NOT b", And((A, Not(B)))),
        ("NOT NOT a", A),
        ("-(a b)", Not(And((A, B)))),
        ("--a", Not(A)),
        ("-a OR b", Or((Not(A), B))),
        ('"a b"', Words("a b")),
        ("“a  b”", Words("a b")),
        ('-"a b"', Not(Words("a b"))),
        ("clim*", Words("clim", prefix=True)),
        ('"climate chan*"', Words("climate chan", prefix=True)),
        ("F-16", Words("F-16")),
        ("U.S.", Words("U.S.")),
        ("it's", Words("it's")),
        ("or and not", And((Words("or"), Words("and"), Words("not")))),
        ("title:a", Filter("title", "a", "title:a")),
        ("TITLE:a", Filter("title", "a", "TITLE:a")),
        ('speaker:"a b"', Filter("speaker", "a b", 'speaker:"a b"')),
        ("speaker: a", Filter("speaker", "a", "speaker: a")),
        ("speaker:a, b", And((Filter("speaker", "a", "speaker:a,"), B))),
        ("-speaker:a", Not(Filter("speaker", "a", "speaker:a"))),
        ("(kind:a)", Filter("kind", "a", "kind:a")),
        ("after:9 Nov 2022 a", And((Filter("after", "9 Nov 2022", "after:9 Nov 2022"), A))),
        ("before:last week a", And((Filter("before", "last week", "before:last week"), A))),
        ("seen:2022-11..2022-12", Filter("seen", "2022-11..2022-12", "seen:2022-11..2022-12")),
        ("https://x.int/a", Words("https://x.int/a")),
        ("12:30", Words("12:30")),
        ("a\x00b", And((A, B))),
        ("a \ud800 b", And((A, B))),
    ],
)
def test_read(text, root):
    reading = read_query(text)
    assert reading.root == root
    assert reading.notes == ()


@pytest.mark.parametrize(
    ("text", "root", "noted", "refused"),
    [
        ('a "b', And((A, B)), '"b', False),
        ("a (b", And((A, B)), "(", False),
        ("a) b", And((A, B)), ")", False),
        ("a OR", A, "OR", False),
        ("OR a", A, "OR", False),
        ("a OR OR b", Or((A, B)), "OR", False),
        ("(a OR) b", And((A, B)), "OR", False),
        ("a — b", And((A, B)), "—", False),
        ("a & b", And((A, B)), "&", False),
        ("a -", A, "-", False),
        ("a NOT", A, "NOT", False),
        ("(a NOT) b", And((A, B)), "NOT", False),
        ('""', None, '""', False),
        ("a *", A, "*", False),
        ("speeker:a", Words("speeker:a"), "speeker:a", False),
        ("(" * 17 + "a" + ")" * 17 + " b", B, "(", True),
        ("a " * MAX_LEAVES + "b c", And((A,) * MAX_LEAVES), "b c", True),
    ],
)
def test_oddities_are_noted(text, root, noted, refused):
    reading = read_query(text)
    assert reading.root == root
    assert [(note.text, note.refuses) for note in reading.notes] == [(noted, refused)]
    assert all(note.hint for note in reading.notes)


def test_filters_without_a_value_stay_to_be_reported():
    assert read_query("speaker:").root == Filter("speaker", "", "speaker:")
    assert read_query("speaker: OR a").root == Or((Filter("speaker", "", "speaker:"), A))
    assert read_query("speaker: kind:a").root == And(
        (Filter("speaker", "", "speaker:"), Filter("kind", "a", "kind:a"))
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a OR b c", "(a OR b) c"),
        ("(a b) OR c", "(a b) OR c"),
        ("-(a OR b)", "-(a OR b)"),
        ('"OR"', '"OR"'),
        ('"-a" "a:b" "(c)"', '"-a" "a:b" "(c)"'),
        ("office:secretary", "office:secretary"),
        ('title:"a b*"', 'title:"a b*"'),
    ],
)
def test_write(text, written):
    assert write_query(read_query(text).root) == written


@pytest.mark.parametrize(
    "unit", ["(", ")", "-", '"', "a ", "OR ", "NOT ", "speaker:", "-(", "after: ", "a:", " "]
)
def test_a_huge_query_is_read_in_no_time(unit):
    start = time.perf_counter()
    reading = read_query(unit * 100_000)
    assert time.perf_counter() - start < 0.5
    assert any(note.refuses for note in reading.notes)
