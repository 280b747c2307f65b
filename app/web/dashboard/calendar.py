"""The calendar: a day by staff member or a week of one, reasons for unavailability, and a form for new bookings."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.concurrency_limiter import run_with_write_slot
from app.core.errors import AppError
from app.core.extensions import db
from app.core.ids import is_ulid
from app.domain.accounts.permissions import can
from app.domain.agents.request_hash import hash_request
from app.domain.bookings.booking_request import BookingRequest, IdempotencyKey, build_slot_query
from app.domain.bookings.create_with_customer import create_customer_series, require_known_person, resolve_request
from app.domain.bookings.day_schedule import BranchSchedule, load_day_schedule
from app.domain.bookings.recurrence import BookingSeriesResult
from app.domain.companies.policies import load_policies
from app.domain.customers.search import autocomplete
from app.domain.scheduling.holidays import find_holiday_name
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.local_holidays import get_holiday_region
from app.domain.scheduling.unavailability_reasons import explain_unavailable, format_reason
from app.domain.services import catalogue
from app.models import Branch
from app.web.branch_filter import get_current_branch, get_current_day, list_branches
from app.web.dashboard.absence_notes import list_absence_lines
from app.web.dashboard.booking_responses import current_actor, respond, to_utc, with_reachability
from app.web.dashboard.calendar_grid import build_grid, build_headline
from app.web.dashboard.new_booking_view import NEW_CUSTOMER, fill_in_customer, is_named, list_services, render_form
from app.web.dashboard.override_form import OverrideCodes, OverrideNote
from app.web.dashboard.recurrence_form import RecurrenceForm, describe_series
from app.web.fields import ChoiceField, Clock, Day, Email, Id, MultilineField, Phone, SearchField, TextField
from app.web.formatting import phone_number, when, whole_day
from app.web.forms import Query, raise_invalid
from app.web.guards import for_company
from app.web.own_calendar import explain_missing_person, is_limited, lacks_person, require_own

MAX_CHOICES = 200

blueprint = Blueprint("calendar", __name__)


class CalendarQuery(Query):
    view: Annotated[str, ChoiceField("day", "week")] = "day"
    staff_id: Id | None = None
    part: Annotated[str, ChoiceField("grid")] | None = None


class NewBookingForm(RecurrenceForm):
    name: Annotated[str, TextField(160)] = ""
    phone: Phone | None = None
    email: Email | None = None
    # who it is: somebody on record, or NEW_CUSTOMER where those of the same name are not meant
    person: Annotated[str, TextField(26)] = ""
    service_id: Id = ""
    staff_id: Id | None = None
    day: Day
    time: Clock
    notes: Annotated[str, MultilineField(2000)] | None = None
    override: OverrideCodes = frozenset()
    override_note: OverrideNote | None = None
    # The idempotency key of the rendered form, so that submitting it twice creates one booking.
    once: Annotated[str, TextField(60)] | None = None


class NewBookingQuery(Query):
    """Values that a link from another page fills in; `customer_id`: somebody on record, with all that is known of them."""

    customer_id: Id = ""
    name: Annotated[str, TextField(160)] = ""
    phone: Phone = ""
    email: Email = ""
    service_id: Id = ""
    staff_id: Id = ""
    time: Clock | None = None


class CustomerSearchQuery(Query):
    q: Annotated[str, SearchField(160)] = ""


class WhyQuery(Query):
    staff_id: Id = ""
    day: Day
    time: Clock


@blueprint.get("/calendar")
@for_company("bookings.read")
def index() -> str:
    branch = _get_branch()
    query, day = CalendarQuery.read_known(), get_current_day(branch.timezone)
    week = query.view == "week"
    first = day - timedelta(days=day.weekday()) if week else day
    days = [first + timedelta(days=number) for number in range(7 if week else 1)]
    schedule = load_day_schedule(
        branch.id, _to_midnight(days[0], branch.timezone), _to_midnight(days[-1] + timedelta(days=1), branch.timezone)
    )
    people = [(staff_column.staff_id, staff_column.name) for staff_column in schedule.columns]
    if week:
        schedule.columns.sort(key=lambda staff_column: staff_column.staff_id != query.staff_id)
        del schedule.columns[1:]
    grid = build_grid(schedule, days, branch.timezone, by_day=week)
    return render_template(
        "dashboard/calendar_grid.html" if query.part else "dashboard/calendar.html",
        grid=grid,
        title=_build_title(days, week),
        lead=_build_summary(schedule, days, branch),
        branch=branch,
        branches=list_branches(),
        people=people,
        staff_id=schedule.columns[0].staff_id if week and schedule.columns else "",
        week=week,
        day=day,
        today=now().astimezone(ZoneInfo(branch.timezone)).date(),
        absences=list_absence_lines([branch.id]),
        missing_person=explain_missing_person() if lacks_person() else "",
        may_write=can(current_user, "bookings.write", branch_id=branch.id) and not lacks_person(),
        step=load_policies().rules(branch_id=branch.id).grid_minutes,
        link=_build_linker(branch, day, week, query.staff_id),
        timedelta=timedelta,
    )


@blueprint.get("/calendar/new")
@for_company("bookings.write")
def new() -> str:
    branch = _get_branch()
    require_own(None)
    query = NewBookingQuery.read_known()
    time = query.time.isoformat("minutes") if query.time else ""
    values = {**query.model_dump(), "day": get_current_day(branch.timezone).isoformat(), "time": time}
    return render_form(branch, values | (fill_in_customer(query.customer_id) if query.customer_id else {}))


@blueprint.post("/calendar/new")
@for_company("bookings.write")
def book() -> Any:
    branch = _get_branch()
    try:
        form = NewBookingForm.read()
        series = run_with_write_slot(lambda: _book(form, branch))
    except AppError as error:
        db.session.rollback()
        if error.status not in (409, 422):
            raise
        return render_form(branch, NewBookingForm.typed(), error), error.status
    booking = series.bookings[0]
    message = _("Gebucht: %(name)s, %(when)s", name=form.name, when=when(booking.starts_at, in_sentence=True))
    if form.every_weeks:
        message = f"{message}. {describe_series(series, booking.timezone)}"
    message = with_reachability(message, booking, is_new=True)
    return respond(message, back=url_for("calendar.index", day=form.day.isoformat()), booking=booking.id)


def _book(form: NewBookingForm, branch: Branch) -> BookingSeriesResult:
    request = _resolve_request(form, branch)
    if form.person != NEW_CUSTOMER:
        require_known_person(request)
    return create_customer_series(request, every_weeks=form.every_weeks or 1, times=form.times if form.every_weeks else 1)


def _get_branch() -> Branch:
    """Get the branch of the page, whose clock the page shows."""
    branch = get_current_branch()
    g.timezone = branch.timezone
    return branch


def _resolve_request(form: NewBookingForm, branch: Branch) -> BookingRequest:
    staff_id = require_own(form.staff_id)
    request = resolve_request(
        form.service_id,
        branch_id=branch.id,
        starts_at=to_utc(form.day, form.time, branch.timezone),
        source="web",
        actor=current_actor(),
        name=form.name,
        staff_id=staff_id,
        phone=form.phone,
        email=form.email,
        notes=form.notes,
        idempotency_key=IdempotencyKey(current_user.id, form.once, _hash_form()) if form.once else None,
    )
    if is_limited() and any(part.staff_id != staff_id for part in request.parts):
        raise_invalid({"service_id": _("Dafür braucht es noch jemanden aus dem Team. Bitten Sie den Empfang darum.")})
    known = form.person if is_ulid(form.person) and is_named(form.person, form.name) else None
    return replace(request, customer_id=known, accepted=form.override, note=form.override_note if form.override else None)


def _hash_form() -> str:
    return hash_request("calendar.book", {name: text for name, text in NewBookingForm.typed().items() if name != "once"})


@blueprint.get("/calendar/customers")
@for_company("bookings.write")
def customers() -> Any:
    """Suggest customers while a name or number is typed."""
    matches = autocomplete(CustomerSearchQuery.read_known().q)
    numbers = [customer.of_kind("phone") for customer in matches]
    return [
        {
            "id": customer.id, "name": customer.name or "", "phone": number or "", "display": phone_number(number),
            "email": customer.of_kind("email") or "",
        }
        for customer, number in zip(matches, numbers, strict=True)
    ]  # fmt: skip


@blueprint.get("/calendar/why")
@for_company("bookings.read")
def why() -> Response | str:
    """Explain why a time of a staff member is not available, for the shortest service they offer."""
    branch, query = _get_branch(), WhyQuery.read()
    staff_id, day, clock_time = require_own(query.staff_id or None) or "", query.day.isoformat(), query.time.isoformat("minutes")
    starts_at = to_utc(query.day, query.time, branch.timezone)
    services = [service for service in list_services(staff_id) if not service.parts]
    reasons: list[str] = []
    person = next((person.name for person in catalogue.list_staff(limit=MAX_CHOICES) if person.id == staff_id), "")
    if services:
        shortest = min(services, key=lambda service: service.minutes)
        slot_query = build_slot_query(shortest.id, since=starts_at, until=starts_at, staff_id=staff_id, branch_id=branch.id).at(starts_at)
        scheduling_data = load_scheduling_data(slot_query)
        unavailability = explain_unavailable(slot_query, scheduling_data, starts_at)
        names = {member.id: member.name for member in scheduling_data.people}
        reasons = [format_reason(reason, names) for reason in unavailability]
        if any(reason.code == "holiday" for reason in unavailability):
            reasons.append(find_holiday_name(query.day, scheduling_data.branches[0].region) or "")
    return render_template(
        "dashboard/calendar_why.html",
        reasons=[reason for reason in reasons if reason],
        person=person,
        starts_at=starts_at,
        service=min((service.name for service in services), default=""),
        new_href=url_for("calendar.new", staff_id=staff_id, day=day, time=clock_time, branch_id=branch.id),
        may_write=can(current_user, "bookings.write", branch_id=branch.id),
        preview_href=url_for(
            "preview.index", name="check_availability", service=min((service.name for service in services), default=""),
            date=day, time=clock_time, staff=person,
        ),
    )  # fmt: skip


def _build_title(days: list[date], week: bool) -> str:
    return _("Woche ab %(day)s", day=whole_day(days[0])) if week else whole_day(days[0])


def _build_summary(schedule: BranchSchedule, days: list[date], branch: Branch) -> str:
    headline = build_headline(schedule, is_past=days[-1] < now().astimezone(ZoneInfo(branch.timezone)).date())
    region = get_holiday_region(g.company.country, branch.state, branch.city, branch.local_holidays)
    holiday = find_holiday_name(days[0], region) if len(days) == 1 else None
    return f"{holiday}. {headline}" if holiday else headline


def _build_linker(branch: Branch, day: date, week: bool, staff_id: str | None) -> Any:
    """Build a function that returns URLs of this calendar with some parameters changed."""

    def link(**changes: Any) -> str:
        chosen = {"day": day.isoformat(), "view": "week" if week else None, "staff_id": staff_id, "branch_id": branch.id, **changes}
        return url_for("calendar.index", **{name: value for name, value in chosen.items() if value})

    return link


def _to_midnight(day: date, timezone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone)).astimezone(UTC)
