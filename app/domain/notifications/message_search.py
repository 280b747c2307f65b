"""Finds messages by the number they went to: the recipient is encrypted, so by the customer, or by the booking's own contact."""

from sqlalchemy import select

from app.core.extensions import db
from app.models import Booking, Company, CustomerIdentifier, Notification

MAX_OF_NUMBER = 500


def list_ids_to_number(number: str) -> set[str]:
    """List the ids of the latest messages of all companies to a number (E.164)."""
    companies = select(Company.id)
    customers = db.session.scalars(
        select(CustomerIdentifier.customer_id).where(
            CustomerIdentifier.company_id.in_(companies), CustomerIdentifier.kind == "phone", CustomerIdentifier.value == number
        )
    ).all()
    bookings = db.session.scalars(select(Booking.id).where(Booking.company_id.in_(companies), Booking.contact_phone == number)).all()
    subjects = [f"booking:{booking_id}" for booking_id in bookings]
    conditions = (Notification.customer_id.in_(customers), Notification.subject.in_(subjects))
    latest = select(Notification.id).where(Notification.company_id.in_(companies)).order_by(Notification.id.desc()).limit(MAX_OF_NUMBER)
    return {message_id for condition in conditions for message_id in db.session.scalars(latest.where(condition))}
