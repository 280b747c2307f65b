"""The demo companies' API keys from the environment."""

from collections.abc import Sequence

from sqlalchemy import select

from app.core.extensions import db
from app.demo.companies import COMPANIES
from app.domain.accounts.api_keys import SCOPES, create_key, hash_key, revoke_key
from app.models import ApiKey, Company

NAME = "Demo"


def create_api_keys(keys: Sequence[str | None]) -> list[str]:
    """Create one key for each company, in order, and revoke older demo keys. Returns the companies with a new key."""
    created = []
    for demo, plain in zip(COMPANIES, keys, strict=True):
        if plain and not db.session.scalar(select(ApiKey.id).where(ApiKey.key_hash == hash_key(plain))):
            company = db.session.scalars(select(Company).where(Company.slug == demo.slug)).one()
            for older in db.session.scalars(
                select(ApiKey).where(ApiKey.company_id == company.id, ApiKey.name == NAME, ApiKey.revoked_at.is_(None))
            ):
                revoke_key(older.id)
            create_key(company, NAME, list(SCOPES), plain=plain)
            created.append(demo.name)
    return created
