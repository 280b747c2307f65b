"""Imports run only downward: the floors of docs/architecture.md, read from the source."""

from tests.house.imports import Import, circles, imports, modules

EVERYTHING_AT_FOUR = {"config", "core", "events", "models", "providers", "domain", "serializers", "jobs", "realtime"}
# room → what it may import beside itself
MAY_IMPORT = {
    "config_values": set(),
    "config": {"config_values"},
    "scripts": {"domain"},
    "core": {"config", "config_values"},
    "events": set(),
    "models": {"core"},
    "providers": {"core"},
    "domain": {"core", "events", "models", "providers"},
    "serializers": {"core", "models"},
    "jobs": {"core", "domain", "models"},
    "realtime": {"config", "core", "domain", "models", "serializers"},
    "demo": {"core", "domain", "models"},
    "simulator": {"core", "demo", "models"},
    "listeners": {"core", "domain", "events", "jobs", "models", "realtime", "serializers"},
    "webhooks": EVERYTHING_AT_FOUR,
    "api": EVERYTHING_AT_FOUR,
    "web": EVERYTHING_AT_FOUR,
    "cli": EVERYTHING_AT_FOUR | {"demo", "simulator"},
    "app": {"config", "core", "models", "realtime", "listeners", "webhooks", "api", "web", "cli"},
    "wsgi": {"app"},
    "gunicorn": {"scripts"},
}
# inside domain/ a noun may use those before it
NOUNS = (
    "language", "audit", "accounts", "companies", "notifications", "customers", "services", "claims", "knowledge", "reports", "privacy",
    "tasks", "emergencies", "scheduling", "bookings", "marketing", "replies", "calendar_sync", "workflows", "agents", "calls",
    "staff_notices", "inbox", "operations", "line_check",
)  # fmt: skip
ONLY_ACCOUNTS = "app.domain.accounts"


def test_every_import_runs_downward() -> None:
    upward = [_told(found) for found in imports() if not _may(_room(found.importer), _room(found.imported))]
    assert upward == []


def test_what_starts_and_serves_imports_nothing_of_the_application() -> None:
    """Of the scripts only the training of classifiers knows the domain."""
    inside = [found for found in imports() if found.importer.startswith("scripts.") and found.imported.startswith("app")]
    assert {found.importer for found in inside} <= {"scripts.classifier_training", "scripts.omission_training"}


def test_every_room_stands_in_the_table() -> None:
    assert {_room(name) for name in modules()} - MAY_IMPORT.keys() == set()


def test_providers_know_neither_models_nor_companies() -> None:
    """Plain values in, plain dataclasses out."""
    forbidden = ("app.core.extensions", "app.core.tenancy", "app.core.transactions", "app.core.database", "app.models")
    assert [_told(f) for f in imports() if _room(f.importer) == "providers" and f.imported.startswith(forbidden)] == []


def test_realtime_asks_only_accounts_of_the_domain() -> None:
    taken = [f for f in imports() if _room(f.importer) == "realtime" and _room(f.imported) == "domain"]
    assert [_told(found) for found in taken if not found.imported.startswith(ONLY_ACCOUNTS)] == []


def test_inside_the_domain_a_noun_uses_only_those_before_it() -> None:
    backward = []
    for found in imports():
        importer, imported = _noun(found.importer), _noun(found.imported)
        if importer and imported and NOUNS.index(imported) > NOUNS.index(importer):
            backward.append(_told(found))
    assert backward == []


def test_no_modules_import_each_other() -> None:
    assert circles() == []


def _room(name: str) -> str:
    parts = name.split(".")
    if parts[0] == "app":
        return parts[1] if len(parts) > 1 else "app"
    return parts[0]


def _may(importer: str, imported: str) -> bool:
    return importer == imported or imported in MAY_IMPORT.get(importer, set())


def _noun(name: str) -> str | None:
    parts = name.split(".")
    return parts[2] if parts[:2] == ["app", "domain"] and len(parts) > 2 else None


def _told(found: Import) -> str:
    return f"{found.importer} (line {found.line}) imports {found.imported}"
