"""Answers an emergency before any function is run: whatever is asked for, whoever is allowed to, and once for what was said."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import force_locale

from app.core import metrics
from app.core.clock import now
from app.core.event_bus import publish
from app.domain.agents.opening_hours import opening_now
from app.domain.agents.tools.context import Situation
from app.domain.agents.tools.result import Answer
from app.domain.emergencies import detections
from app.domain.emergencies.alarm import Alarm, advise, raise_alarm
from app.domain.emergencies.detections import LAST_TURNS, Place, said_in
from app.domain.emergencies.emergency_numbers import numbers_behind, numbers_of, to_dial
from app.domain.emergencies.messages import say_what_to_do
from app.domain.emergencies.on_call import on_call_now
from app.domain.emergencies.recognition import recognise
from app.domain.emergencies.signs import Kind, read_table
from app.domain.language.time_expression import Language
from app.events import CallUpdated

CODE = "emergency"
REPORT = "report_emergency"
# where nobody knows what was answered already, only what was said just now counts
JUST_SAID = 2
Turns = Sequence[tuple[int, str]]


def answer_emergency(
    situation: Situation, name: str, arguments: Mapping[str, Any], *, turns: Turns = (), index: int = -1
) -> Answer | None:  # fmt: skip
    """The answer where an emergency is spoken of that was not answered yet, else None.

    `turns` are the caller's, (index, text); `index` is the turn behind which the function is asked for.
    """
    call, place = situation.call, Place(situation.company.industry, tuple(situation.branch.emergency_phrases or ()))
    counts = _Counts(situation)
    is_new = detections.hear_turns(call, turns[-LAST_TURNS:], place, counts=counts)
    is_new |= detections.hear_arguments(call, arguments, index, place, counts=counts)
    if name == REPORT and not is_new:
        detections.report(call, index)
    kind = detections.take_unanswered(call)
    return _answer_of(kind, situation) if kind is not None else None


def without_records(
    name: str, arguments: Mapping[str, Any], *, turns: Turns, dialled: str | None, language: Language
) -> Answer | None:  # fmt: skip
    """The same where the database does not help: the number that saves a life, and nobody to put the call through to."""
    said = [*(text for _index, text in turns[-JUST_SAID:]), said_in(arguments)]
    kinds = [kind for text in said if (kind := recognise(text, "other")) and not kind.is_out_of_hours]
    if name == REPORT:
        kinds.append(read_table().kinds["reported"])
    if not kinds:
        return None
    kind, numbers = min(kinds, key=lambda each: each.order), numbers_behind(dialled)
    with force_locale(language):
        say = say_what_to_do(kind, numbers, puts_through=False)
    return _as_answer(Alarm(kind, say, to_dial(kind, numbers) or [numbers.rescue]))


def forward_number(situation: Situation) -> str | None:
    """Where a call of an emergency is put through to, whatever the hour and whoever is switched off; None where none was spoken of."""
    if detections.kind_of(situation.call) is None:
        return None
    reached = on_call_now(situation.branch, situation.moment, otherwise=own_number(situation))
    return reached.number if reached else None


def own_number(situation: Situation) -> str | None:
    return situation.content.forward_to or situation.branch.forward_to


class _Counts:
    """What can wait counts while nobody is there, and only where somebody can be named."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation

    def __call__(self, kind: Kind) -> bool:
        if not kind.is_out_of_hours:
            return True
        situation = self.situation
        if opening_now(situation.branch, situation.moment)[0]:
            return False
        if kind.level == "urgent":
            return bool(numbers_of(situation.company, situation.branch).doctor)
        return on_call_now(situation.branch, situation.moment, otherwise=own_number(situation)) is not None


def _answer_of(kind: Kind, situation: Situation) -> Answer:
    call, branch, company = situation.call, situation.branch, situation.company
    with force_locale(situation.language):
        alarm = advise(kind, branch, company, forward_to=own_number(situation), moment=situation.moment)
    metrics.EMERGENCIES.labels(kind.level).inc()
    if call.is_test:
        return _as_answer(alarm)
    task = raise_alarm(call, kind, branch, company, forward_to=own_number(situation))
    publish(CallUpdated(call.company_id, call.branch_id, call.id, now()))
    return _as_answer(alarm, task_id=task.id)


def _as_answer(alarm: Alarm, task_id: str | None = None) -> Answer:
    return Answer(True, alarm.say, CODE, alarm.data() | ({"task_id": task_id} if task_id else {}))
