"""request_callback: writes down that somebody shall call back."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import force_locale, gettext as _
from pydantic import Field

from app.core.event_bus import announce
from app.core.phone import display
from app.domain.agents.answers import Answer, done, refused
from app.domain.agents.callers import number_of
from app.domain.agents.opening import opening_now
from app.domain.agents.situation import Situation
from app.domain.agents.telling import say_when
from app.domain.agents.toolbox import Arguments, tool
from app.domain.agents.wanting import asks_for
from app.domain.language.reading import read_when
from app.domain.language.when import When, instant
from app.domain.tasks.making import make_task
from app.events import TaskUpdated

SOON = timedelta(hours=1)


class Callback(Arguments):
    name: str | None = Field(None, description="Who wants to be called.")
    phone: str | None = Field(None, description="Another number than the one that calls.")
    when: str | None = Field(None, description="When it suits, as said.")
    reason: str | None = Field(None, description="What it is about.")


@tool("request_callback", Callback, effect=True)
def request_callback(situation: Situation, given: Callback) -> Answer:
    """Notes that a person shall call back."""
    number = number_of(situation, given.phone)
    if number is None:
        return refused("missing", asks_for("phone"), fields=["phone"])
    when = read_when(given.when, situation.moment, situation.zone, situation.language) if given.when else When()
    due_at = _due(situation, when)
    with force_locale(situation.company.language):
        title = _("Rückruf: %(who)s", who=given.name or _known_name(situation) or display(number))
        details = "\n".join(filter(None, (given.reason, given.when and _("Wunsch: %(when)s", when=given.when), display(number))))
    task = make_task("callback", title, source_ref=f"callback:{situation.call.id}", call=situation.call, details=details, due_at=due_at)
    if task.details != details or task.due_at != due_at:
        task.title, task.details, task.due_at = title[:200], details, due_at
        announce(TaskUpdated(task.company_id, task.branch_id, task.id, task.call_id))
    say = (
        _("Wir rufen Sie %(when)s zurück.", when=say_when(situation, due_at, situation.zone))
        if when.day and when.at is not None
        else _("Ich habe den Rückruf notiert, wir melden uns bis spätestens %(when)s.", when=say_when(situation, due_at, situation.zone))
    )
    return done(say, task_id=task.id, due_at=situation.local(due_at).isoformat())


def _known_name(situation: Situation) -> str | None:
    customer = situation.caller.customer
    return customer.name if customer else None


def _due(situation: Situation, when: When) -> datetime:
    """At the time that was wished for; else within the hour, or when it opens again."""
    if when.day and not when.is_ambiguous:
        at = when.at or when.at_from or time(when.minutes()[0] // 60)
        wished = instant(when.day, at, situation.zone)
        if wished > situation.moment:
            return wished
    is_open, opens_at = opening_now(situation.branch, situation.moment)
    soon = situation.moment + SOON
    return (soon if is_open or opens_at is None else opens_at + SOON).astimezone(ZoneInfo("UTC"))
