"""Channels over which nothing leaves at the moment, since the company's own account is refused or not reached."""

from app.domain.notifications.sender_accounts import SENDERS, find_outage
from app.web.settings import connection_labels


def list_channel_outages() -> list[tuple[str, str]]:
    """List (provider, sentence)."""
    outages = [(channel, connection) for channel in SENDERS if (connection := find_outage(channel))]
    return [(connection.provider, connection_labels.describe_outage(channel, connection)) for channel, connection in outages]
