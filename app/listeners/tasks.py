"""Puts tasks that may be about an emergency above the others, as they are created and as their words change."""

from collections.abc import Sequence

from app.core.event_bus import subscribe
from app.core.tenancy import company_scope
from app.domain.emergencies.task_priorities import raise_priorities
from app.events import TaskCreated, TaskUpdated


@subscribe(TaskCreated, TaskUpdated, when="before_commit")
def raise_tasks_of_emergencies(events: Sequence[TaskCreated | TaskUpdated]) -> None:
    for company_id in {event.company_id for event in events if event.company_id}:
        with company_scope(company_id):
            raise_priorities({event.task_id for event in events if event.company_id == company_id})
