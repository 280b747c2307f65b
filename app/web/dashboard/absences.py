"""Absences: report a staff member sick and take it back; bookings that conflict or are left to nobody, with other times for each."""

from datetime import datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.errors import NotAllowed, NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.transactions import run_in_transaction
from app.domain.accounts.access import find_staff_of_user
from app.domain.accounts.permissions import can
from app.domain.bookings.closure_conflicts import ClosureConflictOptions, find_rebooking_options, list_conflicts
from app.domain.bookings.notifications import send_booking_link
from app.domain.bookings.orphaned_bookings import count_orphaned, list_orphaned
from app.domain.bookings.queries import load_staff_names
from app.domain.scheduling import hours_editor
from app.domain.services import catalogue
from app.jobs.notifications import send_notification
from app.models import Booking, Branch, Closure, Customer, Service, StaffMember
from app.web.branch_filter import get_current_branch, list_branches
from app.web.dashboard.booking_responses import get_visible_booking
from app.web.fields import Id, IntegerField
from app.web.forms import Form, Query
from app.web.guards import for_company, get_next_path
from app.web.own_calendar import is_limited
from app.web.toasts import Toast, flash_toast

MAX_STAFF = 200
MAX_SICK_DAYS = 60
# Rows that get rebooking options, because each costs a calendar query.
MAX_ROWS_WITH_OPTIONS = 25

blueprint = Blueprint("absences", __name__)


class OrphanedQuery(Query):
    """The person, service or branch that is no longer there; without all three: any."""

    staff_id: Id = ""
    service_id: Id = ""
    branch_id: Id = ""


class SickForm(Form):
    days: Annotated[int, IntegerField(1, MAX_SICK_DAYS)] = 1


@blueprint.get("/staff/<staff_id>/sick")
@for_company("bookings.write")
def ask(staff_id: str) -> str:
    """Ask before somebody is reported sick: how many of today's bookings are affected, and that customers are not told yet."""
    branch = get_current_branch()
    person, starts = _get_person(staff_id, branch), _get_today(branch)
    today = Closure(staff_id=staff_id, local_start=starts, local_end=starts + timedelta(days=1), repeats="never")
    return render_template(
        "dashboard/sick.html",
        person=person,
        branch=branch,
        is_own=_is_own(staff_id),
        count=len(_list_visible_conflicts(today)),
        max_days=MAX_SICK_DAYS,
    )


@blueprint.post("/staff/<staff_id>/sick")
@for_company("bookings.write")
def sick(staff_id: str) -> Response:
    """Add a sick leave of the given number of days from today, during which nothing is booked; a second one of today is the first."""
    branch = get_current_branch()
    person, starts, days = _get_person(staff_id, branch), _get_today(branch), SickForm.read().days
    same = select(Closure.id).where(Closure.staff_id == staff_id, Closure.kind == "sick", Closure.local_start == starts)

    def work() -> str:
        ends = starts + timedelta(days=days)
        return db.session.scalar(same) or hours_editor.add_closure(
            None, staff_id, starts=starts, ends=ends, kind="sick", name=_("Krank")
        ).id  # fmt: skip

    closure_id = run_in_transaction(work)
    message = _("%(name)s ist krank gemeldet. Es wird nichts mehr gebucht.", name=person.name)
    flash(message, f"undo {url_for('absences.undo', closure_id=closure_id)}")
    return redirect(url_for("absences.show", closure_id=closure_id, branch_id=branch.id))


@blueprint.get("/absences/<closure_id>")
@for_company("bookings.read")
def show(closure_id: str) -> str:
    closure = _get_closure(closure_id)
    affected, may_handle = _list_visible_conflicts(closure), may_handle_absence(closure.staff_id)
    return render_template(
        "dashboard/absence.html",
        closure=closure,
        count=len(affected),
        person=db.session.get(StaffMember, closure.staff_id) if closure.staff_id else None,
        here=url_for("absences.show", closure_id=closure_id),
        day_length=timedelta(days=1),
        may_undo=may_handle and closure.kind == "sick",
        **_build_affected(affected, may_write=may_handle),
    )


@blueprint.post("/absences/<closure_id>/undo")
@for_company("bookings.write")
def undo(closure_id: str) -> Response:
    """Take a sick leave back. Bookings that were moved or cancelled meanwhile stay as they are."""
    closure = _get_closure(closure_id)
    if closure.kind != "sick":
        raise NotFound(_("Das gibt es hier nicht."))
    if not may_handle_absence(closure.staff_id):
        raise NotAllowed(_("Das dürfen Sie hier nicht."))
    run_in_transaction(lambda: hours_editor.remove_closure(closure_id))
    flash(_("Die Krankmeldung ist zurückgenommen. Es wird wieder gebucht."), "message")
    return redirect(url_for("calendar.index"))


@blueprint.get("/bookings/orphaned")
@for_company("bookings.read")
def orphaned() -> str:
    """List the bookings to come whose person, service or branch is no longer there."""
    query = OrphanedQuery.read_known()
    filters = {"branch_ids": current_user.branch_ids, **query.model_dump()}
    return render_template(
        "dashboard/absence.html",
        closure=None,
        missing=_find_missing_name(query),
        here=url_for("absences.orphaned", **{name: value for name, value in query.model_dump().items() if value}),
        count=count_orphaned(**filters),
        **_build_affected(list_orphaned(**filters), may_write=can(current_user, "bookings.write")),
    )


@blueprint.post("/bookings/<booking_id>/link")
@for_company("bookings.write")
def send_link(booking_id: str) -> Any:
    """Send the customer the link to the self-service page, to choose another time."""
    booking = get_visible_booking(booking_id)
    row = run_in_transaction(lambda: _queue_notification(booking))
    if row is None or row.status == "dead":
        flash(_("Zu dieser Person ist kein Weg bekannt. Den Link finden Sie beim Termin."), "error")
    elif row.status == "not_set_up":
        flash_toast(Toast(_("Der Versand ist nicht eingerichtet. Den Link finden Sie beim Termin."), "warn", set_up=row.channel))
    else:
        flash(_("Der Link ist unterwegs."), "message")
    return redirect(get_next_path(default=url_for("bookings.show", booking_id=booking_id)))


def _queue_notification(booking: Booking) -> Any:
    row = send_booking_link(booking, cause=f"link:{booking.id}:{booking.version}")
    if row is not None and row.status == "pending":
        send_notification.enqueue(row.id)
    return row


def _find_missing_name(query: OrphanedQuery) -> str:
    """The name of the person, service or branch that is asked about; empty for all."""
    for model, row_id in ((StaffMember, query.staff_id), (Service, query.service_id), (Branch, query.branch_id)):
        if row_id:
            return db.session.scalar(select(model.name).where(model.id == row_id)) or ""
    return ""


def may_handle_absence(staff_id: str | None) -> bool:
    """The front desk may act for everybody, others for themselves only."""
    return can(current_user, "absences.write") or (can(current_user, "bookings.write") and _is_own(staff_id))


def _get_person(staff_id: str, branch: Branch) -> StaffMember:
    """Get a person of the branch. Raises NotFound, and NotAllowed for another than themselves where the role allows no more."""
    person = next((member for member in catalogue.list_staff(limit=MAX_STAFF, branch_id=branch.id) if member.id == staff_id), None)
    if person is None:
        raise NotFound(_("Das gibt es hier nicht."))
    if not may_handle_absence(staff_id):
        raise NotAllowed(_("Krank melden können Sie nur sich selbst."))
    return person


def _get_closure(closure_id: str) -> Closure:
    closure = db.session.scalars(select(Closure).where(Closure.id == closure_id)).first() if is_ulid(closure_id) else None
    if closure is None or (closure.branch_id and closure.branch_id not in dict(list_branches())) or not _is_visible(closure.staff_id):
        raise NotFound(_("Das gibt es hier nicht."))
    return closure


def _is_visible(staff_id: str | None) -> bool:
    """Whoever sees their own appointments only sees no absences of others either."""
    return not is_limited() or staff_id is None or _is_own(staff_id)


def _list_visible_conflicts(closure: Closure) -> list[Booking]:
    visible = dict(list_branches())
    return [booking for booking in list_conflicts(closure) if booking.branch_id in visible]


def _is_own(staff_id: str | None) -> bool:
    own = find_staff_of_user(current_user)
    return own is not None and own.id == staff_id


def _get_today(branch: Branch) -> datetime:
    """Midnight on the wall clock of the branch."""
    return datetime.combine(now().astimezone(ZoneInfo(branch.timezone)).date(), time())


def _build_affected(bookings: list[Booking], *, may_write: bool) -> dict[str, Any]:
    """Build what the page shows of bookings that need another time or person."""
    return {
        "rows": [_build_row(booking, may_write and number < MAX_ROWS_WITH_OPTIONS) for number, booking in enumerate(bookings)],
        "names": load_staff_names(),
        "may_write": may_write,
    }


def _build_row(booking: Booking, with_options: bool) -> dict[str, Any]:
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    return {
        "booking": booking,
        "name": customer.name if customer else None,
        "number": booking.contact_phone or (customer.of_kind("phone") if customer else None),
        "service": db.session.get_one(Service, booking.service_id).name,
        "ways": _limit_options(find_rebooking_options(booking)) if with_options else None,
    }


def _limit_options(options: ClosureConflictOptions) -> ClosureConflictOptions:
    """Colleagues are no way out for whoever changes their own calendar only."""
    if not is_limited():
        return options
    return ClosureConflictOptions([], [slot for slot in options.other_times if _is_own(slot.staff_id)])
