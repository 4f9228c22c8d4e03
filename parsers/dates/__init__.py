"""Written dates as intervals of instants, with their evidence (rules: docs/dates.md).

Nothing is loaded until it is asked for (PEP 562): a command that reads no date pays nothing for this.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # `typing` alone would cost more than this package
if TYPE_CHECKING:
    from parsers.dates.absolute import parse_absolute
    from parsers.dates.combining import combine, first_seen, observe
    from parsers.dates.days import as_days
    from parsers.dates.engines import ENGINES
    from parsers.dates.inferring import infer_engine, infer_granularity
    from parsers.dates.paths import find_path_date
    from parsers.dates.reading import read_date
    from parsers.dates.reference import infer_reference, reference_of
    from parsers.dates.relative import parse_relative
    from parsers.dates.stated import find_mention, find_stated_days
    from parsers.dates.wording import describe
    from parsers.model import Evidence, Ref, Strength, When

__all__ = [
    "ENGINES",
    "Evidence",
    "Ref",
    "Strength",
    "When",
    "as_days",
    "combine",
    "describe",
    "find_mention",
    "find_path_date",
    "find_stated_days",
    "first_seen",
    "infer_engine",
    "infer_granularity",
    "infer_reference",
    "observe",
    "parse_absolute",
    "parse_relative",
    "read_date",
    "reference_of",
]

_HOMES = {
    "parsers.dates.engines": "ENGINES",
    "parsers.model": "Evidence Ref Strength When",
    "parsers.dates.days": "as_days",
    "parsers.dates.combining": "combine first_seen observe",
    "parsers.dates.wording": "describe",
    "parsers.dates.paths": "find_path_date",
    "parsers.dates.stated": "find_mention find_stated_days",
    "parsers.dates.inferring": "infer_engine infer_granularity",
    "parsers.dates.reference": "infer_reference reference_of",
    "parsers.dates.absolute": "parse_absolute",
    "parsers.dates.relative": "parse_relative",
    "parsers.dates.reading": "read_date",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """A public name, from the module it lives in."""
    home = _HOME_OF.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found: object = getattr(import_module(home), name)
    globals()[name] = found  # asked for once, then an ordinary attribute
    return found


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
