"""How commands end: a refusal is one line in English, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask_babel import force_locale
from sqlalchemy import select

from app.core.errors import AppError
from app.core.extensions import db
from app.core.transactions import transaction
from app.models import Company


@contextmanager
def one_transaction() -> Iterator[None]:
    """The command's work, all or nothing."""
    try:
        with force_locale("en"), transaction():
            yield
    except AppError as refusal:
        raise click.ClickException(str(refusal.message)) from refusal


def company_named(slug: str) -> Company:
    company = db.session.scalar(select(Company).where(Company.slug == slug)) if slug.isascii() else None
    if company is None:
        known = ", ".join(db.session.scalars(select(Company.slug).order_by(Company.slug).limit(20)))
        raise click.ClickException(f"There is no company {slug!r}." + (f" There are: {known}." if known else ""))
    return company
