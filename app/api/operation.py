"""API operations: scope, validated input, serialized response, and the facts for the OpenAPI document."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import BadRequest

from app.api.authentication import require_scope
from app.core.errors import InvalidInput
from app.core.route_guards import declare_guard
from app.domain.agents.request_hash import hash_request
from app.serializers.page import Page

MAX_DEPTH = 10_000


@dataclass(frozen=True)
class ApiOperation:
    """The declaration of an operation. `scope` None: any key; PUBLIC: no key."""

    summary: str
    answer: type[BaseModel] | None
    scope: str | None
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    description: str = ""
    status: int = 200
    # (header, purpose) beside the key
    headers: tuple[tuple[str, str], ...] = ()
    # further responses: (status, meaning)
    refusals: tuple[tuple[int, str], ...] = ()


PUBLIC = "public"


def operation(summary: str, **fields: Any) -> Callable[[Callable[..., BaseModel | Response]], Callable[..., Response]]:
    """Declare a view as an operation of the API; `fields` are those of ApiOperation.

    The view gets `query` and `body` as models where the operation has them, and returns a model. Raises InvalidInput.
    """
    spec = ApiOperation(summary, **fields)

    def decorate(view: Callable[..., BaseModel | Response]) -> Callable[..., Response]:
        @wraps(view)
        def respond(**ids: Any) -> Response:
            arguments: dict[str, Any] = dict(ids)
            if spec.query:
                arguments["query"] = _validate(spec.query, {name: value for name, value in request.args.items() if value != ""})
            if spec.body:
                arguments["body"] = _validate(spec.body, _read_json())
            result = view(**arguments)
            if isinstance(result, Response):
                return result
            _check_depth(result)
            return Response(result.model_dump_json(by_alias=True), spec.status, mimetype="application/json")

        guard = declare_guard("public", "the document of the API") if spec.scope == PUBLIC else require_scope(spec.scope)
        guarded_view = guard(respond)
        guarded_view.operation = spec  # type: ignore[attr-defined]
        return guarded_view

    return decorate


def get_operation(view: Callable[..., Any]) -> ApiOperation | None:
    return getattr(view, "operation", None)


def hash_body() -> str:
    """Hash the operation and its JSON body, to recognise the same request; notation and order of keys do not matter."""
    return hash_request(f"{request.method} {request.path}", _read_json())


def get_offset(page: int, per_page: int) -> int:
    """Get the number of entries before the page, at most MAX_DEPTH + 1."""
    return min((page - 1) * per_page, MAX_DEPTH + 1)


def _check_depth(result: Any) -> None:
    """Raise InvalidInput for a page beyond MAX_DEPTH; a page beyond the end of a shorter list is empty instead."""
    if isinstance(result, Page) and (result.page - 1) * result.per_page > MAX_DEPTH < result.total:
        sentence = _("Listen reichen bis zum %(n)s. Eintrag. Grenzen Sie die Liste ein, zum Beispiel mit from und to.", n=MAX_DEPTH)
        raise InvalidInput(sentence, fields={"page": sentence})


def _read_json() -> Any:
    """Read the JSON body; an empty body counts as an empty object. Raises InvalidInput (400)."""
    if not request.get_data():
        return {}
    try:
        return request.get_json(force=True)
    except (BadRequest, RecursionError) as error:
        raise InvalidInput(_("Die Anfrage ist kein lesbares JSON."), status=400, code="unreadable") from error


def _validate(model: type[BaseModel], values: Any) -> Any:
    try:
        return model.model_validate(values)
    except ValidationError as invalid:
        fields = {".".join(str(part) for part in error["loc"]) or "body": _to_sentence(error) for error in invalid.errors()}
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=fields) from invalid


def _to_sentence(error: ErrorDetails) -> str:
    """Describe a validation error in the reader's language."""
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return _("Diese Angabe fehlt.")
        case "literal_error" | "enum":
            return _("Erlaubt sind: %(values)s.", values=context.get("expected", "").replace("'", "").replace(" or ", ", "))
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return _("Das ist keine ganze Zahl.")
        case "greater_than_equal":
            return _("Das ist zu klein, erlaubt ist es ab %(n)s.", n=context.get("ge"))
        case "less_than_equal":
            return _("Das ist zu groß, erlaubt ist es bis %(n)s.", n=context.get("le"))
        case "string_too_long":
            return _("Das ist zu lang, höchstens %(n)s Zeichen.", n=context.get("max_length"))
        case "no_instant":
            return _("Das ist keine Zeit nach ISO 8601, zum Beispiel 2026-11-20 oder 2026-11-20T09:30:00+01:00.")
    return _("Das ist so nicht lesbar.")
