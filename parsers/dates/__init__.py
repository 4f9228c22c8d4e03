"""Written dates as intervals of instants, with their evidence (rules: docs/dates.md)."""

from parsers.dates.absolute import parse_absolute
from parsers.dates.combining import combine, first_seen, observe
from parsers.dates.days import as_days
from parsers.dates.engines import ENGINES
from parsers.dates.inferring import infer_engine, infer_granularity
from parsers.dates.paths import find_path_date
from parsers.dates.reading import read_date
from parsers.dates.reference import infer_reference, reference_of
from parsers.dates.relative import parse_relative
from parsers.dates.stated import find_stated_days
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
