"""Lists of subscriptions, in and out."""

import pytest

from aggregator.subscriptions import read_subscriptions, write_subscriptions
from parsers.errors import ConfigError
from schedules.sources import Source

OPML = b"""<?xml version="1.0"?><opml version="1.1"><body>
<outline text="Allies"><outline text="MoD" xmlUrl="https://a.example/atom"/></outline>
<outline title="ACT" xmlUrl=" https://b.example/feed "/><outline text="a folder"/>
<outline text="odd" xmlUrl="ftp://c.example/"/><outline text="again" xmlUrl="https://a.example/atom"/>
</body></opml>"""


def test_nested_outlines_are_read_each_once():
    assert sorted(read_subscriptions(OPML, "x.opml")) == [
        ("ACT", "https://b.example/feed"),
        ("again", "https://a.example/atom"),
    ]


def test_lines_and_comments():
    text = b"\xef\xbb\xbf# mine\nhttps://a.example/#part\n\nhttps://b.example/feed\r\n"
    assert [url for _, url in read_subscriptions(text, "x")] == [
        "https://a.example/#part",
        "https://b.example/feed",
    ]


@pytest.mark.parametrize(
    ("text", "where"), [(b"https://a.example/\nnonsense\n", "list:2"), (b"<opml>", "list")]
)
def test_what_is_no_list_is_told_with_its_place(text, where):
    with pytest.raises(ConfigError) as caught:
        read_subscriptions(text, "list")
    assert caught.value.where == where


def test_what_is_written_is_read_again():
    sources = [
        Source(id="a", url="https://a.example/?x=1&y=2", name="A <b> & c"),
        Source(id="b", url="https://b.example/"),
    ]
    text = write_subscriptions(sources)
    assert read_subscriptions(text.encode(), "x") == (
        ("A <b> & c", "https://a.example/?x=1&y=2"),
        ("b", "https://b.example/"),
    )
