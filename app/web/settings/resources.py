"""Rooms and devices: their branches, and the services that need them."""

from typing import Annotated, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.core.errors import InvalidInput
from app.core.transactions import transaction
from app.domain.services import resources
from app.models import Resource
from app.web.branch_filter import list_branches
from app.web.fields import Flag, Id, IntegerField, TextField
from app.web.forms import Form, Query, to_errors
from app.web.guards import for_company

blueprint = Blueprint("resources", __name__)


class ResourceForm(Form):
    name: Annotated[str, TextField(80)]
    kind: Annotated[str, TextField(40)]
    places: Annotated[int, IntegerField(1, 500)] = 1
    is_active: Flag = False
    branch_id: Id = ""


class NewResourceQuery(Query):
    kind: Annotated[str, TextField(40)] = ""


@blueprint.get("/settings/resources")
@for_company("services.read")
def index() -> str:
    branch_names = dict(list_branches())
    rooms = [room for room in resources.list_rooms() if room.branch_id in branch_names]
    return render_template("settings/resources.html", rooms=rooms, branch_names=branch_names, needed=resources.load_services_by_kind())


@blueprint.get("/settings/resources/new")
@for_company("services.write")
def new() -> str:
    return _render_form(None, {"places": 1, "is_active": True, "kind": NewResourceQuery.read_known().kind}, {})


@blueprint.get("/settings/resources/<room_id>")
@for_company("services.read")
def edit(room_id: str) -> str:
    room = resources.get_room(room_id)
    return _render_form(room, {name: getattr(room, name) for name in ("name", "kind", "places", "is_active", "branch_id")}, {})


@blueprint.post("/settings/resources/new")
@for_company("services.write")
def make() -> Any:
    return _save_resource(None)


@blueprint.post("/settings/resources/<room_id>")
@for_company("services.write")
def save(room_id: str) -> Any:
    return _save_resource(resources.get_room(room_id))


def _save_resource(room: Resource | None) -> Any:
    try:
        form = ResourceForm.read()
        with transaction():
            resources.save_room(room.id if room else None, **form.model_dump())
    except InvalidInput as error:
        return _render_form(room, ResourceForm.typed(), to_errors(error)), 422
    flash(_("Gespeichert: %(name)s", name=form.name), "message")
    return redirect(url_for("resources.index"))


def _render_form(room: Resource | None, values: dict[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "settings/resource.html", room=room, values=values, errors=errors, branches=list_branches(), kinds=resources.list_kinds()
    )
