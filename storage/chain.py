"""The hash chain over the captures: each link digests its row and the link before.

Whoever changes, removes or inserts a row or a record breaks every later link, or has to compute them
all anew, which a head exported earlier and kept elsewhere then shows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

from storage.digests import Row

_LINKED = (
    *("id", "kind", "source_id", "parser", "url", "final_url", "status", "fetched_at"),
    *("segment", "offset", "length", "size", "body_of"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """The place of a capture in the chain."""

    capture_id: int
    chain: bytes


def genesis(archive_id: str) -> bytes:
    """The link before the first: it tells one archive from another."""
    return sha256(f"natowire archive {archive_id}".encode()).digest()


def chain_digest(previous: bytes, row: Row) -> bytes:
    """Compute the link of a row of `captures`.

    Args:
        previous: The link of the row before.
        row: The row; `record_digest` and `payload_digest` are among what is digested.
    """
    text = json.dumps([row[name] for name in _LINKED], separators=(",", ":"))
    # Not through bytes(): of a number, in a damaged row, that would make as many zeros.
    return sha256(previous + row["record_digest"] + row["payload_digest"] + text.encode()).digest()
