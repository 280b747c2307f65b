"""Preview of the agent's functions: runs one as a call would, explains the result, and writes nothing."""

from datetime import datetime, time
from types import SimpleNamespace
from typing import Annotated, Any

from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.domain.agents.dry_run import INBOUND_CALL, CallPreviewRequest, CallPreviewResult, run_preview
from app.domain.agents.tools import registry
from app.domain.agents.tools.registry import TOOLS
from app.models import Branch, PhoneNumber
from app.web.dashboard.booking_responses import to_utc
from app.web.fields import ChoiceField, Clock, Day, Flag, Id, Phone, TextField
from app.web.forms import Query, get_typed_texts, raise_invalid, to_errors
from app.web.guards import for_company
from app.web.preview_labels import FIELDS
from app.web.tool_labels import get_question

MAX_NUMBERS = 100
MAX_ARGUMENT_LENGTH = 500

blueprint = Blueprint("preview", __name__)


class PreviewQuery(Query):
    """The simulated call; the arguments have fields of their own, prefixed with the function's name."""

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
    """Show the form, empty or prefilled by a link: ?name=check_availability&service=…&date=…&time=…"""
    return _render_page(None, {})


@blueprint.post("/preview")
@for_company("agents.preview")
def ask() -> Any:
    try:
        result = run_preview(_build_request())
    except InvalidInput as error:
        return _render_page(None, to_errors(error)), 422
    return _render_page(result, {})


def _build_request() -> CallPreviewRequest:
    query = PreviewQuery.read()
    name = query.name
    if name != INBOUND_CALL and registry.find_tool(name) is None:
        raise_invalid({"name": _("Bitte wählen Sie aus der Liste.")})
    number = next((number for number in _list_numbers() if number.id == query.number_id), None)
    if number is None:
        raise InvalidInput(_("Diese Nummer gibt es hier nicht."), fields={"number_id": _("Bitte wählen Sie eine Ihrer Nummern.")})
    texts = get_typed_texts([f"{name}.{field}" for field in _list_fields(name)], max_length=MAX_ARGUMENT_LENGTH)
    arguments = {field.partition(".")[2]: text for field, text in texts.items()}
    caller = None if query.withheld else query.caller
    return CallPreviewRequest(number.id, caller, name, arguments, _get_local_time(query, number.timezone), language=query.language)


def _get_local_time(query: PreviewQuery, timezone: str) -> datetime | None:
    """Get the simulated time, given in the branch's time zone; None for the current time."""
    return to_utc(query.day, query.clock, timezone) if query.day else None


def _list_fields(name: str) -> list[str]:
    return list(TOOLS[name].arguments.model_fields) if name in TOOLS else []


def _list_numbers() -> list[SimpleNamespace]:
    statement = select(PhoneNumber.id, PhoneNumber.e164, Branch.name, Branch.timezone).join(Branch, Branch.id == PhoneNumber.branch_id)
    rows = db.session.execute(statement.order_by(Branch.name, PhoneNumber.e164).limit(MAX_NUMBERS)).all()
    return [SimpleNamespace(id=row.id, e164=row.e164, branch=row.name, timezone=row.timezone) for row in rows]


def _render_page(result: CallPreviewResult | None, errors: dict[str, str]) -> str:
    registry.find_tool(INBOUND_CALL)
    values = PreviewQuery.typed()
    name = values["name"] or INBOUND_CALL
    values |= get_typed_texts([f"{key}.{field}" for key in TOOLS for field in _list_fields(key)], max_length=MAX_ARGUMENT_LENGTH)
    # A link that prefills the form uses the function's own argument names.
    values |= {f"{name}.{field}": text for field, text in get_typed_texts(_list_fields(name), max_length=MAX_ARGUMENT_LENGTH).items()}
    return render_template(
        "dashboard/preview.html",
        numbers=_list_numbers(),
        questions=[(INBOUND_CALL, _("Das Telefon klingelt")), *((key, get_question(key)) for key in sorted(TOOLS, key=get_question))],
        forms=[(key, [(field, FIELDS.get(field, field)) for field in _list_fields(key)]) for key in sorted(TOOLS)],
        name=name if name in TOOLS else INBOUND_CALL,
        values=values,
        errors=errors,
        told=result,
        data=current_app.json.dumps(result.data, indent=2, ensure_ascii=False) if result else "",
    )
