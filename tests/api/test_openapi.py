"""The document of the API says what the API does."""

import re

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from hypothesis import HealthCheck, given, settings
from schemathesis import BaseSchema, GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from app.api import authentication
from app.core.rate_limiter import RateLimit
from tests.support.api_clients import make_api_client
from tests.support.calls import make_call
from tests.support.users import make_company


def test_the_document_names_every_route_and_no_other(app: Flask, client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    named = {(path, method.upper()) for path, methods in paths.items() for method in methods}
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert named == routes


def test_it_is_openapi_3_1_and_every_reference_leads_somewhere(client: FlaskClient) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.mimetype == "application/json" and answer.json["openapi"] == "3.1.0"
    references = set(re.findall(r'"#/components/schemas/(\w+)"', answer.text))
    assert references and references <= set(answer.json["components"]["schemas"])
    operations = [one for methods in answer.json["paths"].values() for one in methods.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert all(one["summary"] and one["responses"] for one in operations)


def test_parameters_are_named_as_the_api_reads_them(client: FlaskClient) -> None:
    parameters = {one["name"]: one for one in client.get("/api/v1/openapi.json").json["paths"]["/api/v1/calls"]["get"]["parameters"]}
    assert set(parameters) == {"q", "status", "outcome", "branch_id", "from", "to", "page", "per_page"}
    assert parameters["status"]["schema"]["enum"] == ["ringing", "ongoing", "ended", "not_connected", "error"]
    assert parameters["per_page"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}


def test_the_page_shows_and_searches_it_without_scripts(client: FlaskClient, db: SQLAlchemy) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200 and "<script" not in page.text and " style=" not in page.text
    assert "GET /api/v1/calls/{call_id}" in page.text and "transcript[].start_s" in page.text
    found = client.get("/api/docs?q=emails").text
    assert "/api/v1/customers" in found and "/api/v1/branches" not in found
    assert "anderes Wort" in client.get("/api/docs?q=<script>nothing").text
    assert "<script>nothing" not in client.get("/api/docs?q=<script>nothing").text


@pytest.fixture
def document(app: Flask) -> BaseSchema:
    """Without an application context around: each invented request makes its own."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


@pytest.fixture
def key(app: Flask) -> str:
    with app.app_context():
        salon = make_company()
        for _ in range(3):
            make_call(salon, name="Wiebke", words=("Hallo.", "Ein Termin, bitte."))
        return make_api_client(app, salon, per_minute=1_000_000).plain


# empty and unknown parameters are ignored; a well-formed booking may still name a time that is taken
LENIENT = [negative_data_rejection, positive_data_acceptance]


@pytest.mark.exhaustive
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_the_api_keeps_to_its_document(document: BaseSchema, key: str, mode: GenerationMode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invented requests, right and wrong: every answer has a status, a type and a form that the document names."""
    # each operation is tried with wrong keys too, more than one address may try in a minute
    monkeypatch.setattr(authentication, "FAILED_KEYS_LIMIT", RateLimit("api_key.wrong", 1_000_000))
    # this client does not unpack answers
    headers, tried = {"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}, 0
    for found in document.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not list(operation.iter_parameters()):
            continue

        @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy(generation_mode=mode))
        def answers_as_it_says(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=headers, excluded_checks=LENIENT)

        answers_as_it_says()
        tried += 1
    assert tried >= 5
