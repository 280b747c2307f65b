"""Check whether the database must be migrated and the demo town created before the start, without loading the application."""

import hashlib
import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.embedded.instance_files import read_json, write_private

REVISION = re.compile(r"^(revision|down_revision)\b[^=]*=\s*(.+)$", re.MULTILINE)
QUOTED = re.compile(r"""["']([^"']+)["']""")
DEMO_VARIABLES = ("DEMO_PASSWORD", "DEMO_API_KEY", "DEMO_API_KEY_2", "DEMO_API_KEY_3")


@dataclass(frozen=True)
class Needs:
    migration: bool
    demo_town: bool


def find_needs(instance: Path, environment: Mapping[str, str], *, versions: Path) -> Needs:
    """Compare the database and the notes of earlier starts with the code; a database in DATABASE_URL is always migrated."""
    present = set() if environment.get("DATABASE_URL") else revisions_in(instance / "askproai.sqlite3")
    known_database = bool(environment.get("DATABASE_URL")) or bool(present)
    in_development = environment.get("APP_ENV", "development") != "production"
    return Needs(
        migration=not present or present != heads(versions),
        demo_town=in_development and not (known_database and _is_seeded(instance, environment)),
    )


def note_demo_town(instance: Path, environment: Mapping[str, str]) -> None:
    """Note the database and the passwords (hashed) for which the demo town was created."""
    write_private(instance / "demo.json", json.dumps(_demo_marks(environment), indent=2) + "\n")


def heads(versions: Path) -> set[str]:
    """The newest revisions among the migration files."""
    revisions: set[str] = set()
    superseded: set[str] = set()
    for file in versions.glob("*.py"):
        for name, value in REVISION.findall(file.read_text()):
            (revisions if name == "revision" else superseded).update(QUOTED.findall(value))
    return revisions - superseded


def revisions_in(database: Path) -> set[str]:
    """The current revisions of an SQLite database; none if it does not exist or was never migrated."""
    if not database.exists():
        return set()
    connection = sqlite3.connect(database, timeout=5)
    try:
        return {row[0] for row in connection.execute("SELECT version_num FROM alembic_version")}
    except sqlite3.OperationalError:
        return set()
    finally:
        connection.close()


def _is_seeded(instance: Path, environment: Mapping[str, str]) -> bool:
    noted = read_json(instance / "demo.json")
    return all(noted.get(name) == mark for name, mark in _demo_marks(environment).items())


def _demo_marks(environment: Mapping[str, str]) -> dict[str, str]:
    values = {name: environment[name] for name in DEMO_VARIABLES if environment.get(name)}
    values["DATABASE_URL"] = environment.get("DATABASE_URL", "")
    return {name: hashlib.sha256(value.encode()).hexdigest() for name, value in values.items()}
