"""The calendar: a day by person or a person's week, what is free, why something is not, and a quick booking for who is on the phone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.errors import AppError
from app.core.extensions import db
from app.core.turns import transact_in_turn
from app.domain.accounts.permissions import can
from app.domain.bookings.choosing import choose, why_not_free
from app.domain.bookings.desk import BookingWish, book_series_for
from app.domain.bookings.diary import Diary, read_diary
from app.domain.calendar.facts import Slot
from app.domain.calendar.holidays import holiday_name
from app.domain.calendar.sentences import sentence
from app.domain.companies.policies import load_policies
from app.domain.customers.registering import look_up
from app.domain.services import catalogue
from app.models import Branch, Service
from app.web.dashboard.booking_access import by_script, done, kindly, me, shown_branch, shown_day, time_from_form
from app.web.dashboard.calendar_grid import headline, make_grid
from app.web.dashboard.rhythm import choices, read_rhythm, told_of
from app.web.formatting import clock, phone_number, when, whole_day
from app.web.guards import for_company
from app.web.reader import branches

MOST = 200

blueprint = Blueprint("calendar", __name__)


@blueprint.get("/calendar")
@for_company("bookings.read")
def index() -> str:
    branch = shown_branch()
    day, week = shown_day(branch.zone), request.args.get("view") == "week"
    first = day - timedelta(days=day.weekday()) if week else day
    days = [first + timedelta(days=number) for number in range(7 if week else 1)]
    diary = read_diary(branch.id, _midnight(days[0], branch.zone), _midnight(days[-1] + timedelta(days=1), branch.zone))
    people = [(lane.staff_id, lane.name) for lane in diary.lanes]
    if week:
        chosen = request.args.get("staff_id", "")
        diary.lanes.sort(key=lambda lane: lane.staff_id != chosen)
        del diary.lanes[1:]
    grid = make_grid(diary, days, branch.zone, by_day=week)
    part = request.args.get("part") == "grid"
    return render_template(
        "dashboard/calendar_grid.html" if part else "dashboard/calendar.html",
        grid=grid,
        title=_title(days, week),
        lead=_lead(diary, days, branch),
        branch=branch,
        branches=branches(),
        people=people,
        staff_id=diary.lanes[0].staff_id if week and diary.lanes else "",
        week=week,
        day=day,
        today=now().astimezone(ZoneInfo(branch.zone)).date(),
        may_write=can(current_user, "bookings.write", branch_id=branch.id),
        step=load_policies().rules(branch_id=branch.id).grid_minutes,
        link=_linker(branch, day, week, request.args.get("staff_id", "")),
        timedelta=timedelta,
    )


@blueprint.get("/calendar/new")
@for_company("bookings.write")
def new() -> str:
    branch = shown_branch()
    values = {name: request.args.get(name, "") for name in ("name", "phone", "service_id", "staff_id", "time")}
    return _form(branch, {**values, "day": shown_day(branch.zone).isoformat()})


@blueprint.post("/calendar/new")
@for_company("bookings.write")
def book() -> Any:
    branch = shown_branch()
    values = {name: request.form.get(name, "").strip() for name in ("name", "phone", "service_id", "staff_id", "day", "time", "notes")}
    values |= {name: request.form.get(name, "").strip() for name in ("every_weeks", "times")}
    try:
        rhythm = read_rhythm(request.form)
        wish = BookingWish(
            service_id=values["service_id"],
            branch_id=branch.id,
            starts_at=time_from_form(values["day"], values["time"], branch.zone),
            name=values["name"],
            staff_id=values["staff_id"] or None,
            number=values["phone"] or None,
            notes=values["notes"][:2000] or None,
            idempotency_key=f"{current_user.id}:{request.form['once'][:60]}" if request.form.get("once") else None,
            every_weeks=rhythm.every_weeks if rhythm else 1,
            times=rhythm.times if rhythm else 1,
        )
        series = transact_in_turn(lambda: book_series_for(wish, source="web", by=me()))
    except AppError as error:
        db.session.rollback()
        if error.status not in (409, 422):
            raise
        return _form(branch, values, error), error.status
    booking = series.made[0]
    message = _("Gebucht: %(name)s, %(when)s", name=values["name"], when=when(booking.starts_at))
    if rhythm:
        message = f"{message}. {told_of(series, booking.zone)}"
    return done(message, back=url_for("calendar.index", day=values["day"]), booking=booking.id)


@blueprint.get("/calendar/customers")
@for_company("bookings.write")
def customers() -> Any:
    """Who it could be, while the name or number is being typed."""
    found = look_up(request.args.get("q", "")[:160])
    numbers = [customer.of_kind("phone") for customer in found]
    return [
        {"name": customer.name or "", "phone": number or "", "display": phone_number(number)}
        for customer, number in zip(found, numbers, strict=True)
    ]


@blueprint.get("/calendar/why")
@for_company("bookings.read")
def why() -> Response | str:
    """Why a time of a person is not free, for the shortest thing that they do."""
    branch, staff_id = shown_branch(), request.args.get("staff_id", "")
    starts_at = time_from_form(request.args.get("day", ""), request.args.get("time", ""), branch.zone)
    services = [service for service in _services(staff_id) if not service.parts]
    reasons: list[str] = []
    person = next((person.name for person in catalogue.list_staff(limit=MOST) if person.id == staff_id), "")
    if services:
        shortest = min(services, key=lambda service: service.minutes)
        found, facts = why_not_free(choose(shortest.id, staff_id=staff_id, branch_id=branch.id), starts_at)
        names = {one.id: one.name for one in facts.people}
        reasons = [sentence(reason, names) for reason in found]
        if any(reason.code == "holiday" for reason in found):
            day = starts_at.astimezone(ZoneInfo(branch.zone)).date()
            reasons.append(holiday_name(day, facts.branches[0].country, branch.state) or "")
    return render_template(
        "dashboard/calendar_why.html",
        reasons=[reason for reason in reasons if reason],
        person=person,
        starts_at=starts_at,
        service=min((service.name for service in services), default=""),
        new_href=url_for("calendar.new", staff_id=staff_id, day=request.args["day"], time=request.args["time"], branch_id=branch.id),
        may_write=can(current_user, "bookings.write", branch_id=branch.id),
        preview_href=url_for(
            "preview.index", name="check_availability", service=min((service.name for service in services), default=""),
            date=request.args["day"], time=request.args["time"], staff=person,
        ),
    )  # fmt: skip


def _form(branch: Branch, values: dict[str, str], error: AppError | None = None) -> str:
    people = catalogue.list_staff(limit=MOST, branch_id=branch.id)
    return render_template(
        "dashboard/calendar_new.html" if by_script() else "dashboard/calendar_new_alone.html",
        branch=branch,
        values=values,
        errors=error.data.get("fields", {}) if error and isinstance(error.data.get("fields"), dict) else {},
        refused=kindly(error) if error and error.status == 409 else "",
        alternatives=_alternatives(error, branch) if error else [],
        services=[(service.id, _with_minutes(service)) for service in _services("")],
        people=[(person.id, person.name) for person in people],
        rhythms=choices(),
        once=request.form.get("once") or f"{now().timestamp():.6f}",
    )


def _alternatives(error: AppError, branch: Branch) -> list[dict[str, str]]:
    """Free times near the one that was refused, each ready to be taken with one press."""
    found = getattr(error, "alternatives", None)
    slots: list[Slot] = found.best(4) if found else []
    names = {person.id: person.name for person in catalogue.list_staff(limit=MOST)}
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


def _services(staff_id: str) -> list[Service]:
    """What can be booked, or what this person does."""
    services = list(catalogue.list_services(limit=MOST))
    if not staff_id:
        return services
    does = set(catalogue.places_of([staff_id])[1].get(staff_id, []))
    return [service for service in services if service.id in does]


def _with_minutes(service: Service) -> str:
    return service.name if service.parts else _("%(name)s, %(minutes)s Min.", name=service.name, minutes=service.minutes)


def _title(days: list[date], week: bool) -> str:
    return _("Woche ab %(day)s", day=whole_day(days[0])) if week else whole_day(days[0])


def _lead(diary: Diary, days: list[date], branch: Branch) -> str:
    told = headline(diary, is_past=days[-1] < now().astimezone(ZoneInfo(branch.zone)).date())
    holiday = holiday_name(days[0], g.company.country, branch.state) if len(days) == 1 else None
    return f"{holiday}. {told}" if holiday else told


def _linker(branch: Branch, day: date, week: bool, staff_id: str) -> Any:
    """Addresses of this calendar with something changed."""

    def link(**changes: Any) -> str:
        chosen = {"day": day.isoformat(), "view": "week" if week else None, "staff_id": staff_id or None, "branch_id": branch.id, **changes}
        return url_for("calendar.index", **{name: value for name, value in chosen.items() if value})

    return link


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
