"""Written dates as intervals of instants, with their evidence."""

from parsers.dates.relative import parse_relative

__all__ = ["parse_relative"]
