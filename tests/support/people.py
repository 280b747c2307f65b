"""People who sign in: users of the companies that the tests know, and a browser in which they do."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.accounts.passwords import hash_password
from app.models import Branch, Company, User, UserBranch

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
    """The token of a form on that page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found, f"{page} holds no form"
    return found[1]


def sign_in(client: FlaskClient, user: User | str, password: str = PASSWORD, **fields: str) -> Any:
    """Fills in the form; the answer to it."""
    email = user if isinstance(user, str) else user.email
    return client.post("/login", data={"email": email, "password": password, "csrf_token": csrf_token(client), **fields})


def signed_in(app: Flask, user: User | str, password: str = PASSWORD) -> FlaskClient:
    """A browser of its own in which the user is signed in."""
    client = app.test_client()
    answer = sign_in(client, user, password)
    assert answer.status_code == 302, answer.text
    return client
