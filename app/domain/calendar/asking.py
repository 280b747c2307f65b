"""Asks the calendar: loads what it must know and lets it answer."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from app.core.clock import now
from app.domain.calendar.alternatives import Alternatives, alternatives
from app.domain.calendar.availability import Answer, free_slots
from app.domain.calendar.explaining import Reason, why_not
from app.domain.calendar.facts import Part, Question
from app.domain.calendar.loading import load_facts
from app.domain.calendar.sentences import sentence

REACH = timedelta(days=7)


def find_slots(
    parts: tuple[Part, ...],
    *,
    starts_from: datetime,
    starts_before: datetime,
    branch_id: str | None = None,
    for_callers: bool = False,
    seats: int = 1,
    max_gap: int = 0,
    ignoring: Collection[str] = (),
) -> Answer:
    """What is free in [starts_from, starts_before) for one service or several one after the other; slots are made as they are read.

    `ignoring` names bookings (by `occupant`) or holds that shall not stand in the way.
    """
    question = Question(
        parts, starts_from, starts_before, now(), branch_id=branch_id, seats=seats, max_gap=max_gap, ignoring=frozenset(ignoring)
    )  # fmt: skip
    return free_slots(question, load_facts(question, for_callers=for_callers))


def explain(
    parts: tuple[Part, ...], starts_at: datetime, *, branch_id: str | None = None, for_callers: bool = False, ignoring: Collection[str] = ()
) -> tuple[list[Reason], list[str]]:
    """Why the visit cannot start then: the reasons, and each as a sentence in the reader's language. Both empty: it can."""
    question = _at(parts, starts_at, branch_id, ignoring)
    facts = load_facts(question, for_callers=for_callers)
    reasons = why_not(question, facts, starts_at)
    names = {person.id: person.name for person in facts.people}
    return reasons, [sentence(reason, names) for reason in reasons]


def nearest_to(
    parts: tuple[Part, ...], wanted: datetime, *, branch_id: str | None = None, for_callers: bool = False, limit: int = 3
) -> Alternatives:
    """What comes closest to a time that cannot be had, a week around it, at all branches."""
    question = _at(parts, wanted, branch_id, ())
    around = replace(question, starts_from=max(wanted - REACH, question.now), starts_before=max(wanted, question.now) + REACH)
    facts = load_facts(around, for_callers=for_callers, everywhere=True)
    return alternatives(question, facts, max(wanted, question.now), limit=limit, reach=REACH)


def _at(parts: tuple[Part, ...], starts_at: datetime, branch_id: str | None, ignoring: Collection[str]) -> Question:
    return Question(parts, starts_at, starts_at + timedelta(minutes=1), now(), branch_id=branch_id, ignoring=frozenset(ignoring))
