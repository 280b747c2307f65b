"""The demo accounts: created when missing; their password follows the environment at every seeding."""

import secrets

from sqlalchemy import select, update

from app.core.extensions import db
from app.core.tenancy import company_scope
from app.demo.companies import COMPANIES, SUPPORT
from app.demo.schema import DemoUser
from app.domain.accounts import passwords
from app.domain.accounts.users import revoke_sessions
from app.models import Branch, Company, StaffMember, User, UserBranch


def create_accounts(password: str | None) -> str | None:
    """Create the missing accounts with the given password or a random one, which is returned. Existing accounts take over a given one."""
    companies = {company.slug: company.id for company in db.session.scalars(select(Company))}
    accounts = [(SUPPORT, None), *((user, companies[demo.slug]) for demo in COMPANIES for user in demo.users)]
    existing = {user.email: user for user in db.session.scalars(select(User).where(User.email.in_([user.email for user, _ in accounts])))}
    missing = [(user, company_id) for user, company_id in accounts if user.email not in existing]
    if password:
        _update_passwords(password, list(existing.values()))
    if not missing:
        return None
    chosen = password or secrets.token_urlsafe(12)
    password_hash = passwords.hash_password(chosen)
    for user, company_id in missing:
        _create_users(user, company_id, password_hash)
    return None if password else chosen


def _create_users(demo: DemoUser, company_id: str | None, password_hash: str) -> None:
    user = User(email=demo.email, name=demo.name, role=demo.role, company_id=company_id, password_hash=password_hash, language="de")
    if demo.branches and company_id:
        with company_scope(company_id):
            ids = db.session.scalars(select(Branch.id).where(Branch.slug.in_(demo.branches))).all()
        user.branches = [UserBranch(branch_id=branch_id, company_id=company_id) for branch_id in ids]
    db.session.add(user)
    if demo.staff and company_id:
        db.session.flush()
        with company_scope(company_id):
            db.session.execute(update(StaffMember).where(StaffMember.name == demo.staff).values(user_id=user.id))


def _update_passwords(password: str, users: list[User]) -> None:
    """Update outdated passwords. Each distinct hash is verified once, since hashing is slow and demo accounts share a hash."""
    is_right: dict[str | None, bool] = {}
    password_hash = None
    for user in users:
        if user.password_hash not in is_right:
            is_right[user.password_hash] = passwords.verify_password(password, user.password_hash)
        if not is_right[user.password_hash]:
            password_hash = password_hash or passwords.hash_password(password)
            user.password_hash = password_hash
            revoke_sessions(user)
