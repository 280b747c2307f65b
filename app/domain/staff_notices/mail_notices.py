"""Mails to people of a company: urgent notices at once, over the outbox of messages."""

from collections.abc import Collection
from datetime import timedelta

from flask_babel import force_locale

from app.core import settings
from app.core.clock import now
from app.core.extensions import db
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.notification_queue import NotificationDraft, queue_notification
from app.domain.notifications.sender_accounts import is_set_up
from app.domain.staff_notices.notice_texts import NoticeTexts
from app.models import Company, Notification, StaffNotice, User

# a later mail is no news
LIFETIME = timedelta(hours=12)


def queue_mails(notices: Collection[StaffNotice]) -> list[Notification]:
    """Queue a mail about each notice to its person, where mails can be sent. Inside the transaction of the notices."""
    return [_queue_mail(notice) for notice in notices] if notices and is_set_up("email") else []


def _queue_mail(notice: StaffNotice) -> Notification:
    """A mail may be read on a lock screen and lies in a mailbox for long: it names what happened, when and where, and no person."""
    user, subject = db.session.get_one(User, notice.user_id), f"notice:{notice.id}"
    with force_locale(user.language):
        text = NoticeTexts([notice]).write(notice)
        values = {
            "company": db.session.get_one(Company, notice.company_id).name, "what": text.title, "where": text.neutral,
            "link": f"{settings().public_base}/notices/{notice.id}",
        }  # fmt: skip
        title, body = render_message("staff_notice", values)
    draft = NotificationDraft("staff_notice", subject, subject, body, title, now() + LIFETIME, notice.branch_id)
    return queue_notification(draft, ("email", user.email), customer_id=None)
