"""The context of commands: one transaction, the company and branch options, and errors as one line in English."""

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
    """Run a command's work in one transaction; an AppError becomes a ClickException in English."""
    try:
        with force_locale("en"), transaction():
            yield
    except AppError as error:
        raise click.ClickException(to_message(error)) from error


def to_message(error: AppError) -> str:
    """Get the message of an error, by field where fields are known."""
    fields = error.data.get("fields")
    sentences = dict.fromkeys(map(str, fields.values())) if isinstance(fields, dict) else {}
    return " ".join(sentences) or str(error.message)


def get_company(slug: str) -> Company:
    company = db.session.scalar(select(Company).where(Company.slug == slug)) if slug.isascii() else None
    if company is None:
        slugs = ", ".join(db.session.scalars(select(Company.slug).order_by(Company.slug).limit(20)))
        raise click.ClickException(f"There is no company {slug!r}." + (f" There are: {slugs}." if slugs else ""))
    return company


def with_company(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option --company and run the command inside that company."""

    @click.option("--company", "slug", required=True, metavar="SLUG")
    @wraps(command)
    def run_in_company(slug: str, **options: Any) -> Any:
        company_id = get_company(slug).id
        db.session.rollback()
        with company_scope(company_id):
            return command(**options)

    return run_in_company


def get_branch(slug: str | None) -> str | None:
    """Get the id of the current company's branch with this slug. Raises ClickException."""
    if slug is None:
        return None
    branch_id = db.session.scalars(select(Branch.id).where(Branch.slug == slug)).first() if slug.isascii() else None
    if branch_id is None:
        slugs = ", ".join(db.session.scalars(select(Branch.slug).order_by(Branch.slug).limit(20)))
        raise click.ClickException(f"There is no branch {slug!r}." + (f" There are: {slugs}." if slugs else ""))
    return branch_id
