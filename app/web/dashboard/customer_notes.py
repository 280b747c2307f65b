"""Notes and tags on the page of a customer."""

from typing import Annotated

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.core.transactions import run_in_transaction
from app.domain.customers.notes import MAX_NOTE_LENGTH, add_note, delete_note, find_note
from app.domain.customers.tags import MAX_TAG_LENGTH, add_tag, remove_tag
from app.models import Customer, CustomerNote
from app.web.dashboard.customer_lookup import get_customer
from app.web.fields import MAX_ID, Flag, IntegerField, MultilineField, TextField
from app.web.forms import Form, to_errors
from app.web.guards import for_company

blueprint = Blueprint("customer_notes", __name__)


class NoteForm(Form):
    body: Annotated[str, MultilineField(MAX_NOTE_LENGTH)]
    pinned: Flag = False


class NoteIdForm(Form):
    note: Annotated[int, IntegerField(1, MAX_ID)]


class PinForm(NoteIdForm):
    pinned: Flag = False


class TagForm(Form):
    tag: Annotated[str, TextField(MAX_TAG_LENGTH)]


@blueprint.post("/customers/<customer_id>/notes")
@for_company("customers.write")
def add(customer_id: str) -> Response:
    customer = get_customer(customer_id)
    try:
        form = NoteForm.read()
        run_in_transaction(lambda: add_note(customer, form.body, is_pinned=form.pinned))
        flash(_("Notiz gespeichert."), "message")
    except InvalidInput as error:
        flash(to_errors(error).get("body", error.message), "error")
    return _return_to(customer_id, "notes")


@blueprint.post("/customers/<customer_id>/notes/pin")
@for_company("customers.write")
def pin(customer_id: str) -> Response:
    """Pin the note, or let it go again."""
    customer, form = get_customer(customer_id), PinForm.read()
    note = _get_note(customer, form.note)

    def work() -> None:
        note.is_pinned = form.pinned

    run_in_transaction(work)
    return _return_to(customer_id, "notes")


@blueprint.post("/customers/<customer_id>/notes/delete")
@for_company("customers.write")
def delete(customer_id: str) -> Response:
    note = _get_note(get_customer(customer_id), NoteIdForm.read().note)
    run_in_transaction(lambda: delete_note(note))
    flash(_("Notiz gelöscht."), "message")
    return _return_to(customer_id, "notes")


@blueprint.post("/customers/<customer_id>/tags")
@for_company("customers.write")
def tag(customer_id: str) -> Response:
    customer = get_customer(customer_id)
    try:
        form = TagForm.read()
        run_in_transaction(lambda: add_tag(customer, form.tag))
    except InvalidInput as error:
        db.session.rollback()
        flash(to_errors(error).get("tag", error.message), "error")
    return _return_to(customer_id, "tags")


@blueprint.post("/customers/<customer_id>/tags/remove")
@for_company("customers.write")
def untag(customer_id: str) -> Response:
    customer, form = get_customer(customer_id), TagForm.read()
    if not run_in_transaction(lambda: remove_tag(customer, form.tag)):
        raise NotFound(_("Das gibt es hier nicht."))
    return _return_to(customer_id, "tags")


def _get_note(customer: Customer, note_id: int) -> CustomerNote:
    note = find_note(customer, note_id)
    if note is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return note


def _return_to(customer_id: str, anchor: str) -> Response:
    return redirect(url_for("customers.show", customer_id=customer_id, _anchor=anchor))
