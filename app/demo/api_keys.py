"""The demo companies' API keys, as the environment gives them."""

from collections.abc import Sequence

from sqlalchemy import select

from app.core.extensions import db
from app.demo.companies import COMPANIES
from app.domain.accounts.api_keys import SCOPES, create_key, hash_key, revoke_key
from app.models import ApiKey, Company

NAME = "Demo"


def create_api_keys(given: Sequence[str | None]) -> list[str]:
    """One key each for the companies in their order; names those whose key is new. An older demo key ends."""
    taken = []
    for demo, plain in zip(COMPANIES, given, strict=True):
        if plain and not db.session.scalar(select(ApiKey.id).where(ApiKey.key_hash == hash_key(plain))):
            company = db.session.scalars(select(Company).where(Company.slug == demo.slug)).one()
            for older in db.session.scalars(
                select(ApiKey).where(ApiKey.company_id == company.id, ApiKey.name == NAME, ApiKey.revoked_at.is_(None))
            ):
                revoke_key(older.id)
            create_key(company, NAME, list(SCOPES), plain=plain)
            taken.append(demo.name)
    return taken
