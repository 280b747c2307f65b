"""The start page: call figures, open tasks and upcoming bookings."""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _, ngettext
from flask_login import current_user
from sqlalchemy import and_, select

from app.core.clock import now
from app.core.extensions import db
from app.core.locale import reader_timezone
from app.domain.reports.figures import OutcomeTotals, load_figures, load_night_totals
from app.domain.reports.truth_rate import TruthRate, load_truth_rate
from app.models import Booking, Customer, Service, StaffMember
from app.web.branch_filter import get_branch_filter
from app.web.dashboard.absence_notes import list_absence_lines
from app.web.dashboard.agent_alerts import list_agent_alerts
from app.web.dashboard.call_reconciliation_status_view import get_reconciliation_status
from app.web.dashboard.charts import build_figure_cards, build_funnel, build_heat_map
from app.web.dashboard.setup_checklist import list_setup_steps
from app.web.dashboard.tasks import list_open_tasks
from app.web.fields import ChoiceField
from app.web.formatting import clock, day, day_of
from app.web.forms import Query
from app.web.guards import for_company
from app.web.layout import count_open_tasks, get_assistant_name
from app.web.own_calendar import explain_missing_person, lacks_person

PERIODS = {"today": 1, "week": 7, "month": 30}
MAX_TASKS = 5
MAX_BOOKINGS = 6
LATE_MORNING_HOUR, NOON_HOUR, EVENING_HOUR = 11, 12, 17

blueprint = Blueprint("home", __name__)


class PeriodQuery(Query):
    period: Annotated[str, ChoiceField(*PERIODS)] = "week"


@blueprint.get("/dashboard")
@for_company("calls.read")
def index() -> str:
    period = PeriodQuery.read_known().period
    branches = get_branch_filter(all_if_none=True)
    figures = load_figures(branches, days=PERIODS[period], now=now(), timezone=reader_timezone())
    tasks_left = count_open_tasks()
    bookings = _list_bookings(branches)
    return render_template(
        "dashboard/home.html",
        greeting=_build_greeting(),
        lead=f"{_describe_today(branches, figures.today)} {_describe_open_tasks(tasks_left)}",
        periods=[(label, key == period, url_for("home.index", period=key)) for key, label in _build_labels().items()],
        period_label=_build_labels()[period],
        agent_lines=list_agent_alerts() + list_setup_steps() + list_absence_lines(branches),
        figures=build_figure_cards(figures, period),
        heat=build_heat_map(figures.rings),
        funnel=build_funnel(figures.period.total),
        held=get_reconciliation_status(),
        kept=_get_truth_rate(branches, PERIODS[period]),
        tasks=list_open_tasks(MAX_TASKS),
        tasks_left=tasks_left,
        bookings=bookings,
        missing_person=explain_missing_person() if lacks_person() else "",
        bookings_are_today=bool(bookings) and bookings[0]["day"] == day(now()),
    )


def _get_truth_rate(branches: list[str], days: int) -> TruthRate:
    """Load the truth rate since the first day's midnight in the time zone of the business."""
    timezone = ZoneInfo(reader_timezone())
    first = now().astimezone(timezone).date() - timedelta(days=days - 1)
    return load_truth_rate(branches, since=datetime.combine(first, time(), timezone).astimezone(UTC), until=now())


def _build_labels() -> dict[str, str]:
    return {"today": _("Heute"), "week": _("7 Tage"), "month": _("30 Tage")}


def _build_greeting() -> str:
    """Greet by name, unless the name is only the local part of the e-mail address, the default of new users."""
    hour, name = _get_local_hour(), current_user.name
    if name.casefold() == current_user.email.partition("@")[0].casefold():
        return _("Guten Morgen") if hour < LATE_MORNING_HOUR else _("Guten Tag") if hour < EVENING_HOUR else _("Guten Abend")
    if hour < LATE_MORNING_HOUR:
        return _("Guten Morgen, %(name)s", name=name)
    return _("Guten Tag, %(name)s", name=name) if hour < EVENING_HOUR else _("Guten Abend, %(name)s", name=name)


def _describe_today(branches: list[str], today: OutcomeTotals) -> str:
    """Describe the calls of the night before NOON_HOUR, otherwise those of the day."""
    night = load_night_totals(branches, now=now(), timezone=reader_timezone()) if _get_local_hour() < NOON_HOUR else OutcomeTotals()
    totals, sentence, sentence_without_bookings = (
        today,
        _("Heute hat %(who)s %(calls)s angenommen und %(bookings)s gebucht."),
        _("Heute hat %(who)s %(calls)s angenommen."),
    )
    if night.answered:
        totals, sentence = night, _("Über Nacht hat %(who)s %(calls)s angenommen und %(bookings)s gebucht.")
        sentence_without_bookings = _("Über Nacht hat %(who)s %(calls)s angenommen.")
    if not totals.answered:
        return _("Heute hat noch niemand angerufen.")
    calls = ngettext("%(num)s Anruf", "%(num)s Anrufe", totals.answered)
    bookings = ngettext("einen Termin", "%(num)s Termine", totals.booked)
    return (sentence if totals.booked else sentence_without_bookings) % {"who": get_assistant_name(), "calls": calls, "bookings": bookings}


def _describe_open_tasks(tasks_left: int) -> str:
    if not tasks_left:
        return _("Für Sie ist nichts offen.")
    return ngettext("Eine Sache braucht Sie noch.", "%(num)s Dinge brauchen Sie noch.", tasks_left)


def _list_bookings(branches: list[str]) -> list[dict[str, Any]]:
    """List the next bookings: the rest of today, else the first day with bookings."""
    statement = (
        select(Booking.id, Booking.starts_at, Customer.name, Service.name.label("service"), StaffMember.name.label("staff"))
        .join(Service, and_(Service.company_id == Booking.company_id, Service.id == Booking.service_id))
        .join(StaffMember, and_(StaffMember.company_id == Booking.company_id, StaffMember.id == Booking.staff_id))
        .outerjoin(Customer, and_(Customer.company_id == Booking.company_id, Customer.id == Booking.customer_id))
        .where(
            Booking.branch_id.in_(branches), Booking.active(), Booking.ends_at > now(),
            Booking.starts_at.between(now() - timedelta(hours=12), now() + timedelta(days=8)),
        )
        .order_by(Booking.starts_at, Booking.id)
        .limit(MAX_BOOKINGS)
    )  # fmt: skip
    rows = list(db.session.execute(statement))
    first_day = day_of(rows[0].starts_at) if rows else None
    is_next = next((row.id for row in rows if row.starts_at > now()), None)
    return [
        {
            "time": clock(row.starts_at), "day": day(row.starts_at), "name": row.name or _("Ohne Namen"), "service": row.service,
            "staff": row.staff.split()[0] if not row.staff.startswith("Dr.") else row.staff, "is_next": row.id == is_next,
        }
        for row in rows
        if day_of(row.starts_at) == first_day
    ]  # fmt: skip


def _get_local_hour() -> int:
    """Get the hour in the time zone of the business."""
    return now().astimezone(ZoneInfo(reader_timezone())).hour
