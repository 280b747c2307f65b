"""Rows of every table as a release wrote them, kept as SQL, so that later migrations are tried on data of that release.

`python -m tests.support.release_rows 1.1` writes the file of a new release; the files of earlier ones are never written again.
"""

import hashlib
import sys
import tempfile
from pathlib import Path
from typing import Any

import flask_migrate
from sqlalchemy import select, text

from app.core.extensions import db
from app.core.tenancy import company_scope
from config import ROOT
from tests.factories.companies import CompanyFactory
from tests.factories.registry import factories
from tests.support import applications

RELEASES = ROOT / "tests/house/releases"
MIGRATIONS = ROOT / "migrations/versions"


def list_releases() -> list[str]:
    return sorted(file.stem for file in RELEASES.glob("*.sql"))


def read_migrations(release: str) -> dict[str, str]:
    """The file names of the migrations that the release has, oldest first, each with the hash of its text."""
    lines = (RELEASES / f"{release}.sql").read_text().splitlines()
    return dict(line.removeprefix("-- ").split() for line in lines if line.startswith("-- "))


def hash_migration(name: str) -> str:
    return hashlib.sha256((MIGRATIONS / name).read_bytes()).hexdigest()


def insert(release: str) -> dict[str, int]:
    """Insert the release's rows in the present database, which has that release's tables. Returns the rows by table."""
    counts: dict[str, int] = {}
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "PRAGMA defer_foreign_keys = ON"
            if connection.dialect.name == "sqlite"
            else "SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')"
        )
        for line in (RELEASES / f"{release}.sql").read_text().splitlines():
            if line.startswith("INSERT"):
                # driver SQL would take a percent sign for a parameter
                connection.execute(text(line.replace(":", r"\:")))
                table = line.split("`")[1]
                counts[table] = counts.get(table, 0) + 1
    return counts


def count_rows(tables: Any) -> dict[str, int]:
    with db.engine.connect() as connection:
        return {table: connection.exec_driver_sql(f"SELECT count(*) FROM `{table}`").scalar_one() for table in tables}


def write(release: str) -> None:
    """Write one row of every factory and what it stands on, from an empty database at the present head."""
    with tempfile.TemporaryDirectory() as folder:
        settings = applications.settings_for(f"sqlite:///{folder}/release.sqlite3", "", Path(folder))
        with applications.new_app(settings).app_context():
            flask_migrate.upgrade()
            company = CompanyFactory()
            with company_scope(company.id):
                for factory in factories().values():
                    factory()
                db.session.commit()
            lines = [f"-- {file.name} {hash_migration(file.name)}" for file in sorted(MIGRATIONS.glob("*.py"))]
            with db.engine.connect() as connection:
                for table in db.metadata.sorted_tables:
                    columns = ", ".join(f"`{column.name}`" for column in table.columns)
                    plain = select(*(text(f"`{column.name}`") for column in table.columns)).select_from(table)
                    for row in connection.execute(plain):
                        lines.append(f"INSERT INTO `{table.name}` ({columns}) VALUES ({', '.join(map(_format_literal, row))});")
            db.engine.dispose()
    RELEASES.mkdir(exist_ok=True)
    (RELEASES / f"{release}.sql").write_text("\n".join(lines) + "\n")


def _format_literal(value: Any) -> str:
    """As SQL; SQLite hands times over as text."""
    match value:
        case None:
            return "NULL"
        case bytes():
            return f"X'{value.hex()}'"
        case bool() | int() | float():
            return repr(value)
    return "'" + value.replace("'", "''") + "'"


if __name__ == "__main__":
    write(sys.argv[1])
