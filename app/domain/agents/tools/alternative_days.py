"""A choice of days, "Donnerstag oder Freitag": both suit, and so each is searched instead of asking which one is meant."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date as day_type

from flask_babel import gettext as _

from app.domain.agents.tools.argument_resolution import build_slot_query, read_time
from app.domain.agents.tools.back_references import relate_to_latest
from app.domain.agents.tools.context import ToolContext, ToolResult, succeed
from app.domain.agents.tools.phrasing import build_slots_data, say_free_slots, say_offer
from app.domain.agents.tools.slot_search import SlotSearchResult, record_unmet_search, search
from app.domain.agents.tools.visit_resolution import resolve_visit
from app.domain.language.parsed_time import TimeExpression
from app.domain.scheduling.types import Slot, SlotQuery

OR = re.compile(r"\s*,?\s*\b(?:oder(?: sonst| aber| auch)?|or(?: else)?|bzw\.?|beziehungsweise)(?=\s)\s*", re.IGNORECASE)
MAX_DAYS = 3
# of each day, where there are several: so that all of them are said
SLOTS_A_DAY = 2


def search_alternative_days(
    context: ToolContext,
    *,
    service: str | None,
    staff: str | None,
    branch: str | None,
    date: str | None,
    time: str | None,
    part_of_day: str | None,
) -> ToolResult | None:
    """Search each of the days that were named beside each other; None where no such choice was said."""
    if not date or not OR.search(date):
        return None
    visit = resolve_visit(context, service=service, staff=staff, branch=branch)
    date, time = relate_to_latest(context, date, time, visit.branch.timezone)
    wishes = _list_wishes(context, date or "", time, part_of_day, visit.branch.timezone)
    if not wishes:
        return None
    context.named_days |= {when.day for when in wishes if when.day}
    queries = [build_slot_query(context, visit, when) for when in wishes]
    results = [search(query) for query in queries]
    for query, result in zip(queries, results, strict=True):
        if not result.requested_free:
            record_unmet_search(context, query, result)
    return _build_result(context, queries, results)


def list_chosen_days(words: str, options: Sequence[str]) -> list[day_type]:
    """List the days that the words name beside each other; none where the options are readings of one ("Mittwoch oder so")."""
    if not 1 < len(options) == len(OR.split(words)) <= MAX_DAYS or any(len(option) != len("2026-12-01") for option in options):
        return []
    days = [day_type.fromisoformat(option) for option in options]
    return days if len({day.weekday() for day in days}) == len(days) else []


def _list_wishes(context: ToolContext, date: str, time: str | None, part: str | None, timezone: str) -> list[TimeExpression]:
    """List the wish for each day; none where a day or a time is left open, or what seems a choice is none ("Mittwoch oder so")."""
    whole = read_time(context, date, time, part, timezone)
    days = list_chosen_days(date, whole.options)
    alone = [read_time(context, piece, time, part, timezone) for piece in OR.split(date)] if days else []
    if any(when.is_ambiguous or when.day is None for when in alone):
        return []
    by_day = {when.day: when for when in alone if when.names_a_time}
    # "nächste Woche Donnerstag oder Freitag um zehn": the week and the hour are those of both
    return [by_day.get(day) or replace(whole, day=day, question=None, options=()) for day in days]


def _build_result(context: ToolContext, queries: Sequence[SlotQuery], results: Sequence[SlotSearchResult]) -> ToolResult:
    free = [(query, result) for query, result in zip(queries, results, strict=True) if result.slots and not result.reason]
    chosen = [(_pick(query, result, len(free)), result) for query, result in free] or [(result.slots, result) for result in results]
    slots = [row for picked, result in chosen for row in build_slots_data(context, picked, result.facts)]
    unique = list({row["starts_at"]: row for row in sorted(slots, key=lambda row: row["starts_at"])}.values())
    if free:
        return succeed(say_offer(context, queries[0].parts, unique), slots=unique)
    if not unique:
        say = _("An keinem dieser Tage ist dann etwas frei, und auch in den nächsten Wochen nicht. Soll ich Sie auf die Warteliste setzen?")
        return succeed(say, slots=[], reason=results[0].reason)
    times = say_free_slots(context, unique)
    return succeed(
        _("An keinem dieser Tage ist dann etwas frei, das Nächste wäre %(times)s.", times=times), slots=unique, reason=results[0].reason
    )


def _pick(query: SlotQuery, result: SlotSearchResult, count: int) -> list[Slot]:
    """Pick one at an exact time, else as many as leave room for the other days."""
    return result.slots[:1] if query.starts_at else result.slots[: SLOTS_A_DAY if count > 1 else None]
