"""Offers what is nearest to a time that cannot be had: another time, another person, another branch."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.scheduling.availability import free_slots
from app.domain.scheduling.types import Facts, Part, Question, Slot


@dataclass(frozen=True, slots=True)
class Alternatives:
    """`other_times` with the person asked for (or anybody, when nobody was), `other_people` at the very time, `other_branches`
    at the time or as near to it as they can."""

    other_times: list[Slot]
    other_people: list[Slot]
    other_branches: list[Slot]

    def best(self, limit: int = 3) -> list[Slot]:
        """A mixed short list to read out: the very time with someone else first, then the nearest times, then elsewhere."""
        mixed = [*self.other_people[:1], *self.other_times, *self.other_people[1:], *self.other_branches]
        return list(dict.fromkeys(mixed))[:limit]


def alternatives(
    question: Question, facts: Facts, wanted: datetime, *, limit: int = 3, reach: timedelta = timedelta(days=7)
) -> Alternatives:
    """What comes closest to `wanted`, looked for within `reach` of it on both sides; the facts must cover that."""
    around = replace(question, starts_from=max(wanted - reach, question.now), starts_before=wanted + reach, any_start=False)
    if around.starts_from >= around.starts_before:
        return Alternatives([], [], [])
    same_moment = replace(question, starts_from=wanted, starts_before=wanted + timedelta(minutes=1), any_start=True)
    elsewhere = replace(facts, branches=tuple(branch for branch in facts.branches if branch.id != question.branch_id))
    return Alternatives(
        other_times=[slot for slot in free_slots(around, facts).nearest(wanted, limit + 1) if slot.starts_at != wanted][:limit],
        other_people=_with_anybody_else(question, same_moment, facts, limit),
        other_branches=[]
        if question.branch_id is None
        else free_slots(_anybody(replace(around, branch_id=None)), elsewhere).nearest(wanted, limit),
    )


def _with_anybody_else(question: Question, same_moment: Question, facts: Facts, limit: int) -> list[Slot]:
    asked = {part.staff_id for part in question.parts} - {None}
    if not asked or same_moment.starts_from < question.now:
        return []
    return free_slots(_anybody(same_moment), facts).first(limit)


def _anybody(question: Question) -> Question:
    return replace(question, parts=tuple(Part(part.service_id) for part in question.parts))
