"""The OpenAPI document, generated from the operations, and the page that shows it."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from flask import Blueprint, Response, current_app, render_template, request
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Map

from app.api.operation import PUBLIC, ApiOperation, get_operation, operation
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
    document = build_document()
    query = request.args.get("q", "")[:200].strip()
    return render_template("api/docs.html", document=document, operations=search_operations(document, query), q=query)


def build_document() -> dict[str, Any]:
    """Build the OpenAPI 3.1 document of the running application, once per process."""
    if "api_document" not in current_app.extensions:
        current_app.extensions["api_document"] = _build_document(current_app.url_map, current_app.view_functions)
    return current_app.extensions["api_document"]


def _build_document(routes: Map, views: Mapping[str, Any]) -> dict[str, Any]:
    operations = list_operations(routes, views)
    answers: list[tuple[type[BaseModel], Mode]] = [
        (model, "serialization") for model in _remove_duplicates(spec.answer for _, _, spec in operations)
    ]
    bodies: list[tuple[type[BaseModel], Mode]] = [
        (model, "validation") for model in _remove_duplicates(spec.body for _, _, spec in operations)
    ]
    _, schemas = models_json_schema([*answers, *bodies, (Problem, "serialization")], ref_template="#/components/schemas/{model}")
    paths: dict[str, dict[str, Any]] = {}
    for path, method, spec in operations:
        paths.setdefault(path, {})[method] = _describe_operation(path, method, spec)
    return {
        "openapi": "3.1.0",
        "info": {"title": "AskProAI API", "version": VERSION, "description": INTRODUCTION},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas["$defs"], "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }


def list_operations(routes: Map, views: Mapping[str, Any]) -> list[tuple[str, str, ApiOperation]]:
    """List (path, method, operation), ordered by path."""
    operations = []
    for rule in routes.iter_rules():
        spec = get_operation(views[rule.endpoint])
        if spec is not None:
            operations += [
                (PLACEHOLDER.sub(r"{\1}", rule.rule), method.lower(), spec) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
            ]
    return sorted(operations, key=lambda entry: entry[:2])


def search_operations(document: dict[str, Any], query: str) -> list[dict[str, Any]]:
    """Search the operations that contain the query; each result has the fields of its request and its response."""
    schemas, matches = document["components"]["schemas"], []
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            response = next(response for status, response in described["responses"].items() if status.startswith("2"))
            sent_fields, answered_fields = _list_fields(schemas, described.get("requestBody", {})), _list_fields(schemas, response)
            if query.lower() in json.dumps([path, described, sent_fields, answered_fields]).lower():
                matches.append({"method": method.upper(), "path": path, **described, "sent": sent_fields, "answered": answered_fields})
    return matches


def _list_fields(schemas: dict[str, Any], part: dict[str, Any]) -> list[dict[str, Any]]:
    return _flatten(schemas, part.get("content", {}).get("application/json", {}).get("schema", {}), "")


def _flatten(schemas: dict[str, Any], schema: dict[str, Any], prefix: str) -> list[dict[str, Any]]:
    """Flatten the fields of an object; nested fields have the outer name as prefix."""
    resolved = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
    rows = []
    for name, field in resolved.get("properties", {}).items():
        is_required = name in resolved.get("required", ())
        rows.append({"name": prefix + name, "type": get_type(field), "description": field.get("description", ""), "required": is_required})
        if "items" in field:
            rows += _flatten(schemas, field["items"], f"{prefix}{name}[].")
        elif "$ref" in field:
            rows += _flatten(schemas, field, f"{prefix}{name}.")
    return rows


def get_type(schema: dict[str, Any]) -> str:
    """Get the type as text: `string`, `integer or null`, `list`."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(get_type(choice) for choice in schema["anyOf"]))
    return {"array": "list"}.get(
        schema.get("type", ""), schema.get("format") or schema.get("type") or ("object" if "$ref" in schema else "any")
    )


def _describe_operation(path: str, method: str, spec: ApiOperation) -> dict[str, Any]:
    noun = path.removeprefix(BASE).split("/")[1]
    refusals = {**({} if spec.scope == PUBLIC else KEY_SECURITY), **dict(spec.refusals)}
    if spec.body:
        refusals[400] = "The body is no readable JSON."
    if spec.scope not in (None, PUBLIC):
        refusals[403] = f"The key lacks the scope {spec.scope}."
    described: dict[str, Any] = {
        "operationId": f"{method}_{re.sub(r'[^a-z]+', '_', path.removeprefix(BASE)).strip('_')}",
        "summary": spec.summary,
        "tags": [noun],
        "parameters": [*_path_parameters(path), *_query_parameters(spec), *_header_parameters(spec)],
        "responses": {
            str(spec.status): _build_responses(spec),
            **{str(status): _build_problem(refusals[status]) for status in sorted(refusals)},
        },
        "security": [] if spec.scope == PUBLIC else [{"key": []}],
    }
    if spec.description:
        described["description"] = spec.description
    if spec.scope not in (None, PUBLIC):
        described["x-scope"] = spec.scope
    if spec.body:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": _build_reference(spec.body)}}}
    return described


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in re.findall(r"{(\w+)}", path)]


def _query_parameters(spec: ApiOperation) -> list[dict[str, Any]]:
    schema = spec.query.model_json_schema() if spec.query else {}
    return [_build_parameter(name, dict(field), name in schema.get("required", ())) for name, field in schema.get("properties", {}).items()]


def _header_parameters(spec: ApiOperation) -> list[dict[str, Any]]:
    common = {"in": "header", "required": False, "schema": {"type": "string"}}
    return [{"name": name, "description": text, **common} for name, text in spec.headers]


def _build_parameter(name: str, schema: dict[str, Any], required: bool) -> dict[str, Any]:
    """Build a query parameter; an optional parameter is not a nullable one, so `null` leaves its schema."""
    described = {"name": name, "in": "query", "required": required, "allowEmptyValue": not required}
    if description := schema.pop("description", None):
        described["description"] = description
    if choices := [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]:
        schema = choices[0]
    schema = {key: value for key, value in schema.items() if key != "title" and not (key == "default" and value in (None, ""))}
    return described | {"schema": schema}


def _build_responses(spec: ApiOperation) -> dict[str, Any]:
    schema = _build_reference(spec.answer) if spec.answer else {"type": "object"}
    return {"description": spec.summary, "content": {"application/json": {"schema": schema}}}


def _build_problem(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "content": {"application/problem+json": {"schema": _build_reference(Problem)}}}


def _build_reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _remove_duplicates(models: Iterable[type[BaseModel] | None]) -> list[type[BaseModel]]:
    return sorted({model for model in models if model is not None}, key=lambda model: model.__name__)
