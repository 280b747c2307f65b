"""Edit opening hours and shifts: weekly hours, seasons, single dates and closures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, select

from app.core.errors import InvalidInput, NotFound
from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.audit.log import record
from app.domain.scheduling.holidays import GERMAN_STATES
from app.domain.scheduling.time_spans import Spans
from app.events import SickLeaveAdded
from app.models import Branch, Closure, WorkingHours
from app.models.closure import KINDS, REPEATS


def get_week(branch_id: str, staff_id: str | None) -> list[Spans]:
    """Monday to Sunday, without stretches that are valid for a time only."""
    week: list[Spans] = [[] for _day in range(7)]
    for row in db.session.scalars(select(WorkingHours).where(*_build_weekly_filter(branch_id, staff_id))):
        week[row.weekday or 0].append((row.opens, row.closes))
    return week


def save_week(branch_id: str, staff_id: str | None, week: list[Spans]) -> None:
    """Replace the weekly hours; hours with a validity period are kept."""
    db.session.execute(delete(WorkingHours).where(*_build_weekly_filter(branch_id, staff_id)))
    db.session.add_all(
        WorkingHours(branch_id=branch_id, staff_id=staff_id, weekday=weekday, opens=opens, closes=closes)
        for weekday, spans in enumerate(week)
        for opens, closes in spans
    )
    db.session.flush()
    record("hours_saved", subject=f"staff_member:{staff_id}" if staff_id else f"branch:{branch_id}")


@dataclass(frozen=True, slots=True)
class SeasonalHours:
    """Weekly hours that replace the regular ones from the first to the last day."""

    first: date
    last: date
    name: str
    week: list[Spans]


def list_seasons(branch_id: str, staff_id: str | None, since: date) -> list[SeasonalHours]:
    """The seasons that have not ended, by their first day."""
    rows = select(WorkingHours).where(
        *_build_owner_filter(branch_id, staff_id), WorkingHours.day.is_(None), WorkingHours.valid_until >= since
    )
    seasons: dict[tuple[date, date], SeasonalHours] = {}
    for row in db.session.scalars(rows.order_by(WorkingHours.valid_from, WorkingHours.weekday, WorkingHours.opens)):
        first, last = row.valid_from or date.min, row.valid_until or date.max
        season = seasons.setdefault((first, last), SeasonalHours(first, last, row.name or "", [[] for _day in range(7)]))
        season.week[row.weekday or 0].append((row.opens, row.closes))
    return list(seasons.values())


def save_season(branch_id: str, staff_id: str | None, season: SeasonalHours) -> None:
    """Add hours with a validity period. Raises InvalidInput with one message per field (season_from, season_until)."""
    wrong: dict[str, str] = {}
    if season.last < season.first:
        wrong["season_until"] = _("Das Ende liegt vor dem Anfang.")
    elif not any(season.week):
        wrong["season_from"] = _("Für eine Zeit ohne Öffnung gibt es „Geschlossen“.")
    elif any(other.first <= season.last and season.first <= other.last for other in list_seasons(branch_id, staff_id, season.first)):
        wrong["season_from"] = _("In dieser Zeit gelten schon andere Zeiten.")
    if wrong:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)
    db.session.add_all(
        WorkingHours(
            branch_id=branch_id, staff_id=staff_id, weekday=weekday, opens=opens, closes=closes, valid_from=season.first,
            valid_until=season.last, name=season.name[:80] or None,
        )
        for weekday, spans in enumerate(season.week) for opens, closes in spans
    )  # fmt: skip
    db.session.flush()
    record("season_saved", subject=f"branch:{branch_id}", data={"first": season.first.isoformat(), "last": season.last.isoformat()})


def remove_season(branch_id: str, staff_id: str | None, first: date, last: date) -> None:
    same = (
        *_build_owner_filter(branch_id, staff_id),
        WorkingHours.day.is_(None),
        WorkingHours.valid_from == first,
        WorkingHours.valid_until == last,
    )
    db.session.execute(delete(WorkingHours).where(*same))
    record("season_removed", subject=f"branch:{branch_id}", data={"first": first.isoformat(), "last": last.isoformat()})


def save_holiday_region(branch: Branch, state: str, local_holidays: Sequence[str] | None = None) -> None:
    """Set the federal state for public holidays (empty: only national ones) and the local ones that apply (None: by the city).

    Raises InvalidInput.
    """
    if state and state not in GERMAN_STATES:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"state": _("Bitte wählen.")})
    branch.state = state or None
    branch.local_holidays = None if local_holidays is None else list(local_holidays)
    db.session.flush()
    record("branch_state_saved", subject=f"branch:{branch.id}", data={"state": state, "local_holidays": branch.local_holidays})


def list_special_days(branch_id: str, staff_id: str | None, since: date) -> dict[date, tuple[Spans, str]]:
    """The dates with hours of their own from this day on, with spans and name."""
    rows = select(WorkingHours).where(WorkingHours.branch_id == branch_id, WorkingHours.staff_id == staff_id, WorkingHours.day >= since)
    special_days: dict[date, tuple[Spans, str]] = {}
    for row in db.session.scalars(rows.order_by(WorkingHours.day, WorkingHours.opens)):
        assert row.day is not None
        spans, _name = special_days.setdefault(row.day, ([], row.name or ""))
        if row.closes > row.opens:
            spans.append((row.opens, row.closes))
    return special_days


def save_special_day(branch_id: str, staff_id: str | None, day: date, spans: Spans, name: str = "") -> None:
    """Set the hours of one date, which override the weekly hours and a public holiday; no spans mean closed."""
    remove_special_day(branch_id, staff_id, day)
    db.session.add_all(
        WorkingHours(branch_id=branch_id, staff_id=staff_id, day=day, opens=opens, closes=closes, name=name[:80] or None)
        for opens, closes in spans or [(0, 0)]
    )
    db.session.flush()
    record("special_day_saved", subject=f"branch:{branch_id}", data={"day": day.isoformat()})


def remove_special_day(branch_id: str, staff_id: str | None, day: date) -> None:
    same = (WorkingHours.branch_id == branch_id, WorkingHours.staff_id == staff_id, WorkingHours.day == day)
    db.session.execute(delete(WorkingHours).where(*same))


def list_closures(branch_id: str, staff_id: str | None, since: datetime) -> list[Closure]:
    """The closures of the branch (company-wide ones included) or of the person that have not ended."""
    owner_filter = (
        Closure.staff_id == staff_id
        if staff_id
        else Closure.staff_id.is_(None) & ((Closure.branch_id == branch_id) | Closure.branch_id.is_(None))
    )
    statement = (
        select(Closure)
        .where(owner_filter, (Closure.local_end > since) | (Closure.repeats != "never"))
        .order_by(Closure.local_start, Closure.id)
    )
    return list(db.session.scalars(statement))


def add_closure(
    branch_id: str | None,
    staff_id: str | None,
    *,
    starts: datetime,
    ends: datetime,
    kind: str,
    repeats: str = "never",
    until: date | None = None,
    name: str = "",
) -> Closure:
    """Add a closure in wall-clock time of the branch. Raises InvalidInput with one message per field."""
    if ends <= starts:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"ends": _("Das Ende liegt vor dem Anfang.")})
    if repeats == "weekly" and ends - starts > timedelta(days=7):
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"ends": _("Was jede Woche gilt, dauert höchstens eine Woche.")})
    if until and until < starts.date():
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"until": _("Das Ende liegt vor dem Anfang.")})
    if kind not in KINDS or repeats not in REPEATS:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"kind": _("Bitte wählen.")})
    closure = Closure(
        branch_id=branch_id, staff_id=staff_id, local_start=starts, local_end=ends, kind=kind, repeats=repeats,
        until=until if repeats != "never" else None, name=name[:120] or None,
    )  # fmt: skip
    db.session.add(closure)
    db.session.flush()
    record("closure_added", subject=f"closure:{closure.id}")
    if kind == "sick":
        publish(SickLeaveAdded(closure.company_id, closure.id))
    return closure


def remove_closure(closure_id: str) -> Closure:
    closure = db.session.scalars(select(Closure).where(Closure.id == closure_id)).first() if closure_id.isascii() else None
    if closure is None:
        raise NotFound(_("Das gibt es hier nicht."))
    db.session.delete(closure)
    record("closure_removed", subject=f"closure:{closure_id}")
    return closure


def _build_weekly_filter(branch_id: str, staff_id: str | None) -> tuple[ColumnElement[bool], ...]:
    return (
        *_build_owner_filter(branch_id, staff_id),
        WorkingHours.day.is_(None),
        WorkingHours.valid_from.is_(None),
        WorkingHours.valid_until.is_(None),
    )


def _build_owner_filter(branch_id: str, staff_id: str | None) -> tuple[ColumnElement[bool], ...]:
    whose = WorkingHours.staff_id == staff_id if staff_id else WorkingHours.staff_id.is_(None)
    return WorkingHours.branch_id == branch_id, whose
