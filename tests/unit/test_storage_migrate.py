import re
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from parsers.errors import DamagedError, SchemaError
from storage import identity, migrate
from storage.archive import Archive
from storage.backup import backup, restore
from storage.engine import build_engine
from storage.folder import DATABASE
from storage.identity import SCHEMA, SHAPE, VERSIONS, shape_of
from storage.ledger import Ledger
from storage.schema import create_database


def schema_of(file):
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    return sorted((kind, name, table, re.sub(r"\s+", "", sql or "")) for kind, name, table, sql in rows)


def stamp(file, version):
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))


def test_a_migrated_archive_has_the_tables_of_a_created_one(tmp_path):
    created, migrated = tmp_path / "created.db", tmp_path / "migrated.db"
    create_database(created, "an-archive")
    migrated.touch()

    kept = migrate.migrate(migrated)

    assert schema_of(migrated) == schema_of(created)
    assert kept == tmp_path / "migrated.db.before-none"
    assert kept.exists()


def test_the_last_step_is_the_version_of_the_tables(tmp_path):
    file = tmp_path / DATABASE
    file.touch()
    assert migrate.rehearse(tmp_path) == VERSIONS[-1]
    assert file.stat().st_size == 0, "a rehearsal changes nothing"


def test_the_shape_on_record_is_that_of_the_tables_made_here(tmp_path):
    file = tmp_path / DATABASE
    create_database(file, "an-archive")
    with closing(sqlite3.connect(file)) as connection:
        assert shape_of(row[0] for row in connection.execute(SCHEMA)) == SHAPE, (
            "write it into storage.identity"
        )


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE recent_names",
        "ALTER TABLE visits DROP COLUMN etag",
        "ALTER TABLE items ADD COLUMN more TEXT",
        "DROP INDEX absences_item",
        "DROP VIEW documents_folded",
    ],
)
def test_an_archive_of_other_tables_under_the_same_version_is_told_plainly(tmp_path, change):
    folder = tmp_path / "archive"
    Archive.create(folder).close()
    backup(folder, tmp_path / "whole.tar")
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(change)
    for opened in (Archive, Ledger):
        with pytest.raises(SchemaError, match=r"not those of this natowire.*natowire reparse"):
            opened.open(folder)
    restore(tmp_path / "whole.tar", folder)
    Archive.open(folder).close()


def test_a_backup_of_other_tables_is_told_plainly(tmp_path, monkeypatch):
    Archive.create(tmp_path / "archive").close()
    backup(tmp_path / "archive", tmp_path / "kept.tar")
    monkeypatch.setattr(identity, "SHAPE", "another")
    with pytest.raises(SchemaError, match=r"not those of this natowire.*Restore it with"):
        restore(tmp_path / "kept.tar", tmp_path / "here")


def test_sqlite_may_add_tables_of_its_own(tmp_path):
    Archive.create(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        connection.execute("ANALYZE")
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        connection.execute("VACUUM")
    Archive.open(tmp_path).close()


def test_a_newer_archive_is_refused(tmp_path):
    Archive.create(tmp_path).close()
    stamp(tmp_path / DATABASE, "9999")
    with pytest.raises(SchemaError, match="newer natowire"):
        Archive.open(tmp_path)


def test_a_step_that_leaves_orphans_changes_nothing(tmp_path, monkeypatch):
    file = tmp_path / DATABASE
    create_database(file, "an-archive")
    engine = build_engine(file)
    with engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            connection.execute(text("INSERT INTO aliases VALUES (x'00', 77)"))
    engine.dispose()
    before = schema_of(file)
    with pytest.raises(DamagedError, match="refer to nothing"):
        migrate.migrate(file)
    assert schema_of(file) == before
