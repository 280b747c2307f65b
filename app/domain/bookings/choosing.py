"""What somebody chose by ids (a form, a program): service, person and branch, checked and ready to be asked for or ordered."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import InvalidInput
from app.core.extensions import db
from app.domain.bookings.ordering import parts_of
from app.domain.calendar.availability import free_slots
from app.domain.calendar.explaining import Reason, why_not
from app.domain.calendar.facts import Facts, Part, Question, Slot
from app.domain.calendar.loading import load_facts
from app.domain.services.finding import UnknownStaff
from app.models import Branch, Service, StaffMember

Row = TypeVar("Row", Service, StaffMember, Branch)


@dataclass(frozen=True, slots=True)
class Choice:
    """The parts of the visit, and the longest wait between them."""

    parts: tuple[Part, ...]
    branch_id: str | None
    max_gap: int = 0

    def question(self, since: datetime, until: datetime, *, any_start: bool = False, ignoring: frozenset[str] = frozenset()) -> Question:
        return Question(
            self.parts, since, until, now(), branch_id=self.branch_id, max_gap=self.max_gap, any_start=any_start, ignoring=ignoring
        )


def choose(service_id: str, *, staff_id: str | None = None, branch_id: str | None = None) -> Choice:
    """Raises InvalidInput with one message per field for what this company does not have or the person does not do."""
    wrong: dict[str, str] = {}
    service = _active(Service, service_id)
    if service is None:
        wrong["service_id"] = _("Diese Leistung gibt es nicht.")
    if staff_id and _active(StaffMember, staff_id) is None:
        wrong["staff_id"] = _("Diese Person arbeitet hier nicht.")
    if branch_id and _active(Branch, branch_id) is None:
        wrong["branch_id"] = _("Diese Filiale gibt es nicht.")
    if wrong or service is None:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)
    try:
        parts = parts_of(service.id, staff=staff_id)
    except UnknownStaff as error:
        sentence = _("Diese Person bietet das nicht an.")
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"staff_id": sentence}) from error
    return Choice(parts, branch_id or None, service.max_gap_minutes)


def free_times(choice: Choice, since: datetime, until: datetime, *, for_callers: bool = False) -> tuple[list[Slot], Facts]:
    """The free times that begin in [since, until), by time, and the facts they come from (names, zones)."""
    question = choice.question(since, until)
    facts = load_facts(question, for_callers=for_callers)
    return list(free_slots(question, facts)), facts


def why_not_free(choice: Choice, starts_at: datetime) -> tuple[list[Reason], Facts]:
    """Why the visit cannot begin at this time; no reasons when it can."""
    question = choice.question(starts_at, starts_at, any_start=True)
    facts = load_facts(question)
    return why_not(question, facts, starts_at), facts


def _active(model: type[Row], row_id: str) -> Row | None:
    return db.session.scalars(select(model).where(model.id == row_id, model.is_active)).first() if row_id.isascii() else None
