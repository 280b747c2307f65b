"""The platform says who operates it; sign-in and the pages of callers lead there."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings


def configure(app: Flask, **values: str) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update=values)


def test_the_sign_in_page_leads_to_both(client: FlaskClient) -> None:
    page = client.get("/login").text
    assert 'href="/imprint"' in page and 'href="/privacy"' in page


@pytest.mark.parametrize("path", ["/imprint", "/privacy"])
def test_both_name_the_operator_or_say_what_is_missing(app: Flask, client: FlaskClient, path: str) -> None:
    assert "OPERATOR_NAME" in client.get(path).text
    configure(app, operator_name="AskPro GmbH", operator_address="Hauptstraße 1, 10827 Berlin", operator_email="post@askpro.example")
    page = client.get(path).text
    assert all(text in page for text in ("AskPro GmbH", "Hauptstraße 1, 10827 Berlin", "post@askpro.example"))
    assert "OPERATOR_NAME" not in page


def test_the_language_can_be_chosen(client: FlaskClient) -> None:
    answer = client.get("/imprint?lang=en")
    assert answer.location == "/imprint"
    assert "Legal notice" in client.get("/imprint").text


def test_the_operator_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPERATOR_NAME", "AskPro GmbH")
    assert Settings().operator_name == "AskPro GmbH"
