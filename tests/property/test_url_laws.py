"""Laws of addresses: one spelling, whichever way it was come by."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import urls
from parsers.urls import asked_language, canonical_url, document_key, find_document, host_of

LAW = settings(derandomize=True, max_examples=400, deadline=None)
HOSTS = st.sampled_from(
    [
        *(
            "www.nato.int",
            "nato.int",
            "act.nato.int",
            "example.org",
            "a.b.c.d.example.org",
            "xn--bcher-kva.example",
        ),
        *(
            "EXAMPLE.org",
            "localhost",
            "127.0.0.1",
            "1.2.3.4a",
            "a.1",
            "-a.org",
            "a..b",
            "a.org.",
            ".org",
            "bücher.de",
        ),
        *(
            "a_b.org",
            "user@a.org",
            "a.org:443",
            "a.org:80",
            "a.org:8080",
            "www.nato.int:99",
            "a.org:x",
            "[::1]",
        ),
        *(
            "a" * 40 + ".org",
            "a" * 41 + ".org",
            "a" * 64 + ".org",
            ".".join(["a" * 63] * 4),
            "a.b" * 90,
            "ﬁ.org",
            "",
        ),
    ]
)
PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "/",
                "//",
                "/.",
                "/..",
                "/./",
                "/../",
                "a",
                "Index",
                ".htm",
                ".html",
                "%20",
                "%7e",
                "%2f",
                "%",
                "%zz",
            ),
            *(
                "?",
                "?a=1",
                "&b=2",
                "&&",
                "utm_source=x",
                "&fbclid=1",
                "UTM_Medium=y&",
                "#",
                "#!",
                "#top",
                ";",
                ";p=1",
            ),
            *(
                "=",
                "+",
                "~",
                "é",
                " ",
                "\t",
                "\n",
                "\\",
                "'",
                '"',
                "<",
                "|",
                "^",
                "@",
                ":",
                "[",
                "]",
                "\x00",
                "\u200b",
            ),
            *(
                "selectedLocale=fr",
                "selected%4Cocale=uk",
                "SELECTEDLOCALE=en&",
                "/SID-0A-1B/",
                "/SID-",
                "natohq/",
            ),
            *(
                "/cps/en/natohq/news_1.htm",
                "/cps/uk/SID-1/natolive/opinions_22.html",
                "/en/news-and-events/x/y",
            ),
        ]
    ),
    max_size=9,
).map("".join)
ADDRESSES = st.one_of(
    st.tuples(
        st.sampled_from(
            ["https://", "http://", "HTTP://", "ftp://", "//", "https:", "https:/", " https://", ""]
        ),
        HOSTS,
        PIECES,
    ).map("".join),
    st.from_regex(urls._ORDINARY, fullmatch=True),
    st.from_regex(r"https?://[a-z.]{1,9}/[!-~]{0,20}\s?", fullmatch=True),
    PIECES,
    st.text(max_size=40),
)
BASES = st.one_of(st.just(""), ADDRESSES)


@LAW
@given(url=ADDRESSES, base=BASES)
def test_the_short_way_spells_as_the_long_one(url, base):
    assert canonical_url(url, base) == urls._spell_any(url, base)
    assert host_of(url) == urls._host_of_any(url)


@LAW
@given(host=st.sampled_from(["www.nato.int", "nato.int", "act.nato.int", "example.org"]), rest=PIECES)
def test_most_addresses_take_the_short_way_and_keep_their_spelling(host, rest):
    url = f"https://{host}/{rest}"
    spelled = canonical_url(url)
    assert spelled == urls._spell_any(url, "")
    assert canonical_url(spelled) == spelled
    if re.fullmatch(r"[A-Za-z0-9/._-]*", rest):
        assert urls._match_ordinary(url, "")


@LAW
@given(url=ADDRESSES)
def test_a_document_is_read_from_the_one_spelling(url):
    spelled = canonical_url(url)
    assert document_key(url) == "" or urlsplit(spelled).hostname == "www.nato.int"
    path = urls._NATO.match(spelled)
    assert (path["path"] if path else None) == (
        urlsplit(spelled).path if spelled and urlsplit(spelled).hostname == "www.nato.int" else None
    )
    document = find_document(url)
    assert document is None or asked_language(url) in {"", document.language}
