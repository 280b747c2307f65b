"""Bookings: the list, one booking with its history, and its actions."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _, ngettext

from app.core.clock import now
from app.core.concurrency_limiter import run_with_write_slot
from app.core.extensions import db
from app.core.locale import reader_timezone
from app.domain.bookings import queries
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.errors import BookingError
from app.domain.bookings.message_resend import list_resendable
from app.domain.bookings.message_writer import list_visit
from app.domain.bookings.notifications import find_destination, find_unreachable_reason
from app.domain.bookings.recurrence import cancel_series_from, continue_series, list_following
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.status import confirm_booking, edit_notes, get_rules, mark_done, mark_no_show
from app.domain.companies.policies import describe_rules
from app.domain.marketing.satisfaction import list_of_visit
from app.domain.notifications.notification_queue import find_link, list_notifications
from app.domain.services import catalogue
from app.models import Booking
from app.web.branch_filter import get_branch_filter
from app.web.dashboard.booking_history_view import find_sync, list_history
from app.web.dashboard.booking_responses import (
    current_actor,
    describe_unreachable,
    get_visible_booking,
    respond,
    to_utc,
    with_error_feedback,
    with_reachability,
)
from app.web.dashboard.booking_view import build_details, list_rows
from app.web.dashboard.conversation import build_conversation
from app.web.dashboard.override_form import OverrideCodes, OverrideNote, ask_to_override
from app.web.dashboard.recurrence_form import RecurrenceForm, describe_series, list_choices
from app.web.fields import ChoiceField, Clock, Day, Flag, Id, Instant, MultilineField, TextField, Version
from app.web.formatting import day, when
from app.web.forms import Form, Query
from app.web.guards import for_company
from app.web.labels import BOOKING_STATUSES
from app.web.own_calendar import explain_missing_person, is_limited, lacks_person, require_own, require_own_visit
from app.web.partial_page import render_page
from app.web.toasts import Toast

PAGE_SIZE = 50
MAX_STAFF = 200
PERIODS = ("coming", "today", "week", "past")
STATUSES = ("confirmed", "pending", "cancelled", "no_show", "done")

blueprint = Blueprint("bookings", __name__)


class BookingFilters(Query):
    """The filters of the list."""

    status: Annotated[str, ChoiceField(*STATUSES)] = ""
    staff_id: Id = ""
    period: Annotated[str, ChoiceField(*PERIODS)] = "coming"
    # The cursor: bookings after this one follow.
    after: Id | None = None

    @property
    def newest_first(self) -> bool:
        return self.period == "past"

    @property
    def search(self) -> queries.BookingSearch:
        timezone = ZoneInfo(reader_timezone())
        today = datetime.combine(now().astimezone(timezone).date(), time(), timezone).astimezone(UTC)
        since, until = {
            "coming": (today, None),
            "today": (today, today + timedelta(days=1)),
            "week": (today, today + timedelta(days=7)),
            "past": (None, now()),
        }[self.period]
        statuses = (self.status,) if self.status else ()
        return queries.BookingSearch(statuses, get_branch_filter(), self.staff_id, since=since, until=until)


class MoveQuery(Query):
    """An instant, or a day and a time; without both only the staff member changes."""

    starts_at: Instant | None = None
    day: Day | None = None
    time: Clock | None = None
    staff_id: Id | None = None
    version: Version | None = None
    override: OverrideCodes = frozenset()
    override_note: OverrideNote | None = None


class CancelForm(Form):
    reason: Annotated[str, TextField(250)] | None = None
    version: Version | None = None
    # This visit and all following ones of its series.
    all: Flag = False


class NotesForm(Form):
    notes: Annotated[str, MultilineField(2000)] | None = None
    version: Version | None = None


@blueprint.get("/bookings")
@for_company("bookings.read")
def index() -> Response:
    filters = BookingFilters.read_known()
    after = db.session.get(Booking, filters.after) if filters.after else None
    bookings = queries.list_bookings(filters.search, limit=PAGE_SIZE + 1, after=after, newest_first=filters.newest_first)
    more, bookings = len(bookings) > PAGE_SIZE, bookings[:PAGE_SIZE]
    return render_page(
        "dashboard/bookings.html",
        part="dashboard/bookings_more.html" if after else "dashboard/bookings_list.html",
        asked=filters,
        bookings=list_rows(bookings),
        last_group=day(after.starts_at) if after else "",
        next_href=_build_href(filters, after=bookings[-1].id) if more else None,
        shown=ngettext("%(num)s Termin", "%(num)s Termine", len(bookings)) if not more and not after else "",
        chips=[("", _("Alle")), *((key, BOOKING_STATUSES[key].label) for key in STATUSES)],
        periods=[("coming", _("Ab heute")), ("today", _("Heute")), ("week", _("7 Tage")), ("past", _("Vergangene"))],
        people=[] if is_limited() else [(person.id, person.name) for person in catalogue.list_staff(limit=MAX_STAFF)],
        missing_person=explain_missing_person() if lacks_person() else "",
        href=lambda **changes: _build_href(filters, **changes),
    )


@blueprint.get("/bookings/<booking_id>")
@for_company("bookings.read")
def show(booking_id: str) -> str:
    booking = get_visible_booking(booking_id)
    details = build_details(booking)
    reason = find_unreachable_reason(booking) if booking.is_upcoming else None
    unreachable, destination = describe_unreachable(reason) if reason else "", find_destination(booking)
    messages = list_notifications(f"booking:{booking.id}")
    links = [row for row in messages if booking.is_upcoming and find_link(row)]
    return render_template(
        "dashboard/booking.html",
        conversation=build_conversation(details["customer"], booking=booking),
        history=list_history(booking),
        rules=_describe_rules(booking, unreachable),
        unreachable=unreachable,
        missing_channel=destination[0] if destination and reason == "not_set_up" else "",
        sync=find_sync(booking),
        messages=[(row, find_link(row) if row in links[:1] else None) for row in messages],
        resendable=list_resendable(messages),
        answers=list_of_visit([part.id for part in list_visit(booking)]),
        series=list_rows(list_following(booking)),
        rhythms=list_choices(),
        **details,
    )


@blueprint.get("/bookings/<booking_id>/card")
@for_company("bookings.read")
def card(booking_id: str) -> str:
    """Show a short version of the booking, for the calendar's sheet."""
    booking = get_visible_booking(booking_id)
    others = list_rows(queries.list_session_bookings(booking))
    return render_template("dashboard/booking_card.html", others=others, **build_details(booking))


@blueprint.post("/bookings/<booking_id>/move")
@for_company("bookings.write")
@with_error_feedback
def move(booking_id: str) -> Any:
    """Move a booking, from a form (day, time), the calendar, or the undo of a move (starts_at)."""
    booking = get_visible_booking(booking_id)
    before = (booking.starts_at, booking.staff_id, ",".join(booking.overridden or ()) or None)
    query = MoveQuery.read()
    require_own_visit(booking)
    if query.staff_id:
        require_own(query.staff_id)
    starts_at = query.starts_at
    if starts_at is None and query.day and query.time:
        starts_at = to_utc(query.day, query.time, booking.timezone)
    note = query.override_note if query.override else None
    try:
        moved = run_with_write_slot(
            lambda: reschedule_booking(
                booking_id, current_actor(), starts_at=starts_at, staff_id=query.staff_id, version=query.version,
                accepted=query.override, reason=note,
            )
        )  # fmt: skip
    except BookingError as error:
        if not error.overridable:
            raise
        db.session.rollback()
        return ask_to_override(get_visible_booking(booking_id), error, starts_at=starts_at, staff_id=query.staff_id, version=query.version)
    if (moved.starts_at, moved.staff_id) == before[:2]:
        return respond(_("Der Termin bleibt, wo er ist."), back=_build_booking_url(moved), version=moved.version)
    # what stood against the booking before is known, and is no reason to ask again
    undo = url_for("bookings.move", booking_id=booking_id, starts_at=before[0].isoformat(), staff_id=before[1], override=before[2])
    message = _("Termin verschoben auf %(when)s.", when=when(moved.starts_at, in_sentence=True))
    return respond(_tell(message, moved), undo=undo, back=_build_booking_url(moved), version=moved.version)


@blueprint.post("/bookings/<booking_id>/cancel")
@for_company("bookings.write")
@with_error_feedback
def cancel(booking_id: str) -> Any:
    booking = get_visible_booking(booking_id)
    form = CancelForm.read()
    require_own_visit(booking, with_series=form.all)
    if form.all and booking.series_id:
        cancelled = run_with_write_slot(lambda: cancel_series_from(booking_id, current_actor(), reason=form.reason, version=form.version))
        sentence = ngettext("%(num)s Termin abgesagt.", "%(num)s Termine abgesagt.", len(cancelled))
        return respond(_tell(_("%(what)s Die Zeit ist wieder frei.", what=sentence), booking), back=_build_booking_url(booking))
    run_with_write_slot(lambda: cancel_booking(booking_id, current_actor(), reason=form.reason, version=form.version))
    return respond(_tell(_("Termin abgesagt. Die Zeit ist wieder frei."), booking), back=_build_booking_url(booking))


@blueprint.post("/bookings/<booking_id>/repeat")
@for_company("bookings.write")
@with_error_feedback
def repeat(booking_id: str) -> Any:
    """Repeat the visit every few weeks with the same staff."""
    booking = get_visible_booking(booking_id)
    form = RecurrenceForm.read()
    require_own_visit(booking)
    every_weeks = form.every_weeks
    if every_weeks is None:
        return respond(_("Der Termin bleibt einmalig."), back=_build_booking_url(booking))
    series = run_with_write_slot(lambda: continue_series(booking_id, current_actor(), every_weeks=every_weeks, times=form.times))
    message = _("Wiederholt. %(how)s", how=describe_series(series, booking.timezone))
    return respond(with_reachability(message, booking, is_new=True), back=_build_booking_url(booking))


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
    return respond(_("Notiz gespeichert."), back=_build_booking_url(booking))


def _describe_rules(booking: Booking, unreachable: str) -> list[str]:
    if booking.status == "cancelled":
        return []
    sentences = describe_rules(get_rules(booking), messages=booking.is_upcoming and not unreachable)
    return [*sentences, _("Nachrichten zu diesem Termin gehen nicht hinaus. %(why)s", why=unreachable)] if unreachable else sentences


def _tell(message: str, booking: Booking) -> Toast:
    """The message, with whether the customer hears of the change from us as far as the company wants it."""
    return with_reachability(message, booking) if get_rules(booking).notify_staff_changes else Toast(message)


def _set_status(booking_id: str, change: Callable[..., Booking], sentence: str, *, may_undo: bool = True) -> Any:
    booking = get_visible_booking(booking_id)
    undo = url_for("bookings.confirm", booking_id=booking_id) if may_undo and booking.status == "confirmed" else ""
    run_with_write_slot(lambda: change(booking_id, current_actor()))
    return respond(sentence, undo=undo, back=_build_booking_url(booking))


def _build_href(filters: BookingFilters, **changes: str) -> str:
    chosen = {"status": filters.status, "staff_id": filters.staff_id, "period": filters.period, **changes}
    return url_for("bookings.index", **{name: value for name, value in chosen.items() if value})


def _build_booking_url(booking: Booking) -> str:
    return url_for("bookings.show", booking_id=booking.id)
