"""Captures of documents that a test writes."""

import json
from datetime import UTC, datetime

from parsers.model import Capture

AT = datetime(2026, 1, 1, tzinfo=UTC)


def capture_of(document, url="https://example.org/", *, parser="auto", headers=(), **more):
    """A document (bytes, text, or something to be JSON) as it came from an address."""
    text = document if isinstance(document, bytes | str) else json.dumps(document)
    return Capture(
        source_id="s",
        parser=parser,
        url=url,
        final_url=url,
        fetched_at=AT,
        status=200,
        headers=tuple(headers),
        body=text.encode() if isinstance(text, str) else text,
        **more,
    )
