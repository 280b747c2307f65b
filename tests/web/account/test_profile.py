"""The start page of one's own account: who one is, and the way to everything else."""

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.models import AuditEntry, User
from tests.support.users import make_company, make_user, signed_in, token_of

PARTS = ("/account/email", "/account/password", "/account/two-factor", "/account/passkeys", "/account/sessions")


@pytest.fixture
def owner(db: SQLAlchemy) -> User:
    return make_user(make_company())


def test_page_leads_to_every_part_and_stands_in_the_menu(app: Flask, owner: User) -> None:
    client = signed_in(app, owner)
    page = client.get("/account").text
    assert [part for part in (*PARTS, "/account/notices") if f'href="{part}"' not in page] == []
    assert 'href="/account"' in client.get("/dashboard").text


def test_support_has_an_account_page_without_the_notices_of_companies(app: Flask, db: SQLAlchemy) -> None:
    client = signed_in(app, make_user(None, "support"))
    page = client.get("/account").text
    assert [part for part in PARTS if f'href="{part}"' not in page] == []
    assert "/account/notices" not in page
    assert [client.get(part).status_code for part in PARTS] == [200] * len(PARTS)


def test_every_page_is_called_the_same_in_title_heading_and_link(app: Flask, owner: User) -> None:
    client = signed_in(app, owner)
    page = client.get("/account").text
    for part in PARTS:
        name = page.partition(f'href="{part}">')[2].partition("<")[0]
        found = client.get(part).text
        assert f"<title>{name} · AskProAI</title>" in found
        assert f'<h1 class="ap-h1">{name}</h1>' in found


def test_name_changes_and_an_empty_one_is_refused(app: Flask, owner: User, db: SQLAlchemy) -> None:
    client = signed_in(app, owner)
    token = {"csrf_token": token_of(client)}
    assert client.post("/account", data=token | {"name": "  Astrid   Sommer "}).location == "/account"
    assert client.post("/account", data=token | {"name": "  "}).status_code == 422
    assert client.post("/account", data=token | {"name": "x" * 121}).status_code == 422
    db.session.refresh(owner)
    assert owner.name == "Astrid Sommer"
    assert "name_changed" in set(db.session.scalars(select(AuditEntry.action)))


def test_language_is_chosen_here(app: Flask, owner: User) -> None:
    client = signed_in(app, owner)
    form = {"csrf_token": token_of(client), "language": "en", "theme": "dark", "next": "/account"}
    assert client.post("/account/preferences", data=form).location == "/account"
    assert "My account" in client.get("/account").text
