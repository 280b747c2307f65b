"""An operation of the API: its key, what it reads from the request, what it answers, and what the document says of it."""

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
from app.serializers.page import Page

MAX_DEPTH = 10_000


@dataclass(frozen=True)
class Operation:
    """What a program must know to use it. `scope` None: any key; PUBLIC: no key."""

    summary: str
    answer: type[BaseModel] | None
    scope: str | None
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    description: str = ""
    status: int = 200
    # names of headers it reads beside the key → what they are for
    headers: tuple[tuple[str, str], ...] = ()
    # further answers: status → what it means
    refusals: tuple[tuple[int, str], ...] = ()


PUBLIC = "public"


def operation(summary: str, **facts: Any) -> Callable[[Callable[..., BaseModel | Response]], Callable[..., Response]]:
    """Makes a view an operation of the API; `facts` are the fields of Operation.

    The view gets `query` and `body` as models, where the operation has them, and answers with a model.
    """
    of = Operation(summary, **facts)

    def around(view: Callable[..., BaseModel | Response]) -> Callable[..., Response]:
        @wraps(view)
        def answering(**ids: Any) -> Response:
            read: dict[str, Any] = dict(ids)
            if of.query:
                read["query"] = _validate(of.query, {name: value for name, value in request.args.items() if value != ""})
            if of.body:
                read["body"] = _validate(of.body, _read_json())
            answer = view(**read)
            if isinstance(answer, Response):
                return answer
            _check_depth(answer)
            return Response(answer.model_dump_json(by_alias=True), of.status, mimetype="application/json")

        guard = declare_guard("public", "the document of the API") if of.scope == PUBLIC else require_scope(of.scope)
        made = guard(answering)
        made.operation = of  # type: ignore[attr-defined]
        return made

    return around


def get_operation(view: Callable[..., Any]) -> Operation | None:
    return getattr(view, "operation", None)


def get_offset(page: int, per_page: int) -> int:
    """How many entries come before the page; never more than it is allowed to count past."""
    return min((page - 1) * per_page, MAX_DEPTH + 1)


def _check_depth(answer: Any) -> None:
    """A list with more entries than one can leaf through is to be narrowed; behind the end of a shorter one there is nothing."""
    if isinstance(answer, Page) and (answer.page - 1) * answer.per_page > MAX_DEPTH < answer.total:
        sentence = _("Listen reichen bis zum %(n)s. Eintrag. Grenzen Sie die Liste ein, zum Beispiel mit from und to.", n=MAX_DEPTH)
        raise InvalidInput(sentence, fields={"page": sentence})


def _read_json() -> Any:
    """No body at all says nothing, as an empty object does."""
    if not request.get_data():
        return {}
    try:
        return request.get_json(force=True)
    except (BadRequest, RecursionError) as error:
        raise InvalidInput(_("Die Anfrage ist kein lesbares JSON."), status=400, code="unreadable") from error


def _validate(model: type[BaseModel], values: Any) -> Any:
    try:
        return model.model_validate(values)
    except ValidationError as wrong:
        fields = {".".join(str(part) for part in error["loc"]) or "body": _to_sentence(error) for error in wrong.errors()}
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=fields) from wrong


def _to_sentence(error: ErrorDetails) -> str:
    """What is wrong with a field, in the reader's language."""
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
