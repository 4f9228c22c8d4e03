"""What the rows of `captures` and `segments` say of captures, decisions and the files they stand in."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from parsers.model import Capture
from storage.scalars import seconds, storable
from storage.segments import Segment
from storage.state import Decision


def capture_row(capture: Capture, body_of: int | None) -> dict[str, Any]:
    """What a row of `captures` says of a capture; id, place and link are the writer's."""
    return {
        "kind": "capture",
        "source_id": storable(capture.source_id),
        "parser": storable(capture.parser),
        "url": storable(capture.url),
        "final_url": storable(capture.final_url),
        "status": capture.status,
        "fetched_at": seconds(capture.fetched_at),
        "size": len(capture.body),
        "body_of": body_of,
        "payload_digest": sha256(capture.body).digest(),
    }


def decision_row(decision: Decision) -> dict[str, Any]:
    """What a row of `captures` says of a decision, which takes a place among them."""
    return {
        "kind": "decision",
        "source_id": "",
        "parser": storable(decision.kind),
        "url": "",
        "final_url": "",
        "status": 0,
        "fetched_at": seconds(decision.decided_at),
        "size": 0,
        "body_of": None,
        "payload_digest": sha256(b"").digest(),
    }


def segment_row(segment: Segment) -> dict[str, Any]:
    """A row of `segments`."""
    return {
        "number": segment.number,
        "head_length": segment.head_length,
        "head_digest": segment.head_digest,
    }
