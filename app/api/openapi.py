"""The OpenAPI document, made from the operations themselves, and the page that shows it."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from flask import Blueprint, Response, current_app, render_template, request
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Map

from app.api.operation import PUBLIC, Operation, get_operation, operation
from app.core.route_guards import declare_guard

BASE = "/api/v1"
VERSION = "1.0"
INTRODUCTION = (
    "Calls, bookings and customers of one business, for its own programs. A key belongs to one business and sees nothing else. "
    "Times are ISO 8601 with an offset, phone numbers E.164, ids opaque strings. Unknown and empty parameters are ignored. Lists "
    "answer {items, page, per_page, total}. Errors are problem documents (RFC 9457) with a stable code; 429 says in Retry-After how "
    "many seconds to wait."
)
KEY_SECURITY = {
    401: "The key is missing, unknown or revoked.",
    404: "What is named does not exist in this business.",
    422: "Something is malformed: `fields` says what and why.",
    429: "More requests than the key may make in a minute, or too many unknown keys from one address.",
}
Mode = Literal["validation", "serialization"]
PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")

blueprint = Blueprint("api_document", __name__)


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None
    fields: dict[str, str] | None = None


@blueprint.get("/api/v1/openapi.json")
@operation("This document", scope=PUBLIC, answer=None)
def openapi() -> Response:
    return Response(json.dumps(build_document()), mimetype="application/json")


@blueprint.get("/api/docs")
@declare_guard("public", "developers read it before they have a key")
def docs() -> str:
    whole = build_document()
    wanted = request.args.get("q", "")[:200].strip()
    return render_template("api/docs.html", document=whole, operations=resolve_schema(whole, wanted), q=wanted)


def build_document() -> dict[str, Any]:
    """The whole API of the running application, as OpenAPI 3.1; made once."""
    if "api_document" not in current_app.extensions:
        current_app.extensions["api_document"] = _build_document(current_app.url_map, current_app.view_functions)
    return current_app.extensions["api_document"]


def _build_document(routes: Map, views: Mapping[str, Any]) -> dict[str, Any]:
    found = list_operations(routes, views)
    answers: list[tuple[type[BaseModel], Mode]] = [
        (model, "serialization") for model in _remove_duplicates(of.answer for _, _, of in found)
    ]
    bodies: list[tuple[type[BaseModel], Mode]] = [(model, "validation") for model in _remove_duplicates(of.body for _, _, of in found)]
    _, schemas = models_json_schema([*answers, *bodies, (Problem, "serialization")], ref_template="#/components/schemas/{model}")
    paths: dict[str, dict[str, Any]] = {}
    for path, method, of in found:
        paths.setdefault(path, {})[method] = _describe_operation(path, method, of)
    return {
        "openapi": "3.1.0",
        "info": {"title": "AskProAI API", "version": VERSION, "description": INTRODUCTION},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas["$defs"], "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }


def list_operations(routes: Map, views: Mapping[str, Any]) -> list[tuple[str, str, Operation]]:
    """(path, method, operation), in the order of the paths."""
    found = []
    for rule in routes.iter_rules():
        of = get_operation(views[rule.endpoint])
        if of is not None:
            found += [(PLACEHOLDER.sub(r"{\1}", rule.rule), method.lower(), of) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}]
    return sorted(found, key=lambda one: one[:2])


def resolve_schema(whole: dict[str, Any], wanted: str) -> list[dict[str, Any]]:
    """The operations in which the word occurs, as the page shows them: with the fields of what is sent and of what is answered."""
    schemas, found = whole["components"]["schemas"], []
    for path, methods in whole["paths"].items():
        for method, described in methods.items():
            answer = next(answer for status, answer in described["responses"].items() if status.startswith("2"))
            sent, answered = _list_fields(schemas, described.get("requestBody", {})), _list_fields(schemas, answer)
            if wanted.lower() in json.dumps([path, described, sent, answered]).lower():
                found.append({"method": method.upper(), "path": path, **described, "sent": sent, "answered": answered})
    return found


def _list_fields(schemas: dict[str, Any], part: dict[str, Any]) -> list[dict[str, Any]]:
    return _flatten(schemas, part.get("content", {}).get("application/json", {}).get("schema", {}), "")


def _flatten(schemas: dict[str, Any], schema: dict[str, Any], prefix: str) -> list[dict[str, Any]]:
    """The fields of an object; those of the objects in it have its name in front."""
    known = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
    rows = []
    for name, field in known.get("properties", {}).items():
        needed = name in known.get("required", ())
        rows.append({"name": prefix + name, "type": get_type(field), "description": field.get("description", ""), "required": needed})
        if "items" in field:
            rows += _flatten(schemas, field["items"], f"{prefix}{name}[].")
        elif "$ref" in field:
            rows += _flatten(schemas, field, f"{prefix}{name}.")
    return rows


def get_type(schema: dict[str, Any]) -> str:
    """In one or two words: `string`, `integer or null`, `list`."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(get_type(one) for one in schema["anyOf"]))
    return {"array": "list"}.get(
        schema.get("type", ""), schema.get("format") or schema.get("type") or ("object" if "$ref" in schema else "any")
    )


def _describe_operation(path: str, method: str, of: Operation) -> dict[str, Any]:
    noun = path.removeprefix(BASE).split("/")[1]
    refusals = {**({} if of.scope == PUBLIC else KEY_SECURITY), **dict(of.refusals)}
    if of.body:
        refusals[400] = "The body is no readable JSON."
    if of.scope not in (None, PUBLIC):
        refusals[403] = f"The key lacks the scope {of.scope}."
    described: dict[str, Any] = {
        "operationId": f"{method}_{re.sub(r'[^a-z]+', '_', path.removeprefix(BASE)).strip('_')}",
        "summary": of.summary,
        "tags": [noun],
        "parameters": [*_path_parameters(path), *_query_parameters(of), *_header_parameters(of)],
        "responses": {
            str(of.status): _build_responses(of),
            **{str(status): _build_problem(refusals[status]) for status in sorted(refusals)},
        },
        "security": [] if of.scope == PUBLIC else [{"key": []}],
    }
    if of.description:
        described["description"] = of.description
    if of.scope not in (None, PUBLIC):
        described["x-scope"] = of.scope
    if of.body:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": _build_reference(of.body)}}}
    return described


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in re.findall(r"{(\w+)}", path)]


def _query_parameters(of: Operation) -> list[dict[str, Any]]:
    schema = of.query.model_json_schema() if of.query else {}
    return [_build_parameter(name, dict(field), name in schema.get("required", ())) for name, field in schema.get("properties", {}).items()]


def _header_parameters(of: Operation) -> list[dict[str, Any]]:
    known = {"in": "header", "required": False, "schema": {"type": "string"}}
    return [{"name": name, "description": text, **known} for name, text in of.headers]


def _build_parameter(name: str, schema: dict[str, Any], required: bool) -> dict[str, Any]:
    """A parameter that may be left out is not one that may be null."""
    described = {"name": name, "in": "query", "required": required, "allowEmptyValue": not required}
    if description := schema.pop("description", None):
        described["description"] = description
    if one := [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]:
        schema = one[0]
    schema = {key: value for key, value in schema.items() if key != "title" and not (key == "default" and value in (None, ""))}
    return described | {"schema": schema}


def _build_responses(of: Operation) -> dict[str, Any]:
    schema = _build_reference(of.answer) if of.answer else {"type": "object"}
    return {"description": of.summary, "content": {"application/json": {"schema": schema}}}


def _build_problem(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "content": {"application/problem+json": {"schema": _build_reference(Problem)}}}


def _build_reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _remove_duplicates(models: Iterable[type[BaseModel] | None]) -> list[type[BaseModel]]:
    return sorted({model for model in models if model is not None}, key=lambda model: model.__name__)
