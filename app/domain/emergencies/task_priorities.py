"""Raises tasks whose words may be those of an emergency above what is only due sooner."""

from collections.abc import Collection

from sqlalchemy import and_, select

from app.core.extensions import db
from app.domain.emergencies.recognition import resembles_emergency
from app.models import Call, Company, StaffTask

# whose details are what somebody said or wrote
KINDS_WITH_WORDS = ("callback", "message")
# below the task of an alarm (alarm.PRIORITY)
PRIORITY = 50


def raise_priorities(task_ids: Collection[str]) -> None:
    """Raise those of these tasks of the current company that sound like an emergency; none is lowered again."""
    tasks = select(StaffTask, Call.summary).outerjoin(Call, and_(Call.company_id == StaffTask.company_id, Call.id == StaffTask.call_id))
    for task, summary in db.session.execute(tasks.where(StaffTask.id.in_(task_ids), StaffTask.kind.in_(KINDS_WITH_WORDS))):
        words = ". ".join(line for text in (task.details, summary) if text for line in text.splitlines())
        if task.priority < PRIORITY and words and resembles_emergency(words, db.session.get_one(Company, task.company_id).industry):
            task.priority = PRIORITY
    # while the company is set
    db.session.flush()
