"""What notices say, read from their subjects: whole for signed-in people, and without persons for lock screens and mails."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l, npgettext
from sqlalchemy import select

from app.core.extensions import db
from app.domain.bookings.message_time_format import format_when
from app.domain.staff_notices.notice_actors import describe_actors
from app.models import Agent, Booking, Branch, Closure, Company, Connection, Customer, Service, StaffMember, StaffNotice, StaffTask

TITLES = {
    "emergency": _l("Notfall am Telefon"),
    "message_failed": _l("Nachricht nicht zugestellt"),
    "customer_message": _l("Neue Nachricht"),
    "task": _l("Neue Aufgabe"),
    "sick_leave": _l("Krankmeldung"),
    "calendar_problem": _l("Kalenderabgleich prüfen"),
    "agent_problem": _l("Assistentin prüfen"),
    "connection_problem": _l("Verbindung gestört"),
}
PROVIDER_NAMES = {"retell": "Retell", "calcom": "Cal.com", "twilio": "Twilio", "sms_gateway": "SMS-Gateway", "smtp": "SMTP"}
MODELS: dict[str, Any] = {"booking": Booking, "task": StaffTask, "closure": Closure, "agent": Agent, "connection": Connection}


@dataclass(frozen=True, slots=True)
class NoticeText:
    """`details` name people and things; `neutral` says no more than anybody may see who passes by: a time and a branch."""

    title: str
    details: str
    neutral: str


class NoticeTexts:
    """The texts of these notices of the current company, in the language that is set; their subjects are loaded once for all."""

    def __init__(self, notices: Collection[StaffNotice]) -> None:
        self._subjects = _load_subjects(notices)
        bookings = self._subjects["booking"].values()
        self._customers = _load_names(Customer, {booking.customer_id for booking in bookings})
        self._services = _load_names(Service, {booking.service_id for booking in bookings})
        self._staff = _load_names(StaffMember, {closure.staff_id for closure in self._subjects["closure"].values()})
        self._branches = {row.id: row for row in _load(Branch, {notice.branch_id for notice in notices})}
        self._actors = describe_actors(notices)

    def write(self, notice: StaffNotice) -> NoticeText:
        kind, _colon, subject_id = notice.subject.partition(":")
        subject = self._subjects[kind].get(subject_id)
        branch = self._branches.get(notice.branch_id or "")
        place = branch.name if branch else ""
        when = format_when(notice.appointment_at or subject.starts_at, subject.timezone) if isinstance(subject, Booking) else ""
        details = _join(self._describe(subject), when, place, self._actors.get(notice.id))
        return NoticeText(_write_title(notice), details, _join(when, place) or self._company_name(notice))

    def _describe(self, subject: Any) -> str:
        match subject:
            case Booking():
                who = self._customers.get(subject.customer_id or "") or _("Ohne Namen")
                return _join(who, self._services.get(subject.service_id))
            case StaffTask():
                return subject.title
            case Closure():
                return self._staff.get(subject.staff_id or "", "")
            case Agent():
                return _("%(name)s steht beim Telefondienst nicht so, wie sie soll.", name=subject.name)
            case Connection(state="unreachable"):
                return _("%(name)s ist nicht zu erreichen.", name=PROVIDER_NAMES.get(subject.provider, subject.provider))
            case Connection():
                return _("%(name)s nimmt den Schlüssel nicht an.", name=PROVIDER_NAMES.get(subject.provider, subject.provider))
            case _:
                return ""

    def _company_name(self, notice: StaffNotice) -> str:
        return db.session.get_one(Company, notice.company_id).name


def _write_title(notice: StaffNotice) -> str:
    count = notice.subject_count
    match notice.kind:
        case "booking_made":
            return npgettext("notice", "Neuer Termin", "%(num)s neue Termine", count)
        case "booking_moved":
            return npgettext("notice", "Termin verschoben", "%(num)s Termine verschoben", count)
        case "booking_cancelled":
            return npgettext("notice", "Termin abgesagt", "%(num)s Termine abgesagt", count)
    return str(TITLES[notice.kind])


def _join(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def _load_subjects(notices: Collection[StaffNotice]) -> dict[str, dict[str, Any]]:
    ids: dict[str, set[str]] = defaultdict(set)
    for notice in notices:
        kind, _colon, subject_id = notice.subject.partition(":")
        ids[kind].add(subject_id)
    return {kind: {row.id: row for row in _load(model, ids[kind])} for kind, model in MODELS.items()}


def _load_names(model: Any, ids: Collection[str | None]) -> dict[str, str]:
    return {row.id: row.name for row in _load(model, ids) if row.name}


def _load(model: Any, ids: Collection[str | None]) -> Sequence[Any]:
    known = sorted(filter(None, ids))
    return db.session.scalars(select(model).where(model.id.in_(known))).all() if known else ()
