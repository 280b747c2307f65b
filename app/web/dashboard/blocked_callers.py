"""Block and unblock callers, from a call, a customer or the list of blocked callers."""

from collections.abc import Collection
from typing import Annotated

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.errors import Conflict, NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.transactions import transaction
from app.domain.customers import blocked_callers
from app.models import BlockedCaller, Call, Customer
from app.web.fields import TextField
from app.web.forms import Form
from app.web.guards import for_company

blueprint = Blueprint("blocking", __name__)


class BlockCallerForm(Form):
    reason: Annotated[str, TextField(200)] = ""


@blueprint.post("/calls/<call_id>/<how>")
@for_company("customers.write")
def of_call(call_id: str, how: str) -> Response:
    statement = select(Call).where(Call.id == call_id)
    if branch_ids := current_user.branch_ids:
        statement = statement.where(Call.branch_id.in_(branch_ids))
    call = db.session.scalars(statement).first() if is_ulid(call_id) else None
    if call is None:
        raise NotFound(_("Das gibt es hier nicht."))
    number = call.from_number if call.caller_kind != "withheld" else None
    return _set_blocked([number] if number else [], how, url_for("call.show", call_id=call_id))


@blueprint.post("/customers/<customer_id>/<how>")
@for_company("customers.write")
def of_customer(customer_id: str, how: str) -> Response:
    customer = db.session.scalars(select(Customer).where(Customer.id == customer_id)).first() if is_ulid(customer_id) else None
    if customer is None:
        raise NotFound(_("Diese Person steht nicht in der Kartei."))
    numbers = [identifier.value for identifier in customer.identifiers if identifier.kind == "phone"]
    return _set_blocked(numbers, how, url_for("customers.show", customer_id=customer_id))


@blueprint.post("/settings/blocked/<blocked_id>/remove")
@for_company("customers.write")
def forget(blocked_id: str) -> Response:
    row = db.session.scalars(select(BlockedCaller).where(BlockedCaller.id == blocked_id)).first() if is_ulid(blocked_id) else None
    if row is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return _set_blocked([row.number], "unblock", url_for("line.index"))


def _set_blocked(numbers: Collection[str], how: str, next_url: str) -> Response:
    if how not in ("block", "unblock"):
        raise NotFound(_("Das gibt es hier nicht."))
    if not numbers:
        raise Conflict(_("Wer die Nummer unterdrückt, lässt sich nicht blockieren."), code="no_number")
    with transaction():
        if how == "block":
            blocked_callers.block_callers(numbers, reason=BlockCallerForm.read().reason)
            message = _("Anrufe von dort werden ab jetzt abgewiesen.")
        else:
            blocked_callers.unblock_callers(numbers)
            message = _("Die Nummer darf wieder anrufen.")
    flash(message, "message")
    return redirect(next_url)
