"""Registry of provider drivers by name; a driver is imported on first use."""

from functools import cache
from importlib import import_module
from typing import Any

from app.providers.calendar.base import Calendar, CalendarReader
from app.providers.credentials import Credentials
from app.providers.messaging.base import Messenger, SenderAccount
from app.providers.voice.base import CallDriver
from app.providers.voice.management import VoiceAccount
from app.providers.webhook_reader import WebhookKind, WebhookReader

CALL_DRIVERS = {
    "retell": "app.providers.voice.retell_webhooks:RetellCallDriver",
    "twilio": "app.providers.telephony.twilio_webhooks:TwilioCallDriver",
}
CALENDAR_READERS = {"calcom": "app.providers.calendar.calcom_webhooks:CalcomWebhookReader"}
CALENDARS = {"calcom": "app.providers.calendar.calcom:CalcomCalendar"}
VOICE_ACCOUNTS = {"retell": "app.providers.voice.retell_api:RetellAccount"}
MESSENGERS = {
    "twilio": "app.providers.messaging.twilio_sms:TwilioSms",
    "smtp": "app.providers.messaging.smtp:Smtp",
}


@cache
def get_call_driver(provider: str) -> CallDriver:
    """Get the driver that reads this provider's call events; raises KeyError for an unknown provider."""
    return _load(CALL_DRIVERS[provider])()


@cache
def get_calendar_reader(provider: str) -> CalendarReader:
    """Get the driver that reads this provider's calendar events; raises KeyError."""
    return _load(CALENDAR_READERS[provider])()


def open_calendar(provider: str, credentials: Credentials) -> Calendar:
    """Open the driver for an account of an external calendar; raises KeyError."""
    return _load(CALENDARS[provider])(credentials)


def open_voice_account(provider: str, credentials: Credentials) -> VoiceAccount:
    """Open the driver for an account of a voice provider; raises KeyError."""
    return _load(VOICE_ACCOUNTS[provider])(credentials)


def open_messenger(provider: str, sender: SenderAccount) -> Messenger:
    """Open the driver that sends messages for this account; raises KeyError."""
    return _load(MESSENGERS[provider])(sender)


def get_webhook_kind(provider: str) -> WebhookKind:
    """Get the subject of this provider's webhooks: calls or calendars."""
    return "calendars" if provider in CALENDAR_READERS else "calls"


def get_webhook_reader(provider: str) -> WebhookReader:
    """Get the driver that reads this provider's webhooks, of calls or calendars; raises KeyError."""
    return get_call_driver(provider) if get_webhook_kind(provider) == "calls" else get_calendar_reader(provider)


@cache
def _load(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
