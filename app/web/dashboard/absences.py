"""Somebody is ill or away: the appointments that stand in the way, and where each could go; and the button for the morning."""

from datetime import datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.transactions import run_in_transaction
from app.domain.accounts.permissions import can
from app.domain.bookings.closure_conflicts import find_rebooking_options, list_conflicts
from app.domain.bookings.notifications import send_booking_link
from app.domain.scheduling import hours_editor
from app.domain.services import catalogue
from app.jobs.notifications import send_notification
from app.models import Booking, Closure, Customer, Service, StaffMember
from app.web.branch_filter import get_current_branch, list_branches
from app.web.dashboard.booking_responses import get_visible_booking
from app.web.fields import IntegerField
from app.web.forms import Form
from app.web.guards import for_company, get_next_path

MAX_STAFF = 200
# so many get their ways out at once; each costs a look into the calendar
MAX_ROWS_WITH_OPTIONS = 25

blueprint = Blueprint("absences", __name__)


class SickForm(Form):
    days: Annotated[int, IntegerField(1, 60)] = 1


@blueprint.post("/staff/<staff_id>/sick")
@for_company("bookings.write")
def sick(staff_id: str) -> Response:
    """Ill from now until the end of the day that is named; nothing more is booked then."""
    branch = get_current_branch()
    person = next((one for one in catalogue.list_staff(limit=MAX_STAFF, branch_id=branch.id) if one.id == staff_id), None)
    if person is None:
        raise NotFound(_("Das gibt es hier nicht."))
    today = now().astimezone(ZoneInfo(branch.zone)).date()
    days = SickForm.read().days
    starts = datetime.combine(today, time())
    closure = run_in_transaction(
        lambda: hours_editor.add_closure(None, staff_id, starts=starts, ends=starts + timedelta(days=days), kind="sick", name=_("Krank"))
    )
    flash(_("%(name)s ist krank gemeldet. Es wird nichts mehr gebucht.", name=person.name), "message")
    return redirect(url_for("absences.show", closure_id=closure.id, branch_id=branch.id))


@blueprint.get("/absences/<closure_id>")
@for_company("bookings.read")
def show(closure_id: str) -> str:
    closure = db.session.scalars(select(Closure).where(Closure.id == closure_id)).first() if is_ulid(closure_id) else None
    mine = dict(list_branches())
    if closure is None or (closure.branch_id and closure.branch_id not in mine):
        raise NotFound(_("Das gibt es hier nicht."))
    affected = [booking for booking in list_conflicts(closure) if booking.branch_id in mine]
    return render_template(
        "dashboard/absence.html",
        closure=closure,
        person=db.session.get(StaffMember, closure.staff_id) if closure.staff_id else None,
        rows=[_build_row(booking, number < MAX_ROWS_WITH_OPTIONS) for number, booking in enumerate(affected)],
        names={person.id: person.name for person in catalogue.list_staff(limit=MAX_STAFF)},
        here=url_for("absences.show", closure_id=closure_id),
        day_length=timedelta(days=1),
        may_write=can(current_user, "bookings.write"),
    )


@blueprint.post("/bookings/<booking_id>/link")
@for_company("bookings.write")
def send_link(booking_id: str) -> Any:
    """The customer gets the link to their own page, where they choose another time themselves."""
    booking = get_visible_booking(booking_id)
    row = run_in_transaction(lambda: _queue_notification(booking))
    if row is None or row.status == "dead":
        flash(_("Zu dieser Person ist kein Weg bekannt. Den Link finden Sie beim Termin."), "error")
    elif row.status == "not_set_up":
        flash(_("Der Versand ist nicht eingerichtet. Den Link finden Sie beim Termin."), "error")
    else:
        flash(_("Der Link ist unterwegs."), "message")
    return redirect(get_next_path(default=url_for("bookings.show", booking_id=booking_id)))


def _queue_notification(booking: Booking) -> Any:
    row = send_booking_link(booking, cause=f"link:{booking.id}:{booking.version}")
    if row is not None and row.status == "pending":
        send_notification.enqueue(row.id)
    return row


def _build_row(booking: Booking, with_ways: bool) -> dict[str, Any]:
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    return {
        "booking": booking,
        "name": customer.name if customer else None,
        "number": booking.contact_phone or (customer.of_kind("phone") if customer else None),
        "service": db.session.get_one(Service, booking.service_id).name,
        "ways": find_rebooking_options(booking) if with_ways else None,
    }
