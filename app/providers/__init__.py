"""Registry of provider drivers by name; a driver is imported on first use."""

from functools import cache
from importlib import import_module
from typing import Any

from app.providers.calendar.base import Calendar, CalendarWebhookReader
from app.providers.credentials import Credentials
from app.providers.messaging.base import Messenger, SenderAccount
from app.providers.voice.call_webhook_reader import CallWebhookReader
from app.providers.voice.management import VoiceAccount
from app.providers.webhook_reader import WebhookKind, WebhookReader

CALL_WEBHOOK_READERS = {
    "retell": "app.providers.voice.retell_webhooks:RetellCallWebhookReader",
    "twilio": "app.providers.telephony.twilio_webhooks:TwilioCallWebhookReader",
}
CALENDAR_READERS = {"calcom": "app.providers.calendar.calcom_webhooks:CalcomWebhookReader"}
MESSAGE_READERS = {"twilio_sms": "app.providers.messaging.twilio_sms_webhooks:TwilioMessageWebhookReader"}
REPORT_READERS = {"twilio_sms_status": "app.providers.messaging.twilio_sms_webhooks:TwilioReportWebhookReader"}
CALENDARS = {"calcom": "app.providers.calendar.calcom:CalcomCalendar"}
VOICE_ACCOUNTS = {"retell": "app.providers.voice.retell_api:RetellClient"}
MESSENGERS = {
    "twilio": "app.providers.messaging.twilio_sms:TwilioSms",
    "sms_gateway": "app.providers.messaging.http_sms:HttpSms",
    "smtp": "app.providers.messaging.smtp:Smtp",
    "mailbox": "app.providers.messaging.mailbox:Mailbox",
}


def list_webhook_providers() -> list[str]:
    """The providers whose webhooks are received, of calls, calendars, messages and their delivery."""
    return [*CALL_WEBHOOK_READERS, *CALENDAR_READERS, *MESSAGE_READERS, *REPORT_READERS]


@cache
def get_call_webhook_reader(provider: str) -> CallWebhookReader:
    """Get the driver that reads this provider's call events; raises KeyError for an unknown provider."""
    return _load(CALL_WEBHOOK_READERS[provider])()


@cache
def get_calendar_reader(provider: str) -> CalendarWebhookReader:
    """Get the driver that reads this provider's calendar events; raises KeyError."""
    return _load(CALENDAR_READERS[provider])()


@cache
def get_message_reader(provider: str) -> WebhookReader:
    """Get the driver that reads this provider's incoming messages; raises KeyError."""
    reader: WebhookReader = _load(MESSAGE_READERS[provider])()
    return reader


@cache
def get_report_reader(provider: str) -> WebhookReader:
    """Get the driver that reads what this provider reports of messages that were sent; raises KeyError."""
    reader: WebhookReader = _load(REPORT_READERS[provider])()
    return reader


def open_calendar(provider: str, credentials: Credentials) -> Calendar:
    """Open the driver for an account of an external calendar; raises KeyError."""
    return _load(CALENDARS[provider])(credentials)


def open_voice_account(provider: str, credentials: Credentials) -> VoiceAccount:
    """Open the driver for an account of a voice provider; raises KeyError."""
    return _load(VOICE_ACCOUNTS[provider])(credentials)


def open_messenger(sender: SenderAccount) -> Messenger:
    """Open the driver that sends messages for this account; raises KeyError."""
    return _load(MESSENGERS[sender.provider])(sender)


def get_webhook_kind(provider: str) -> WebhookKind:
    """Get the subject of this provider's webhooks: calls, calendars, messages, or reports of their delivery."""
    kinds: tuple[tuple[WebhookKind, dict[str, str]], ...] = (
        ("calendars", CALENDAR_READERS), ("messages", MESSAGE_READERS), ("reports", REPORT_READERS),
    )  # fmt: skip
    return next((kind for kind, readers in kinds if provider in readers), "calls")


def get_webhook_reader(provider: str) -> WebhookReader:
    """Get the driver that reads this provider's webhooks, whatever their subject; raises KeyError."""
    match get_webhook_kind(provider):
        case "messages":
            return get_message_reader(provider)
        case "reports":
            return get_report_reader(provider)
        case "calendars":
            return get_calendar_reader(provider)
        case _:
            return get_call_webhook_reader(provider)


@cache
def _load(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
