"""The tables of an archive, and nothing else. The search tables are in `storage.search`.

Instants are whole seconds since 1970, UTC; NULL is unbounded. Rows of other tables name an item by
its integer `key`, which never changes; `id` is the permalink. `digest` columns hold a digest of the
rest of their row (see `storage.rows`), so that `verify` finds a changed value.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()


def _when(name: str) -> list[Column[int] | Column[str]]:
    """The four columns of an interval; a NULL precision says there is none."""
    return [
        Column(f"{name}_earliest", BigInteger),
        Column(f"{name}_latest", BigInteger),
        Column(f"{name}_best", BigInteger),
        Column(f"{name}_precision", Text),
    ]


origin = Table(
    "origin",
    metadata,
    Column("id", Text, primary_key=True, nullable=False),
    sqlite_with_rowid=False,
)

version = Table(  # as Alembic makes it
    "alembic_version",
    metadata,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)

sources = Table(
    "sources",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
)

segments = Table(
    "segments",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("head_length", Integer, nullable=False),
    Column("head_digest", LargeBinary, nullable=False),
)

captures = Table(
    "captures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("parser", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("final_url", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("fetched_at", BigInteger, nullable=False),
    Column("segment", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("body_of", Integer, ForeignKey("captures.id")),
    Column("payload_digest", LargeBinary, nullable=False),
    Column("record_digest", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    # SQLite then remembers the highest id ever given: a last row taken away shows.
    sqlite_autoincrement=True,
)
# Only captures that hold their body themselves can be pointed at by a later one.
Index("captures_payload", captures.c.payload_digest, sqlite_where=captures.c.body_of.is_(None))
Index("captures_source", captures.c.source_id, captures.c.id)
Index("captures_url", captures.c.final_url, captures.c.fetched_at)
# What led elsewhere is looked up by the address that was asked for, too.
Index("captures_asked", captures.c.url, sqlite_where=captures.c.url != captures.c.final_url)

items = Table(
    "items",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("byline", Text, nullable=False),
    *_when("published"),
    *_when("updated"),
    *_when("event"),
    Column("first_seen", BigInteger, nullable=False),
    Column("owner", Text, nullable=False),
    # "source" and "page" are the item's own; any other owner stands behind a colon.
    Column("text_owner", Text, nullable=False),
    Column("authority", Integer, nullable=False),
    Column("detail", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("revised_at", BigInteger, nullable=False),
    Column("edited", Integer, nullable=False),
    Column("silent", Integer, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    Column("sightings", Integer, nullable=False),
    Column("names", LargeBinary, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("seal", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

evidence = Table(
    "evidence",
    metadata,
    Column("item_key", Integer, ForeignKey("items.key"), primary_key=True),
    Column("n", Integer, primary_key=True),
    # 0 published, 1 updated, 2 event.
    Column("role", Integer, nullable=False),
    Column("conflict", Integer, nullable=False),
    # Every item has the witness that it was in hand by `latest`; a NULL kind says all of that.
    Column("kind", Text),
    Column("raw", Text),
    Column("place", Text),
    Column("earliest", BigInteger),
    Column("latest", BigInteger),
    Column("rule", Text),
    Column("strength", Integer),
    sqlite_with_rowid=False,
)

statements = Table(
    "statements",
    metadata,
    Column("item_key", Integer, ForeignKey("items.key"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("field", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    # The words are the item's own, from start to end; they stand here only if they are not.
    Column("text", Text),
    Column("kind", Text, nullable=False),
    Column("cue", Text, nullable=False),
    Column("mention", Text, nullable=False),
    Column("mention_start", Integer, nullable=False),
    Column("mention_end", Integer, nullable=False),
    Column("speaker_kind", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("office_id", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("confidence", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index(
    "statements_person",
    statements.c.person_id,
    statements.c.item_key,
    sqlite_where=statements.c.person_id != text("''"),
)
Index(
    "statements_office",
    statements.c.office_id,
    statements.c.item_key,
    sqlite_where=statements.c.office_id != text("''"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("item_key", Integer, ForeignKey("items.key"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
    Column("silent", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

aliases, recent_names = (
    Table(
        table,
        metadata,
        Column("name", LargeBinary, primary_key=True),
        Column("item_key", Integer, ForeignKey("items.key"), primary_key=True),
        sqlite_with_rowid=False,
    )
    for table in ("aliases", "recent_names")  # see `storage.names`
)

observations = Table(
    "observations",
    metadata,
    Column("capture_id", Integer, ForeignKey("captures.id"), primary_key=True),
    Column("item_key", Integer, ForeignKey("items.key"), primary_key=True),
    Column("source_key", Integer, ForeignKey("sources.key"), nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
Index("observations_item", observations.c.item_key, observations.c.source_key)

merges = Table(
    "merges",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("capture_id", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("merged_at", BigInteger, nullable=False),
    Column("undone_at", BigInteger),
    Column("digest", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
Index("merges_item", merges.c.item_id)

absences = Table(
    "absences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_key", Integer, ForeignKey("items.key"), nullable=False),
    Column("capture_id", Integer, ForeignKey("captures.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
Index("absences_item", absences.c.item_key, absences.c.capture_id, unique=True)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("capture_id", Integer),
    Column("kind", Text, nullable=False),
    Column("status", Integer),
    Column("url", Text, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    Column("noticed_at", BigInteger, nullable=False),
    Column("returned_at", BigInteger),
    Column("digest", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
Index("withdrawals_item", withdrawals.c.item_id)

fetches = Table(
    "fetches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("status", Integer),
    Column("capture_id", Integer),
    Column("listed", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("error_code", Text, nullable=False),
    Column("error_message", Text, nullable=False),
    Column("error_hint", Text, nullable=False),
    Column("reached_known", Integer),
    Column("digest", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
Index("fetches_source", fetches.c.source_id, fetches.c.id)

visits = Table(
    "visits",
    metadata,
    Column("url", Text, primary_key=True, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("planned_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("visited_at", BigInteger),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)
Index("visits_due", visits.c.due_at)

notes = Table(
    "notes",
    metadata,
    Column("name", Text, primary_key=True, nullable=False),
    Column("value", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

source_states = Table(
    "source_states",
    metadata,
    Column("source_id", Text, primary_key=True, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("body_digest", Text, nullable=False),
    Column("next_due_at", BigInteger),
    Column("failures", Integer, nullable=False),
    Column("last_attempt", BigInteger),
    Column("last_success", BigInteger),
    Column("last_error", Text, nullable=False),
    Column("adopted_url", Text, nullable=False),
    Column("capture_id", Integer),
    Column("notes", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)
