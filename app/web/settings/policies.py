"""The rules of booking, each with a sentence that says what it means, and where it comes from."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.core.errors import InvalidInput
from app.core.transactions import transaction
from app.domain.accounts.permissions import can
from app.domain.companies import policy_editing
from app.domain.companies.policies import Rules, in_words, load_policies
from app.domain.services import catalogue
from app.models.policy import RULES
from app.web.guards import for_company
from app.web.reader import branches
from app.web.settings.filling import Filled, errors_of

MOST = 200
TELLING = ("tell_desk_changes", "tell_own_changes", "tell_calendar_changes")
YES_OR_NO = ("anonymous_callers", "callers_may_book", "needs_confirmation", "keeps_holidays", *TELLING)

blueprint = Blueprint("policies", __name__)


@blueprint.get("/settings/policies")
@for_company("services.read")
def index() -> str:
    kind, row_id = _scope()
    policy_editing.check_scope(kind, row_id)
    policy = policy_editing.find_policy(kind, row_id)
    return _page(kind, row_id, _as_fields(policy.rules() if policy else {}), {})


@blueprint.post("/settings/policies")
@for_company("services.write")
def save() -> Any:
    kind, row_id = _scope()
    filled = Filled(request.form)
    rules: dict[str, Any] = {name: filled.whole(name, *limits) for name, limits in policy_editing.LIMITS.items() if name != "fee_cents"}
    rules["fee_cents"] = filled.cents("fee_cents")
    rules |= {name: {"1": True, "0": False}.get(request.form.get(name, "")) for name in YES_OR_NO}
    try:
        filled.check()
        with transaction():
            policy_editing.save_policy(kind, row_id, rules)
    except InvalidInput as error:
        return _page(kind, row_id, dict(request.form), errors_of(error)), 422
    flash(_("Regeln gespeichert. Sie gelten ab dem nächsten Termin."), "message")
    return redirect(url_for("policies.index", scope=f"{kind}:{row_id}" if row_id else None))


def _scope() -> tuple[str, str | None]:
    kind, _colon, row_id = request.values.get("scope", "company").partition(":")
    return (kind, row_id) if row_id else ("company", None)


def _page(kind: str, row_id: str | None, values: dict[str, Any], errors: dict[str, str]) -> str:
    policies = load_policies()
    of = {f"{kind}_id": row_id} if row_id else {}
    rules: Rules = policies.rules(**of)
    return render_template(
        "settings/policies.html",
        scope=f"{kind}:{row_id}" if row_id else "company",
        scopes=_scopes(),
        values=values,
        inherited=_as_fields({name: getattr(policies.rules() if row_id else Rules(), name) for name in RULES}),
        sentences=in_words(rules),
        errors=errors,
        is_company=row_id is None,
        may_write=can(current_user, "services.write"),
    )


def _as_fields(rules: dict[str, Any]) -> dict[str, str]:
    """Rules as the form shows them: yes and no as 1 and 0, money in Euro."""
    shown = {
        name: {True: "1", False: "0"}.get(value, str(value)) if isinstance(value, bool) else str(value) for name, value in rules.items()
    }
    if "fee_cents" in rules:
        shown["fee_cents"] = f"{rules['fee_cents'] / 100:.2f}".replace(".", ",").removesuffix(",00")
    return shown


def _scopes() -> list[tuple[str, Any]]:
    people, services = catalogue.list_staff(limit=MOST), catalogue.list_services(limit=MOST)
    return [
        ("company", _("Ganzer Betrieb")),
        (_("Filialen"), [(f"branch:{row_id}", name) for row_id, name in branches()]),
        (_("Leistungen"), [(f"service:{service.id}", service.name) for service in services]),
        (_("Team"), [(f"staff:{person.id}", person.name) for person in people]),
    ]
