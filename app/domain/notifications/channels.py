"""By which ways this company can send messages; a way without keys is honestly not there."""

from sqlalchemy import select

from app.core import settings
from app.core.extensions import db
from app.models import Connection
from app.providers.messaging.base import Channel, Sender

# the providers that can send, by channel
SENDERS: dict[Channel, str] = {"sms": "twilio", "email": "smtp"}


def is_set_up(channel: Channel) -> bool:
    """Whether the company, or the platform for it, has keys of a provider that sends by this way."""
    return sender_of(channel) is not None


def sender_of(channel: Channel) -> Sender | None:
    """The company's own account, else the platform's; None where there is neither."""
    return _own(channel) or _of_the_platform(channel)


def _own(channel: Channel) -> Sender | None:
    """A connection whose label is whom we speak as; its key is `account:token` at Twilio and the whole address of a mail server."""
    wanted = select(Connection.api_key, Connection.label).where(Connection.provider == SENDERS[channel], Connection.is_active)
    for key, address in db.session.execute(wanted.order_by(Connection.created_at, Connection.id)):
        if not key or not address:
            continue
        if channel == "email":
            return Sender(key, address=address)
        account, colon, token = key.partition(":")
        if colon:
            return Sender(settings().twilio_base_url, account, token, address)
    return None


def _of_the_platform(channel: Channel) -> Sender | None:
    known = settings()
    if channel == "email":
        return Sender(known.smtp_url, address=known.mail_from) if known.smtp_url and known.mail_from else None
    if known.twilio_account_sid and known.twilio_auth_token and known.twilio_sender:
        return Sender(known.twilio_base_url, known.twilio_account_sid, known.twilio_auth_token, known.twilio_sender)
    return None
