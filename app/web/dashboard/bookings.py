"""Bookings: the list, one booking with its history, and what may become of it."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _, ngettext
from flask_login import current_user

from app.core.clock import now
from app.core.concurrency import run_with_write_slot
from app.core.extensions import db
from app.core.locale import reader_zone
from app.domain.accounts.permissions import can
from app.domain.bookings import queries
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.recurrence import cancel_series_from, continue_series, list_following
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.status import TRANSITIONS, confirm_booking, edit_notes, get_rules, mark_done, mark_no_show
from app.domain.companies.policies import describe_rules
from app.domain.notifications.outbox import find_link, list_notifications
from app.domain.services import catalogue
from app.models import Booking, Branch, Customer, Service, StaffMember
from app.web.branch_filter import get_branch_filter
from app.web.dashboard.booking_history import find_sync, list_history
from app.web.dashboard.booking_responses import current_actor, get_visible_booking, respond, to_utc, with_error_feedback
from app.web.dashboard.recurrence_form import RecurrenceForm, describe_series, list_choices
from app.web.fields import ChoiceField, Clock, Day, Flag, Id, Instant, MultilineField, TextField, Version
from app.web.formatting import clock, day, when
from app.web.forms import Form, Query
from app.web.guards import for_company
from app.web.labels import BOOKING_STATUSES

PAGE_SIZE = 50
MAX_STAFF = 200
PERIODS = ("coming", "today", "week", "past")
STATUSES = ("confirmed", "pending", "cancelled", "no_show", "done")

blueprint = Blueprint("bookings", __name__)


class BookingFilters(Query):
    """What the reader chose."""

    status: Annotated[str, ChoiceField(*STATUSES)] = ""
    staff_id: Id = ""
    period: Annotated[str, ChoiceField(*PERIODS)] = "coming"
    # the booking after which further rows are wanted
    after: Id | None = None

    @property
    def newest_first(self) -> bool:
        return self.period == "past"

    @property
    def search(self) -> queries.BookingSearch:
        zone = ZoneInfo(reader_zone())
        today = datetime.combine(now().astimezone(zone).date(), time(), zone).astimezone(UTC)
        since, until = {
            "coming": (today, None),
            "today": (today, today + timedelta(days=1)),
            "week": (today, today + timedelta(days=7)),
            "past": (None, now()),
        }[self.period]
        statuses = (self.status,) if self.status else ()
        return queries.BookingSearch(statuses, get_branch_filter(), self.staff_id, since=since, until=until)


class MoveQuery(Query):
    """An instant, or a day and a time; without either only the person changes."""

    starts_at: Instant | None = None
    day: Day | None = None
    time: Clock | None = None
    staff_id: Id | None = None
    version: Version | None = None


class CancelForm(Form):
    reason: Annotated[str, TextField(250)] | None = None
    version: Version | None = None
    # this visit and all that follow it
    all: Flag = False


class NotesForm(Form):
    notes: Annotated[str, MultilineField(2000)] | None = None
    version: Version | None = None


@blueprint.get("/bookings")
@for_company("bookings.read")
def index() -> Response:
    asked = BookingFilters.read_known()
    after = db.session.get(Booking, asked.after) if asked.after else None
    found = queries.list_bookings(asked.search, limit=PAGE_SIZE + 1, after=after, newest_first=asked.newest_first)
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    partial = request.headers.get("HX-Request-Type") == "partial"
    response = make_response(
        render_template(
            ("dashboard/bookings_more.html" if after else "dashboard/bookings_list.html") if partial else "dashboard/bookings.html",
            asked=asked,
            bookings=_list_rows(found),
            last_group=day(after.starts_at) if after else "",
            next_href=_build_href(asked, after=found[-1].id) if more else None,
            shown=ngettext("%(num)s Termin", "%(num)s Termine", len(found)) if not more and not after else "",
            chips=[("", _("Alle")), *((key, BOOKING_STATUSES[key].label) for key in STATUSES)],
            periods=[("coming", _("Ab heute")), ("today", _("Heute")), ("week", _("7 Tage")), ("past", _("Vergangene"))],
            people=[(person.id, person.name) for person in catalogue.list_staff(limit=MAX_STAFF)],
            href=lambda **changes: _build_href(asked, **changes),
        )
    )
    response.headers["Vary"] = "HX-Request-Type"
    return response


@blueprint.get("/bookings/<booking_id>")
@for_company("bookings.read")
def show(booking_id: str) -> str:
    booking = get_visible_booking(booking_id)
    return render_template(
        "dashboard/booking.html",
        history=list_history(booking),
        rules=describe_rules(get_rules(booking)),
        sync=find_sync(booking),
        messages=[(row, find_link(row)) for row in list_notifications(f"booking:{booking.id}")],
        series=_list_rows(list_following(booking)),
        rhythms=list_choices(),
        **_build_details(booking),
    )


@blueprint.get("/bookings/<booking_id>/card")
@for_company("bookings.read")
def card(booking_id: str) -> str:
    """The same, short, for the calendar's sheet."""
    booking = get_visible_booking(booking_id)
    others = _list_rows(queries.list_session_bookings(booking))
    return render_template("dashboard/booking_card.html", others=others, **_build_details(booking))


@blueprint.post("/bookings/<booking_id>/move")
@for_company("bookings.write")
@with_error_feedback
def move(booking_id: str) -> Any:
    """From a form (day, time), from the calendar, or from a message that takes a move back (starts_at)."""
    booking = get_visible_booking(booking_id)
    before = (booking.starts_at, booking.staff_id)
    query = MoveQuery.read()
    starts_at = query.starts_at
    if starts_at is None and query.day and query.time:
        starts_at = to_utc(query.day, query.time, booking.zone)
    moved = run_with_write_slot(
        lambda: reschedule_booking(booking_id, current_actor(), starts_at=starts_at, staff_id=query.staff_id, version=query.version)
    )
    if (moved.starts_at, moved.staff_id) == before:
        return respond(_("Der Termin bleibt, wo er ist."), back=_render_page(moved), version=moved.version)
    undo = url_for("bookings.move", booking_id=booking_id, starts_at=before[0].isoformat(), staff_id=before[1])
    message = _("Termin verschoben auf %(when)s.", when=when(moved.starts_at))
    return respond(message, undo=undo, back=_render_page(moved), version=moved.version)


@blueprint.post("/bookings/<booking_id>/cancel")
@for_company("bookings.write")
@with_error_feedback
def cancel(booking_id: str) -> Any:
    booking = get_visible_booking(booking_id)
    form = CancelForm.read()
    if form.all and booking.series_id:
        gone = run_with_write_slot(lambda: cancel_series_from(booking_id, current_actor(), reason=form.reason, version=form.version))
        sentence = ngettext("%(num)s Termin abgesagt.", "%(num)s Termine abgesagt.", len(gone))
        return respond(_("%(what)s Die Zeit ist wieder frei.", what=sentence), back=_render_page(booking))
    run_with_write_slot(lambda: cancel_booking(booking_id, current_actor(), reason=form.reason, version=form.version))
    return respond(_("Termin abgesagt. Die Zeit ist wieder frei."), back=_render_page(booking))


@blueprint.post("/bookings/<booking_id>/repeat")
@for_company("bookings.write")
@with_error_feedback
def repeat(booking_id: str) -> Any:
    """The same visit every so many weeks from here on, by the same people."""
    booking = get_visible_booking(booking_id)
    rhythm = RecurrenceForm.read()
    every_weeks = rhythm.every_weeks
    if every_weeks is None:
        return respond(_("Der Termin bleibt einmalig."), back=_render_page(booking))
    series = run_with_write_slot(lambda: continue_series(booking_id, current_actor(), every_weeks=every_weeks, times=rhythm.times))
    return respond(_("Wiederholt. %(how)s", how=describe_series(series, booking.zone)), back=_render_page(booking))


@blueprint.post("/bookings/<booking_id>/confirm")
@for_company("bookings.write")
@with_error_feedback
def confirm(booking_id: str) -> Any:
    return _set_status(booking_id, confirm_booking, _("Termin bestätigt."), may_undo=False)


@blueprint.post("/bookings/<booking_id>/done")
@for_company("bookings.write")
@with_error_feedback
def came(booking_id: str) -> Any:
    return _set_status(booking_id, mark_done, _("Vermerkt: war da."))


@blueprint.post("/bookings/<booking_id>/no_show")
@for_company("bookings.write")
@with_error_feedback
def no_show(booking_id: str) -> Any:
    return _set_status(booking_id, mark_no_show, _("Vermerkt: nicht erschienen."))


@blueprint.post("/bookings/<booking_id>/notes")
@for_company("bookings.write")
@with_error_feedback
def notes(booking_id: str) -> Any:
    booking = get_visible_booking(booking_id)
    form = NotesForm.read()
    run_with_write_slot(lambda: edit_notes(booking_id, form.notes, current_actor(), version=form.version))
    return respond(_("Notiz gespeichert."), back=_render_page(booking))


def _set_status(booking_id: str, change: Callable[..., Booking], sentence: str, *, may_undo: bool = True) -> Any:
    booking = get_visible_booking(booking_id)
    undo = url_for("bookings.confirm", booking_id=booking_id) if may_undo and booking.status == "confirmed" else ""
    run_with_write_slot(lambda: change(booking_id, current_actor()))
    return respond(sentence, undo=undo, back=_render_page(booking))


def _build_href(asked: BookingFilters, **changes: str) -> str:
    chosen = {"status": asked.status, "staff_id": asked.staff_id, "period": asked.period, **changes}
    return url_for("bookings.index", **{name: value for name, value in chosen.items() if value})


def _build_details(booking: Booking) -> dict[str, Any]:
    """What both the page and the sheet show."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    local = booking.starts_at.astimezone(ZoneInfo(booking.zone))
    service = db.session.get(Service, booking.service_id)
    mine = catalogue.list_staff(limit=MAX_STAFF, branch_id=booking.branch_id, service_id=booking.service_id)
    return {
        "booking": booking,
        "word": BOOKING_STATUSES[booking.status],
        "customer": customer,
        "number": booking.contact_phone or (customer.of_kind("phone") if customer else None),
        "service": service,
        "person": db.session.get(StaffMember, booking.staff_id),
        "branch": db.session.get(Branch, booking.branch_id),
        "people": [(person.id, person.name) for person in mine],
        "local_day": local.date().isoformat(),
        "local_time": clock(booking.starts_at),
        "following": TRANSITIONS.get(booking.status, ()),
        "is_past": booking.starts_at <= now(),
        "standing": booking.is_active,
        "may_write": can(current_user, "bookings.write", branch_id=booking.branch_id),
    }


def _list_rows(bookings: list[Booking]) -> list[dict[str, Any]]:
    customers = queries.load_customers(bookings)
    reached = queries.load_identities(customers.keys())
    names = queries.load_names()
    several = len(get_branch_filter(all_if_none=True)) > 1
    return [
        {
            "id": booking.id,
            "starts_at": booking.starts_at,
            "group": day(booking.starts_at),
            "name": customers[booking.customer_id].name if booking.customer_id in customers else None,
            "number": booking.contact_phone or reached.get(booking.customer_id or "", {}).get("phone"),
            "service": names.services.get(booking.service_id),
            "staff": names.staff.get(booking.staff_id),
            "branch": names.branches.get(booking.branch_id) if several else None,
            "word": BOOKING_STATUSES[booking.status],
        }
        for booking in bookings
    ]


def _render_page(booking: Booking) -> str:
    return url_for("bookings.show", booking_id=booking.id)
