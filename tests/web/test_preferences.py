"""Theme, language and the way back."""

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.models import User
from tests.support.users import make_company, make_user, signed_in, token_of


def test_theme_and_language_stay(app: Flask, db: SQLAlchemy) -> None:
    user = make_user(make_company())
    client = signed_in(app, user)
    token = token_of(client)
    answer = client.post("/account/preferences", data={"theme": "dark", "language": "en", "next": "/calls", "csrf_token": token})
    assert answer.location == "/calls"
    page = client.get("/calls").text
    assert 'data-theme="dark"' in page
    assert 'lang="en"' in page
    assert "Search calls" in page
    client.post("/account/preferences", data={"theme": "plaid", "language": "tlh", "csrf_token": token})
    kept = db.session.get(User, user.id)
    assert kept is not None
    assert (kept.theme, kept.language) == ("dark", "en")


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "", "javascript:alert(1)"])
def test_the_way_back_never_leads_elsewhere(app: Flask, db: SQLAlchemy, target: str) -> None:
    client = signed_in(app, make_user(make_company()))
    answer = client.post("/account/preferences", data={"theme": "light", "next": target, "csrf_token": token_of(client)})
    assert answer.location == "/"


def test_the_component_page_opens(app: Flask, db: SQLAlchemy) -> None:
    assert "Zustände" in signed_in(app, make_user(make_company())).get("/design").text
