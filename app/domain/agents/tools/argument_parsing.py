"""Resolves tool arguments to services, staff, branch and time, or to a question for the caller."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import AppError, InvalidInput
from app.core.extensions import db
from app.domain.agents.tools.context import ToolContext
from app.domain.bookings.booking_request import resolve_parts
from app.domain.language.parser import parse_time_expression
from app.domain.language.spoken_format import join_or
from app.domain.language.time_expression import TimeExpression, to_utc
from app.domain.scheduling.types import VisitPart
from app.domain.services.fuzzy_text import get_similarity, list_significant_words
from app.domain.services.matching import SEPARATORS, find_service, get_services
from app.models import Branch

LOOKAHEAD = timedelta(days=14)
MAX_WINDOW = timedelta(days=31)
MIN_SIMILARITY = 60
MAX_OPTIONS = 4
SPOKEN_DAY_PARTS = {"noon": "mittags", "lunch": "mittags"}
BARE_TIME = re.compile(r"\d{1,2}(?:[ .:]\d{2})?\.?")


class ClarificationNeeded(AppError):
    """An argument is ambiguous; the message is the question to ask, `options` the possible readings."""

    status = 422
    code = "ambiguous"


class UnknownBranch(InvalidInput):
    code = "unknown_branch"


class MissingArgument(InvalidInput):
    """Required arguments are missing: `fields` names them, the message asks for the first."""

    code = "missing"


@dataclass(frozen=True, slots=True)
class ServiceSelection:
    """Services with their staff, and the branch; by default the branch that was called."""

    parts: tuple[VisitPart, ...]
    branch: Branch
    max_gap: int = 0

    @property
    def staff_id(self) -> str | None:
        return next((part.staff_id for part in self.parts if part.staff_id), None)


class SlotArgs(Protocol):
    """Arguments that name services and an exact time."""

    service: str | None
    staff: str | None
    branch: str | None
    date: str | None
    time: str | None


class SearchArgs(SlotArgs, Protocol):
    """Arguments that name services and a time, a day or a range of days."""

    date_from: str | None
    date_to: str | None
    part_of_day: str | None


def resolve_slot(context: ToolContext, args: SlotArgs) -> tuple[ServiceSelection, datetime]:
    """Resolve services and start. Raises as resolve_services, ClarificationNeeded, and MissingArgument without day or time."""
    selection = resolve_services(context, args.service, args.staff, args.branch)
    when = parse_time(context, date=args.date, time=args.time, zone=selection.branch.zone)
    return selection, to_instant(when, selection.branch.zone)


def resolve_search(context: ToolContext, args: SearchArgs) -> tuple[ServiceSelection, TimeExpression, datetime | None]:
    """Resolve services and days; the start too where day and time are named. Raises as resolve_services, ClarificationNeeded."""
    selection = resolve_services(context, args.service, args.staff, args.branch)
    zone = selection.branch.zone
    if args.date or args.time:
        when = parse_time(context, date=args.date, time=args.time, part=args.part_of_day, zone=zone)
    else:
        when = parse_window(context, first=args.date_from, last=args.date_to, part=args.part_of_day, zone=zone)
    return selection, when, to_instant(when, zone) if when.day and when.at is not None else None


def resolve_services(context: ToolContext, service: str | None, staff: str | None, branch: str | None) -> ServiceSelection:
    """Resolve services, staff and branch. Raises MissingArgument, UnknownService, UnknownStaff or UnknownBranch."""
    if service is None:
        raise MissingArgument(get_question("service"), fields=["service"])
    if (found := find_service(service)) and found.tied and not SEPARATORS.search(service):
        names = [each.name for each in (found.service, *found.tied)][:MAX_OPTIONS]
        raise ClarificationNeeded(_("Was meinen Sie: %(services)s?", services=join_or(names, context.language)), options=names)
    place = resolve_branch(context, branch)
    parts = resolve_parts(service, staff=staff, branch_id=place.id)
    gap = max(found.max_gap_minutes for found in get_services(service)) if len(parts) > 1 else 0
    return ServiceSelection(parts, place, gap)


def resolve_branch(context: ToolContext, words: str | None) -> Branch:
    """Resolve a branch by id, name, city or street; without words the branch that was called."""
    if words is None:
        return context.branch
    branches = db.session.scalars(select(Branch).where(Branch.is_active).order_by(Branch.name)).all()
    said = " ".join(list_significant_words(words))

    def rated(branch: Branch) -> int:
        known = [branch.name, branch.name.rpartition("-")[2], branch.slug, branch.city or "", branch.street or ""]
        return 100 if words == branch.id else max(get_similarity(said, " ".join(list_significant_words(name))) for name in known)

    best = max(branches, key=lambda branch: (rated(branch), branch.id == context.branch.id), default=None)
    if best is None or rated(best) < MIN_SIMILARITY:
        raise UnknownBranch(_("Diese Filiale kenne ich nicht."), branches=[branch.name for branch in branches])
    return best


def parse_time(
    context: ToolContext, *, date: str | None, time: str | None, part: str | None = None, zone: str | None = None
) -> TimeExpression:
    """Parse day and time together; raises ClarificationNeeded where they are ambiguous."""
    said = [date, f"um {time}" if time and BARE_TIME.fullmatch(time) else time, SPOKEN_DAY_PARTS.get((part or "").casefold(), part)]
    text = " ".join(filter(None, said))
    if not text:
        return TimeExpression()
    when = _require_unambiguous(parse_time_expression(text, context.now, zone or context.timezone, context.language))
    if when.day:
        context.named_days.add(when.day)
    return when


def parse_window(context: ToolContext, *, first: str | None, last: str | None, part: str | None, zone: str | None = None) -> TimeExpression:
    """Parse a range with either end open; raises ClarificationNeeded."""
    text = f"von {first} bis {last}" if first and last else f"ab {first}" if first else f"bis {last}" if last else ""
    return parse_time(context, date=text or None, time=None, part=part, zone=zone)


def to_instant(when: TimeExpression, zone: str) -> datetime:
    """Convert to an instant; raises MissingArgument where day or time is not named."""
    fields = [name for name, known in (("date", when.day), ("time", when.at is not None)) if not known]
    if fields:
        raise MissingArgument(get_question(fields[0]), fields=fields)
    assert when.day is not None and when.at is not None
    return to_utc(when.day, when.at, zone)


def to_interval(context: ToolContext, when: TimeExpression, zone: str) -> tuple[datetime, datetime]:
    """Convert to the interval of the days, from now on and at most MAX_WINDOW long."""
    today = context.to_local(context.now, zone).date()
    first, last = when.days(first=today, last=today + LOOKAHEAD)
    tz = ZoneInfo(zone)
    starts = max(datetime.combine(first, time(), tz), now().astimezone(tz))
    ends = min(datetime.combine(min(last, first + MAX_WINDOW), time(), tz) + timedelta(days=1), starts + MAX_WINDOW)
    return starts, ends


def get_question(field: str) -> str:
    """Get the question that asks for a missing field."""
    return {
        "service": _("Was darf es denn sein?"),
        "date": _("An welchem Tag passt es Ihnen?"),
        "time": _("Um wie viel Uhr passt es Ihnen?"),
        "new_date": _("Auf welchen Tag soll ich den Termin verschieben?"),
        "new_time": _("Auf welche Uhrzeit soll ich den Termin verschieben?"),
        "name": _("Auf welchen Namen darf ich das eintragen?"),
        "phone": _("Unter welcher Nummer sind Sie erreichbar?"),
        "email": _("Wie lautet die E-Mail-Adresse?"),
        "text": _("Was darf ich ausrichten?"),
        "hold": _("Welche Zeit soll ich wieder freigeben?"),
        "question": _("Was möchten Sie wissen?"),
    }.get(field, _("Was genau meinen Sie?"))


def _require_unambiguous(when: TimeExpression) -> TimeExpression:
    if when.question:
        raise ClarificationNeeded(when.question, options=list(when.options))
    return when
