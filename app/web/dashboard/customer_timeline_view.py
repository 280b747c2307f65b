"""The entries of a customer's timeline, each with its words, its icon and where it leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _, lazy_gettext as _l
from sqlalchemy import select

from app.core.extensions import db
from app.domain.calls.customer_timeline import TimelineEntry
from app.models import Branch, Customer, Service, StaffMember, User
from app.web.dashboard.marketing_consents import SOURCES
from app.web.formatting import when
from app.web.labels import BOOKING_STATUSES, Label, get_message_label, get_outcome_label
from app.web.message_labels import MESSAGE_KINDS

KIND_LABELS = {
    "booking": _l("Termine"),
    "call": _l("Anrufe"),
    "message": _l("Nachrichten"),
    "note": _l("Notizen"),
    "task": _l("Aufgaben"),
    "consent": _l("Einwilligungen"),
}
MAX_EXCERPT = 240


@dataclass(frozen=True)
class TimelineRow:
    at: datetime
    icon: str
    state: str
    title: str
    href: str
    text: str = ""
    # what became of it
    status: str = ""
    # a message whose text can be read
    message: Any = None


def build_rows(customer: Customer, entries: Sequence[TimelineEntry]) -> list[TimelineRow]:
    names = _load_names(entries)
    return [_BUILDERS[entry.kind](customer, entry, names) for entry in entries]


def _load_names(entries: Sequence[TimelineEntry]) -> dict[str, str]:
    """The names of all services, people, branches and authors that the entries name."""
    rows = [entry.row for entry in entries]
    names: dict[str, str] = {}
    for model, column in ((Service, "service_id"), (StaffMember, "staff_id"), (Branch, "branch_id"), (User, "author_id")):
        ids = {value for row in rows if (value := getattr(row, column, None))}
        if ids:
            names |= {row.id: row.name for row in db.session.execute(select(model.id, model.name).where(model.id.in_(ids)))}
    return names


def _build_booking(_customer: Customer, entry: TimelineEntry, names: dict[str, str]) -> TimelineRow:
    word, row = BOOKING_STATUSES[entry.row.status], entry.row
    title = _("%(service)s bei %(staff)s", service=names.get(row.service_id, ""), staff=names.get(row.staff_id, ""))
    return TimelineRow(
        entry.at, word.icon, word.state, title, url_for("bookings.show", booking_id=row.id), row.notes or "", str(word.label)
    )


def _build_call(_customer: Customer, entry: TimelineEntry, names: dict[str, str]) -> TimelineRow:
    word: Label = get_outcome_label(entry.row.status, entry.row.outcome)
    title = _("Anruf, %(branch)s", branch=names.get(entry.row.branch_id, ""))
    href = url_for("call.show", call_id=entry.row.id)
    return TimelineRow(entry.at, word.icon, word.state, title, href, entry.row.summary or "", str(word.label))


def _build_message(customer: Customer, entry: TimelineEntry, _names: dict[str, str]) -> TimelineRow:
    word, kind = get_message_label(entry.row), MESSAGE_KINDS.get(entry.row.kind)
    subject, _sign, booking_id = (entry.row.subject or "").partition(":")
    href = (
        url_for("bookings.show", booking_id=booking_id) if subject == "booking" else url_for("message_log.index", customer_id=customer.id)
    )
    about = _("zum Termin %(when)s", when=when(entry.row.appointment_at, in_sentence=True)) if entry.row.appointment_at else ""
    return TimelineRow(entry.at, "mail", word.state, str(kind or _("Nachricht")), href, about, str(word.label), entry.row)


def _build_reply(customer: Customer, entry: TimelineEntry, _names: dict[str, str]) -> TimelineRow:
    href = url_for("customers.show", customer_id=customer.id, _anchor="sms")
    return TimelineRow(entry.at, "message-square", "held", _("SMS von der Person"), href, entry.row.body[:MAX_EXCERPT])


def _build_note(customer: Customer, entry: TimelineEntry, names: dict[str, str]) -> TimelineRow:
    author = names.get(entry.row.author_id or "")
    title = _("Notiz von %(name)s", name=author) if author else _("Notiz")
    href = url_for("customers.show", customer_id=customer.id, _anchor=f"note-{entry.row.id}")
    return TimelineRow(entry.at, "pencil", "ended", title, href, entry.row.body[:MAX_EXCERPT])


def _build_task(_customer: Customer, entry: TimelineEntry, _names: dict[str, str]) -> TimelineRow:
    is_done = entry.row.status == "done"
    return TimelineRow(
        entry.at, "square-check" if is_done else "inbox", "booked" if is_done else "held", entry.row.title, url_for("tasks.index"),
        entry.row.details or "", _("Erledigt") if is_done else _("Offen"),
    )  # fmt: skip


def _build_consent(customer: Customer, entry: TimelineEntry, _names: dict[str, str]) -> TimelineRow:
    is_given = entry.row.answer == "given"
    title = _("In Werbung eingewilligt") if is_given else _("Einwilligung widerrufen")
    href = url_for("customers.show", customer_id=customer.id, _anchor="marketing")
    return TimelineRow(
        entry.at, "check" if is_given else "ban", "booked" if is_given else "warn", title, href, str(SOURCES.get(entry.row.source, ""))
    )


_BUILDERS = {
    "booking": _build_booking,
    "call": _build_call,
    "message": _build_message,
    "reply": _build_reply,
    "note": _build_note,
    "task": _build_task,
    "consent": _build_consent,
}
