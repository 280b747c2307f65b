"""By which ways this company can send messages; a way without a driver and without keys is honestly not there."""

from typing import Literal

from sqlalchemy import select

from app.core.extensions import db
from app.models import Connection

Channel = Literal["sms", "email"]
# the providers that can send, by channel
SENDERS: dict[Channel, tuple[str, ...]] = {"sms": (), "email": ()}


def is_set_up(channel: Channel) -> bool:
    """Whether the company has keys of a provider that sends by this way."""
    providers = SENDERS[channel]
    if not providers:
        return False
    wanted = select(Connection.id).where(Connection.provider.in_(providers), Connection.is_active)
    return db.session.scalar(wanted.limit(1)) is not None
