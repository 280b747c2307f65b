"""Users of test companies, and clients in which they are signed in."""

import re
from contextvars import Context
from typing import Any

from flask import Flask, Response, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.accounts import sign_in as authentication
from app.domain.accounts.passwords import hash_password
from app.models import Branch, Company, User, UserBranch
from app.web import user_session

PASSWORD = "Lindenblüten im Regen"
_hash = hash_password(PASSWORD)


def make_company(slug: str = "salon-lindgren", *, branches: tuple[str, ...] = ("Berlin-Mitte",), **values: Any) -> Company:
    """A company with branches, committed."""
    company = Company(id=new_ulid(), slug=slug, **{"name": slug.replace("-", " ").title(), "industry": "hair_salon"} | values)
    with company_scope(company.id), transaction():
        db.session.add(company)
        db.session.flush()
        db.session.add_all(Branch(slug=name.lower(), name=name) for name in branches)
    return company


def make_user(company: Company | None = None, role: str = "owner", *, email: str | None = None, **values: Any) -> User:
    """A user with PASSWORD, committed."""
    user = User(
        id=new_ulid(),
        company_id=company.id if company else None,
        email=email or f"{role}@{company.slug if company else 'askproai'}.example",
        **{"name": "Astrid Lindgren", "role": role, "password_hash": _hash} | values,
    )
    with transaction():
        db.session.add(user)
    return user


def limit_to(user: User, *branch_ids: str) -> None:
    with transaction():
        db.session.add_all(UserBranch(user_id=user.id, branch_id=branch_id, company_id=user.company_id) for branch_id in branch_ids)


def branch_ids(company: Company) -> list[str]:
    with company_scope(company.id):
        return list(db.session.scalars(select(Branch.id).order_by(Branch.slug)))


def csrf_token(client: FlaskClient, page: str = "/login") -> str:
    """Return the CSRF token of a form on the page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found, f"{page} holds no form"
    return found[1]


def sign_in(client: FlaskClient, user: User | str, password: str = PASSWORD, **fields: str) -> Any:
    """Submit the sign-in form and return the response."""
    email = user if isinstance(user, str) else user.email
    return client.post("/login", data={"email": email, "password": password, "csrf_token": csrf_token(client), **fields})


def signed_in(app: Flask, user: User | str) -> FlaskClient:
    """A browser of its own in which the user is signed in, as the form leaves it; that is filled in by `sign_in`."""
    client, email = app.test_client(), user if isinstance(user, str) else user.email
    db.session.commit()
    answer, client.csrf_token = Context().run(_begin_session, app, email)
    db.session.expire_all()
    for cookie in answer.headers.getlist("Set-Cookie"):
        name, _, value = cookie.partition(";")[0].partition("=")
        client.set_cookie(name, value)
    return client


def token_of(client: FlaskClient) -> str:
    """What the forms of a browser from `signed_in` hold."""
    return client.csrf_token


def _begin_session(app: Flask, email: str) -> tuple[Response, str]:
    with app.test_request_context("/login", method="POST"):
        user = authentication.find_user(email)
        assert user is not None
        with transaction():
            authentication.record_sign_in(user)
        user_session.begin_session(user)
        answer, token = user_session.set_device_cookie(app.make_response(""), user), generate_csrf()
        app.session_interface.save_session(app, session, answer)
        return answer, token
