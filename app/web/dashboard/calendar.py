"""The calendar: a day by person or a person's week, what is free, why something is not, and a quick booking for who is on the phone."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.concurrency import run_with_write_slot
from app.core.errors import AppError
from app.core.extensions import db
from app.domain.accounts.permissions import can
from app.domain.bookings.booking_request import explain_time, select_visit
from app.domain.bookings.customer_booking import CustomerBookingForm, create_customer_series
from app.domain.bookings.day_schedule import DaySchedule, load_day_schedule
from app.domain.companies.policies import load_policies
from app.domain.customers.contacts import autocomplete
from app.domain.scheduling.holidays import find_holiday_name
from app.domain.scheduling.reasons import format_reason
from app.domain.scheduling.types import Slot
from app.domain.services import catalogue
from app.models import Branch, Service
from app.web.branch_filter import get_current_branch, get_current_day, list_branches
from app.web.dashboard.booking_responses import current_actor, is_xhr, respond, to_utc, user_message
from app.web.dashboard.calendar_grid import build_grid, build_headline
from app.web.dashboard.recurrence_form import RecurrenceForm, describe_series, list_choices
from app.web.fields import ChoiceField, Clock, Day, Id, MultilineField, Phone, SearchField, TextField
from app.web.formatting import clock, phone_number, when, whole_day
from app.web.forms import Query, to_errors
from app.web.guards import for_company

MAX_CHOICES = 200

blueprint = Blueprint("calendar", __name__)


class CalendarQuery(Query):
    view: Annotated[str, ChoiceField("day", "week")] = "day"
    staff_id: Id | None = None
    part: Annotated[str, ChoiceField("grid")] | None = None


class NewBookingForm(RecurrenceForm):
    name: Annotated[str, TextField(160)] = ""
    phone: Phone | None = None
    service_id: Id = ""
    staff_id: Id | None = None
    day: Day
    time: Clock
    notes: Annotated[str, MultilineField(2000)] | None = None
    # sent with the page, so that the same form twice is one booking
    once: Annotated[str, TextField(60)] | None = None


class NewBookingQuery(Query):
    """What another page fills in already."""

    name: Annotated[str, TextField(160)] = ""
    phone: Phone = ""
    service_id: Id = ""
    staff_id: Id = ""
    time: Clock | None = None


class CustomerQuery(Query):
    q: Annotated[str, SearchField(160)] = ""


class WhyQuery(Query):
    staff_id: Id = ""
    day: Day
    time: Clock


@blueprint.get("/calendar")
@for_company("bookings.read")
def index() -> str:
    branch = get_current_branch()
    query, day = CalendarQuery.read_known(), get_current_day(branch.zone)
    week = query.view == "week"
    first = day - timedelta(days=day.weekday()) if week else day
    days = [first + timedelta(days=number) for number in range(7 if week else 1)]
    schedule = load_day_schedule(branch.id, _to_midnight(days[0], branch.zone), _to_midnight(days[-1] + timedelta(days=1), branch.zone))
    people = [(staff_column.staff_id, staff_column.name) for staff_column in schedule.columns]
    if week:
        schedule.columns.sort(key=lambda staff_column: staff_column.staff_id != query.staff_id)
        del schedule.columns[1:]
    grid = build_grid(schedule, days, branch.zone, by_day=week)
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
        today=now().astimezone(ZoneInfo(branch.zone)).date(),
        may_write=can(current_user, "bookings.write", branch_id=branch.id),
        step=load_policies().rules(branch_id=branch.id).grid_minutes,
        link=_build_linker(branch, day, week, query.staff_id),
        timedelta=timedelta,
    )


@blueprint.get("/calendar/new")
@for_company("bookings.write")
def new() -> str:
    branch = get_current_branch()
    query = NewBookingQuery.read_known()
    time = query.time.isoformat("minutes") if query.time else ""
    return _render_form(branch, {**query.model_dump(), "day": get_current_day(branch.zone).isoformat(), "time": time})


@blueprint.post("/calendar/new")
@for_company("bookings.write")
def book() -> Any:
    branch = get_current_branch()
    try:
        form = NewBookingForm.read()
        wish = CustomerBookingForm(
            service_id=form.service_id,
            branch_id=branch.id,
            starts_at=to_utc(form.day, form.time, branch.zone),
            name=form.name,
            staff_id=form.staff_id,
            phone=form.phone,
            notes=form.notes,
            idempotency_key=f"{current_user.id}:{form.once}" if form.once else None,
            every_weeks=form.every_weeks or 1,
            times=form.times if form.every_weeks else 1,
        )
        series = run_with_write_slot(lambda: create_customer_series(wish, source="web", actor=current_actor()))
    except AppError as error:
        db.session.rollback()
        if error.status not in (409, 422):
            raise
        return _render_form(branch, NewBookingForm.typed(), error), error.status
    booking = series.bookings[0]
    message = _("Gebucht: %(name)s, %(when)s", name=form.name, when=when(booking.starts_at))
    if form.every_weeks:
        message = f"{message}. {describe_series(series, booking.zone)}"
    return respond(message, back=url_for("calendar.index", day=form.day.isoformat()), booking=booking.id)


@blueprint.get("/calendar/customers")
@for_company("bookings.write")
def customers() -> Any:
    """Who it could be, while the name or number is being typed."""
    found = autocomplete(CustomerQuery.read_known().q)
    numbers = [customer.of_kind("phone") for customer in found]
    return [
        {"name": customer.name or "", "phone": number or "", "display": phone_number(number)}
        for customer, number in zip(found, numbers, strict=True)
    ]


@blueprint.get("/calendar/why")
@for_company("bookings.read")
def why() -> Response | str:
    """Why a time of a person is not free, for the shortest thing that they do."""
    branch, query = get_current_branch(), WhyQuery.read()
    staff_id, day, clock_time = query.staff_id, query.day.isoformat(), query.time.isoformat("minutes")
    starts_at = to_utc(query.day, query.time, branch.zone)
    services = [service for service in _list_services(staff_id) if not service.parts]
    reasons: list[str] = []
    person = next((person.name for person in catalogue.list_staff(limit=MAX_CHOICES) if person.id == staff_id), "")
    if services:
        shortest = min(services, key=lambda service: service.minutes)
        found, facts = explain_time(select_visit(shortest.id, staff_id=staff_id, branch_id=branch.id), starts_at)
        names = {one.id: one.name for one in facts.people}
        reasons = [format_reason(reason, names) for reason in found]
        if any(reason.code == "holiday" for reason in found):
            reasons.append(find_holiday_name(query.day, facts.branches[0].country, branch.state) or "")
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


def _render_form(branch: Branch, values: dict[str, Any], error: AppError | None = None) -> str:
    people = catalogue.list_staff(limit=MAX_CHOICES, branch_id=branch.id)
    return render_template(
        "dashboard/calendar_new.html" if is_xhr() else "dashboard/calendar_new_alone.html",
        branch=branch,
        values=values,
        errors=to_errors(error) if error else {},
        refused=user_message(error) if error and error.status == 409 else "",
        alternatives=_list_alternatives(error, branch) if error else [],
        services=[(service.id, _format_service(service)) for service in _list_services("")],
        people=[(person.id, person.name) for person in people],
        rhythms=list_choices(),
        once=values.get("once") or f"{now().timestamp():.6f}",
    )


def _list_alternatives(error: AppError, branch: Branch) -> list[dict[str, str]]:
    """Free times near the one that was refused, each ready to be taken with one press."""
    found = getattr(error, "alternatives", None)
    slots: list[Slot] = found.best(4) if found else []
    names = {person.id: person.name for person in catalogue.list_staff(limit=MAX_CHOICES)}
    tz = ZoneInfo(branch.zone)
    return [
        {
            "day": slot.starts_at.astimezone(tz).date().isoformat(),
            "time": clock(slot.starts_at),
            "staff_id": slot.staff_id,
            "label": _("%(when)s bei %(who)s", when=when(slot.starts_at), who=names.get(slot.staff_id, "")),
        }
        for slot in slots
        if slot.branch_id == branch.id
    ]


def _list_services(staff_id: str) -> list[Service]:
    """What can be booked, or what this person does."""
    services = list(catalogue.list_services(limit=MAX_CHOICES))
    if not staff_id:
        return services
    does = set(catalogue.load_assignments([staff_id])[1].get(staff_id, []))
    return [service for service in services if service.id in does]


def _format_service(service: Service) -> str:
    return service.name if service.parts else _("%(name)s, %(minutes)s Min.", name=service.name, minutes=service.minutes)


def _build_title(days: list[date], week: bool) -> str:
    return _("Woche ab %(day)s", day=whole_day(days[0])) if week else whole_day(days[0])


def _build_summary(schedule: DaySchedule, days: list[date], branch: Branch) -> str:
    told = build_headline(schedule, is_past=days[-1] < now().astimezone(ZoneInfo(branch.zone)).date())
    holiday = find_holiday_name(days[0], g.company.country, branch.state) if len(days) == 1 else None
    return f"{holiday}. {told}" if holiday else told


def _build_linker(branch: Branch, day: date, week: bool, staff_id: str | None) -> Any:
    """Addresses of this calendar with something changed."""

    def link(**changes: Any) -> str:
        chosen = {"day": day.isoformat(), "view": "week" if week else None, "staff_id": staff_id, "branch_id": branch.id, **changes}
        return url_for("calendar.index", **{name: value for name, value in chosen.items() if value})

    return link


def _to_midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
