"""Near spellings of a surname."""

from __future__ import annotations

_SHORTEST = 6


def is_misspelling(written: str, meant: str) -> bool:
    """Whether a folded surname is one slip away from another: a letter more, less, other, or two swapped.

    Short names are never taken for one another, nor names that begin with another letter.
    """
    if written == meant or min(len(written), len(meant)) < _SHORTEST or written[0] != meant[0]:
        return False
    if abs(len(written) - len(meant)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(written, meant, strict=False)) if a != b), None)
    if at is None:
        return True
    tails = (
        (written[at + 1 :], meant[at + 1 :]),
        (written[at + 1 :], meant[at:]),
        (written[at:], meant[at + 1 :]),
    )
    if any(a == b for a, b in tails):
        return True
    swapped = written[at : at + 2] == meant[at : at + 2][::-1]
    return swapped and written[at + 2 :] == meant[at + 2 :]
