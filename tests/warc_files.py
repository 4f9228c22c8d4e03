"""WARC files as other tools write them, made to order with our own sentences."""

import gzip
import zipfile
from io import BytesIO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

HTML = "text/html; charset=utf-8"
FEED = "application/rss+xml"


WORDS = (
    "harbour",
    "winter",
    "ice",
    "ships",
    "aid",
    "night",
    "north",
    "crane",
    "tide",
    "rope",
    "storm",
    "bridge",
)
"""What made texts are made of."""


def page(number, words="The allies met in the old hall and spoke of winter aid for the port."):
    return (
        f"<!doctype html><html lang=en><head><title>Winter aid {number}</title></head><body><main>"
        f"<h1>Winter aid, part {number}</h1><p>{words} It was meeting number {number} of this year, "
        "said the harbour master.</p></main></body></html>"
    ).encode()


def feed(*numbers, host="https://news.example"):
    items = "".join(
        f"<item><title>Harbour news {n} of the winter</title><link>{host}/{n}</link>"
        f"<guid>g{n}</guid><pubDate>Wed, 09 Nov 2022 0{n}:00:00 GMT</pubDate>"
        f"<description>Report {n} on ships and aid that came to the port by night.</description></item>"
        for n in numbers
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()
    )


class Maker:
    """A WARC file in the making; each record's bytes are kept apart."""

    def __init__(self, *, version="1.1"):
        self.version, self.records = version, []

    def _add(self, make):
        out = BytesIO()
        writer = WARCWriter(out, gzip=False, warc_version=self.version)
        writer.write_record(make(writer))
        self.records.append(out.getvalue())
        return self

    def info(self, software="Wget/1.21"):
        return self._add(lambda w: w.create_warcinfo_record("x.warc.gz", {"software": software}))

    def response(
        self, url, body, kind=HTML, *, at="2022-11-09T12:00:00Z", status="200 OK", headers=(), **warc
    ):
        http = StatusAndHeaders(
            status, [("Content-Type", kind), *headers] if kind else [*headers], "HTTP/1.1"
        )
        told = {"WARC-Date": at, **warc}
        return self._add(
            lambda w: w.create_warc_record(
                url, "response", BytesIO(body), len(body), http_headers=http, warc_headers_dict=told
            )
        )

    def request(self, url, *, at="2022-11-09T12:00:00Z"):
        http = StatusAndHeaders("GET / HTTP/1.1", [("User-Agent", "Wget")], is_http_request=True)
        return self._add(
            lambda w: w.create_warc_record(
                url, "request", http_headers=http, warc_headers_dict={"WARC-Date": at}
            )
        )

    def other(self, kind, url, block=b"fetchTimeMs: 12\r\n", content_type="application/warc-fields"):
        return self._add(
            lambda w: w.create_warc_record(
                url, kind, BytesIO(block), len(block), warc_content_type=content_type
            )
        )

    def revisit(self, url, digest, *, of="", of_at="2022-11-09T12:00:00Z", at="2022-11-10T12:00:00Z"):
        http = StatusAndHeaders("200 OK", [("Content-Type", HTML)], "HTTP/1.1")
        return self._add(
            lambda w: w.create_revisit_record(
                url, digest, of or url, of_at, http_headers=http, warc_headers_dict={"WARC-Date": at}
            )
        )

    def plain(self):
        return b"".join(self.records)

    def packed(self):
        """One gzip member a record."""
        return b"".join(gzip.compress(record, mtime=0) for record in self.records)

    def squeezed(self):
        """One gzip member of all."""
        return gzip.compress(self.plain(), mtime=0)

    def bundled(self, path):
        """A WACZ file."""
        with zipfile.ZipFile(path, "w") as bundle:
            bundle.writestr("datapackage.json", "{}")
            bundle.writestr("pages/pages.jsonl", "{}")
            bundle.writestr("archive/rec-0.warc.gz", self.packed())
        return path
