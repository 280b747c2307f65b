"""What would it say? A caller, a number, a moment and a question: the answer that a call would get, and why, with nothing written."""

from datetime import datetime, time
from types import SimpleNamespace
from typing import Annotated, Any

from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.domain.agents.preview import INBOUND_CALL, PreviewRequest, PreviewResult, run_preview
from app.domain.agents.tools import registry
from app.domain.agents.tools.registry import TOOLS
from app.models import Branch, PhoneNumber
from app.web.dashboard.booking_responses import to_utc
from app.web.fields import ChoiceField, Clock, Day, Flag, Id, Phone, TextField
from app.web.forms import Query, get_typed_texts, raise_invalid, to_errors
from app.web.guards import for_company
from app.web.preview_labels import FIELDS, QUESTIONS

MAX_NUMBERS = 100
MAX_ARGUMENT_LENGTH = 500

blueprint = Blueprint("preview", __name__)


class PreviewQuery(Query):
    """The call that is played; what is said in it has fields of its own, named after the function."""

    name: Annotated[str, TextField(40)] = INBOUND_CALL
    number_id: Id = ""
    caller: Phone | None = None
    withheld: Flag = False
    day: Day | None = None
    clock: Clock = time(10)
    language: Annotated[str, ChoiceField("en")] | None = None


@blueprint.get("/preview")
@for_company("agents.preview")
def index() -> str:
    """The empty form, or one that another page has begun: ?name=check_availability&service=…&date=…&time=…"""
    return _render_page(None, {})


@blueprint.post("/preview")
@for_company("agents.preview")
def ask() -> Any:
    try:
        told = run_preview(_run_preview())
    except InvalidInput as error:
        return _render_page(None, to_errors(error)), 422
    return _render_page(told, {})


def _run_preview() -> PreviewRequest:
    query = PreviewQuery.read()
    name = query.name
    if name != INBOUND_CALL and registry.find_tool(name) is None:
        raise_invalid({"name": _("Bitte wählen Sie aus der Liste.")})
    number = next((number for number in _list_numbers() if number.id == query.number_id), None)
    if number is None:
        raise InvalidInput(_("Diese Nummer gibt es hier nicht."), fields={"number_id": _("Bitte wählen Sie eine Ihrer Nummern.")})
    said = get_typed_texts([f"{name}.{field}" for field in _list_fields(name)], most=MAX_ARGUMENT_LENGTH)
    given = {field.partition(".")[2]: text for field, text in said.items()}
    caller = None if query.withheld else query.caller
    return PreviewRequest(number.id, caller, name, given, _get_local_time(query, number.zone), language=query.language)


def _get_local_time(query: PreviewQuery, zone: str) -> datetime | None:
    """The moment that is played, on the branch's clocks; none is now."""
    return to_utc(query.day, query.clock, zone) if query.day else None


def _list_fields(name: str) -> list[str]:
    return list(TOOLS[name].arguments.model_fields) if name in TOOLS else []


def _list_numbers() -> list[SimpleNamespace]:
    statement = select(PhoneNumber.id, PhoneNumber.e164, Branch.name, Branch.zone).join(Branch, Branch.id == PhoneNumber.branch_id)
    rows = db.session.execute(statement.order_by(Branch.name, PhoneNumber.e164).limit(MAX_NUMBERS)).all()
    return [SimpleNamespace(id=row.id, e164=row.e164, branch=row.name, zone=row.zone) for row in rows]


def _render_page(told: PreviewResult | None, errors: dict[str, str]) -> str:
    registry.find_tool(INBOUND_CALL)
    values = PreviewQuery.typed()
    name = values["name"] or INBOUND_CALL
    values |= get_typed_texts([f"{key}.{field}" for key in TOOLS for field in _list_fields(key)], most=MAX_ARGUMENT_LENGTH)
    # a link that begins the form names the fields as the function does
    values |= {f"{name}.{field}": text for field, text in get_typed_texts(_list_fields(name), most=MAX_ARGUMENT_LENGTH).items()}
    return render_template(
        "dashboard/preview.html",
        numbers=_list_numbers(),
        questions=[(key, QUESTIONS.get(key, key)) for key in (INBOUND_CALL, *sorted(TOOLS, key=lambda key: str(QUESTIONS.get(key, key))))],
        forms=[(key, [(field, FIELDS.get(field, field)) for field in _list_fields(key)]) for key in sorted(TOOLS)],
        name=name if name in TOOLS else INBOUND_CALL,
        values=values,
        errors=errors,
        told=told,
        data=current_app.json.dumps(told.data, indent=2, ensure_ascii=False) if told else "",
    )
