"""The demo town's accounts and API keys: made when missing, and brought in line with the environment at every seeding."""

import secrets

from sqlalchemy import select

from app.core.extensions import db
from app.core.tenancy import company_scope
from app.demo.companies import COMPANIES, SUPPORT
from app.demo.schema import DemoUser
from app.domain.accounts import passwords
from app.domain.accounts.users import revoke_sessions
from app.models import Branch, Company, User, UserBranch


def create_accounts(given: str | None) -> str | None:
    """Makes the missing accounts with the given password, or a random one, which is returned; a changed one is taken over."""
    companies = {company.slug: company.id for company in db.session.scalars(select(Company))}
    wanted = [(SUPPORT, None), *((user, companies[demo.slug]) for demo in COMPANIES for user in demo.users)]
    there = {user.email: user for user in db.session.scalars(select(User).where(User.email.in_([user.email for user, _ in wanted])))}
    missing = [(user, company_id) for user, company_id in wanted if user.email not in there]
    if given:
        _update_passwords(given, list(there.values()))
    if not missing:
        return None
    password = given or secrets.token_urlsafe(12)
    password_hash = passwords.hash_password(password)
    for user, company_id in missing:
        _create_users(user, company_id, password_hash)
    return None if given else password


def _create_users(demo: DemoUser, company_id: str | None, password_hash: str) -> None:
    user = User(email=demo.email, name=demo.name, role=demo.role, company_id=company_id, password_hash=password_hash, language="de")
    if demo.branches and company_id:
        with company_scope(company_id):
            ids = db.session.scalars(select(Branch.id).where(Branch.slug.in_(demo.branches))).all()
        user.branches = [UserBranch(branch_id=branch_id, company_id=company_id) for branch_id in ids]
    db.session.add(user)


def _update_passwords(password: str, users: list[User]) -> None:
    """One look per distinct hash: the demo accounts share theirs, and hashing takes its time on purpose."""
    right: dict[str | None, bool] = {}
    password_hash = None
    for user in users:
        if user.password_hash not in right:
            right[user.password_hash] = passwords.verify_password(password, user.password_hash)
        if not right[user.password_hash]:
            password_hash = password_hash or passwords.hash_password(password)
            user.password_hash = password_hash
            revoke_sessions(user)
