"""Polite, bounded HTTP: the one door to the web.

`Fetcher` fetches; `judge.judge` says whether what came is content; `manners` reads what a server asks
of its visitors; `each` spreads many fetches over threads and hosts. docs/fetching.md tells the rules.
"""

from aggregator.fetch.door import Fetcher, NotModified, Request
from aggregator.fetch.manners import fresh_until, moved_to, retry_at
from aggregator.fetch.spread import each

__all__ = ["Fetcher", "NotModified", "Request", "each", "fresh_until", "moved_to", "retry_at"]
