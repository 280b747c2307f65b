"""What commands share: one transaction, the company and branch they are about, and a refusal as one line in English."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
from flask_babel import force_locale
from sqlalchemy import select

from app.core.errors import AppError
from app.core.extensions import db
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Branch, Company


@contextmanager
def one_transaction() -> Iterator[None]:
    """The command's work, all or nothing."""
    try:
        with force_locale("en"), transaction():
            yield
    except AppError as refusal:
        raise click.ClickException(to_message(refusal)) from refusal


def to_message(refusal: AppError) -> str:
    """What is wrong, field by field where that is known."""
    fields = refusal.data.get("fields")
    sentences = dict.fromkeys(map(str, fields.values())) if isinstance(fields, dict) else {}
    return " ".join(sentences) or str(refusal.message)


def get_company(slug: str) -> Company:
    company = db.session.scalar(select(Company).where(Company.slug == slug)) if slug.isascii() else None
    if company is None:
        known = ", ".join(db.session.scalars(select(Company.slug).order_by(Company.slug).limit(20)))
        raise click.ClickException(f"There is no company {slug!r}." + (f" There are: {known}." if known else ""))
    return company


def with_company(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command runs inside the company that --company names."""

    @click.option("--company", "slug", required=True, metavar="SLUG")
    @wraps(command)
    def inside(slug: str, **options: Any) -> Any:
        company_id = get_company(slug).id
        db.session.rollback()
        with company_scope(company_id):
            return command(**options)

    return inside


def get_branch(slug: str | None) -> str | None:
    """The branch of this slug, of the company at work."""
    if slug is None:
        return None
    found = db.session.scalars(select(Branch.id).where(Branch.slug == slug)).first() if slug.isascii() else None
    if found is None:
        known = ", ".join(db.session.scalars(select(Branch.slug).order_by(Branch.slug).limit(20)))
        raise click.ClickException(f"There is no branch {slug!r}." + (f" There are: {known}." if known else ""))
    return found
