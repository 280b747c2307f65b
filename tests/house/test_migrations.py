"""Migrations: one line of them, up and down and up again, and then exactly what the models say; on both databases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect

from app.core.extensions import db
from app.core.ids import new_ulid
from tests.support import applications, mariadb, release_rows

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture
def new_app(all_applications: Any, database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application on a database that nobody has touched."""
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    if database_kind == "mariadb":
        url = mariadb.make_database(request.getfixturevalue("mariadb_url"), f"migrations_{new_ulid().lower()}")
    app = applications.new_app(all_applications.settings(url))
    yield app
    with app.app_context():
        db.engine.dispose()


def test_there_is_one_line_of_migrations(app: Flask) -> None:
    with app.app_context():
        script = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
    revisions = list(script.walk_revisions())
    assert len(script.get_heads()) == 1
    assert [revision for revision in revisions if revision.is_branch_point or revision.is_merge_point] == []
    assert all(revision.doc for revision in revisions)
    # in their order, so that the next number is known
    assert [revision.revision for revision in reversed(revisions)] == [f"{number:04}" for number in range(1, len(revisions) + 1)]


def test_up_down_and_up_again(new_app: Flask) -> None:
    with new_app.app_context():
        flask_migrate.upgrade()
        first = _picture()
        flask_migrate.downgrade(revision="base")
        db.engine.dispose()
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version", "sqlite_stat1"}
        flask_migrate.upgrade()
        db.engine.dispose()
        assert _picture() == first


def test_the_migrations_make_what_the_models_say(new_app: Flask) -> None:
    with new_app.app_context():
        flask_migrate.upgrade()
        # exits with what is missing
        flask_migrate.check()
        tables = set(inspect(db.engine).get_table_names())
    assert {table.name for table in db.metadata.tables.values()} <= tables


@pytest.mark.parametrize("release", release_rows.list_releases())
def test_an_upgrade_from_a_release_and_the_way_back_keep_its_rows(new_app: Flask, release: str) -> None:
    revision = next(reversed(release_rows.read_migrations(release))).partition("_")[0]
    with new_app.app_context():
        flask_migrate.upgrade(revision=revision)
        counts, tables = release_rows.insert(release), _picture()
        # SQLite keeps its full-text index in tables of its own
        assert {name for name in tables if "_fts" not in name} - {"alembic_version", "sqlite_stat1"} == set(counts)
        flask_migrate.upgrade()
        kept = counts.keys() & _picture().keys()
        assert release_rows.count_rows(kept) == {name: counts[name] for name in kept}
        flask_migrate.downgrade(revision=revision)
        db.engine.dispose()
        assert (release_rows.count_rows(counts), _picture()) == (counts, tables)


@pytest.mark.parametrize("release", release_rows.list_releases())
def test_a_migration_of_a_release_is_not_changed(release: str) -> None:
    migrations = release_rows.read_migrations(release)
    assert {name: release_rows.hash_migration(name) for name in migrations} == migrations


def _picture() -> dict[str, tuple[Any, ...]]:
    """Every table with its columns, keys and indexes."""
    look = inspect(db.engine)
    return {
        table: (
            sorted((column["name"], str(column["type"]), column["nullable"]) for column in look.get_columns(table)),
            look.get_pk_constraint(table)["constrained_columns"],
            sorted((key["name"] or "", key["constrained_columns"]) for key in look.get_foreign_keys(table)),
            sorted((index["name"] or "", index["column_names"], bool(index["unique"])) for index in look.get_indexes(table)),
            sorted((unique["name"] or "", unique["column_names"]) for unique in look.get_unique_constraints(table)),
        )
        for table in look.get_table_names()
    }


def test_the_text_of_a_customer_becomes_a_note_and_goes_back(new_app: Flask) -> None:
    release = release_rows.list_releases()[-1]
    with new_app.app_context():
        flask_migrate.upgrade(revision=next(reversed(release_rows.read_migrations(release))).partition("_")[0])
        release_rows.insert(release)
        flask_migrate.upgrade(revision="0024")
        with db.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE customers SET notes = 'Mag es still.'")
            count = connection.exec_driver_sql("SELECT count(*) FROM customers").scalar_one()
        flask_migrate.upgrade(revision="0025")
        with db.engine.begin() as connection:
            assert connection.exec_driver_sql("SELECT body, author_id FROM customer_notes").all() == [("Mag es still.", None)] * count
            connection.exec_driver_sql(
                "INSERT INTO customer_notes (company_id, customer_id, body, is_pinned, created_at)"
                " SELECT company_id, id, 'Neu.', 0, created_at FROM customers"
            )
        flask_migrate.downgrade(revision="0024")
        with db.engine.begin() as connection:
            assert connection.exec_driver_sql("SELECT DISTINCT notes FROM customers").all() == [("Mag es still.\n\nNeu.",)]
        db.engine.dispose()
