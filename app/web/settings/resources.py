"""Rooms and devices: what stands where, and which services need it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.core.errors import InvalidInput
from app.core.transactions import transaction
from app.domain.services import rooms
from app.models import Resource
from app.web.guards import for_company
from app.web.reader import branches
from app.web.settings.filling import Filled, errors_of

blueprint = Blueprint("resources", __name__)


@blueprint.get("/settings/resources")
@for_company("services.read")
def index() -> str:
    mine = dict(branches())
    found = [room for room in rooms.list_rooms() if room.branch_id in mine]
    return render_template("settings/resources.html", rooms=found, branch_names=mine, needed=rooms.needed_by())


@blueprint.get("/settings/resources/new")
@for_company("services.write")
def new() -> str:
    return _form(None, {"places": 1, "is_active": True, "kind": request.args.get("kind", "")}, {})


@blueprint.get("/settings/resources/<room_id>")
@for_company("services.read")
def edit(room_id: str) -> str:
    room = rooms.get_room(room_id)
    return _form(room, {name: getattr(room, name) for name in ("name", "kind", "places", "is_active", "branch_id")}, {})


@blueprint.post("/settings/resources/new")
@for_company("services.write")
def make() -> Any:
    return _save(None)


@blueprint.post("/settings/resources/<room_id>")
@for_company("services.write")
def save(room_id: str) -> Any:
    return _save(rooms.get_room(room_id))


def _save(room: Resource | None) -> Any:
    filled = Filled(request.form)
    values = {
        "name": filled.text("name", most=80),
        "kind": filled.text("kind", most=40),
        "places": filled.whole("places", 1, 500, default=1),
        "is_active": filled.yes("is_active"),
        "branch_id": request.form.get("branch_id", ""),
    }
    try:
        filled.check()
        with transaction():
            rooms.save_room(room.id if room else None, **values)  # type: ignore[arg-type]
    except InvalidInput as error:
        return _form(room, {**request.form, "is_active": values["is_active"]}, errors_of(error)), 422
    flash(_("Gespeichert: %(name)s", name=values["name"]), "message")
    return redirect(url_for("resources.index"))


def _form(room: Resource | None, values: dict[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "settings/resource.html", room=room, values=values, errors=errors, branches=branches(), kinds=rooms.known_kinds()
    )
