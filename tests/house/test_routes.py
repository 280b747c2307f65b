"""Every route is guarded, every webhook checks who sent it, every form its token."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select
from werkzeug.routing import Rule

from app.core.clock import now, to_ms
from app.core.extensions import csrf
from app.core.route_guards import guard_of
from app.core.tenancy import unscoped
from app.models import RejectedWebhook
from app.providers import WEBHOOK_PROVIDERS
from app.providers.webhook_reader import WebhookProvider

KINDS = {"company", "support", "user", "key", "signature", "token", "public"}
# endpoints without a guard's mark, and why
UNGUARDED = {"static": "files that everybody may have"}
# what anybody may ask without signing in; a new one must be wanted here as well
PUBLIC = {
    "sign_in.start", "sign_in.login", "sign_in.log_in", "sign_in.logout", "health.live", "health.ready",
    "health.everything", "api_browser_reports.keep", "api_document.docs", "api_document.openapi",
    "legal.imprint", "legal.privacy", "legal.company_imprint", "legal.company_privacy", "legal.logo",
    "sign_in_code.show", "sign_in_code.enter", "passkey_sign_in.show", "passkey_sign_in.options", "passkey_sign_in.log_in",
    "password_reset.forgot", "password_reset.request_link",
}  # fmt: skip
# modules whose forms and bodies carry no CSRF token, and what stands in its place
WITHOUT_TOKEN = {
    "app.webhooks": "the sender's signature", "app.api": "the key of the program, no cookie",
    "app.web.public.unsubscribe": "the token in the address, which can do nothing but withdraw a consent",
}  # fmt: skip


def test_every_route_says_who_may_come_in(app: Flask) -> None:
    silent = {rule.endpoint for rule in app.url_map.iter_rules() if guard_of(app.view_functions[rule.endpoint]) is None}
    assert silent == set(UNGUARDED)


def test_guards_are_of_known_kinds(app: Flask) -> None:
    guards = [guard for view in app.view_functions.values() if (guard := guard_of(view))]
    assert {guard.kind for guard in guards} <= KINDS
    assert all(guard.by for guard in guards)


def test_only_these_routes_are_open_to_everybody(app: Flask) -> None:
    found = {endpoint for endpoint, view in app.view_functions.items() if (guard := guard_of(view)) and guard.kind == "public"}
    assert found - PUBLIC == set()


def test_forms_without_a_token_are_only_where_something_else_proves_the_sender(app: Flask) -> None:
    exempt = {app.view_functions[endpoint].__module__ for endpoint in app.view_functions if _is_exempt(app, endpoint)}
    assert [module for module in exempt if not module.startswith(tuple(WITHOUT_TOKEN))] == []


def test_every_changing_page_refuses_a_form_without_its_token(app: Flask) -> None:
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not _is_exempt(app, rule.endpoint):
            assert client.post(_filled(rule)).status_code == 400, rule.rule


def test_nothing_is_changed_by_a_get(app: Flask) -> None:
    """A view answers either to reading or to writing, or to both with a form between them."""
    both = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if {"GET", "POST"} <= (rule.methods or set()) and rule.endpoint not in ("sign_in.change_password",)
    ]
    assert both == []


def test_every_webhook_refuses_what_is_not_signed(app: Flask, db: object, client: FlaskClient) -> None:
    """All routes, and all providers that are registered: one without a route is missing here."""
    rules = [rule for rule in app.url_map.iter_rules() if _is_webhook(app, rule.endpoint)]
    assert {provider.path for provider in WEBHOOK_PROVIDERS.values()} <= {rule.rule for rule in rules}
    names = {provider.signature_header for provider in WEBHOOK_PROVIDERS.values()}
    for rule in rules:
        for forged in (None, "", "0" * 64, "v=1,d=" + "0" * 64, f"v={to_ms(now())},d={'0' * 64}", "AAAA", "\u00e9"):
            headers = {} if forged is None else dict.fromkeys(names, forged)
            answer = client.post(_filled(rule), data=b"{}", headers=headers, content_type="application/json")
            assert answer.status_code == 401, f"{rule.rule} with {forged}: {answer.status_code}"


@pytest.mark.parametrize("provider", WEBHOOK_PROVIDERS.values(), ids=lambda provider: provider.name)
def test_forged_request_of_a_registered_provider_is_noted_under_its_name(
    app: Flask, db: SQLAlchemy, client: FlaskClient, provider: WebhookProvider
) -> None:
    answer = client.post(provider.path, data=b"{}", headers={provider.signature_header: "AAAA"}, content_type="application/json")
    assert answer.status_code == 401
    with unscoped():
        found = db.session.execute(select(RejectedWebhook)).scalar_one()
    assert found.provider == provider.name
    assert found.reason != "unsigned", "its header is read"


@pytest.mark.parametrize("empty", ["", None])
def test_without_its_secret_a_webhook_is_closed_not_open(app: Flask, db: object, client: FlaskClient, empty: str | None) -> None:
    settings = app.config["SETTINGS"]
    names = {provider.secret for provider in WEBHOOK_PROVIDERS.values()}
    kept = {name: getattr(settings, name) for name in names}
    try:
        for name in names:
            setattr(settings, name, empty)
        for rule in app.url_map.iter_rules():
            if _is_webhook(app, rule.endpoint) and not rule.arguments:
                assert client.post(rule.rule, data=b"{}", content_type="application/json").status_code == 503, rule.rule
    finally:
        for name, value in kept.items():
            setattr(settings, name, value)


def _is_webhook(app: Flask, endpoint: str) -> bool:
    return app.view_functions[endpoint].__module__.startswith("app.webhooks")


def _is_exempt(app: Flask, endpoint: str) -> bool:
    view = app.view_functions[endpoint]
    blueprint = app.blueprints.get(endpoint.split(".")[0])
    return f"{view.__module__}.{view.__name__}" in csrf._exempt_views or blueprint in csrf._exempt_blueprints


def _filled(rule: Rule) -> str:
    """The address with something in its gaps."""
    address = rule.rule
    for name in rule.arguments:
        number = f"<int:{name}>" in address
        address = address.replace(f"<int:{name}>" if number else f"<{name}>", "7" if number else "01HZZZZZZZZZZZZZZZZZZZZZZZ")
    return address
