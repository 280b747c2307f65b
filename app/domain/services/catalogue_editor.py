"""Edit services, synonyms and staff."""

import re
from collections.abc import Collection, Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.domain.audit.log import record
from app.domain.customers.contacts import validate_contact
from app.domain.services.fuzzy_text import fold
from app.models import Branch, Service, ServiceSynonym, StaffBranch, StaffMember, StaffService

FIELDS = (
    "name", "category", "description", "minutes", "before_minutes", "after_minutes", "processing_from", "processing_minutes",
    "price_cents", "capacity", "colour", "is_active", "room_kinds", "parts", "max_gap_minutes",
)  # fmt: skip
MAX_SLUG_LENGTH = 60
MAX_SYNONYMS = 30
PERCENT = re.compile(r"(\d{1,3})\s*%\s*$")


def save_service(service_id: str | None, values: dict[str, Any], synonyms: Iterable[tuple[str, int]]) -> Service:
    """A new service (None) or a changed one; raises NotFound, InvalidInput with one message per field."""
    service = (
        _get_row(Service, service_id) if service_id else Service(slug=_build_slug(values["name"]), position=_get_next_position(Service))
    )
    if values["processing_from"] + values["processing_minutes"] > values["minutes"] or values["processing_minutes"] >= values["minutes"]:
        sentence = _("Die Einwirkzeit muss in die Dauer passen.")
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"processing_minutes": sentence})
    values = {"room_kinds": [], "parts": None, "max_gap_minutes": 0} | values
    _check_parts(service.id, values["parts"])
    for name in FIELDS:
        setattr(service, name, values[name])
    db.session.add(service)
    db.session.flush()
    _save_synonyms(service, synonyms)
    record("service_saved", subject=f"service:{service.id}")
    return service


def parse_synonyms(text: str) -> list[tuple[str, int]]:
    """Parse `Strähnchen, Balayage 80 %` to words with their certainty in percent; 100 by default."""
    synonyms = []
    for piece in text.split(","):
        word, certainty = PERCENT.sub("", piece).strip(), PERCENT.search(piece)
        if word:
            synonyms.append((word, min(100, max(1, int(certainty[1]))) if certainty else 100))
    return synonyms


def format_synonyms(synonyms: Iterable[tuple[str, int]]) -> str:
    """The same the other way."""
    return ", ".join(text if certainty == 100 else f"{text} {certainty} %" for text, certainty in synonyms)


def _check_parts(service_id: str | None, parts: list[str] | None) -> None:
    """A visit is made of other services of the company, at least two, that are no visits themselves."""
    if not parts:
        return
    rows = db.session.execute(select(Service.id, Service.parts, Service.capacity).where(Service.id.in_(parts))).all()
    simple = {row.id for row in rows if not row.parts and row.capacity == 1}
    if service_id in parts or set(parts) - simple:
        sentence = _("Ein Besuch besteht aus einfachen Leistungen, nicht aus Gruppen oder anderen Besuchen.")
    elif len(parts) < 2:
        sentence = _("Ein Besuch aus mehreren Leistungen braucht mindestens zwei.")
    else:
        return
    raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"parts": sentence})


def save_staff_member(
    staff_id: str | None,
    *,
    name: str,
    email: str | None,
    phone: str | None,
    is_active: bool,
    branch_ids: Collection[str],
    service_ids: Collection[str],
) -> StaffMember:
    """A new person (None) or a changed one, with branches and services; times and prices of their own stay. Raises as save_service."""
    contact = validate_contact(name, number=phone, email=email)
    if not branch_ids:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"branch_ids": _("Bitte mindestens eine Filiale wählen.")})
    person = _get_row(StaffMember, staff_id) if staff_id else StaffMember(position=_get_next_position(StaffMember))
    person.name, person.email, person.phone, person.is_active = contact.name[:120], contact.email, contact.phone, is_active
    db.session.add(person)
    db.session.flush()
    _save_links(StaffBranch, StaffBranch.branch_id, Branch, person.id, branch_ids)
    _save_links(StaffService, StaffService.service_id, Service, person.id, service_ids)
    record("staff_member_saved", subject=f"staff_member:{person.id}")
    return person


def _save_links(model: Any, column: Any, target: Any, staff_id: str, target_ids: Collection[str]) -> None:
    """Save which targets the person has; a link to one that is switched off, and so cannot be chosen, stays."""
    existing_ids = set(db.session.scalars(select(column).where(model.staff_id == staff_id)))
    inactive_ids = set(db.session.scalars(select(target.id).where(target.id.in_(existing_ids), ~target.is_active)))
    target_ids = _filter_existing(target, target_ids)
    if removed_ids := existing_ids - target_ids - inactive_ids:
        db.session.execute(delete(model).where(model.staff_id == staff_id, column.in_(removed_ids)))
    db.session.add_all(model(staff_id=staff_id, **{column.key: row_id}) for row_id in sorted(target_ids - existing_ids))
    db.session.flush()


def _save_synonyms(service: Service, synonyms: Iterable[tuple[str, int]]) -> None:
    synonyms_by_key = {fold(text)[:120]: (text.strip()[:120], certainty) for text, certainty in synonyms if fold(text)}
    synonyms_by_key = dict(list(synonyms_by_key.items())[:MAX_SYNONYMS])
    existing = {row.key: row for row in db.session.scalars(select(ServiceSynonym).where(ServiceSynonym.service_id == service.id))}
    for key, row in existing.items():
        if key in synonyms_by_key:
            row.text, row.certainty = synonyms_by_key[key]
        else:
            db.session.delete(row)
    added = {key: word for key, word in synonyms_by_key.items() if key not in existing}
    db.session.add_all(
        ServiceSynonym(service_id=service.id, text=text, key=key, certainty=certainty) for key, (text, certainty) in added.items()
    )
    db.session.flush()


def _get_row(model: Any, row_id: str) -> Any:
    row = db.session.get(model, row_id) if row_id.isascii() else None
    if row is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return row


def _filter_existing(model: Any, ids: Collection[str]) -> set[str]:
    return set(db.session.scalars(select(model.id).where(model.id.in_(ids)))) if ids else set()


def _get_next_position(model: Any) -> int:
    return (db.session.scalar(select(func.max(model.position))) or 0) + 1


def _build_slug(name: str) -> str:
    base = fold(name).replace(" ", "-")[:MAX_SLUG_LENGTH] or "leistung"
    taken = set(db.session.scalars(select(Service.slug).where(Service.slug.startswith(base))))
    return next(slug for slug in (base, *(f"{base}-{number}" for number in range(2, 1000))) if slug not in taken)
