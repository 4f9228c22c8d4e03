"""The shell that moves the news, and natowire's Python API.

```python
from aggregator import Archive
with Archive.open("path/to/archive") as archive:
    page = archive.search('speaker:stoltenberg after:2022-11-01 "climate"', limit=10)
```

Names are imported when they are first used (PEP 562), so that `natowire --help` pays for none of them.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "Archive": "storage.archive",
    "Config": "aggregator.config",
    "Fetcher": "aggregator.fetch",
    "NatowireError": "parsers.errors",
    "Outcome": "aggregator.ingest",
    "Register": "parsers.people",
    "Source": "schedules.sources",
    "Workers": "aggregator.workers",
    "find_statements": "parsers.speech",
    "load_config": "aggregator.config",
    "parse_absolute": "parsers.dates",
    "parse_relative": "parsers.dates",
    "read_date": "parsers.dates",
    "refresh": "aggregator.ingest",
}
_OTHER_NAMES = {"load_config": "load"}

__all__ = [*_HOMES, "__version__"]  # noqa: PLE0604 (the names are those above)


def __getattr__(name: str) -> object:
    """Import a public name from where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), _OTHER_NAMES.get(name, name))
