"""The page of a time that is held for whoever called: the last step of its booking."""

from typing import Annotated, Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from app.core.concurrency_limiter import run_with_write_slot
from app.core.errors import AppError, InvalidInput
from app.core.extensions import db
from app.domain.bookings import hold_links, self_service_links
from app.domain.customers.contacts import MAX_NAME_LENGTH, validate_contact
from app.models import Hold, Service, StaffMember
from app.web.fields import Instant, TextField
from app.web.formatting import when
from app.web.forms import Form, to_errors
from app.web.public.link_target import build_branch_details, handle_rejection, render_page


class BookHoldForm(Form):
    starts_at: Instant
    name: Annotated[str, TextField(MAX_NAME_LENGTH)]
    email: Annotated[str, TextField(190)] = ""


def book_held_time(token: str, hold: Hold) -> tuple[BaseResponse, int] | BaseResponse:
    """Book what the form says; it is shown again where something is missing."""
    form, errors = BookHoldForm.parse()
    contact = None
    if form is not None:
        try:
            contact = validate_contact(form.name, email=form.email or None)
        except InvalidInput as error:
            errors = to_errors(error)
    if form is None or contact is None:
        return render_hold(token, hold, values=BookHoldForm.typed(), errors=errors), 422

    def work() -> str:
        booking = hold_links.book_by_link(hold.id, form.starts_at, name=contact.name, email=contact.email)
        return self_service_links.create_link(booking)

    try:
        booking_token = run_with_write_slot(work)
    except AppError as error:
        return handle_rejection(token, error)
    flash(_("Ihr Termin ist gebucht."), "message")
    return redirect(url_for("own_booking.show", token=booking_token))


def render_hold(token: str, hold: Hold, *, values: dict[str, Any] | None = None, errors: dict[str, str] | None = None) -> BaseResponse:
    """The last step of a booking: the time is chosen, or another one is to be; the name is missing."""
    is_used = hold_links.is_link_used(hold)
    starts = [] if hold.is_open or is_used else hold_links.list_alternatives(hold)
    return render_page(
        "public/hold.html",
        token=token,
        hold=hold,
        is_used=is_used,
        steps=_list_steps(hold),
        times=[(start.isoformat(), when(start)) for start in starts],
        values=values or {},
        errors=errors or {},
        **build_branch_details(hold.branch_id),
    )


def _list_steps(hold: Hold) -> list[tuple[str, str]]:
    """Service and person of each part."""
    services = {
        row.id: row.name for row in db.session.scalars(select(Service).where(Service.id.in_({p["service_id"] for p in hold.parts})))
    }
    people = {
        row.id: row.name for row in db.session.scalars(select(StaffMember).where(StaffMember.id.in_({p["staff_id"] for p in hold.parts})))
    }
    return [(services[part["service_id"]], people[part["staff_id"]]) for part in hold.parts]
