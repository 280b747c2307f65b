"""The message that carries a one-time code to a caller's own number."""

from flask_babel import force_locale
from sqlalchemy import select

from app.core.extensions import db
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.notification_queue import NotificationDraft, queue_notification
from app.models import Company, Customer, Notification, OneTimeCode


def notify_code(code_id: str, number: str, digits: str, *, branch_id: str | None) -> Notification | None:
    """Queue the message with the code; it expires with the code."""
    code = db.session.scalars(select(OneTimeCode).where(OneTimeCode.id == code_id)).first()
    if code is None:
        return None
    company, customer = db.session.get_one(Company, code.company_id), db.session.get_one(Customer, code.customer_id)
    with force_locale(customer.language or company.language):
        title, body = render_message("code", {"company": company.name, "code": digits})
    draft = NotificationDraft("code", f"code:{code_id}", f"code:{code_id}", body, title, code.expires_at, branch_id)
    return queue_notification(draft, ("sms", number), customer_id=customer.id)
