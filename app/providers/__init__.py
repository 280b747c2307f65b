"""Who can be spoken to, by name; a driver is loaded when it is first asked for."""

from functools import cache
from importlib import import_module
from typing import Any

from app.providers.calendar.base import Calendar, CalendarReader
from app.providers.credentials import Access
from app.providers.messaging.base import Messenger, Sender
from app.providers.voice.base import CallDriver
from app.providers.voice.management import VoiceAccount
from app.providers.webhook_reader import WebhookKind, WebhookReader

CALL_DRIVERS = {
    "retell": "app.providers.voice.retell_webhooks:Retell",
    "twilio": "app.providers.telephony.twilio:Twilio",
}
CALENDAR_READERS = {"calcom": "app.providers.calendar.calcom_webhooks:CalcomEvents"}
CALENDARS = {"calcom": "app.providers.calendar.calcom:Calcom"}
VOICE_ACCOUNTS = {"retell": "app.providers.voice.retell_api:RetellAccount"}
MESSENGERS = {
    "twilio": "app.providers.messaging.twilio_sms:TwilioSms",
    "smtp": "app.providers.messaging.smtp:Smtp",
}


@cache
def call_driver(provider: str) -> CallDriver:
    """The driver that reads this provider's call events; raises KeyError for a name nobody registered."""
    return _load(CALL_DRIVERS[provider])()


@cache
def calendar_reader(provider: str) -> CalendarReader:
    """The driver that reads this provider's calendar events; raises KeyError."""
    return _load(CALENDAR_READERS[provider])()


def calendar(provider: str, access: Access) -> Calendar:
    """The driver that speaks to this account of another calendar; raises KeyError."""
    return _load(CALENDARS[provider])(access)


def voice_account(provider: str, access: Access) -> VoiceAccount:
    """The driver that speaks to this account of a voice provider; raises KeyError."""
    return _load(VOICE_ACCOUNTS[provider])(access)


def messenger(provider: str, sender: Sender) -> Messenger:
    """The driver that carries messages for this account; raises KeyError."""
    return _load(MESSENGERS[provider])(sender)


def kind_of(provider: str) -> WebhookKind:
    """What this provider's webhooks are about."""
    return "calendars" if provider in CALENDAR_READERS else "calls"


def webhook_reader(provider: str) -> WebhookReader:
    """The driver that reads this provider's webhooks, whatever they are about; raises KeyError."""
    return call_driver(provider) if kind_of(provider) == "calls" else calendar_reader(provider)


@cache
def _load(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
