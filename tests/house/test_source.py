"""What may not stand in the source, and what must."""

import ast
import re
import subprocess
from pathlib import Path

from tests.house.imports import ROOT, modules, syntax_nodes, syntax_tree

MOST_LINES = 300
# long because they are tables, or one thing that cannot be cut
LONG: dict[str, str] = {}
# modules that write SQL by hand, and why
SQL_BY_HAND = {
    "app.core.database": "the connection's own settings on SQLite, and its housekeeping",
    "app.domain.inbox.lease": "MariaDB's named locks",
}
# modules that say that a text is markup, and why
MARKUP_BY_HAND = {
    "app.web.account.two_factor": "the picture of the QR code",
    "app.web.icons": "the picture of an icon",
    "app.web.mailbox": "the inside of a mail that we laid out",
    "app.domain.notifications.mail_layout": "what its template has escaped",
}
# asked of the domain: doors only
REQUEST_BOUND = {"flask.request", "flask.session", "flask.g", "flask_login.current_user"}
# written in pieces, so that this file does not name what it forbids
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/(?!\w*\.example)")
PACKAGE_HOSTS = re.compile(
    "|".join(
        (
            "files." + "python" + "hosted",
            "pypi" + r"\.(?:org|python)",
            "regis" + "try.npm" + "js",
            "un" + "pkg",
            "js" + "delivr",
            "arti" + "factory",
        )
    ),
    re.I,
)
TEXTS = {".py", ".md", ".html", ".css", ".js", ".toml", ".in", ".sh", ".yml", ".yaml", ".json", ".cfg", ".po", ".txt", ".mako", ".svg", ""}


def test_no_file_tells_more_than_one_story() -> None:
    long = {name: len(file.read_text().splitlines()) for name, file in modules().items()}
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES and name not in LONG} == {}


def test_every_module_says_in_its_first_line_what_it_is_for() -> None:
    silent = [name for name in modules() if not ast.get_docstring(syntax_tree(name)) and modules()[name].read_text().strip()]
    assert silent == []


def test_nothing_is_printed() -> None:
    """Commands speak through click or a console, everything else through the log."""
    assert [
        _at(name, call) for name in _app() for call in _calls(name) if isinstance(call.func, ast.Name) and call.func.id == "print"
    ] == []


def test_no_sentence_hides_inside_an_f_string() -> None:
    """The extraction of sentences does not look there, so that they would stay German for everybody."""
    hidden = [
        _at(name, call)
        for name in _app()
        for text in syntax_nodes(name)
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("_", "_l", "gettext", "ngettext")
    ]
    assert hidden == []


def test_sql_is_written_by_hand_only_where_it_must_be() -> None:
    """Bound parameters everywhere: no text(), no SQL put together from strings."""
    assert [_at(name, call) for name in _app() if name not in SQL_BY_HAND for call in _sql_calls(name)] == []


def test_sql_by_hand_holds_no_values_of_ours() -> None:
    """The settings of a connection are ours; everything else is bound."""
    formatted = [
        (name, call)
        for name in SQL_BY_HAND
        if name != "app.core.database"
        for call in _sql_calls(name)
        if any(map(_is_put_together, call.args))
    ]
    assert [_at(name, call) for name, call in formatted] == []


def test_the_list_of_sql_by_hand_is_no_longer_than_it_must_be() -> None:
    assert [name for name in SQL_BY_HAND if not _sql_calls(name)] == []


def test_markup_is_made_by_templates() -> None:
    """What goes through the session or into a sentence comes out as text, and people would read its tags."""
    by_hand = {name for name in _app() for call in _calls(name) if isinstance(call.func, ast.Name) and call.func.id == "Markup"}
    assert by_hand == set(MARKUP_BY_HAND)


def test_the_domain_neither_commits_nor_asks_the_request() -> None:
    """One request or job is one transaction, and the door commits it; savepoints are the domain's own."""
    committing = [
        _at(name, call)
        for name in _app()
        if name.startswith("app.domain.")
        for call in _calls(name)
        if _dotted(call.func) in ("db.session.commit", "db.session.rollback") and name not in COMMITS
    ]
    asking = [name for name in _app() if name.startswith("app.domain.") and REQUEST_BOUND & set(_imported_names(name).values())]
    assert committing + asking == []


# these have transactions of their own by their nature
COMMITS = {
    "app.domain.inbox.lease": "a claim is visible to other workers before the work begins",
    "app.domain.inbox.store": "requests that come together share one commit",
}


# modules that speak to the database past the session, and so past the company filter, and why
PAST_THE_FILTER = {
    "app.core.tenancy": "is the filter",
    "app.core.database": "has SQLite write its index and log anew; reads and changes no row",
    "app.core.transactions": "writes that must survive the request's rollback; no owned table",
    "app.core.key_rotation": "walks every sealed column of every company",
    "app.core.sessions": "browser sessions, which belong to no company",
    "app.domain.inbox.lease": "webhook events, before it is known whose they are",
    "app.domain.inbox.store": "webhook events, before it is known whose they are",
    "app.realtime.event_log": "numbers the live events of many companies at once, each row with its company",
}


def test_only_named_modules_go_past_the_company_filter() -> None:
    """Bare tables and connections know nothing of companies."""
    past = {name for name in _app() for node in syntax_nodes(name) if isinstance(node, ast.Attribute) and _goes_past(node)}
    assert past - PAST_THE_FILTER.keys() == set()


def _goes_past(node: ast.Attribute) -> bool:
    return node.attr in ("__table__", "raw_connection") or _dotted(node) in (
        "db.session.connection",
        "db.engine.connect",
        "db.engine.begin",
    )


def test_times_are_asked_of_one_clock() -> None:
    """Aware and UTC: datetime.now and utcnow stand in core/clock only."""
    elsewhere = [
        _at(name, call)
        for name in _app()
        if name != "app.core.clock"
        for call in _calls(name)
        if _dotted(call.func) in ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")
    ]
    assert elsewhere == []


def test_no_place_of_one_machine_and_no_package_host_is_named() -> None:
    named = []
    for file in _tracked():
        if file.suffix in TEXTS and "vendor" not in file.parts:
            text = file.read_text(errors="replace")
            named += [f"{file}: {found[0]}" for pattern in (MACHINE_PATHS, PACKAGE_HOSTS) for found in pattern.finditer(text)]
    assert named == []


def _app() -> list[str]:
    return [name for name in modules() if name.split(".")[0] == "app"]


def _calls(name: str) -> list[ast.Call]:
    return [node for node in syntax_nodes(name) if isinstance(node, ast.Call)]


def _sql_calls(name: str) -> list[ast.Call]:
    """Calls that hand a string to the database as it stands: SQLAlchemy's text and literal_column, a driver's exec."""
    imported = _imported_names(name)
    return [
        call
        for call in _calls(name)
        if (isinstance(call.func, ast.Name) and imported.get(call.func.id, "").startswith(("sqlalchemy.text", "sqlalchemy.literal_column")))
        or (isinstance(call.func, ast.Attribute) and call.func.attr in ("exec_driver_sql", "literal_column"))
        or _dotted(call.func) in ("sa.text", "sqlalchemy.text", "db.text")
        or (isinstance(call.func, ast.Attribute) and call.func.attr == "execute" and call.args and _is_string(call.args[0]))
    ]


def _dotted(node: ast.expr) -> str:
    return f"{_dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_put_together(node: ast.expr) -> bool:
    return any(
        isinstance(part, ast.JoinedStr | ast.BinOp) or (isinstance(part, ast.Attribute) and part.attr == "format")
        for part in ast.walk(node)
    )


def _imported_names(name: str) -> dict[str, str]:
    """What names mean that were imported from elsewhere: {"text": "sqlalchemy.text"}."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in syntax_nodes(name)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def _at(name: str, node: ast.AST) -> str:
    return f"{name}:{node.lineno}"  # type: ignore[attr-defined]


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [file for line in listed.split("\0") if line and (file := ROOT / line).is_file()]
