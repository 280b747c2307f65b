"""The daily summary of each person: one mail at the chosen hour of the branches' zone, if there is anything to tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import force_locale, get_locale
from sqlalchemy import and_, case, exists, select

from app.core import settings
from app.core.clock import now
from app.core.extensions import db
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.notification_queue import NotificationDraft, queue_notification
from app.domain.notifications.sender_accounts import is_set_up
from app.domain.staff_notices.digest_sections import get_day_start, write_section
from app.domain.staff_notices.preferences import DEFAULT_DIGEST_HOUR, DIGEST_ROLES
from app.domain.staff_notices.recipients import Colleague, list_colleagues
from app.models import Branch, Company, NoticeSettings, Notification, StaffDigest, User
from app.models.user import COMPANY_ROLES

# a summary that could not be made at its hour comes so much later at most
LATE_HOURS = 3
HOURS_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class DueDigest:
    """`day` is today in the zone of the branches that it is about."""

    company_id: str
    user_id: str
    timezone: str
    day: date


def list_due_digests(limit: int) -> list[DueDigest]:
    """List the summaries whose hour has come in their zone and that were not made yet; call it inside unscoped().

    An hour that a change of the clocks leaves out comes with the next one, one that comes twice counts once.
    """
    zones = db.session.scalars(select(Branch.timezone).where(Branch.is_active).distinct().order_by(Branch.timezone)).all()
    return [due for zone in zones for due in _list_due_in_zone(zone, limit)][:limit]


def _list_due_in_zone(timezone: str, limit: int) -> list[DueDigest]:
    local = now().astimezone(ZoneInfo(timezone))
    # hours of yesterday's evening are made up for after midnight
    yesterday, late_hour = local.date() - timedelta(days=1), local.hour + HOURS_PER_DAY - LATE_HOURS
    due = _list_due_of_day(timezone, local.date(), (local.hour - LATE_HOURS, local.hour), limit)
    return due + (_list_due_of_day(timezone, yesterday, (late_hour, HOURS_PER_DAY), limit) if late_hour < HOURS_PER_DAY else [])


def _list_due_of_day(timezone: str, day: date, hours: tuple[int, int], limit: int) -> list[DueDigest]:
    """List those of this day whose hour is above the first one and not above the second."""
    default = case((User.role.in_(DIGEST_ROLES), DEFAULT_DIGEST_HOUR), else_=None)
    hour = case((NoticeSettings.user_id.is_(None), default), else_=NoticeSettings.digest_hour)
    was_made = exists().where(StaffDigest.user_id == User.id, StaffDigest.timezone == timezone, StaffDigest.day == day)
    has_branch = exists().where(Branch.company_id == User.company_id, Branch.timezone == timezone, Branch.is_active)
    statement = (
        select(Company.id, User.id)
        .select_from(User)
        .join(Company, and_(Company.id == User.company_id, Company.is_active))
        .outerjoin(NoticeSettings, NoticeSettings.user_id == User.id)
        .where(User.is_active, User.role.in_(COMPANY_ROLES), hour > hours[0], hour <= hours[1], has_branch, ~was_made)
        .order_by(User.id)
        .limit(limit)
    )
    return [DueDigest(company_id, user_id, timezone, day) for company_id, user_id in db.session.execute(statement)]


def queue_digest(user_id: str, timezone: str, day: date) -> Notification | None:
    """Make the person's summary of this day once, and queue it if there is something to tell. Inside a transaction."""
    person = next(iter(list_colleagues([user_id])), None)
    if person is None or db.session.get(StaffDigest, (user_id, timezone, day)) is not None:
        return None
    db.session.add(StaffDigest(user_id=user_id, timezone=timezone, day=day))
    db.session.flush()
    if not is_set_up("email"):
        return None
    with force_locale(person.user.language):
        sections = [section for branch in _list_branches(person, timezone) if (section := write_section(person, branch, day))]
        return _queue_mail(person.user, timezone, day, "\n\n".join(sections)) if sections else None


def _queue_mail(user: User, timezone: str, day: date, text: str) -> Notification:
    shown = format_date(day, "EEE d. MMM" if get_locale().language == "de" else "EEE d MMM", locale=get_locale())
    values = {
        "company": db.session.get_one(Company, user.company_id).name, "day": shown, "text": text,
        "link": f"{settings().public_base}/dashboard",
    }  # fmt: skip
    title, body = render_message("staff_digest", values)
    # one that is made up for after midnight is worth sending, too
    until = max(get_day_start(day + timedelta(days=1), timezone), now() + timedelta(hours=LATE_HOURS))
    draft = NotificationDraft("staff_digest", f"digest:{user.id}", f"digest:{user.id}:{timezone}:{day:%Y%m%d}"[:96], body, title, until)
    return queue_notification(draft, ("email", user.email), customer_id=None)


def _list_branches(person: Colleague, timezone: str) -> Sequence[Branch]:
    branches = select(Branch).where(Branch.is_active, Branch.timezone == timezone)
    if person.user.branch_ids:
        branches = branches.where(Branch.id.in_(person.user.branch_ids))
    return db.session.scalars(branches.order_by(Branch.name, Branch.id)).all()
