"""Callers in the simulated year of messages, and an oracle that knows only who called, who was served, and what was promised when.

Some ring in vain, some again and again, some are served at the second try, some are promised a callback that is moved or done.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.transactions import run_in_transaction
from app.domain.tasks.lifecycle import complete_task, create_task
from app.events import CallEnded, TaskUpdated
from app.models import Call, StaffTask
from tests.factories.salon import BERLIN
from tests.support import message_year as year_of_messages

if TYPE_CHECKING:
    from tests.support.message_year import Year

MISSED, PROMISED = "haben uns angerufen", "Wir rufen Sie"
DAY = timedelta(days=1)
# how late a message about a call may still come
WORTH_SENDING = timedelta(hours=12)


@dataclass
class CallStory:
    """The calls of one number in order, and what holds of its callback from which instant on: its time, or None once it is done."""

    number: str
    calls: list[tuple[datetime, bool]] = field(default_factory=list)
    task_id: str = ""
    promises: list[tuple[datetime, datetime | None]] = field(default_factory=list)


def ring(year: "Year", number: int) -> None:
    """Somebody calls, and perhaps again."""
    story = CallStory(f"+49171393{number:04}")
    year.call_stories.append(story)
    _call(year, story, is_served=year.chance.random() < 0.3)


def _call(year: "Year", story: CallStory, *, is_served: bool) -> None:
    promise = now() + DAY * (0.2 + year.chance.random() * 3) if is_served and not story.promises and year.chance.random() < 0.6 else None

    def end() -> None:
        call = Call(
            id=new_ulid(), provider="retell", provider_call_id=new_ulid(), branch_id=year.salon.branches["mitte"], direction="inbound",
            caller_kind="number", from_number=story.number, to_number="+493023125100", status="ended",
            outcome="information" if is_served else "hung_up", started_at=now() - timedelta(seconds=20), ended_at=now(),
        )  # fmt: skip
        db.session.add(call)
        db.session.flush()
        if promise:
            task = create_task("callback", "Rückruf", source_ref=f"callback:{call.id}", call=call, due_at=promise, due_kind="at")
            story.task_id = task.id
        publish(CallEnded(year.salon.company_id, call.branch_id, call.id, now()))

    run_in_transaction(end)
    story.calls.append((now(), is_served))
    if promise:
        story.promises.append((now(), promise))
        year.schedule(now() + (promise - now()) * year.chance.random() * 0.9, lambda: _change_promise(year, story))
    elif len(story.calls) < 6 and year.chance.random() < 0.6:
        again = year.chance.choice((timedelta(minutes=1), timedelta(hours=2), timedelta(hours=20), timedelta(hours=30)))
        served = year.chance.random() < 0.4
        year.schedule(now() + again * (0.5 + year.chance.random()), lambda: _call(year, story, is_served=served))


def _change_promise(year: "Year", story: CallStory) -> None:
    """The callback is made, or moved."""
    due_at = story.promises[-1][1]
    what = year.chance.choices(("nothing", "done", "moved"), (20, 40, 40))[0]
    if due_at is None or due_at <= now() or what == "nothing" or len(story.promises) > 4:
        return
    if what == "done":
        run_in_transaction(lambda: complete_task(story.task_id, branch_ids=[]))
        story.promises.append((now(), None))
        return
    later = now() + DAY * (0.1 + year.chance.random() * 2)

    def move() -> None:
        task = db.session.get_one(StaffTask, story.task_id)
        task.due_at = later
        publish(TaskUpdated(task.company_id, task.branch_id, task.id, task.call_id))

    run_in_transaction(move)
    story.promises.append((now(), later))
    year.schedule(now() + (later - now()) * year.chance.random() * 0.9, lambda: _change_promise(year, story))


def judge_calls(year: "Year") -> list[str]:
    """What is wrong with what the carrier took for those who called."""
    wrong = []
    for story in year.call_stories:
        taken = [(when, body) for when, to, body in year.carrier.taken if to == story.number]
        wrong += [f"{story.number}: {fault}" for fault in (*_judge_missed(story, taken), *_judge_promises(story, taken))]
    return wrong


def _judge_missed(story: CallStory, taken: list[tuple[datetime, str]]) -> Iterator[str]:
    texts = [when for when, body in taken if MISSED in body]
    yield from (f"is told twice within a day, at {later}" for earlier, later in pairwise(texts) if later - earlier < DAY)
    for when in texts:
        before = [(at, is_served) for at, is_served in story.calls if at <= when]
        cause = max((at for at, is_served in before if not is_served and at > when - WORTH_SENDING), default=None)
        if cause is None:
            yield f"is told of no call, at {when}"
        elif before[-1][1]:
            yield f"is told at {when} though served since"
        elif year_of_messages.is_quiet(when) and when > cause + year_of_messages.IMMEDIATE:
            yield f"is told in quiet hours, at {when}"
    for place, (at, is_served) in enumerate(story.calls):
        ends = [at + WORTH_SENDING, *(later for later, _is_served in story.calls[place + 1 : place + 2])]
        is_fresh = not any(at - DAY * 1.6 < when <= at for when in texts) and (place == 0 or story.calls[place - 1][0] < at - DAY * 1.6)
        is_due = not is_served and is_fresh and year_of_messages.can_be_told(at + timedelta(minutes=2), min(ends))
        if is_due and not any(at < when < at + WORTH_SENDING for when in texts):
            yield f"is never told of the call at {at}"


def _judge_promises(story: CallStory, taken: list[tuple[datetime, str]]) -> Iterator[str]:
    texts = [(when, body) for when, body in taken if PROMISED in body]
    told: datetime | None = None
    ends = [since for since, _due_at in story.promises[1:]] + [year_of_messages.END + DAY * 60] * bool(story.promises)
    for (since, due_at), end in zip(story.promises, ends, strict=True):
        until = min(end, due_at) if due_at else end
        found = [(when, body) for when, body in texts if since <= when < end]
        if due_at is None or len(found) > 1:
            yield from (f"is promised a callback {len(found)} times from {since} on" for _text in found)
        elif found and (found[0][0] >= due_at or not _states(found[0][1], due_at)):
            yield f"is promised at {found[0][0]} what does not hold: {found[0][1]}"
        elif found and year_of_messages.is_quiet(found[0][0]) and found[0][0] > story.calls[-1][0] + year_of_messages.IMMEDIATE:
            yield f"is promised a callback in quiet hours, at {found[0][0]}"
        elif not found and told != due_at and year_of_messages.can_be_told(since, until):
            yield f"is never told of the callback at {due_at}"
        told = due_at if found else told


def _states(body: str, due_at: datetime) -> bool:
    local = due_at.astimezone(BERLIN)
    return f"{local.day}. {year_of_messages.MONTHS[local.month - 1]} um {local:%H:%M}" in body
