"""The calls list: search, filters and keyset pagination."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _, ngettext
from sqlalchemy import and_, func, select

from app.core import phone
from app.core.clock import now
from app.core.extensions import db
from app.core.locale import reader_timezone
from app.domain.calls.search import MAX_QUERY_LENGTH, CallSearch, find_calls, order_newest_first
from app.models import Booking, Branch, Call, CallDay, Customer
from app.models.booking import ACTIVE_STATUSES
from app.web.branch_filter import get_branch_filter
from app.web.dashboard.call_truth_view import find_marked_call_ids
from app.web.fields import ChoiceField, Id, SearchField
from app.web.formatting import day, day_of, number
from app.web.forms import Query
from app.web.guards import for_company
from app.web.labels import OUTCOMES
from app.web.partial_page import render_page

PAGE_SIZE = 50
CHIPS = ("booked", "callback", "transferred", "information", "hung_up", "missed")
BOOKING_STATUSES = (*ACTIVE_STATUSES, "done", "no_show")
PERIODS = {"today": 1, "yesterday": 1, "week": 7, "month": 30, "all": 0}

blueprint = Blueprint("calls", __name__)


class CallListQuery(Query):
    """The parameters of the list; a search without a period covers all time."""

    q: Annotated[str, SearchField(MAX_QUERY_LENGTH)] = ""
    outcome: Annotated[str, ChoiceField(*OUTCOMES)] = ""
    period: Annotated[str, ChoiceField(*PERIODS)] | None = None
    # The cursor: calls older than this one follow.
    after: Id | None = None


@blueprint.get("/calls")
@for_company("calls.read")
def index() -> Response:
    query = CallListQuery.read_known()
    filters = CallFilters(query.q, query.outcome, query.period or ("all" if query.q else "today"))
    last = _find_cursor(query.after)
    rows = _list_rows(filters, after=last.id if last else None)
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    counts = _count_outcomes(filters)
    return render_page(
        "dashboard/calls.html",
        part="dashboard/calls_more.html" if last else "dashboard/calls_list.html",
        filters=filters,
        periods=_build_period_labels(),
        chips=_build_chips(filters, counts),
        calls=_build_view_models(rows, filters),
        last_group=_get_group_label(last.started_at, filters) if last else "",
        next_href=_build_href(filters, after=rows[-1].id) if more else None,
        shown=ngettext("%(num)s Anruf", "%(num)s Anrufe", len(rows)) if not more and not last else "",
        lead=_describe_counts(counts),
        reset_href=url_for("calls.index"),
    )


@dataclass(frozen=True)
class CallFilters:
    """The filters of the list."""

    q: str
    outcome: str
    period: str

    @property
    def days(self) -> tuple[date, date] | None:
        """First and last day of the period in the time zone of the business; None for all time."""
        today = day_of(now())
        if self.period == "all":
            return None
        if self.period == "yesterday":
            return today - timedelta(days=1), today - timedelta(days=1)
        return today - timedelta(days=PERIODS[self.period] - 1), today

    @property
    def search(self) -> CallSearch:
        timezone = ZoneInfo(reader_timezone())
        since, until = (
            (None, None)
            if self.days is None
            else (_to_midnight(self.days[0], timezone), _to_midnight(self.days[1] + timedelta(days=1), timezone))
        )
        return CallSearch(query=self.q, outcome=self.outcome, branch_ids=get_branch_filter(), since=since, until=until)


def _find_cursor(call_id: str | None) -> Any | None:
    """Find the call after which the list continues."""
    return db.session.execute(select(Call.id, Call.started_at).where(Call.id == call_id)).first() if call_id else None


def _list_rows(filters: CallFilters, *, after: str | None) -> list[Any]:
    """List the rows, one more than a page shows, to know whether more follow."""
    page_ids = find_calls(filters.search, limit=PAGE_SIZE + 1, after=after)
    statement = (
        select(
            Call.id, Call.started_at, Call.status, Call.outcome, Call.summary, Call.sentiment, Call.duration_s, Call.from_number,
            Customer.name, Branch.name.label("branch"),
        )
        .join(Branch, and_(Branch.company_id == Call.company_id, Branch.id == Call.branch_id))
        .outerjoin(Customer, and_(Customer.company_id == Call.company_id, Customer.id == Call.customer_id))
        .where(Call.id.in_(page_ids))
    )  # fmt: skip
    return list(db.session.execute(order_newest_first(statement)))


def _build_view_models(rows: list[Any], filters: CallFilters) -> list[SimpleNamespace]:
    """Build the rows of dashboard/calls_rows.html; the branch is named if the page shows several."""
    starts = _get_booking_starts([row.id for row in rows])
    untrue = find_marked_call_ids([row.id for row in rows])
    names_branches = len(get_branch_filter(all_if_none=True)) > 1
    return [
        SimpleNamespace(
            **{
                **row._mapping,
                "number": phone.display(row.from_number) if row.from_number else None,
                "group": _get_group_label(row.started_at, filters),
                "booking_at": starts.get(row.id),
                "untrue": row.id in untrue,
                "branch": row.branch if names_branches else None,
            }
        )
        for row in rows
    ]


def _get_booking_starts(call_ids: list[str]) -> dict[str, datetime]:
    """Get the start of the first active booking made in each call."""
    if not call_ids:
        return {}
    starts = select(Booking.call_id, func.min(Booking.starts_at)).where(Booking.call_id.in_(call_ids), Booking.status.in_(BOOKING_STATUSES))
    return {call_id: start for call_id, start in db.session.execute(starts.group_by(Booking.call_id)) if call_id}


def _get_group_label(started_at: datetime, filters: CallFilters) -> str:
    """Get the heading above a row: the part of the day if the period is one day, else the day."""
    if filters.days is None or filters.days[0] != filters.days[1]:
        return day(started_at)
    hour = started_at.astimezone(ZoneInfo(reader_timezone())).hour
    return _("Nacht") if hour < 6 else _("Vormittag") if hour < 12 else _("Nachmittag") if hour < 18 else _("Abend")


def _count_outcomes(filters: CallFilters) -> dict[str, int] | None:
    """Count the calls by outcome from the daily statistics; None for a search, which they cannot answer."""
    if filters.q or filters.days is None:
        return None
    statement = select(CallDay.outcome, func.sum(CallDay.calls)).where(CallDay.day.between(*filters.days)).group_by(CallDay.outcome)
    if branches := get_branch_filter():
        statement = statement.where(CallDay.branch_id.in_(branches))
    return {outcome: int(calls) for outcome, calls in db.session.execute(statement)}


def _build_chips(filters: CallFilters, counts: dict[str, int] | None) -> list[dict[str, Any]]:
    all_chip = {"key": "", "label": _("Alle"), "count": None if counts is None else sum(counts.values())}
    chips = [all_chip] + [
        {"key": key, "label": OUTCOMES[key].label, "count": None if counts is None else counts.get(key, 0)} for key in CHIPS
    ]
    return [{**chip, "chosen": chip["key"] == filters.outcome, "href": _build_href(filters, outcome=chip["key"])} for chip in chips]


def _describe_counts(counts: dict[str, int] | None) -> str:
    if counts is None:
        return ""
    calls, booked = sum(counts.values()), counts.get("booked", 0)
    sentence = ngettext("%(calls)s Anruf", "%(calls)s Anrufe", calls, calls=number(calls))
    return _("%(calls)s, %(booked)s davon mit Termin.", calls=sentence, booked=number(booked)) if booked else f"{sentence}."


def _build_period_labels() -> list[tuple[str, str]]:
    return [
        ("today", _("Heute")),
        ("yesterday", _("Gestern")),
        ("week", _("7 Tage")),
        ("month", _("30 Tage")),
        ("all", _("Gesamter Zeitraum")),
    ]


def _build_href(filters: CallFilters, **changes: str) -> str:
    chosen = {"q": filters.q, "outcome": filters.outcome, "period": filters.period, **changes}
    return url_for("calls.index", **{name: value for name, value in chosen.items() if value})


def _to_midnight(local_date: date, timezone: ZoneInfo) -> datetime:
    return datetime.combine(local_date, time(), timezone).astimezone(UTC)
