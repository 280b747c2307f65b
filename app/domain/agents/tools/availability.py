"""Functions about free times: check_availability, find_next_available, get_alternatives, parse_date."""

from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core.extensions import db
from app.domain.agents.tools.alternative_days import search_alternative_days
from app.domain.agents.tools.argument_resolution import SlotArgs, parse_time, resolve_slot_query
from app.domain.agents.tools.back_references import relate_to_latest, relate_to_mention
from app.domain.agents.tools.context import ToolContext, ToolResult, reject, succeed
from app.domain.agents.tools.phrasing import DisplayNames, build_slots_data, say_free_slots, say_offer, say_when
from app.domain.agents.tools.registry import MAX_LENGTHS, ToolArgs, tool
from app.domain.agents.tools.slot_search import SlotSearchResult, build_wish_data, record_unmet_search, search, search_around, search_next
from app.domain.language.parsed_time import TimeExpression, to_utc
from app.domain.language.parser import parse_time_expression
from app.domain.language.spoken_format import capitalise, join_or, say_day, say_moment, say_time
from app.domain.scheduling.types import SlotQuery
from app.domain.scheduling.unavailability_reasons import TAKEN_CODES
from app.models import Branch


class CheckAvailabilityArgs(ToolArgs):
    service: str | None = Field(None, description="What is wanted, in the caller's words.")
    date: str | None = Field(None, description="The day, as the caller said it or as YYYY-MM-DD.")
    time: str | None = Field(None, description="The time, as the caller said it or as HH:MM.")
    date_from: str | None = Field(None, description="First day, where several are possible.")
    date_to: str | None = Field(None, description="Last day, where several are possible.")
    part_of_day: str | None = Field(None, description="morning, noon, afternoon or evening.")
    staff: str | None = Field(None, description="Who it should be with, if the caller said so.")
    branch: str | None = Field(None, description="Another branch than the one that was called.")


@tool("check_availability", CheckAvailabilityArgs)
def check_availability(context: ToolContext, args: CheckAvailabilityArgs) -> ToolResult:
    """Looks up free times for a service on a day, at a time or in a stretch of days."""
    if found := search_alternative_days(context, **args.model_dump(exclude={"date_from", "date_to"})):
        return found
    query = resolve_slot_query(context, **args.model_dump())
    result = search(query)
    if not result.requested_free:
        record_unmet_search(context, query, result)
    return build_slots_result(context, query, result)


def build_slots_result(context: ToolContext, query: SlotQuery, result: SlotSearchResult) -> ToolResult:
    """Build the result: free times in words and as data; where the requested time is taken, the reason and alternatives."""
    slots = build_slots_data(context, result.slots, result.facts)
    data = {
        **build_wish_data(context, query),
        **({"requested_free": result.requested_free} if result.requested_free is not None else {}),
        "slots": slots,
        **({"reason": result.reason} if result.reason else {}),
    }
    return succeed(_say_search_result(context, query, result, slots), **data)


def offer_part_of_day(context: ToolContext, args: SlotArgs) -> ToolResult | None:
    """Offer what is free where a day and only a part of it is named, "first thing in the morning"; None for an exact time."""
    date, time = relate_to_latest(context, args.date, args.time)
    when = parse_time(context, date=date, time=time)
    if when.day is None or when.at is not None or not when.names_a_time:
        return None
    query = resolve_slot_query(context, service=args.service, staff=args.staff, branch=args.branch, date=date, time=time)
    found = build_slots_result(context, query, search(query))
    return reject("missing", found.say, fields=["time"], known=when.as_known(), **found.data)


def _say_search_result(context: ToolContext, query: SlotQuery, result: SlotSearchResult, slots: list[dict[str, object]]) -> str:
    asked_for = DisplayNames.from_scheduling(result.facts).staff.get(query.staff_id or "") if result.facts else None
    if not slots:
        why = (result.explanation or _("Da ist nichts frei.")).rstrip(".")
        return _("%(why)s, und auch in den nächsten Wochen ist nichts frei. Soll ich Sie auf die Warteliste setzen?", why=why)
    if result.requested_free and result.facts:
        timezone = result.facts.get_branch(result.slots[0].branch_id).timezone
        return _("Ja, %(when)s ist frei.", when=say_when(context, result.slots[0].starts_at, timezone))
    times = say_free_slots(context, slots, staff=asked_for)
    if result.explanation and result.requested_free is None and result.reason in TAKEN_CODES:
        return _("%(why)s, das Nächste wäre %(times)s.", why=result.explanation.rstrip("."), times=times)
    if result.explanation:
        return _("%(why)s, frei ist es %(times)s.", why=result.explanation.rstrip("."), times=times)
    return say_offer(context, query.parts, slots, staff=asked_for)


class FindNextAvailableArgs(ToolArgs):
    service: str | None = Field(None, description="What is wanted, in the caller's words.")
    staff: str | None = Field(None, description="Who it should be with, if the caller said so.")
    branch: str | None = Field(None, description="Another branch than the one that was called.")


@tool("find_next_available", FindNextAvailableArgs)
def find_next_available(context: ToolContext, args: FindNextAvailableArgs) -> ToolResult:
    """Finds the soonest free times for a service."""
    query = resolve_slot_query(context, **args.model_dump())
    return build_slots_result(context, query, search_next(query))


@tool("get_alternatives", CheckAvailabilityArgs)
def get_alternatives(context: ToolContext, args: CheckAvailabilityArgs) -> ToolResult:
    """Finds other times, people or branches near a time that is not free."""
    if found := search_alternative_days(context, **args.model_dump(exclude={"date_from", "date_to"})):
        return found
    query = resolve_slot_query(context, **args.model_dump())
    here = build_slots_result(context, query, search_around(query, most=6) if query.starts_at else search(query))
    there = _find_at_other_branches(context, query)
    if not there:
        return here
    times = join_or([say_free_slots(context, slots, names_branch=True) for slots in there], context.language)
    data = here.data | {"slots": [*here.data["slots"], *(slot for slots in there for slot in slots)]}
    if here.data["slots"] and "reason" not in here.data:
        return replace(here, say=_("%(here)s Oder lieber %(times)s?", here=here.say, times=times), data=data)
    return replace(here, say=_("%(here)s Zur gewünschten Zeit ginge es %(times)s.", here=here.say, times=times), data=data)


def _find_at_other_branches(context: ToolContext, query: SlotQuery) -> list[list[dict[str, Any]]]:
    """Find what is free at the wished time at each of the other branches."""
    branches = select(Branch.id).where(Branch.is_active, Branch.id != query.branch_id).order_by(Branch.name)
    results = [search(replace(query, branch_id=branch_id)) for branch_id in db.session.scalars(branches)]
    return [build_slots_data(context, result.slots, result.facts) for result in results if result.slots and not result.reason]


class ParseDateArgs(ToolArgs):
    max_lengths = {"text": MAX_LENGTHS["when"]}

    text: str | None = Field(None, description="What the caller said about day and time.")


@tool("parse_date", ParseDateArgs, is_general=True)
def parse_date(context: ToolContext, args: ParseDateArgs) -> ToolResult:
    """Turns words about a day or time into a date; asks back where they leave something open."""
    text = relate_to_mention(context, args.text, context.timezone)
    when = parse_time_expression(text or "", context.now, context.timezone, context.language)
    return succeed(when.question or _say_time_expression(context, when), **when.as_data())


def _say_time_expression(context: ToolContext, when: TimeExpression) -> str:
    """Say day and time as they were understood."""
    language, today = context.language, context.today
    if when.day and when.at is not None:
        return capitalise(say_moment(context.to_local(to_utc(when.day, when.at, context.timezone)), language, today=today)) + "."
    if when.day:
        return capitalise(say_day(when.day, language, today=today)) + "."
    if when.at is not None:
        return _("Um %(time)s.", time=say_time(when.at, language))
    if when.day_from and when.day_to:
        first, last = say_day(when.day_from, language, case="until"), say_day(when.day_to, language, case="until")
        if when.excluded_days:
            others = join_or([say_day(day, language, case="until") for day in when.excluded_days], language)
            return _("Zwischen %(first)s und %(last)s, nur nicht %(days)s.", first=first, last=last, days=others)
        return _("Zwischen %(first)s und %(last)s.", first=first, last=last)
    return _("Gut, ich sehe nach.")
