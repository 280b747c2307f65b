"""Who may only look at the settings sees fields that cannot be changed, and who can; on every page."""

from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from werkzeug.routing import RequestRedirect

from app.core.route_guards import guard_of
from app.domain.accounts.permissions import can
from app.models import Company
from tests.factories.salon import Salon, make_salon
from tests.support.users import make_user, signed_in

CONTROLS = ("input", "select", "textarea", "button")
SAID = "Nur ansehen: Ändern können das die Inhaberin oder der Inhaber und die Leitung."


class Controls(HTMLParser):
    """The controls of forms that are posted and can be changed, by the address they are posted to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page, self._action, self._disabled = page, "", 0
        self.open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            self._action = (given.get("action") or self._page) if (given.get("method") or "").lower() == "post" else ""
        elif tag == "fieldset" and (self._disabled or "disabled" in given):
            self._disabled += 1
        elif tag in CONTROLS and self._action and not self._disabled and not self._is_fixed(given):
            self.open.append((self._action, given.get("name") or tag))

    @staticmethod
    def _is_fixed(given: dict[str, str | None]) -> bool:
        return given.get("type") == "hidden" or not {"disabled", "readonly"}.isdisjoint(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._action = ""
        elif tag == "fieldset" and self._disabled:
            self._disabled -= 1


def list_pages(app: Flask) -> list[str]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/settings/") and not rule.arguments]
    return [*sorted({rule.rule for rule in rules if "GET" in (rule.methods or ())}), "/settings/message-texts/booked"]


@pytest.mark.parametrize("role", ["front_desk", "staff", "read_only"])
def test_what_one_may_not_change_cannot_be_changed_there(app: Flask, db: SQLAlchemy, role: str) -> None:
    salon: Salon = make_salon()
    user = make_user(db.session.get_one(Company, salon.company_id), role)
    client, adapter, seen = signed_in(app, user), app.url_map.bind("localhost"), []

    def may_post(path: str) -> bool:
        try:
            endpoint: Any = adapter.match(path.partition("?")[0].partition("#")[0], method="POST")[0]
        except RequestRedirect:
            return True
        guard = guard_of(app.view_functions[endpoint])
        return guard is None or guard.kind != "company" or can(user, guard.by)

    for path in list_pages(app):
        answer = client.get(path)
        if answer.status_code != 200 or "<!doctype html>" not in answer.text[:20]:
            continue
        seen.append(path)
        controls = Controls(path)
        controls.feed(answer.text)
        assert [control for control in controls.open if not may_post(control[0])] == [], path
    assert {"/settings/messages", "/settings/marketing", "/settings/policies", "/settings/message-texts/booked"} <= set(seen)
    for path in ("/settings/messages", "/settings/marketing", "/settings/policies", "/settings/hours"):
        assert SAID in client.get(path).text, path
