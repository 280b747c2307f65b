"""Applications on a migrated database that is empty before each test."""

import atexit
import base64
import contextvars
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import flask_migrate
from argon2 import PasswordHasher
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import text

from app import create_app
from app.core.extensions import db
from app.domain.accounts import passwords
from app.providers import WEBHOOK_PROVIDERS
from config import ROOT, Settings

# each application of each process would compile them anew
COMPILED_TEMPLATES = ROOT / ".pytest_cache" / "templates"

SECRETS = {
    "secret_key": "tests only: signs cookies",
    "encryption_keys": base64.urlsafe_b64encode(b"tests only: seals personal data!").decode(),
    **{provider.secret: f"tests_only_{provider.secret}" for provider in WEBHOOK_PROVIDERS.values()},
    # with which tests sign, and doubles answer
    "retell_api_key": "key_tests_only_retell",
    "twilio_account_sid": "AC00000000000000000000000000000000",
    "twilio_auth_token": "tests_only_twilio",
    "calcom_webhook_secret": "tests_only_calcom",
}


def forget_the_environment() -> None:
    """What a developer has set for their own server must not change a test, nor a test their server's counts."""
    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)
    counts = tempfile.TemporaryDirectory(prefix="askproai-metrics-")
    atexit.register(counts.cleanup)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts.name


def compile_stale_translations() -> None:
    """After a change of branch the compiled catalogues, which Git does not know, say what the last branch said."""
    for source in (ROOT / "app" / "translations").glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            fresh = compiled.with_suffix(f".{os.getpid()}")
            with source.open("rb") as texts, fresh.open("wb") as file:
                write_mo(file, read_po(texts))
            # at once, for other processes may read it
            fresh.replace(compiled)


def hash_passwords_cheaply() -> None:
    """Nobody attacks the tests' passwords, and hundreds of people sign in; tests/domain/accounts/test_passwords.py asks the real cost."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def settings_for(database_url: str, redis_url: str, instance: Path, **others: Any) -> Settings:
    return Settings(
        **{"app_env": "testing", "database_url": database_url, "redis_url": redis_url, "instance_path": instance} | SECRETS | others
    )


def new_app(settings: Settings) -> Flask:
    app = create_app(settings)
    app.test_client_class = OutsideClient
    COMPILED_TEMPLATES.mkdir(parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(COMPILED_TEMPLATES))
    return app


class OutsideClient(FlaskClient):
    """A client whose requests know nothing of the test around them: no application context, no company, no open transaction.

    What the test wrote is committed before the request, and read anew after it.
    """

    # of whom tests.support.users.signed_in has signed in
    csrf_token = ""

    def open(self, *arguments: Any, **options: Any) -> Any:
        if has_app_context():
            db.session.commit()
        try:
            return contextvars.Context().run(super().open, *arguments, **options)
        finally:
            if has_app_context():
                db.session.rollback()
                db.session.expire_all()


class SqliteDatabase:
    """Migrated once; each test gets a copy of that file."""

    def __init__(self, folder: Path) -> None:
        self._empty, self._file = folder / "empty.sqlite3", folder / "askproai.sqlite3"
        self.url = f"sqlite:///{self._file}"

    def migrate(self, app: Flask) -> None:
        with app.app_context():
            flask_migrate.upgrade()
            db.engine.dispose()
        shutil.copy(self._file, self._empty)

    def wipe(self, app: Flask) -> None:
        with app.app_context():
            db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
        fresh = self._file.with_suffix(".fresh")
        shutil.copy(self._empty, fresh)
        fresh.replace(self._file)


class MariaDatabase:
    """Migrated once; the rows of the last test are deleted, those that the migrations made are put back."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._tables: list[str] = []
        self._first_rows: dict[str, list[dict[str, Any]]] = {}

    def migrate(self, app: Flask) -> None:
        with app.app_context():
            flask_migrate.upgrade()
            with db.engine.connect() as connection:
                self._tables = [row[0] for row in connection.execute(text("SHOW TABLES")) if row[0] != "alembic_version"]
                for table in self._tables:
                    rows = [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM `{table}`"))]
                    if rows:
                        self._first_rows[table] = rows

    def wipe(self, app: Flask) -> None:
        # one statement, for most tables are empty and the ways there and back would take most of the time
        everything = " ".join(f"DELETE FROM `{table}`;" for table in self._tables)
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
            connection.exec_driver_sql(f"BEGIN NOT ATOMIC {everything} END")
            for table, rows in self._first_rows.items():
                columns = list(rows[0])
                names, values = ", ".join(f"`{name}`" for name in columns), ", ".join(f":{name}" for name in columns)
                connection.execute(text(f"INSERT INTO `{table}` ({names}) VALUES ({values})"), rows)
            connection.execute(text("SET FOREIGN_KEY_CHECKS = 1"))
