"""Who gets a notice: the people whose role, branches and calendar it concerns, without the one who caused it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core.calendar_scope import NO_CALENDAR
from app.core.extensions import db
from app.core.tenancy import current_company_id
from app.domain.accounts.permissions import can
from app.domain.staff_notices.notice_kinds import KINDS, NoticeChannel, NoticeKind
from app.domain.staff_notices.preferences import get_channels, load_settings
from app.models import Company, NoticeSettings, StaffMember, User
from app.models.user import COMPANY_ROLES


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """A notice before it is known who gets it. Without `branch_ids` it concerns the whole company.

    `staff_ids`: in whose calendars it happened. `cause` is the idempotency key.
    """

    kind: str
    subject: str
    cause: str
    branch_ids: tuple[str, ...] = ()
    staff_ids: tuple[str, ...] = ()
    subject_count: int = 1
    appointment_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person who signs in to the current company, with the own choice of notices and the own calendar, if any."""

    user: User
    settings: NoticeSettings | None
    staff_id: str | None = None
    # whether the company lets staff see the appointments of their colleagues
    sees_all: bool = False

    @property
    def own_staff_id(self) -> str | None:
        """The calendar beyond which bookings do not concern the person; NO_CALENDAR: none does, None: all of them do."""
        if self.user.role != "staff":
            return None
        return self.staff_id or (None if self.sees_all else NO_CALENDAR)


def list_colleagues(user_ids: Collection[str] | None = None) -> list[Colleague]:
    """The people who may sign in to the current company; those of them with these ids."""
    active = select(User).where(User.company_id == current_company_id(), User.is_active, User.role.in_(COMPANY_ROLES))
    if user_ids is not None:
        active = active.where(User.id.in_(user_ids))
    users = db.session.scalars(active.order_by(User.id)).all()
    chosen, calendars = load_settings([user.id for user in users]), _load_calendars(users)
    sees_all = db.session.scalar(select(Company.staff_see_all_bookings).where(Company.id == current_company_id())) or False
    return [Colleague(user, chosen.get(user.id), calendars.get(user.id), sees_all) for user in users]


def find_channels(person: Colleague, draft: NoticeDraft) -> tuple[NoticeChannel, ...]:
    """On which channels the person gets it; empty where it does not concern them, or they want it nowhere."""
    kind = KINDS[draft.kind]
    return get_channels(person.user, kind, person.settings) if _is_concerned(person, kind, draft) else ()


def _is_concerned(person: Colleague, kind: NoticeKind, draft: NoticeDraft) -> bool:
    if not can(person.user, kind.action) or not can_see_branches(person.user, draft.branch_ids):
        return False
    return not kind.is_about_calendar or person.own_staff_id in (None, *draft.staff_ids)


def can_see_branches(user: User, branch_ids: Sequence[str]) -> bool:
    """Whether one of these branches is the person's; what belongs to no branch is for those who see all."""
    return not user.branch_ids or not set(user.branch_ids).isdisjoint(branch_ids)


def _load_calendars(users: Sequence[User]) -> dict[str, str]:
    """The calendar that is linked to each account."""
    statement = select(StaffMember).where(StaffMember.is_active, StaffMember.user_id.in_([user.id for user in users]))
    return {member.user_id: member.id for member in db.session.scalars(statement.order_by(StaffMember.id.desc())) if member.user_id}
