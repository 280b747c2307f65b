"""Booking policies: the rules with their meaning and origin."""

from typing import Annotated, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.core.errors import InvalidInput
from app.core.transactions import transaction
from app.domain.accounts.permissions import can
from app.domain.companies.policies import LIMITS as RULE_LIMITS, Rules, check_scope, describe_rules, find_policy, load_policies, save_policy
from app.domain.services import catalogue
from app.models.policy import RULES
from app.web.branch_filter import list_branches
from app.web.fields import BooleanField, Cents, IntegerField, TextField
from app.web.formatting import format_decimal_input
from app.web.forms import Form, Query, to_errors
from app.web.guards import for_company

MAX_CHOICES = 200
LIMITS = {name: IntegerField(*limits) for name, limits in RULE_LIMITS.items()}
YesNo = Annotated[bool, BooleanField()]

blueprint = Blueprint("policies", __name__)


class PolicyForm(Form):
    """An empty rule is inherited from the next wider policy."""

    grid_minutes: Annotated[int, LIMITS["grid_minutes"]] | None = None
    notice_minutes: Annotated[int, LIMITS["notice_minutes"]] | None = None
    horizon_days: Annotated[int, LIMITS["horizon_days"]] | None = None
    cancel_minutes: Annotated[int, LIMITS["cancel_minutes"]] | None = None
    move_minutes: Annotated[int, LIMITS["move_minutes"]] | None = None
    hold_minutes: Annotated[int, LIMITS["hold_minutes"]] | None = None
    open_bookings_per_customer: Annotated[int, LIMITS["open_bookings_per_customer"]] | None = None
    fee_cents: Cents | None = None
    fee_within_minutes: Annotated[int, LIMITS["fee_within_minutes"]] | None = None
    anonymous_callers: YesNo | None = None
    contact_required: YesNo | None = None
    callers_may_book: YesNo | None = None
    needs_confirmation: YesNo | None = None
    observes_holidays: YesNo | None = None
    notify_staff_changes: YesNo | None = None
    notify_self_service_changes: YesNo | None = None
    notify_program_changes: YesNo | None = None
    notify_calendar_changes: YesNo | None = None


class ScopeQuery(Query):
    scope: Annotated[str, TextField(40)] = "company"


@blueprint.get("/settings/policies")
@for_company("services.read")
def index() -> str:
    kind, row_id = _get_scope()
    policy = find_policy(kind, row_id)
    return _render_page(kind, row_id, _to_fields(policy.rules() if policy else {}), {})


@blueprint.post("/settings/policies")
@for_company("services.write")
def save() -> Any:
    kind, row_id = _get_scope()
    try:
        rules = PolicyForm.read().model_dump()
        with transaction():
            save_policy(kind, row_id, rules)
    except InvalidInput as error:
        return _render_page(kind, row_id, PolicyForm.typed(), to_errors(error)), 422
    flash(_("Regeln gespeichert. Sie gelten ab dem nächsten Termin."), "message")
    return redirect(url_for("policies.index", scope=f"{kind}:{row_id}" if row_id else None))


def _get_scope() -> tuple[str, str | None]:
    """Get the scope of the page as (kind, id). Raises NotFound for an unknown scope."""
    kind, _colon, row_id = ScopeQuery.read_known().scope.partition(":")
    scope = (kind, row_id) if row_id else ("company", None)
    check_scope(*scope)
    return scope


def _render_page(kind: str, row_id: str | None, values: dict[str, Any], errors: dict[str, str]) -> str:
    policies = load_policies()
    scope_ids = {f"{kind}_id": row_id} if row_id else {}
    rules: Rules = policies.rules(**scope_ids)
    return render_template(
        "settings/policies.html",
        scope=f"{kind}:{row_id}" if row_id else "company",
        scopes=_list_scopes(),
        values=values,
        inherited=_to_fields({name: getattr(policies.rules() if row_id else Rules(), name) for name in RULES}),
        sentences=describe_rules(rules),
        errors=errors,
        is_company=row_id is None,
        may_write=can(current_user, "services.write"),
    )


def _to_fields(rules: dict[str, Any]) -> dict[str, str]:
    """Convert rules to form texts: booleans as 1 and 0, money in euros."""
    values = {
        name: {True: "1", False: "0"}.get(value, str(value)) if isinstance(value, bool) else str(value) for name, value in rules.items()
    }
    if "fee_cents" in rules:
        values["fee_cents"] = format_decimal_input(rules["fee_cents"], places=2, is_short=True)
    return values


def _list_scopes() -> list[tuple[str, Any]]:
    people, services = catalogue.list_staff(limit=MAX_CHOICES), catalogue.list_services(limit=MAX_CHOICES)
    return [
        ("company", _("Ganzer Betrieb")),
        (_("Filialen"), [(f"branch:{row_id}", name) for row_id, name in list_branches()]),
        (_("Leistungen"), [(f"service:{service.id}", service.name) for service in services]),
        (_("Team"), [(f"staff:{person.id}", person.name) for person in people]),
    ]
