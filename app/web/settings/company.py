"""The company: what callers hear, the legal data of its public pages, and its logo."""

from typing import Annotated, Any
from zoneinfo import available_timezones

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import InvalidInput
from app.core.locale import LANGUAGES
from app.core.transactions import run_in_transaction
from app.domain.accounts.permissions import can
from app.domain.companies.industries import INDUSTRIES
from app.domain.companies.legal_notice import NAMES, LegalNotice, get_legal_notice
from app.domain.companies.logo import MAX_BYTES, find_logo, remove_logo, save_logo
from app.domain.operations.business_fields import MAX_NAME
from app.domain.operations.company_settings import CompanyDetails, update_company
from app.domain.scheduling.holidays import GERMAN_STATES
from app.jobs.agents import deploy_agent
from app.web.fields import ChoiceField, Email, Phone, TextField
from app.web.forms import Form, read_upload, to_errors
from app.web.guards import for_company

LINE = Annotated[str, TextField(160)]
# the zones of German-speaking businesses first; all others are accepted too
TIMEZONES = ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "Europe/Luxembourg", "Europe/London")

blueprint = Blueprint("company", __name__)


class CompanyForm(Form):
    name: Annotated[str, TextField(MAX_NAME)]
    industry: Annotated[str, ChoiceField(*INDUSTRIES)]
    language: Annotated[str, ChoiceField(*LANGUAGES)]
    timezone: Annotated[str, ChoiceField(*available_timezones())]
    state: Annotated[str, ChoiceField(*GERMAN_STATES)] | None = None
    legal_name: LINE | None = None
    representative: LINE | None = None
    street: LINE | None = None
    postcode: Annotated[str, TextField(16)] | None = None
    city: Annotated[str, TextField(80)] | None = None
    email: Email | None = None
    phone: Phone | None = None
    registration: LINE | None = None
    vat_id: Annotated[str, TextField(20)] | None = None
    profession: LINE | None = None
    authority: LINE | None = None
    privacy_contact: LINE | None = None


@blueprint.get("/settings/company")
@for_company("settings.read")
def index() -> str:
    return _render_page(_get_values(), {})


@blueprint.post("/settings/company")
@for_company("settings.write")
def save() -> Any:
    try:
        form = CompanyForm.read()
        details = CompanyDetails(form.name, form.industry, form.language, form.timezone, form.state)
        notice = LegalNotice(**{name: getattr(form, name) for name in NAMES})
        deployments = run_in_transaction(lambda: update_company(g.company, details, notice))
    except InvalidInput as error:
        return _render_page(CompanyForm.typed(), to_errors(error)), 422
    for deployment_id in deployments:
        deploy_agent.enqueue(deployment_id)
    flash(_("Gespeichert."), "message")
    return redirect(url_for("company.index"))


@blueprint.post("/settings/company/logo")
@for_company("settings.write")
def upload_logo() -> Any:
    content = read_upload("logo", max_bytes=MAX_BYTES)
    try:
        run_in_transaction(lambda: save_logo(content))
    except InvalidInput as error:
        return _render_page(_get_values(), to_errors(error)), 422
    flash(_("Das Logo ist gespeichert."), "message")
    return redirect(url_for("company.index", _anchor="logo-card"))


@blueprint.post("/settings/company/logo/remove")
@for_company("settings.write")
def forget_logo() -> Response:
    run_in_transaction(remove_logo)
    flash(_("Das Logo ist entfernt."), "message")
    return redirect(url_for("company.index", _anchor="logo-card"))


def list_zones(selected: str) -> list[tuple[str, str]]:
    """List the zones of German-speaking businesses and the one that is set, by their cities."""
    zones = [*TIMEZONES, *({selected} & available_timezones() - set(TIMEZONES))]
    return [(zone, zone.rpartition("/")[2].replace("_", " ")) for zone in zones]


def _get_values() -> dict[str, Any]:
    notice = get_legal_notice(g.company)
    values = {name: getattr(g.company, name) or "" for name in ("name", "industry", "language", "timezone", "state")}
    return values | {name: getattr(notice, name) or "" for name in NAMES}


def _render_page(values: dict[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "settings/company.html",
        values=values,
        errors=errors,
        logo=find_logo(),
        missing=get_legal_notice(g.company).missing,
        company=g.company,
        industries=[(key, industry.name) for key, industry in INDUSTRIES.items()],
        languages=[("de", _("Deutsch")), ("en", _("Englisch"))],
        zones=list_zones(values["timezone"]),
        states=[("", _("nur bundesweite")), *sorted(GERMAN_STATES.items(), key=lambda row: row[1])],
        may_write=can(current_user, "settings.write"),
    )
