"""Services: their durations, prices and requirements."""

from contextlib import nullcontext
from typing import Annotated, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.core.transactions import transaction
from app.domain.bookings.orphaned_bookings import BookingsAffected, guard_bookings
from app.domain.services import catalogue, catalogue_editor, overrides, resources
from app.models import Service
from app.web.branch_filter import list_branches
from app.web.dashboard.absence_notes import list_orphaned_lines
from app.web.fields import Cents, ChoiceField, Flag, Id, IntegerField, MultilineField, TextField
from app.web.forms import Form, raise_invalid, to_errors
from app.web.guards import for_company
from app.web.labels import COLOUR_PALETTE
from app.web.settings.affected_bookings import AcceptedCount, AffectedBookings, build_affected
from app.web.settings.service_overrides_form import format_price, get_typed_overrides, read_overrides, to_fields

MAX_SERVICES = 200
MAX_PARTS = 5

blueprint = Blueprint("services", __name__)


class ServiceForm(Form):
    name: Annotated[str, TextField(120)]
    category: Annotated[str, TextField(80)] | None = None
    description: Annotated[str, MultilineField(2000)] | None = None
    synonyms: Annotated[str, TextField(2000)] = ""
    minutes: Annotated[int, IntegerField(1, 10_080)] = 30
    before_minutes: Annotated[int, IntegerField(0, 600)] = 0
    after_minutes: Annotated[int, IntegerField(0, 600)] = 0
    processing_from: Annotated[int, IntegerField(0, 10_080)] = 0
    processing_minutes: Annotated[int, IntegerField(0, 10_080)] = 0
    price: Cents | None = None
    capacity: Annotated[int, IntegerField(1, 500)] = 1
    colour: Annotated[str, ChoiceField(*COLOUR_PALETTE)] | None = None
    is_active: Flag = False
    room_kinds: tuple[Annotated[str, TextField(40)], ...] = ()
    parts: tuple[Id, ...] = ()
    max_gap_minutes: Annotated[int, IntegerField(0, 600)] = 0
    accepted: AcceptedCount = 0

    @property
    def columns(self) -> dict[str, Any]:
        kinds = resources.list_kinds()
        return self.model_dump(exclude={"synonyms", "price", "accepted"}) | {
            "price_cents": self.price,
            "room_kinds": [kind for kind in self.room_kinds if kind in kinds],
            "parts": list(self.parts[:MAX_PARTS]) or None,
        }


@blueprint.get("/settings/services")
@for_company("services.read")
def index() -> str:
    services = db.session.scalars(select(Service).order_by(Service.is_active.desc(), Service.position, Service.name)).all()
    return render_template("settings/services.html", services=services, lines=list_orphaned_lines())


@blueprint.get("/settings/services/new")
@for_company("services.write")
def new() -> str:
    return _render_form(None, {"minutes": 30, "capacity": 1, "is_active": True}, {})


@blueprint.get("/settings/services/<service_id>")
@for_company("services.read")
def edit(service_id: str) -> str:
    service = _get_service(service_id)
    values = {name: getattr(service, name) for name in catalogue_editor.FIELDS} | to_fields(overrides.load_branch_overrides(service.id))
    synonyms = catalogue_editor.format_synonyms(catalogue.list_certain_synonyms(service.id))
    return _render_form(
        service, values | {"price": format_price(service.price_cents), "synonyms": synonyms, "parts": service.parts or []}, {}
    )


@blueprint.post("/settings/services/new")
@for_company("services.write")
def make() -> Any:
    return _save_service(None)


@blueprint.post("/settings/services/<service_id>")
@for_company("services.write")
def save(service_id: str) -> Any:
    return _save_service(_get_service(service_id))


def _save_service(service: Service | None) -> Any:
    ids = [row_id for row_id, _name in list_branches()] if service else []
    form, errors = ServiceForm.parse()
    branch_overrides, override_errors = read_overrides(ids, with_offer=True)
    try:
        raise_invalid(errors | override_errors)
        assert form is not None
        with transaction(), guard_bookings(accepted=form.accepted, service_id=service.id) if service else nullcontext():
            saved = catalogue_editor.save_service(
                service.id if service else None, form.columns, catalogue_editor.parse_synonyms(form.synonyms)
            )
            if branch_overrides:
                overrides.save_branch_overrides(saved.id, branch_overrides)
    except InvalidInput as error:
        return _render_form(service, get_typed_overrides(ids) | ServiceForm.typed(), to_errors(error)), 422
    except BookingsAffected as error:
        return _render_form(service, get_typed_overrides(ids) | ServiceForm.typed(), {}, build_affected(error)), error.status
    if form.accepted:
        flash(_("Gespeichert: %(name)s. Diese Termine stehen noch.", name=form.name), "message")
        return redirect(url_for("absences.orphaned", service_id=saved.id))
    flash(_("Gespeichert: %(name)s", name=form.name), "message")
    return redirect(url_for("services.index"))


def _get_service(service_id: str) -> Service:
    service = db.session.get(Service, service_id) if service_id.isascii() else None
    if service is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return service


def _render_form(service: Service | None, values: dict[str, Any], errors: dict[str, str], affected: AffectedBookings | None = None) -> str:
    simple = [
        candidate
        for candidate in catalogue.list_services(limit=MAX_SERVICES)
        if not candidate.parts and candidate.capacity == 1 and candidate is not service
    ]
    return render_template(
        "settings/service.html",
        service=service,
        values=values,
        errors=errors,
        affected=affected,
        palette=list(enumerate(COLOUR_PALETTE)),
        kinds=resources.list_kinds(),
        simple=[(candidate.id, candidate.name) for candidate in simple],
        most_parts=MAX_PARTS,
        branches=[(row_id, name, service) for row_id, name in list_branches()] if service else [],
        price_text=format_price,
    )
