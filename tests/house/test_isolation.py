"""Nobody sees another one's data: all routes, asked by a company with another one's ids, by nobody, and with garbage."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String, Text, inspect
from werkzeug.routing import Rule

from app.core.guarding import guard_of
from app.core.tenancy import Owned, company_scope
from app.core.transactions import transaction
from app.domain.accounts.api_keys import SCOPES, make_key
from app.models import Company, WebhookEvent
from tests.factories.every import factories, models
from tests.support.people import csrf_token, make_company, make_user, signed_in

# stands in every text of the other company
MARK = "Zaunkönig"
GARBAGE = ("x", "0", "-1", "99999999999999999999", "01HZZZZZZZZZZZZZZZZZZZZZZZ", "' OR 1=1 --", "..%2F..%2Fetc", "%00", "ü" * 300)
# what stands in an address → whose row is meant; a new name must be added here
MEANT = {
    "call_id": "Call",
    "company_id": "Company",
    "task_id": "Task",
    "event_id": "WebhookEvent",
    "booking_id": "Booking",
    "customer_id": "Customer",
    "branch_id": "Branch",
    "service_id": "Service",
    "staff_id": "StaffMember",
    "agent_id": "Agent",
    "key_id": "ApiKey",
    "user_id": "User",
    "connection": "Connection",
    "provider": "Connection",
    "state": "PhoneNumber",
    "how": "Call",
    "blocked_id": "BlockedCaller",
    "closure_id": "Closure",
    "entry_id": "WaitlistEntry",
    "number_id": "PhoneNumber",
    "check_id": "LineCheck",
    "notification_id": "Notification",
    "room_id": "Resource",
    "feed": "CalendarFeed",
    "token": "BookingLink",
}
# words of an address that ask for more of something: after, of, by, in
ASKED = ("after", "branch_id", "branch", "call_id", "customer_id", "number", "service_id", "staff_id", "booking_id")
# texts with a grammar of their own, which the mark would break
PLAIN = {
    "id", "company_id", "slug", "zone", "role", "status", "outcome", "language", "country", "provider", "kind", "email", "e164",
    "from_number", "to_number", "value", "theme", "state", "direction", "caller_kind", "disconnection", "sentiment", "type", "action",
    "way", "by_kind", "scope", "repeats", "colour", "source", "token_hash", "key_hash", "password_hash", "prefix", "key",
    "provider_agent_id", "phone", "industry", "seq",
}  # fmt: skip


@dataclass
class Worlds:
    """Two companies; the ids of the other one by model, and a browser and a key of the one that asks."""

    other: Company
    ids: dict[str, str]
    client: FlaskClient
    token: str
    key: str


@pytest.fixture
def worlds(app: Flask, db: SQLAlchemy) -> Iterator[Worlds]:
    mine, other = make_company("salon-lindgren"), make_company("werkstatt-kruse", name=MARK)
    ids = _fill(other)
    user = make_user(mine)
    with transaction():
        _row, key = make_key(mine, "Walk", list(SCOPES))
    client = signed_in(app, user)
    yield Worlds(other, ids, client, csrf_token(client, "/live"), key)


def test_every_gap_of_an_address_is_known(app: Flask) -> None:
    gaps = {name for rule in app.url_map.iter_rules() if rule.endpoint != "static" for name in rule.arguments}
    assert gaps - MEANT.keys() == set()


def test_foreign_ids_lead_nowhere(app: Flask, worlds: Worlds) -> None:
    """404, never 403 and never a success: whether it exists is nobody's business."""
    tried = 0
    for rule, method in _routes(app):
        if rule.arguments:
            answer = _ask(worlds, rule, method, {name: worlds.ids[MEANT[name]] for name in rule.arguments})
            assert answer.status_code == 404, f"{method} {rule.rule}: {answer.status_code}"
            assert MARK not in answer.text
            tried += 1
    assert tried >= 6


def test_garbage_leads_nowhere_either(app: Flask, worlds: Worlds) -> None:
    for rule, method in _routes(app):
        for garbage in GARBAGE if rule.arguments else ():
            answer = _ask(worlds, rule, method, dict.fromkeys(rule.arguments, garbage))
            assert answer.status_code in (400, 404, 405), f"{method} {rule.rule} {garbage[:20]}: {answer.status_code}"


def test_nobody_is_let_in(app: Flask, worlds: Worlds) -> None:
    """Without a session to the sign-in page, programs to a 401."""
    for rule, method in _routes(app):
        stranger = app.test_client()
        data = {"csrf_token": csrf_token(stranger)} if method == "POST" else None
        answer = stranger.open(_address(rule, {name: worlds.ids[MEANT[name]] for name in rule.arguments}), method=method, data=data)
        assert answer.status_code in (302, 401), f"{method} {rule.rule}: {answer.status_code}"
        assert answer.status_code == 401 or answer.location.startswith("/login"), rule.rule
        assert MARK not in answer.text


def test_lists_hold_nothing_of_the_other_company(app: Flask, worlds: Worlds) -> None:
    for rule, method in _routes(app):
        if method == "GET" and not rule.arguments:
            for query in ("", *(f"?{name}={worlds.ids[model]}" for name, model in _questions()), f"?q={MARK}", f"?number={MARK}"):
                answer = _ask(worlds, rule, method, {}, query)
                assert answer.status_code < 500, f"{rule.rule}{query}: {answer.status_code}"
                assert answer.status_code != 403 or not query, f"{rule.rule}{query}: 403"
                assert MARK not in _without_the_question(answer.text), f"{rule.rule}{query} shows the other company"


def test_a_foreign_id_in_a_form_changes_nothing(app: Flask, db: SQLAlchemy, worlds: Worlds) -> None:
    before = _picture(db, worlds.other)
    for rule, method in _routes(app):
        if method != "GET":
            form = {name: worlds.ids[model] for name, model in _questions()} | {"csrf_token": worlds.token, "next": "/live"}
            address = _address(rule, {name: worlds.ids[MEANT[name]] for name in rule.arguments})
            answer = worlds.client.open(address, method=method, data=form)
            assert answer.status_code < 500, f"{method} {rule.rule}: {answer.status_code}"
            assert MARK not in answer.text
            if rule.endpoint in ("sign_in.logout", "sign_in.change_password"):
                worlds.client = signed_in(app, "owner@salon-lindgren.example")
                worlds.token = csrf_token(worlds.client, "/live")
    assert _picture(db, worlds.other) == before


def test_the_pages_of_support_do_not_exist_for_companies(app: Flask, worlds: Worlds) -> None:
    for rule, method in _routes(app, kinds=("support",)):
        answer = _ask(worlds, rule, method, {name: worlds.ids[MEANT[name]] for name in rule.arguments})
        assert answer.status_code == 404, f"{method} {rule.rule}: {answer.status_code}"


def _routes(app: Flask, kinds: tuple[str, ...] = ("company", "support", "user", "key")) -> list[tuple[Rule, str]]:
    """Every route that somebody must be let in to, with each of its methods."""
    found = []
    for rule in app.url_map.iter_rules():
        guard = guard_of(app.view_functions[rule.endpoint])
        if guard is not None and guard.kind in kinds:
            found += [(rule, method) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    assert found
    return found


def _questions() -> list[tuple[str, str]]:
    return [(name, {"after": "Call", "branch": "Branch", "number": "Branch"}.get(name) or MEANT[name]) for name in ASKED]


def _ask(worlds: Worlds, rule: Rule, method: str, values: dict[str, str], query: str = "") -> Any:
    headers = {"Authorization": f"Bearer {worlds.key}"} if rule.rule.startswith("/api/") else {}
    data = {"csrf_token": worlds.token} if method != "GET" and not headers else None
    json = {} if method != "GET" and headers else None
    return worlds.client.open(_address(rule, values) + query, method=method, headers=headers, data=data, json=json)


def _address(rule: Rule, values: dict[str, str]) -> str:
    address = rule.rule
    for name, value in values.items():
        for gap in (f"<{name}>", f"<int:{name}>", f"<string:{name}>"):
            address = address.replace(gap, value)
    return address


def _without_the_question(page: str) -> str:
    """A search field and its links say again what was asked; that tells nothing."""
    return page.replace(f'value="{MARK}"', "").replace(f"„{MARK}“", "").replace(f"={MARK}", "")


def _fill(company: Company) -> dict[str, str]:
    """A row of everything, its texts marked; the ids by model."""
    ids: dict[str, str] = {"Company": company.id}
    with company_scope(company.id), transaction():
        for model, factory in factories().items():
            if model is Company:
                continue
            texts = {
                column.key: f"{MARK} {column.key}"[: column.type.length or 200]
                for column in inspect(model).columns
                if isinstance(column.type, String | Text) and column.key not in PLAIN and not column.foreign_keys and _takes_umlauts(column)
            }
            extra = {"company_id": company.id, "call_id": None, "status": "unassigned", "dialled": MARK} if model is WebhookEvent else {}
            row = factory(**{**texts, **extra})
            ids.setdefault(model.__name__, str(getattr(row, "id", None) or getattr(row, "token_hash", "")))
    return ids


def _takes_umlauts(column: Any) -> bool:
    """Not ids, words of ours and references: those are ASCII."""
    return isinstance(column.type, Text) or (type(column.type) is String and "mysql" not in column.type._variant_mapping)


def _picture(db: SQLAlchemy, company: Company) -> dict[str, list[str]]:
    """All rows of the company, as they are."""
    db.session.rollback()
    with company_scope(company.id):
        return {
            model.__name__: sorted(repr({c.key: getattr(row, c.key) for c in inspect(model).columns}) for row in db.session.query(model))
            for model in models()
            if issubclass(model, Owned)
        }
