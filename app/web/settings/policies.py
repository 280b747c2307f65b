"""Booking policies: the rules as sentences, for the company or for one branch, service or person, with what a change does."""

from typing import Annotated, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.core.errors import InvalidInput
from app.core.transactions import transaction
from app.domain.accounts.permissions import can
from app.domain.bookings.policy_effects import PolicyEffect, forecast_effects
from app.domain.companies.policies import (
    LIMITS,
    UNITS,
    Policies,
    Rules,
    check_scope,
    describe_rules,
    find_policy,
    load_policies,
    save_policy,
)
from app.domain.services import catalogue
from app.models.policy import RULES
from app.web.branch_filter import list_branches
from app.web.fields import BooleanField, Cents, ChoiceField, Flag, IntegerField, TextField
from app.web.forms import Form, Query, raise_invalid, to_errors
from app.web.guards import for_company
from app.web.settings.affected_bookings import describe_bookings
from app.web.settings.policy_rules import SPANS, UNIT_NAMES, build_rows, describe_limit, to_minutes, to_typed

MAX_CHOICES = 200
Count = Annotated[int, IntegerField(0, 43_200)]
Unit = Annotated[str, ChoiceField(*UNITS)]
YesNo = Annotated[bool, BooleanField()]

blueprint = Blueprint("policies", __name__)


def _limited(name: str) -> IntegerField:
    return IntegerField(*LIMITS[name])


class PolicyForm(Form):
    """An empty rule, or one that is named in `inherit`, is inherited from the next wider policy."""

    notice_minutes: Count | None = None
    notice_minutes_unit: Unit = "minutes"
    horizon_days: Annotated[int, _limited("horizon_days")] | None = None
    grid_minutes: Annotated[int, _limited("grid_minutes")] | None = None
    hold_minutes: Annotated[int, _limited("hold_minutes")] | None = None
    cancel_minutes: Count | None = None
    cancel_minutes_unit: Unit = "minutes"
    move_minutes: Count | None = None
    move_minutes_unit: Unit = "minutes"
    fee_cents: Cents | None = None
    fee_within_minutes: Count | None = None
    fee_within_minutes_unit: Unit = "minutes"
    open_bookings_per_customer: Annotated[int, _limited("open_bookings_per_customer")] | None = None
    anonymous_callers: YesNo | None = None
    contact_required: YesNo | None = None
    callers_may_book: YesNo | None = None
    needs_confirmation: YesNo | None = None
    observes_holidays: YesNo | None = None
    notify_staff_changes: YesNo | None = None
    notify_self_service_changes: YesNo | None = None
    notify_program_changes: YesNo | None = None
    notify_calendar_changes: YesNo | None = None
    inherit: tuple[Annotated[str, TextField(40)], ...] = ()
    # the reader has seen what the change does to booked appointments
    confirmed: Flag = False

    def build_rules(self, defaults: Rules | None) -> dict[str, Any]:
        """The rules in minutes and cents; those equal to `defaults` are not set. Raises InvalidInput."""
        rules = {name: None if name in self.inherit else getattr(self, name) for name in RULES}
        errors = {}
        for name in SPANS:
            if rules[name] is not None:
                rules[name] = to_minutes(rules[name], getattr(self, f"{name}_unit"))
                if rules[name] > LIMITS[name][1]:
                    errors[name] = describe_limit(name)
        raise_invalid(errors)
        return {name: None if defaults and value == getattr(defaults, name) else value for name, value in rules.items()}


class ScopeQuery(Query):
    scope: Annotated[str, TextField(40)] = "company"


@blueprint.get("/settings/policies")
@for_company("services.read")
def index() -> str:
    kind, row_id = _get_scope()
    policy = find_policy(kind, row_id)
    return _render_page(kind, row_id, to_typed(policy.rules() if policy else {}), {})


@blueprint.post("/settings/policies")
@for_company("services.write")
def save() -> Any:
    """Save the rules; where booked appointments are concerned, show them first."""
    kind, row_id = _get_scope()
    try:
        form = PolicyForm.read()
        rules = form.build_rules(None if row_id else Rules())
        if not form.confirmed and (effects := forecast_effects(row_id or "company", rules)):
            return _render_page(kind, row_id, _get_typed(), {}, effects)
        with transaction():
            save_policy(kind, row_id, rules)
    except InvalidInput as error:
        return _render_page(kind, row_id, _get_typed(), to_errors(error)), 422
    flash(_("Regeln gespeichert. Sie gelten ab dem nächsten Termin."), "message")
    return redirect(url_for("policies.index", scope=f"{kind}:{row_id}" if row_id else None))


@blueprint.post("/settings/policies/reset")
@for_company("services.write")
def reset() -> Any:
    """Take back all rules of the scope: those of the wider one apply again."""
    kind, row_id = _get_scope()
    with transaction():
        save_policy(kind, row_id, {})
    flash(_("Zurückgesetzt. Hier gilt wieder alles wie im ganzen Betrieb.") if row_id else _("Zurückgesetzt auf den Standard."), "message")
    return redirect(url_for("policies.index", scope=f"{kind}:{row_id}" if row_id else None))


def _get_scope() -> tuple[str, str | None]:
    """Get the scope of the page as (kind, id). Raises NotFound for an unknown scope."""
    kind, _colon, row_id = ScopeQuery.read_known().scope.partition(":")
    scope = (kind, row_id) if row_id else ("company", None)
    check_scope(*scope)
    return scope


def _get_typed() -> dict[str, str]:
    """Get what was typed, without the rules that were left to the wider scope."""
    typed = PolicyForm.typed()
    return {name: text for name, text in typed.items() if isinstance(text, str) and text and name not in typed["inherit"]}


def _render_page(
    kind: str, row_id: str | None, typed: dict[str, str], errors: dict[str, str], effects: list[PolicyEffect] | None = None
) -> str:
    policies = load_policies()
    effective = policies.rules(**({f"{kind}_id": row_id} if row_id else {}))
    return render_template(
        "settings/policies.html",
        scope=f"{kind}:{row_id}" if row_id else "company",
        scopes=_list_scopes(),
        groups_of_rules=build_rows(typed, policies.rules() if row_id else Rules(), None if row_id else policies),
        units=UNIT_NAMES,
        sentences=describe_rules(effective),
        deviations=[] if row_id else _list_deviations(policies),
        errors=errors,
        effects=[(effect.kind, describe_bookings(effect.booking_ids)) for effect in effects or []],
        is_company=row_id is None,
        is_changed=find_policy(kind, row_id) is not None,
        may_write=can(current_user, "services.write"),
    )


def _list_scopes() -> list[tuple[str, Any]]:
    people, services = catalogue.list_staff(limit=MAX_CHOICES), catalogue.list_services(limit=MAX_CHOICES)
    return [
        ("company", _("Ganzer Betrieb")),
        (_("Filialen"), [(f"branch:{row_id}", name) for row_id, name in list_branches()]),
        (_("Leistungen"), [(f"service:{service.id}", service.name) for service in services]),
        (_("Team"), [(f"staff:{person.id}", person.name) for person in people]),
    ]


def _list_deviations(policies: Policies) -> list[tuple[str, str]]:
    """List the branches, services and people with rules of their own, as (scope, name)."""
    own = set(policies.list_scopes())
    return [row for _group, rows in _list_scopes()[1:] for row in rows if row[0].partition(":")[2] in own]
