"""Rules of marketing messages: each kind with its own switch, off until it is set."""

from dataclasses import replace
from typing import Annotated, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.core.errors import InvalidInput
from app.core.transactions import transaction
from app.domain.accounts.permissions import can
from app.domain.marketing.rules import (
    MAX_URL_LENGTH,
    REVIEW_HOURS,
    SATISFACTION_HOURS,
    WEEKS,
    MarketingRules,
    load_marketing_rules,
    save_marketing_rules,
)
from app.domain.marketing.satisfaction import get_figures
from app.domain.notifications.marketing_consents import list_customers_with_consent
from app.domain.services import catalogue
from app.web.fields import Flag, IntegerField, VerbatimField
from app.web.forms import Form, raise_invalid, to_errors
from app.web.guards import for_company

MAX_SERVICES = 200
MAX_COMMENTS = 5

blueprint = Blueprint("marketing_rules", __name__)


class MarketingRulesForm(Form):
    """A number without its switch is kept by nobody."""

    review: Flag = False
    review_hours: Annotated[int, IntegerField(*REVIEW_HOURS)] | None = None
    review_url: Annotated[str, VerbatimField(MAX_URL_LENGTH)] = ""
    satisfaction: Flag = False
    satisfaction_hours: Annotated[int, IntegerField(*SATISFACTION_HOURS)] | None = None
    birthday: Flag = False
    win_back: Flag = False
    win_back_weeks: Annotated[int, IntegerField(*WEEKS)] | None = None


class RecallForm(Form):
    """One service; empty: no message."""

    weeks: Annotated[int, IntegerField(*WEEKS)] | None = None


@blueprint.get("/settings/marketing")
@for_company("services.read")
def index() -> str:
    return _render_page(_to_fields(load_marketing_rules()), {})


@blueprint.post("/settings/marketing")
@for_company("services.write")
def save() -> Any:
    form, errors = MarketingRulesForm.parse()
    recalls, recall_errors = _read_recalls()
    try:
        raise_invalid(errors | recall_errors)
        assert form is not None
        with transaction():
            shown = {service_id for service_id, _name in _list_services()}
            others = {service_id: weeks for service_id, weeks in load_marketing_rules().recall_weeks.items() if service_id not in shown}
            save_marketing_rules(replace(_to_rules(form), recall_weeks=others | recalls))
    except InvalidInput as error:
        return _render_page(_get_typed(), to_errors(error)), 422
    flash(_("Gespeichert. Geschrieben wird nur an Personen, die eingewilligt haben."), "message")
    return redirect(url_for("marketing_rules.index"))


def _read_recalls() -> tuple[dict[str, int], dict[str, str]]:
    recalls, errors = {}, {}
    for service_id, _name in _list_services():
        form, service_errors = RecallForm.parse(f"recall:{service_id}:")
        errors |= service_errors
        if form is not None and form.weeks is not None:
            recalls[service_id] = form.weeks
    return recalls, errors


def _to_rules(form: MarketingRulesForm) -> MarketingRules:
    """Raises InvalidInput for a switch without its number."""
    missing = _("Bitte eine Zahl angeben.")
    wanted = {
        "review_hours": (form.review, form.review_hours), "satisfaction_hours": (form.satisfaction, form.satisfaction_hours),
        "win_back_weeks": (form.win_back, form.win_back_weeks),
    }  # fmt: skip
    raise_invalid({name: missing for name, (is_on, number) in wanted.items() if is_on and number is None})
    return MarketingRules(
        review_hours=form.review_hours if form.review else None,
        review_url=form.review_url.strip() if form.review else None,
        satisfaction_hours=form.satisfaction_hours if form.satisfaction else None,
        has_birthdays=form.birthday,
        win_back_weeks=form.win_back_weeks if form.win_back else None,
    )


def _to_fields(rules: MarketingRules) -> dict[str, Any]:
    return {
        "review": "1" if rules.review_hours else "",
        "review_hours": str(rules.review_hours or 24),
        "review_url": rules.review_url or "",
        "satisfaction": "1" if rules.satisfaction_hours else "",
        "satisfaction_hours": str(rules.satisfaction_hours or 3),
        "birthday": "1" if rules.has_birthdays else "",
        "win_back": "1" if rules.win_back_weeks else "",
        "win_back_weeks": str(rules.win_back_weeks or 12),
        **{f"recall:{service_id}:weeks": str(weeks) for service_id, weeks in rules.recall_weeks.items()},
    }


def _get_typed() -> dict[str, Any]:
    recalls = {
        f"recall:{service_id}:{name}": text
        for service_id, _name in _list_services()
        for name, text in RecallForm.typed(f"recall:{service_id}:").items()
    }  # fmt: skip
    return recalls | MarketingRulesForm.typed()


def _render_page(values: dict[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "settings/marketing_rules.html",
        values=values,
        errors=errors,
        services=_list_services(),
        consented=len(list_customers_with_consent()),
        figures=get_figures(current_user.branch_ids, comments=MAX_COMMENTS) if can(current_user, "customers.read") else None,
        may_write=can(current_user, "services.write"),
    )


def _list_services() -> list[tuple[str, str]]:
    return [(service.id, service.name) for service in catalogue.list_services(limit=MAX_SERVICES)]
