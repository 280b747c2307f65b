"""By which ways this company can send messages; a way without keys is honestly not there."""

from sqlalchemy import select

from app.core import settings
from app.core.extensions import db
from app.models import Connection
from app.providers.messaging.base import Channel, SenderAccount

# the providers that can send, by channel
SENDERS: dict[Channel, str] = {"sms": "twilio", "email": "smtp"}


def is_set_up(channel: Channel, *, own: bool = True) -> bool:
    """Whether the company, or the platform for it, has keys of a provider that sends by this way; the platform alone without `own`."""
    return (sender_of(channel) if own else _of_the_platform(channel)) is not None


def sender_of(channel: Channel) -> SenderAccount | None:
    """The company's own account, else the platform's; None where there is neither."""
    return _own(channel) or _of_the_platform(channel)


def as_sender(connection: Connection) -> SenderAccount | None:
    """Its label is whom we speak as; its key is `account:token` at Twilio and the whole address of a mail server."""
    key, address = connection.api_key, connection.label
    if not key or not address:
        return None
    if connection.provider == "smtp":
        return SenderAccount(key, address=address, is_user_supplied=True)
    account, colon, token = key.partition(":")
    return SenderAccount(settings().twilio_base_url, account, token, address) if colon else None


def _own(channel: Channel) -> SenderAccount | None:
    wanted = select(Connection).where(Connection.provider == SENDERS[channel], Connection.is_active)
    found = db.session.scalars(wanted.order_by(Connection.created_at, Connection.id))
    return next((sender for connection in found if (sender := as_sender(connection))), None)


def _of_the_platform(channel: Channel) -> SenderAccount | None:
    known = settings()
    if channel == "email":
        return SenderAccount(known.smtp_url, address=known.mail_from) if known.smtp_url and known.mail_from else None
    if known.twilio_account_sid and known.twilio_auth_token and known.twilio_sender:
        return SenderAccount(known.twilio_base_url, known.twilio_account_sid, known.twilio_auth_token, known.twilio_sender)
    return None
