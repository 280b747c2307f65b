"""Services: what can be booked, how long it takes and what it costs."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.core.transactions import transaction
from app.domain.services import catalogue, editing, own_times, rooms
from app.models import Service
from app.web.dashboard.calendar_grid import PALETTE
from app.web.guards import for_company
from app.web.reader import branches
from app.web.settings.filling import Filled, errors_of
from app.web.settings.own_times import as_fields, price_text, read_own

MOST = 200
MOST_PARTS = 5

blueprint = Blueprint("services", __name__)


@blueprint.get("/settings/services")
@for_company("services.read")
def index() -> str:
    services = db.session.scalars(select(Service).order_by(Service.is_active.desc(), Service.position, Service.name)).all()
    return render_template("settings/services.html", services=services)


@blueprint.get("/settings/services/new")
@for_company("services.write")
def new() -> str:
    return _form(None, {"minutes": 30, "capacity": 1, "is_active": True}, {})


@blueprint.get("/settings/services/<service_id>")
@for_company("services.read")
def edit(service_id: str) -> str:
    service = _find(service_id)
    values = {name: getattr(service, name) for name in editing.FIELDS} | as_fields(own_times.at_branches(service.id))
    synonyms = editing.write_synonyms(catalogue.certain_synonyms(service.id))
    return _form(service, values | {"price": price_text(service.price_cents), "synonyms": synonyms, "parts": service.parts or []}, {})


@blueprint.post("/settings/services/new")
@for_company("services.write")
def make() -> Any:
    return _save(None)


@blueprint.post("/settings/services/<service_id>")
@for_company("services.write")
def save(service_id: str) -> Any:
    return _save(_find(service_id))


def _save(service: Service | None) -> Any:
    filled = Filled(request.form)
    values = {
        "name": filled.text("name", most=120, required=True),
        "category": filled.text("category", most=80) or None,
        "description": filled.text("description", most=2000) or None,
        "minutes": filled.whole("minutes", 1, 10_080, default=30),
        "before_minutes": filled.whole("before_minutes", 0, 600, default=0),
        "after_minutes": filled.whole("after_minutes", 0, 600, default=0),
        "processing_from": filled.whole("processing_from", 0, 10_080, default=0),
        "processing_minutes": filled.whole("processing_minutes", 0, 10_080, default=0),
        "price_cents": filled.cents("price"),
        "capacity": filled.whole("capacity", 1, 500, default=1),
        "colour": request.form.get("colour") if request.form.get("colour") in PALETTE else None,
        "is_active": filled.yes("is_active"),
        "room_kinds": [kind for kind in request.form.getlist("room_kinds") if kind in rooms.known_kinds()],
        "parts": [part for part in request.form.getlist("parts")[:MOST_PARTS] if part] or None,
        "max_gap_minutes": filled.whole("max_gap_minutes", 0, 600, default=0),
    }
    own = read_own(filled, [row_id for row_id, _name in branches()], with_offer=True) if service else {}
    try:
        filled.check()
        with transaction():
            saved = editing.save_service(service.id if service else None, values, editing.read_synonyms(filled.text("synonyms", most=2000)))
            if own:
                own_times.save_at_branches(saved.id, own)
    except InvalidInput as error:
        lists = {name: values[name] or [] for name in ("room_kinds", "parts")}
        return _form(service, {**as_fields(own), **request.form, **lists, "is_active": values["is_active"]}, errors_of(error)), 422
    flash(_("Gespeichert: %(name)s", name=values["name"]), "message")
    return redirect(url_for("services.index"))


def _find(service_id: str) -> Service:
    service = db.session.get(Service, service_id) if service_id.isascii() else None
    if service is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return service


def _form(service: Service | None, values: dict[str, Any], errors: dict[str, str]) -> str:
    simple = [one for one in catalogue.list_services(limit=MOST) if not one.parts and one.capacity == 1 and one is not service]
    return render_template(
        "settings/service.html",
        service=service,
        values=values,
        errors=errors,
        palette=list(enumerate(PALETTE)),
        kinds=rooms.known_kinds(),
        simple=[(one.id, one.name) for one in simple],
        most_parts=MOST_PARTS,
        branches=[(row_id, name, service) for row_id, name in branches()] if service else [],
        price_text=price_text,
    )
