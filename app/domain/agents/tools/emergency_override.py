"""Handles an emergency before any tool runs, regardless of permissions, once for each utterance."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import force_locale, gettext as _

from app.core import metrics
from app.core.clock import now
from app.core.event_bus import publish
from app.domain.agents.opening_hours_lookup import get_opening_status
from app.domain.agents.tools.context import ToolContext, ToolResult
from app.domain.emergencies import detections
from app.domain.emergencies.alarm import EmergencyResponse, build_alarm, raise_alarm
from app.domain.emergencies.caller_instructions import say_instructions
from app.domain.emergencies.detections import MAX_TURNS, EmergencyProfile, list_texts
from app.domain.emergencies.emergency_numbers import get_numbers, get_numbers_by_prefix, list_numbers_to_dial
from app.domain.emergencies.on_call import find_on_call
from app.domain.emergencies.recognition import recognise_emergency, recognise_in_texts
from app.domain.emergencies.signs import EmergencyKind, load_table
from app.domain.language.parsed_time import Language
from app.events import CallUpdated

CODE = "emergency"
REPORT_FUNCTION = "report_emergency"
# who waits for an appointment with these is in danger
GRAVE_LEVELS = frozenset({"life", "police"})
# without stored detections only the latest turns count
RECENT_TURN_COUNT = 2
Turns = Sequence[tuple[int, str]]


def handle_emergency(
    context: ToolContext, name: str, arguments: Mapping[str, Any], *, turns: Turns = (), index: int = -1
) -> ToolResult | None:  # fmt: skip
    """Handle an emergency that was not answered yet; None where there is none.

    `turns` are the caller's, (index, text); `index` is the turn after which the tool was called.
    """
    call, place = context.call, EmergencyProfile(context.company.industry, tuple(context.branch.emergency_phrases or ()))
    counts = _CurrentEmergencyFilter(context)
    is_new = detections.detect_in_turns(call, turns[-MAX_TURNS:], place, counts=counts)
    is_new |= detections.detect_in_arguments(call, arguments, index, place, counts=counts)
    if name == REPORT_FUNCTION and not is_new:
        detections.record_report(call, index)
    kind = detections.take_unanswered(call)
    return _raise_alarm_for(kind, context) if kind is not None else None


def remind_of_emergency(context: ToolContext, result: ToolResult) -> ToolResult:
    """Say the number once more before an appointment that was made in a call with an emergency: nobody shall wait for it."""
    kind = detections.find_kind(context.call) if result.ok else None
    if kind is None or kind.level not in GRAVE_LEVELS:
        return result
    (number, *_others) = list_numbers_to_dial(kind, get_numbers(context.company, context.branch))
    with force_locale(context.language):
        reminder = _("Bitte warten Sie im Notfall nicht auf den Termin, sondern wählen Sie sofort die %(number)s.", number=number)
    return replace(result, say=f"{reminder} {result.say}")


def handle_emergency_offline(
    name: str, arguments: Mapping[str, Any], *, turns: Turns, dialled: str | None, language: Language
) -> ToolResult | None:  # fmt: skip
    """Handle an emergency without the database: the emergency number, without a transfer."""
    found = [recognise_emergency(text, "other") for _index, text in turns[-RECENT_TURN_COUNT:]]
    found.append(recognise_in_texts(list_texts(arguments), "other"))
    kinds = [kind for kind in found if kind is not None and not kind.is_out_of_hours]
    if name == REPORT_FUNCTION:
        kinds.append(load_table().kinds["reported"])
    if not kinds:
        return None
    kind, numbers = min(kinds, key=lambda each: each.order), get_numbers_by_prefix(dialled)
    with force_locale(language):
        say = say_instructions(kind, numbers, puts_through=False)
    return _to_result(EmergencyResponse(kind, say, list_numbers_to_dial(kind, numbers) or [numbers.rescue]))


def find_emergency_forward_number(context: ToolContext) -> str | None:
    """Find the transfer number of an emergency call, at any hour; None without an emergency."""
    if detections.find_kind(context.call) is None:
        return None
    reached = find_on_call(context.branch, context.now, otherwise=find_forward_number(context))
    return reached.number if reached else None


def find_forward_number(context: ToolContext) -> str | None:
    return context.config.forward_number or context.branch.forward_number


class _CurrentEmergencyFilter:
    """Accepts kinds that can wait only while the branch is closed and a contact exists."""

    def __init__(self, context: ToolContext) -> None:
        self.context = context

    def __call__(self, kind: EmergencyKind) -> bool:
        if not kind.is_out_of_hours:
            return True
        context = self.context
        if get_opening_status(context.branch, context.now)[0]:
            return False
        if kind.level == "urgent":
            return bool(get_numbers(context.company, context.branch).doctor)
        return find_on_call(context.branch, context.now, otherwise=find_forward_number(context)) is not None


def _raise_alarm_for(kind: EmergencyKind, context: ToolContext) -> ToolResult:
    call, branch, company = context.call, context.branch, context.company
    with force_locale(context.language):
        alarm = build_alarm(kind, branch, company, forward_number=find_forward_number(context), moment=context.now)
    metrics.EMERGENCIES.labels(kind.level).inc()
    if call.is_test:
        return _to_result(alarm)
    task = raise_alarm(call, kind, branch, company, forward_number=find_forward_number(context))
    publish(CallUpdated(call.company_id, call.branch_id, call.id, now()))
    return _to_result(alarm, task_id=task.id)


def _to_result(alarm: EmergencyResponse, task_id: str | None = None) -> ToolResult:
    return ToolResult(True, alarm.say, CODE, alarm.data() | ({"task_id": task_id} if task_id else {}))
