"""The mail with an invitation, in the company's language; the platform's account comes first."""

from babel.dates import format_date
from flask_babel import force_locale, get_locale

from app.core.extensions import db
from app.domain.accounts.invitations import IssuedInvitation
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.notification_queue import NotificationDraft, list_notifications, queue_notification, withdraw_pending
from app.domain.notifications.sender_accounts import find_outage, find_sender, is_set_up
from app.models import Company, Invitation, Notification


def find_obstacle() -> str | None:
    """Why no mail goes out: not_set_up, or outage where the company's own account is refused and there is no other."""
    if find_sender("email", is_internal=True) is None:
        return "not_set_up"
    return "outage" if not is_set_up("email", own=False) and find_outage("email") else None


def queue_mail(issued: IssuedInvitation) -> Notification:
    """Queue the mail, in place of an earlier one with the link before; inside a transaction."""
    invitation = issued.invitation
    subject = f"invitation:{invitation.id}"
    withdraw_pending([subject])
    company = db.session.get_one(Company, invitation.company_id)
    with force_locale(company.language):
        until = format_date(invitation.expires_at, "d. MMMM" if get_locale().language == "de" else "d MMMM", locale=get_locale())
        title, body = render_message("invitation", {"company": company.name, "link": issued.link, "until": until})
    key = f"{subject}:{invitation.token_hash[:16]}"
    draft = NotificationDraft("invitation", subject, key, body, title, invitation.expires_at)
    return queue_notification(draft, ("email", invitation.email), customer_id=None)


def has_failed(invitation: Invitation) -> bool:
    """Whether its last mail did not arrive."""
    last = next(iter(list_notifications(f"invitation:{invitation.id}")), None)
    return not invitation.is_by_hand and last is not None and last.status in ("dead", "not_set_up", "expired")
