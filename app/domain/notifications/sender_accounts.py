"""The channels over which the current company can send messages; a channel without keys is not set up."""

from collections.abc import Sequence
from dataclasses import replace
from email.utils import parseaddr
from urllib.parse import urlsplit

from sqlalchemy import select

from app.core import settings
from app.core.email_address import format_address
from app.core.extensions import db
from app.core.tenancy import current_company_id
from app.domain.companies.connections import is_failing
from app.domain.companies.gateway_credentials import read_gateway
from app.models import Company, Connection
from app.providers.messaging.base import Channel, SenderAccount

# providers by channel, the preferred one first
SENDERS: dict[Channel, tuple[str, ...]] = {"sms": ("sms_gateway", "twilio"), "email": ("smtp",)}
CHANNELS = {provider: channel for channel, providers in SENDERS.items() for provider in providers}
# what people write arrives over these alone
REPLY_PROVIDERS = ("twilio",)


def is_set_up(channel: Channel, *, own: bool = True) -> bool:
    """Whether the company, or the platform for it, has keys for this channel; without `own` the platform alone."""
    return (find_sender(channel) if own else find_platform_sender(channel)) is not None


def list_set_up() -> list[Channel]:
    return [channel for channel in SENDERS if is_set_up(channel)]


def find_sender(channel: Channel, *, answers_at: str | None = None, is_internal: bool = False) -> SenderAccount | None:
    """The company's own account, else the platform's; None without either.

    `is_internal`: to people of the company, who are also told that its own account is refused; the platform's account comes first.
    `answers_at`: our number that a person wrote to; the answer leaves from there, over an account that may have it.
    """
    if is_internal and (platform := find_platform_sender(channel)) is not None:
        return platform
    if answers_at is None:
        return _name_own_sender(_find_company_sender(SENDERS[channel])) or _name_sender(find_platform_sender(channel))
    sender = _find_company_sender(REPLY_PROVIDERS) or find_platform_sender(channel)
    return replace(sender, address=answers_at) if sender else None


def find_test_sender(provider: str) -> SenderAccount | None:
    """The account that a test from the page of this provider leaves over: the company's own there, else the one in use."""
    return _name_own_sender(_find_company_sender((provider,))) or find_sender(CHANNELS[provider])


def has_own_sender(channel: Channel) -> bool:
    return _find_company_connection(SENDERS[channel]) is not None


def find_outage(channel: Channel) -> Connection | None:
    """The company's own account for this channel where nothing leaves over it; the platform's does not step in for it."""
    connection = _find_company_connection(SENDERS[channel])
    return connection if connection and is_failing(connection) else None


def receives_replies() -> bool:
    """Whether a text message of the company can be answered: it leaves from a number or a messaging service, not under a name."""
    sender = find_sender("sms")
    return sender is not None and sender.provider in REPLY_PROVIDERS and sender.address.startswith(("+", "MG"))


def to_sender(connection: Connection) -> SenderAccount | None:
    """The label is the sender's name or number; the key is `account:token` at Twilio, the URL of a mail server, JSON for a gateway."""
    key, address = connection.api_key, connection.label
    if not key or not address:
        return None
    if connection.provider == "smtp":
        return SenderAccount("smtp", key, address=address, is_user_supplied=True)
    if connection.provider == "sms_gateway":
        gateway = read_gateway(key)
        return SenderAccount("sms_gateway", gateway.url, key=gateway.key, address=address, is_user_supplied=True, gateway=gateway.format)
    account, colon, token = key.partition(":")
    if not colon:
        return None
    return SenderAccount("twilio", settings().twilio_base_url, account, token, address, report_url=build_report_url(connection.id))


def build_report_url(connection_id: str | None = None) -> str:
    """Where Twilio reports what became of a message; empty where it cannot reach us, since it then refuses the message (error 21609)."""
    base = settings().public_base
    address = urlsplit(base)
    if address.scheme != "https" or not address.hostname or "_" in address.hostname:
        return ""
    # by itself Twilio sends a report again only where the connection failed
    return f"{base}/api/twilio/sms/status{f'/{connection_id}' if connection_id else ''}#rc=4&rp=ct,rt,5xx"


def _find_company_sender(providers: Sequence[str]) -> SenderAccount | None:
    connection = _find_company_connection(providers)
    return to_sender(connection) if connection else None


def _name_own_sender(sender: SenderAccount | None) -> SenderAccount | None:
    """The company's own mail account, under its name where the sender has none of its own."""
    is_bare = sender is not None and sender.provider == "smtp" and not parseaddr(sender.address)[0]
    return _name_sender(sender) if is_bare else sender


def _name_sender(sender: SenderAccount | None) -> SenderAccount | None:
    """A mail account under the name of the company, which is who the recipient knows."""
    company_id = current_company_id()
    if sender is None or company_id is None or "@" not in sender.address:
        return sender
    name = db.session.scalar(select(Company.name).where(Company.id == company_id)) or ""
    # the mailbox of development tells companies apart by it
    account = company_id if sender.provider == "mailbox" else sender.account
    return replace(sender, account=account, address=format_address(name, parseaddr(sender.address)[1]))


def _find_company_connection(providers: Sequence[str]) -> Connection | None:
    connections = select(Connection).where(Connection.provider.in_(providers), Connection.is_active)
    rows = db.session.scalars(connections.order_by(Connection.created_at, Connection.id)).all()
    preferred = sorted(rows, key=lambda connection: providers.index(connection.provider))
    return next((connection for connection in preferred if to_sender(connection)), None)


def find_platform_sender(channel: Channel) -> SenderAccount | None:
    """The platform's account as it is, under no company's name."""
    platform = settings()
    if channel == "email":
        if not platform.smtp_url or not platform.mail_from:
            return None
        driver = "mailbox" if platform.smtp_url.startswith("mailbox:") else "smtp"
        return SenderAccount(driver, platform.smtp_url, address=platform.mail_from)
    if platform.twilio_account_sid and platform.twilio_auth_token and platform.twilio_sender:
        return SenderAccount(
            "twilio", platform.twilio_base_url, platform.twilio_account_sid, platform.twilio_auth_token, platform.twilio_sender,
            report_url=build_report_url(),
        )  # fmt: skip
    return None
