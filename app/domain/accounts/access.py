"""Who may sign in to a company, and with which rights; in the scope of the company."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.core.calendar_scope import NO_CALENDAR
from app.core.errors import InvalidInput, NotFound
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.tenancy import current_company_id
from app.domain.accounts import users
from app.domain.accounts.permissions import may_grant
from app.domain.audit.log import record
from app.events import SessionsRevoked
from app.models import Branch, Company, StaffMember, User, UserBranch, WebSession
from app.models.user import COMPANY_ROLES


@dataclass(frozen=True, slots=True)
class Access:
    """The rights of an account: its role, the branches that it is limited to, and the person in the team who it belongs to."""

    role: str
    branch_ids: tuple[str, ...] = ()
    staff_id: str | None = None


def list_people() -> Sequence[User]:
    """The accounts of the company, owners first."""
    people = db.session.scalars(select(User).where(User.company_id == current_company_id()).order_by(User.name, User.id)).all()
    return sorted(people, key=lambda user: COMPANY_ROLES.index(user.role))


def get_person(user_id: str) -> User:
    """An account of the company. Raises NotFound for those of others and of the platform."""
    statement = select(User).where(User.id == user_id, User.company_id == current_company_id())
    user = db.session.scalars(statement).first() if is_ulid(user_id) else None
    if user is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return user


def load_staff_links() -> dict[str, StaffMember]:
    """The person in the team of each account that has one."""
    statement = select(StaffMember).where(StaffMember.user_id.is_not(None)).order_by(StaffMember.id.desc())
    return {member.user_id: member for member in db.session.scalars(statement) if member.user_id}


def check_access(access: Access, *, by: User | None, user_id: str | None = None) -> None:
    """Check what an account is to be allowed; `by`: who grants it, None for the platform.

    Raises NotFound for branches and people of other companies, else InvalidInput with one sentence per field.
    """
    branch_ids = set(db.session.scalars(select(Branch.id).where(Branch.id.in_(access.branch_ids))))
    member = db.session.get(StaffMember, access.staff_id) if access.staff_id else None
    if branch_ids != set(access.branch_ids) or (access.staff_id and member is None):
        raise NotFound(_("Das gibt es hier nicht."))
    fields = {}
    if access.role not in COMPANY_ROLES:
        fields["role"] = _("Diese Rolle gibt es nicht.")
    elif by is not None and not may_grant(by.role, access.role):
        fields["role"] = _("Eine höhere Rolle als Ihre eigene können Sie nicht vergeben.")
    if member and member.user_id not in (None, user_id):
        fields["staff_id"] = _("Diese Person im Team hat schon einen Zugang.")
    if fields:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=fields)


def change_access(user: User, access: Access, *, by: User | None) -> None:
    """Change role, branches and person; ends the sessions where one of them changes. Raises what check_access raises."""
    check_access(access, by=by, user_id=user.id)
    before = get_access(user)
    if before == access:
        return
    if user.role == "owner" and access.role != "owner":
        _require_other_owner(user, "role")
    if before.role != access.role:
        users.change_role(user, access.role)
    grant(user, access)
    users.revoke_sessions(user)
    record("access_changed", subject=f"user:{user.id}", data={"branches": sorted(access.branch_ids), "staff": access.staff_id})


def get_access(user: User) -> Access:
    member = load_staff_links().get(user.id)
    return Access(user.role, tuple(sorted(user.branch_ids)), member.id if member else None)


def grant(user: User, access: Access) -> None:
    """Limit the account to the branches, and link it to the person."""
    kept = {entry.branch_id: entry for entry in user.branches}
    company_id = current_company_id()
    user.branches = [
        kept.get(branch_id) or UserBranch(branch_id=branch_id, company_id=company_id) for branch_id in sorted(set(access.branch_ids))
    ]
    link_staff_member(user, access.staff_id)


def link_staff_member(user: User, staff_id: str | None) -> None:
    """Link the account to this person alone; None: to nobody."""
    db.session.execute(update(StaffMember).where(StaffMember.user_id == user.id).values(user_id=None))
    if staff_id:
        db.session.execute(update(StaffMember).where(StaffMember.id == staff_id).values(user_id=user.id))
    db.session.flush()


def block_person(user: User, *, by: User) -> None:
    """Block an account and end its sessions. Raises InvalidInput for oneself and for the last owner."""
    if user.id == by.id:
        raise InvalidInput(_("Sich selbst können Sie nicht sperren."))
    if user.role == "owner":
        _require_other_owner(user, "state")
    if user.is_active:
        users.block_user(user)


def unblock_person(user: User) -> None:
    if not user.is_active:
        users.unblock_user(user)


def find_staff_of_user(user: User) -> StaffMember | None:
    """Find the person who signs in with this account."""
    statement = select(StaffMember).where(StaffMember.is_active, StaffMember.user_id == user.id)
    return db.session.scalars(statement.order_by(StaffMember.id).limit(1)).first()


def find_calendar_limit(user: User) -> str | None:
    """The person beyond whose calendar the user sees nothing; NO_CALENDAR where none is linked, None: everybody's calendars."""
    company = db.session.get(Company, user.company_id) if user.role == "staff" else None
    if company is None or company.staff_see_all_bookings:
        return None
    member = find_staff_of_user(user)
    return member.id if member else NO_CALENDAR


def allow_all_calendars(company: Company, *, is_allowed: bool) -> None:
    """Whether staff see and change the appointments of their colleagues; their sockets reconnect with what they may hear."""
    if company.staff_see_all_bookings == is_allowed:
        return
    company.staff_see_all_bookings = is_allowed
    record("calendars_opened" if is_allowed else "calendars_closed", subject=f"company:{company.id}", company_id=company.id)
    sessions = select(WebSession.user_id, WebSession.id_hash).join(User, User.id == WebSession.user_id)
    for user_id, id_hash in db.session.execute(sessions.where(User.company_id == company.id, User.role == "staff")):
        # with its session, so that only the sockets end
        publish(SessionsRevoked(user_id, id_hash))


def _require_other_owner(user: User, field: str) -> None:
    """Locked, so that of two owners who demote each other at once the second is refused."""
    owners = select(User.id).where(User.company_id == user.company_id, User.role == "owner", User.is_active).order_by(User.id)
    if not set(db.session.scalars(owners.with_for_update())) - {user.id}:
        sentence = _("Jemand muss Inhaberin oder Inhaber bleiben. Geben Sie zuerst einer anderen Person diese Rolle.")
        raise InvalidInput(sentence, fields={field: sentence})
