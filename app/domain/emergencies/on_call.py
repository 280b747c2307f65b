"""On-call contacts of a branch: the rota, else the branch's own number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.core.phone import normalise
from app.domain.audit.log import record
from app.models import Branch, Company, OnCallShift

MAX_SHIFTS = 100
MAX_PHRASES = 50
DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class OnCallContact:
    """`name` is None where it is the branch's own number."""

    number: str
    name: str | None = None


def find_on_call(branch: Branch, at: datetime, *, otherwise: str | None) -> OnCallContact | None:
    """Find the current contact: dated shifts before weekly ones, newest first; else `otherwise`."""
    local = at.astimezone(ZoneInfo(branch.timezone)).replace(tzinfo=None)
    running = [shift for shift in list_shifts(branch.id) if _is_on(shift, local)]
    running.sort(key=lambda shift: (shift.local_start is not None, shift.created_at), reverse=True)
    if running:
        return OnCallContact(running[0].number, running[0].name)
    return OnCallContact(otherwise) if otherwise else None


def list_shifts(branch_id: str) -> Sequence[OnCallShift]:
    """List shifts, dated ones first, then by weekday."""
    shifts = select(OnCallShift).where(OnCallShift.branch_id == branch_id)
    order = (OnCallShift.local_start.is_(None), OnCallShift.local_start, OnCallShift.weekday, OnCallShift.from_minute, OnCallShift.id)
    return db.session.scalars(shifts.order_by(*order).limit(MAX_SHIFTS)).all()


def add_weekly_shifts(
    branch: Branch, name: str, number: str, *, weekdays: Sequence[int], from_minute: int, until_minute: int
) -> list[OnCallShift]:
    """Add a shift for each weekday; an end not after the start is on the next day. Raises InvalidInput."""
    e164, until = _parse_number(number, branch), until_minute if until_minute > from_minute else until_minute + DAY_MINUTES
    _check_shift_limit(branch, len(weekdays))
    return _insert_shifts(
        [
            OnCallShift(branch_id=branch.id, name=name, number=e164, weekday=day, from_minute=from_minute, until_minute=until)
            for day in weekdays
        ]
    )


def add_dated_shift(branch: Branch, name: str, number: str, *, starts: datetime, ends: datetime) -> list[OnCallShift]:
    """Add a shift in the branch's local time. Raises InvalidInput."""
    if ends <= starts:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"ends": _("Das Ende liegt vor dem Beginn.")})
    _check_shift_limit(branch, 1)
    return _insert_shifts(
        [OnCallShift(branch_id=branch.id, name=name, number=_parse_number(number, branch), local_start=starts, local_end=ends)]
    )


def remove_shift(shift_id: str, *, branch_ids: Sequence[str]) -> None:
    """Remove a shift; `branch_ids` limits the user's branches, empty for all. Raises NotFound."""
    statement = select(OnCallShift).where(OnCallShift.id == shift_id)
    shift = db.session.scalar(statement.where(OnCallShift.branch_id.in_(branch_ids)) if branch_ids else statement)
    if shift is None:
        raise NotFound(_("Das gibt es hier nicht."))
    record("on_call_shift_removed", subject=shift.id)
    db.session.delete(shift)


def save_phrases(branch: Branch, lines: Sequence[str]) -> None:
    """Save the branch's own emergency phrases, which add to the general table."""
    phrases = [line for each in lines if (line := " ".join(each.split())[:80])]
    if len(phrases) > MAX_PHRASES:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"phrases": _("Höchstens %(n)s Zeilen.", n=MAX_PHRASES)})
    branch.emergency_phrases = phrases or None
    record("emergency_phrases_saved", subject=branch.id)


def _is_on(shift: OnCallShift, local: datetime) -> bool:
    if shift.local_start is not None and shift.local_end is not None:
        return shift.local_start <= local < shift.local_end
    if shift.weekday is None or shift.from_minute is None or shift.until_minute is None:
        return False
    # today's shift, and yesterday's that runs past midnight
    return any(_covers(shift, local, days_ago) for days_ago in (0, 1))


def _covers(shift: OnCallShift, local: datetime, days_ago: int) -> bool:
    if (local - timedelta(days=days_ago)).weekday() != shift.weekday:
        return False
    minute = local.hour * 60 + local.minute + days_ago * DAY_MINUTES
    return (shift.from_minute or 0) <= minute < (shift.until_minute or 0)


def _insert_shifts(shifts: list[OnCallShift]) -> list[OnCallShift]:
    db.session.add_all(shifts)
    db.session.flush()
    for shift in shifts:
        record("on_call_shift_added", subject=shift.id)
    return shifts


def _check_shift_limit(branch: Branch, more: int) -> None:
    if len(list_shifts(branch.id)) + more > MAX_SHIFTS:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"name": _("Höchstens %(n)s Dienste je Filiale.", n=MAX_SHIFTS)})


def _parse_number(number: str, branch: Branch) -> str:
    company = db.session.get_one(Company, branch.company_id)
    parsed = normalise(number, source="human", region=company.country)
    if parsed.e164 is None or not parsed.valid:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"number": _("Das ist keine Rufnummer.")})
    return parsed.e164
