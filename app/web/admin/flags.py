"""Feature flags: switch a feature off or on, for all companies or for one."""

from typing import Annotated, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.transactions import transaction
from app.domain.audit.log import record
from app.domain.companies import feature_flags
from app.models import Company
from app.web.fields import Flag, Id, TextField
from app.web.forms import Form, raise_invalid, to_errors
from app.web.guards import for_support

blueprint = Blueprint("flags", __name__)


class FeatureFlagForm(Form):
    name: Annotated[str, TextField(80)] = ""
    company_id: Id = ""
    is_enabled: Flag = False


@blueprint.get("/admin/flags")
@for_support("support.flags")
def index() -> str:
    return _render_page({}, {})


@blueprint.post("/admin/flags")
@for_support("support.flags")
def switch() -> Response | tuple[str, int]:
    try:
        form = FeatureFlagForm.read()
        name, company_id, is_enabled = form.name, form.company_id, form.is_enabled
        errors = {} if name in feature_flags.FLAGS else {"name": _("Diesen Schalter gibt es nicht.")}
        if company_id and db.session.get(Company, company_id) is None:
            errors["company_id"] = _("Diese Firma gibt es nicht.")
        raise_invalid(errors)
    except InvalidInput as error:
        return _render_page(FeatureFlagForm.typed(), to_errors(error)), 422
    with transaction():
        feature_flags.set_flag(name, company_id, on=is_enabled)
        record("flag_switched", subject=f"flag:{name}", company_id=company_id or None, data={"is_enabled": is_enabled})
    flash(_("%(name)s ist eingeschaltet.", name=name) if is_enabled else _("%(name)s ist ausgeschaltet.", name=name))
    return redirect(url_for("flags.index"))


def _render_page(form: dict[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "admin/flags.html",
        features=feature_flags.FLAGS,
        names=[(name, name) for name in feature_flags.FLAGS],
        switches=feature_flags.list_flags(),
        companies=[(row.id, row.name) for row in db.session.execute(select(Company.id, Company.name).order_by(Company.name))],
        form=form,
        errors=errors,
    )
