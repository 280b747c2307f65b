"""Switches for an emergency: off for all companies, or for one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.extensions import db
from app.core.transactions import transaction
from app.domain.audit.writing import record
from app.domain.companies import features
from app.models import Company
from app.web.guards import for_support

blueprint = Blueprint("flags", __name__)


@blueprint.get("/admin/flags")
@for_support("support.flags")
def index() -> str:
    return _page({}, {})


@blueprint.post("/admin/flags")
@for_support("support.flags")
def switch() -> Response | tuple[str, int]:
    name, company_id = request.form.get("name", "").strip()[:80], request.form.get("company_id", "")[:26]
    is_on = request.form.get("is_on") == "1"
    errors = {}
    if name not in features.FEATURES:
        errors["name"] = _("Diesen Schalter gibt es nicht.")
    if company_id and db.session.get(Company, company_id) is None:
        errors["company_id"] = _("Diese Firma gibt es nicht.")
    if errors:
        return _page({"name": name, "company_id": company_id}, errors), 422
    with transaction():
        features.switch(name, company_id, on=is_on)
        record("flag_switched", subject=f"flag:{name}", company_id=company_id or None, data={"is_on": is_on})
    flash(_("%(name)s ist eingeschaltet.", name=name) if is_on else _("%(name)s ist ausgeschaltet.", name=name))
    return redirect(url_for("flags.index"))


def _page(form: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "admin/flags.html",
        features=features.FEATURES,
        names=[(name, name) for name in features.FEATURES],
        switches=features.switches(),
        companies=[(row.id, row.name) for row in db.session.execute(select(Company.id, Company.name).order_by(Company.name))],
        form=form,
        errors=errors,
    )
