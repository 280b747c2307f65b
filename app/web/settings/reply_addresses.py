"""Where answers to mails go: the address of the company, and those of branches that have their own."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.core.email_address import MAX_LENGTH
from app.core.errors import InvalidInput
from app.core.transactions import transaction
from app.domain.accounts.permissions import can
from app.domain.notifications.reply_addresses import COMPANY, load_reply_addresses, save_reply_addresses
from app.web.branch_filter import list_branches
from app.web.forms import get_typed_texts, to_errors
from app.web.guards import for_company
from app.web.settings.reply_address_view import describe_reply_address

blueprint = Blueprint("reply_addresses", __name__)


@blueprint.get("/settings/messages/replies")
@for_company("services.read")
def index() -> str:
    return _render_page(load_reply_addresses(), {})


@blueprint.post("/settings/messages/replies")
@for_company("services.write")
def save() -> Any:
    texts = get_typed_texts((f"{key}:email" for key in _list_keys()), max_length=2 * MAX_LENGTH)
    typed = {key: texts.get(f"{key}:email", "") for key in _list_keys()}
    try:
        with transaction():
            save_reply_addresses(typed)
    except InvalidInput as error:
        return _render_page(typed, to_errors(error)), 422
    flash(_("Gespeichert. Es gilt für alle Mails, die ab jetzt hinausgehen."), "message")
    return redirect(url_for("reply_addresses.index"))


def _list_keys() -> list[str]:
    """The company, and its branches where there are several, or one has an address of its own."""
    branches = [branch_id for branch_id, _name in list_branches()]
    return [COMPANY, *(branches if len(branches) > 1 or load_reply_addresses().keys() & set(branches) else [])]


def _render_page(values: dict[str, str], errors: dict[str, str]) -> str:
    names = dict(list_branches())
    return render_template(
        "settings/reply_addresses.html",
        lines=[(key, names.get(key) or _("Ganzer Betrieb")) for key in _list_keys()],
        values=values,
        errors=errors,
        where=describe_reply_address(),
        may_write=can(current_user, "services.write"),
    )
