"""Private parts of libraries: each one that we touch is listed here with its reason, and missed here when a library drops it."""

import ast
import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator

import flask_login
import pymysql.connections
import pytest
import rq
import socketio
import sqlalchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

import app as application
import scripts.web_server
from tests.house.imports import ROOT
from tests.support.waiting import HANGS_AFTER_S

# read or called on objects of a library, and why
READ = {
    "_update_remember_cookie": "flask-login offers no switch, and it reads the session of every answer",
    "_annotations": "tells a column of a model from one of a bare table, which the company filter cannot see",
    "_propagate_attrs": "tells a select of models from one of bare tables",
    "_multi_values": "the rows of INSERT … VALUES, before they run",
    "_values": "the values of INSERT and UPDATE, before they run",
    "_enqueue_job": "rq moves a due job only from its own forking scheduler",
    "_stop_requested": "the only sign that a worker ended because it was asked to",
    "_async": "engine.io offers no other place to choose the WebSocket class",
    "_update_request_context_with_user": "the page that says that the database is away must not ask for the user",
}
# methods of a library that ours replace: (the library's class, name) and why
OVERRIDDEN = {
    ("QueuePool", "_do_get"): "decision 13: who waits for a connection is let go when the database is silent",
    ("Session", "_bulk_save_mappings"): "what bulk_save_objects ends in passes by the company filter",
    ("SMTP", "_get_socket"): "the address that was checked is the one that is connected to",
    ("RedisManager", "_publish"): "the pushes of one commit leave in one round trip, and the hub publishes nothing",
    ("RedisManager", "_listen"): "a lost Redis is noticed within a second and told to the browsers",
    ("ThreadWorker", "_cap_keepalive"): "decision 8: idle connections wait without a thread",
    ("WSGIHandler", "_sendall"): "decision 8: a client that does not read is given up",
    ("WSGIHandler", "_handle_client_error"): "decision 8: a client that is too slow hears 408",
}
NOT_PRIVATE = {"_replace", "_make", "_asdict", "_mapping", "_get_current_object", "_exit"}
OURS = ("app", "scripts")


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "rows"
    id: Mapped[int] = mapped_column(primary_key=True)


def _defined(tree: ast.AST) -> set[str]:
    """Names that the file gives itself."""
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assigned = {node.target.id for node in ast.walk(tree) if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)}
    stored = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    return functions | assigned | (stored - READ.keys())


def _read() -> Iterator[str]:
    for path in [ROOT / "wsgi.py", *(ROOT / "app").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")]:
        tree = ast.parse(path.read_text())
        allowed = _defined(tree) | NOT_PRIVATE
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
                is_own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
                if node.attr not in allowed and not is_own:
                    yield node.attr


def _overridden() -> Iterator[tuple[str, str]]:
    for package in (application, scripts.web_server):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(info.name)
            for kind in vars(module).values():
                if inspect.isclass(kind) and kind.__module__ == module.__name__:
                    yield from ((base, name) for name in vars(kind) if (base := _find_overridden(kind, name)))


def _find_overridden(kind: type, name: str) -> str | None:
    """The library's class whose private method this is."""
    if not name.startswith("_") or name.startswith("__") or name.endswith("_") or not inspect.isfunction(vars(kind)[name]):
        return None
    bases = (base for base in kind.__mro__[1:] if name in vars(base) and base.__module__.split(".")[0] not in OURS)
    return next((base.__name__ for base in bases), None)


def test_private_parts_of_libraries_are_read_only_where_it_is_said_why() -> None:
    assert set(_read()) == READ.keys()


def test_private_methods_of_libraries_are_replaced_only_where_it_is_said_why() -> None:
    """One that the library no longer has is missed here as well: ours would never be called."""
    assert set(_overridden()) == OVERRIDDEN.keys()


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (flask_login.LoginManager, "_update_remember_cookie"),
        (flask_login.LoginManager, "_update_request_context_with_user"),
        (sqlalchemy.insert(Row).values([{"id": 1}]), "_multi_values"),
        (sqlalchemy.update(Row).values(id=1), "_values"),
        (sqlalchemy.select(Row.id), "_propagate_attrs"),
        (rq.Queue, "_enqueue_job"),
        (socketio.Server(async_mode="threading").eio, "_async"),
        (pymysql.connections.Connection(defer_connect=True), "_sock"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_library_has_the_part(owner: object, name: str) -> None:
    assert hasattr(owner, name)


def test_sqlalchemy_says_of_parts_what_the_company_filter_reads_in_them() -> None:
    assert "parententity" in sqlalchemy.select(Row.id).selected_columns[0]._annotations
    assert "parententity" not in Row.__table__.c.id._annotations
    assert sqlalchemy.select(Row.id)._propagate_attrs["compile_state_plugin"] == "orm"
    assert "compile_state_plugin" not in sqlalchemy.select(Row.__table__.c.id)._propagate_attrs
    assert [row[Row.__table__.c.id] for row in sqlalchemy.insert(Row).values([{"id": 1}, {"id": 2}])._multi_values[0]] == [1, 2]


STARTED = """
import gc, json, sys
import wsgi
unused = [name for name in ("aiohttp", "rich", "valkey", "chardet", "charset_normalizer", "alembic") if sys.modules.get(name)]
print(json.dumps([gc.isenabled(), gc.get_freeze_count(), unused, [name for name, module in sys.modules.items() if module is None]]))
"""


def test_start_leaves_packages_out_and_the_collector_on() -> None:
    run = subprocess.run([sys.executable, "-c", STARTED], cwd=ROOT, capture_output=True, text=True, timeout=HANGS_AFTER_S, check=True)
    is_enabled, frozen, unused, hidden = json.loads(run.stdout.splitlines()[-1])
    assert is_enabled and frozen > 100_000
    assert (unused, hidden) == ([], [])
