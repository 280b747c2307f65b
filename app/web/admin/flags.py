"""Switches: on or off for all companies, or for one."""

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.extensions import db
from app.core.transactions import transaction
from app.domain.audit.writing import record
from app.models import Company, FeatureFlag
from app.web.guards import for_support

NAME = re.compile(r"[a-z][a-z0-9_.]{1,63}")

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
    if not NAME.fullmatch(name):
        errors["name"] = _("Nur kleine Buchstaben, Ziffern, Punkt und Unterstrich.")
    if company_id and db.session.get(Company, company_id) is None:
        errors["company_id"] = _("Diese Firma gibt es nicht.")
    if errors:
        return _page({"name": name, "company_id": company_id}, errors), 422
    with transaction():
        flag = db.session.scalars(select(FeatureFlag).where(FeatureFlag.name == name, FeatureFlag.company_id == company_id)).first()
        if flag is None:
            flag = FeatureFlag(name=name, company_id=company_id)
            db.session.add(flag)
        flag.is_on = is_on
        record("flag_switched", subject=f"flag:{name}", company_id=company_id or None, data={"is_on": is_on})
    flash(_("%(name)s ist eingeschaltet.", name=name) if is_on else _("%(name)s ist ausgeschaltet.", name=name))
    return redirect(url_for("flags.index"))


def _page(form: dict[str, str], errors: dict[str, str]) -> str:
    companies = {row.id: row.name for row in db.session.execute(select(Company.id, Company.name).order_by(Company.name))}
    flags = db.session.scalars(select(FeatureFlag).order_by(FeatureFlag.name, FeatureFlag.company_id)).all()
    return render_template("admin/flags.html", flags=flags, companies=companies, form=form, errors=errors)
