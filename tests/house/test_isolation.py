"""Nobody sees another one's data: all routes, asked by a company with another one's ids, by nobody, and with garbage."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import inspect
from werkzeug.routing import Rule

from app.core.route_guards import guard_of
from app.core.tenancy import CompanyScoped, company_scope
from app.core.transactions import transaction
from app.domain.accounts.api_keys import SCOPES, create_key
from app.models import Company
from tests.factories.registry import models
from tests.support.rows import MEANT, address_of, fill
from tests.support.users import csrf_token, make_company, make_user, signed_in

pytestmark = pytest.mark.exhaustive

# stands in every text of the other company
MARK = "Zaunkönig"
GARBAGE = ("x", "0", "-1", "99999999999999999999", "01HZZZZZZZZZZZZZZZZZZZZZZZ", "' OR 1=1 --", "..%2F..%2Fetc", "%00", "ü" * 300)
# words of an address that ask for more of something: after, of, by, in
ASKED = ("after", "branch_id", "branch", "call_id", "customer_id", "number", "service_id", "staff_id", "booking_id")


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
    ids = fill(other, MARK)
    user = make_user(mine)
    with transaction():
        _row, key = create_key(mine, "Walk", list(SCOPES))
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
        answer = stranger.open(address_of(rule, {name: worlds.ids[MEANT[name]] for name in rule.arguments}), method=method, data=data)
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
            address = address_of(rule, {name: worlds.ids[MEANT[name]] for name in rule.arguments})
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
    return worlds.client.open(address_of(rule, values) + query, method=method, headers=headers, data=data, json=json)


def _without_the_question(page: str) -> str:
    """A search field and its links say again what was asked; that tells nothing."""
    return page.replace(f'value="{MARK}"', "").replace(f"„{MARK}“", "").replace(f"={MARK}", "")


def _picture(db: SQLAlchemy, company: Company) -> dict[str, list[str]]:
    """All rows of the company, as they are."""
    db.session.rollback()
    with company_scope(company.id):
        return {
            model.__name__: sorted(repr({c.key: getattr(row, c.key) for c in inspect(model).columns}) for row in db.session.query(model))
            for model in models()
            if issubclass(model, CompanyScoped)
        }
