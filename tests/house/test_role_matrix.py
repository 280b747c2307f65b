"""Every route for every role: what the table of permissions says is what happens; and the page that explains it says the same."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from werkzeug.routing import Rule

from app.core.extensions import db
from app.core.route_guards import guard_of
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.accounts.permissions import ACTIONS, COMPANY_ACTIONS, can
from app.models import StaffMember, User
from app.models.user import COMPANY_ROLES, PLATFORM_ROLES
from app.web.settings.role_words import WITHOUT_A_PAGE, WORDS
from tests.support.rows import MEANT, address_of, fill
from tests.support.users import csrf_token, make_company, make_user, signed_in, token_of

ROLES = (*COMPANY_ROLES, *PLATFORM_ROLES)
NOWHERE = "01HZZZZZZZZZZZZZZZZZZZZZZZ"
# routes that refuse some of those whom their guard lets in, and why
NARROWER = {
    "absences.ask": "whoever may not act for others acts for themselves",
    "absences.sick": "whoever may not act for others acts for themselves",
    "onboarding.new_user": "support lets in the first owner only",
    "onboarding.make_user": "support lets in the first owner only",
    "onboarding.invite_user": "support lets in the first owner only",
}
# after these the session is another one
ENDS_THE_SESSION = {"sign_in.logout", "sign_in.change_password"}


class World:
    """A company with a row of everything, and a browser of every role."""

    def __init__(self, app: Flask) -> None:
        self.app, company = app, make_company()
        self.ids = fill(company, "Zaunkönig")
        self.users: dict[str, User] = {role: make_user(company if role in COMPANY_ROLES else None, role) for role in ROLES}
        with company_scope(company.id), transaction():
            db.session.get_one(StaffMember, self.ids["StaffMember"]).user_id = self.users["staff"].id
        self.clients: dict[str, FlaskClient] = {role: signed_in(app, user) for role, user in self.users.items()}

    def ask(self, role: str | None, rule: Rule, method: str) -> Any:
        """Reading asks for rows that are there, writing for some that are not, so that nothing happens."""
        client = self.clients[role] if role else self.app.test_client()
        values = {name: self.ids[MEANT[name]] if method == "GET" else _nowhere(rule, name) for name in rule.arguments}
        data = {"csrf_token": token_of(client) if role else csrf_token(client)} if method != "GET" else None
        answer = client.open(address_of(rule, values), method=method, data=data)
        if role and rule.endpoint in ENDS_THE_SESSION:
            self.clients[role] = signed_in(self.app, self.users[role])
        return answer


def _nowhere(rule: Rule, name: str) -> str:
    return "999999" if f"<int:{name}>" in rule.rule else NOWHERE


@pytest.fixture
def world(app: Flask, db: SQLAlchemy) -> World:
    return World(app)


def list_routes(app: Flask) -> Iterator[tuple[Rule, str, str, str]]:
    """(rule, method, kind of its guard, by what)"""
    for rule in app.url_map.iter_rules():
        guard = guard_of(app.view_functions[rule.endpoint])
        assert guard is not None or rule.endpoint == "static", f"{rule.rule} declares no permission"
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if guard is not None:
                yield rule, method, guard.kind, guard.by


def expect(user: User | None, kind: str, by: str) -> str:
    """What the table says of this reader: in, forbidden, hidden or unknown."""
    if user is None:
        return "unknown"
    if kind == "user" or can(user, by):
        return "in"
    return "forbidden" if kind == "company" and not user.is_platform else "hidden"


def describe(answer: Any) -> str:
    leads_away = answer.status_code == 302 and answer.location.startswith("/login") and "signed_out" not in answer.location
    if answer.status_code == 401 or leads_away:
        return "unknown"
    return {403: "forbidden", 404: "hidden"}.get(answer.status_code, "in" if answer.status_code < 500 else str(answer.status_code))


def test_every_route_that_needs_a_permission_names_one_of_the_table(app: Flask) -> None:
    named = {by for _rule, _method, kind, by in list_routes(app) if kind in ("company", "support")}
    assert named <= ACTIONS.keys()
    assert {by for _rule, _method, kind, by in list_routes(app) if kind == "support"}.isdisjoint(COMPANY_ACTIONS)
    assert named & COMPANY_ACTIONS.keys() <= {action for rows in WORDS.values() for action in rows}


def test_the_page_about_roles_leaves_out_only_what_no_page_asks_for(app: Flask) -> None:
    explained = {action for rows in WORDS.values() for action in rows}
    assert explained | WITHOUT_A_PAGE == COMPANY_ACTIONS.keys() and explained.isdisjoint(WITHOUT_A_PAGE)
    assert {by for _rule, _method, _kind, by in list_routes(app)}.isdisjoint(WITHOUT_A_PAGE)


@pytest.mark.exhaustive
def test_each_role_gets_where_the_table_says_and_nowhere_else(app: Flask, world: World) -> None:
    wrong, tried, people = [], 0, (None, *ROLES)
    for (rule, method, kind, by), role in itertools.product(list(list_routes(app)), people):
        if kind not in ("company", "support", "user"):
            continue
        expected, answer = expect(world.users[role] if role else None, kind, by), world.ask(role, rule, method)
        found = describe(answer)
        # a row that is not there is not there for anybody
        is_fine = found == expected or (expected == "in" and found == "hidden" and rule.arguments)
        if not is_fine and not (expected == "in" and found == "forbidden" and rule.endpoint in NARROWER):
            wrong.append(f"{role or 'nobody'} {method} {rule.rule}: {found}, and not {expected} ({answer.status_code})")
        tried += 1
    assert wrong == []
    assert tried > 1000


@pytest.mark.exhaustive
def test_programs_come_in_by_key_whatever_the_session(app: Flask, world: World) -> None:
    for rule, method, kind, _by in list_routes(app):
        if kind == "key":
            for role in ("owner", "admin"):
                client = world.clients[role]
                address = address_of(rule, {name: world.ids[MEANT[name]] for name in rule.arguments})
                assert client.open(address, method=method, json={} if method != "GET" else None).status_code == 401, rule.rule
