"""Rooms and devices: what some services need beside a person."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.domain.audit.log import record
from app.models import Branch, Resource, Service


def list_rooms() -> Sequence[Resource]:
    """All of the company, those that can be used first, by branch, kind and name."""
    statement = select(Resource).join(Branch, Branch.id == Resource.branch_id)
    return db.session.scalars(statement.order_by(Branch.name, Resource.is_active.desc(), Resource.kind, Resource.name, Resource.id)).all()


def list_kinds() -> list[str]:
    return list(db.session.scalars(select(Resource.kind).where(Resource.is_active).distinct().order_by(Resource.kind)))


def load_services_by_kind() -> dict[str, list[str]]:
    """The names of the services that need one of a kind, by kind."""
    names_by_kind: dict[str, list[str]] = {}
    for name, kinds in db.session.execute(select(Service.name, Service.room_kinds).where(Service.is_active).order_by(Service.name)):
        for kind in kinds or []:
            names_by_kind.setdefault(kind, []).append(name)
    return names_by_kind


def get_room(room_id: str) -> Resource:
    room = db.session.get(Resource, room_id) if room_id.isascii() else None
    if room is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return room


def save_room(room_id: str | None, *, branch_id: str, name: str, kind: str, places: int, is_active: bool) -> Resource:
    """A new room (None) or a changed one; it stays at its branch. Raises NotFound, InvalidInput with one message per field."""
    wrong = {field: _("Diese Angabe fehlt.") for field, text in (("name", name), ("kind", kind)) if not text}
    if room_id is None and (not branch_id.isascii() or db.session.get(Branch, branch_id) is None):
        wrong["branch_id"] = _("Diese Filiale gibt es nicht.")
    if wrong:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)
    room = get_room(room_id) if room_id else Resource(branch_id=branch_id)
    room.name, room.kind, room.places, room.is_active = name[:80], kind[:40], places, is_active
    db.session.add(room)
    db.session.flush()
    record("room_saved", subject=f"resource:{room.id}")
    return room
