import pytest

from parsers.errors import LayoutError, ParseError
from parsers.markup import (
    DEEPEST,
    attribute,
    decode_body,
    lines_of,
    one,
    paragraphs_of,
    plain_text,
    soup_of,
    text_of,
    tidy,
)
from tests.captures import capture_of


def capture(body, content_type=""):
    return capture_of(
        body,
        "https://example.org/",
        parser="page",
        headers=(("Content-Type", content_type),) if content_type else (),
    )


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("Geoană".encode(), "", "Geoană"),
        ("Geoană".encode(), "text/html; charset=iso-8859-1", "Geoană"),
        ("Geoană".encode("iso8859-2"), "text/html; charset=ISO-8859-2", "Geoană"),
        (b"caf\xe9", "text/html; charset=utf-8", "caf�"),
        (b"caf\xe9", "", "café"),
        (b"\x93q\x94", "text/html; charset=iso-8859-1", "“q”"),
        (b"<meta charset=windows-1251>\xcd\xc0\xd2\xce", "", "<meta charset=windows-1251>НАТО"),
        (b'<?xml version="1.0" encoding="koi8-r"?>\xee', "", '<?xml version="1.0" encoding="koi8-r"?>Н'),
        ("été".encode("utf-8-sig"), "text/html; charset=iso-8859-1", "été"),
        ("été".encode("utf-16"), "", "été"),
        ("été".encode("utf-16-le"), "text/html; charset=utf-16-le", "été"),
        ("北約".encode("iso-2022-jp"), "text/html; charset=iso-2022-jp", "北約"),
        (b"plain", "text/html; charset=rot13", "plain"),
        (b"plain", "text/html; charset=no-such", "plain"),
    ],
)
def test_bodies_are_decoded_by_what_they_are(body, content_type, text):
    assert decode_body(capture(body, content_type)) == text


def test_an_empty_body_is_said_to_be_empty():
    with pytest.raises(ParseError, match="no body"):
        soup_of(capture(b" \n"))


def test_a_page_nested_beyond_reason_is_refused():
    assert text_of(soup_of(capture(b"<div>" * (DEEPEST - 5) + b"x"))) == "x"
    with pytest.raises(ParseError, match="deep"):
        soup_of(capture(b"<div>" * (DEEPEST + 5) + b"x"))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain", "plain"),
        ("a &amp; b", "a & b"),
        ("a < b", "a < b"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<p>a<br>b</p>", "a\nb"),
        ("a<br><br>b", "a\n\nb"),
        ("<p>a <b>bold</b>, c</p>", "a bold, c"),
        ("x<script>alert(1)</script><style>p{}</style>y<!-- no -->", "xy"),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n\n3"),
        ("<div><div><p>deep</p></div></div>", "deep"),
        ("a\u00a0b\u200bc", "a bc"),
        ("<p>  a\n   b  </p>", "a b"),
        ("one line\nanother", "one line\nanother"),
    ],
)
def test_html_becomes_paragraphs(markup, text):
    assert plain_text(markup) == text


def test_lines_leave_out_what_is_skipped():
    soup = soup_of(capture(b"<div><p id=a>a</p><p id=b>b</p></div>"))
    skipped = frozenset((id(one(soup, "#a")),))
    assert [line for line in lines_of(soup, skipped) if line] == ["b"]
    assert paragraphs_of(None) == text_of(None) == ""


def test_a_missing_landmark_is_named():
    soup = soup_of(capture(b"<p>x</p>"))
    with pytest.raises(LayoutError, match=r"no div\.item"):
        one(soup, "div.item", "https://example.org/")


def test_attributes_are_strings():
    soup = soup_of(capture(b"<p class='a b' id=c>x</p>"))
    assert attribute(soup.p, "class") == "a b"
    assert attribute(soup.p, "id") == "c"
    assert attribute(soup.p, "title") == attribute(None, "id") == ""


def test_tidy_keeps_words_and_one_space():
    assert tidy(" a\t\n b\u00ad\u2060c\x00 ") == "a bc"


@pytest.mark.parametrize(
    "body", [b"<?xml version='1.0'?><html><p>x</p></html>", b"https://example.org/", b"x.html"]
)
def test_nothing_warns(body):
    assert text_of(soup_of(capture(body)))
