"""The channels over which the current company can send messages; a channel without keys is not set up."""

from urllib.parse import urlsplit

from sqlalchemy import select

from app.core import settings
from app.core.extensions import db
from app.models import Connection
from app.providers.messaging.base import Channel, SenderAccount

# provider by channel
SENDERS: dict[Channel, str] = {"sms": "twilio", "email": "smtp"}


def is_set_up(channel: Channel, *, own: bool = True) -> bool:
    """Whether the company, or the platform for it, has keys for this channel; without `own` the platform alone."""
    return (find_sender(channel) if own else _find_platform_sender(channel)) is not None


def find_sender(channel: Channel) -> SenderAccount | None:
    """The company's own account, else the platform's; None without either."""
    return _find_company_sender(channel) or _find_platform_sender(channel)


def receives_replies() -> bool:
    """Whether a text message of the company can be answered: it leaves from a number or a messaging service, not under a name."""
    sender = find_sender("sms")
    return sender is not None and sender.address.startswith(("+", "MG"))


def to_sender(connection: Connection) -> SenderAccount | None:
    """The label is the sender's name or number; the key is `account:token` at Twilio and the URL of a mail server."""
    key, address = connection.api_key, connection.label
    if not key or not address:
        return None
    if connection.provider == "smtp":
        return SenderAccount(key, address=address, is_user_supplied=True)
    account, colon, token = key.partition(":")
    return SenderAccount(settings().twilio_base_url, account, token, address, report_url=build_report_url(connection.id)) if colon else None


def build_report_url(connection_id: str | None = None) -> str:
    """Where Twilio reports what became of a message; empty where it cannot reach us, since it then refuses the message (error 21609)."""
    base = settings().public_base
    address = urlsplit(base)
    if address.scheme != "https" or not address.hostname or "_" in address.hostname:
        return ""
    # by itself Twilio sends a report again only where the connection failed
    return f"{base}/api/twilio/sms/status{f'/{connection_id}' if connection_id else ''}#rc=4&rp=ct,rt,5xx"


def _find_company_sender(channel: Channel) -> SenderAccount | None:
    connections = select(Connection).where(Connection.provider == SENDERS[channel], Connection.is_active)
    rows = db.session.scalars(connections.order_by(Connection.created_at, Connection.id))
    return next((sender for connection in rows if (sender := to_sender(connection))), None)


def _find_platform_sender(channel: Channel) -> SenderAccount | None:
    platform = settings()
    if channel == "email":
        return SenderAccount(platform.smtp_url, address=platform.mail_from) if platform.smtp_url and platform.mail_from else None
    if platform.twilio_account_sid and platform.twilio_auth_token and platform.twilio_sender:
        return SenderAccount(
            platform.twilio_base_url, platform.twilio_account_sid, platform.twilio_auth_token, platform.twilio_sender,
            report_url=build_report_url(),
        )  # fmt: skip
    return None
