"""Registry of provider drivers by name; a driver is imported on first use."""

from functools import cache
from importlib import import_module
from typing import Any

from flask_babel import lazy_gettext as _l

from app.providers.calendar.base import Calendar
from app.providers.credentials import Credentials
from app.providers.messaging.base import Messenger, SenderAccount
from app.providers.voice.call_webhook_reader import CallWebhookReader
from app.providers.voice.management import VoiceAccount
from app.providers.webhook_reader import WebhookKind, WebhookProvider

# a new one: its reader, its record here, its route in app/webhooks, its secret in config.py
WEBHOOK_PROVIDERS = {
    provider.name: provider
    for provider in (
        WebhookProvider(
            "retell", "calls", "app.providers.voice.retell_webhooks:RetellCallWebhookReader", "Retell",
            "/api/retell/webhook", "X-Retell-Signature", "retell_api_key",
        ),
        WebhookProvider(
            "twilio", "calls", "app.providers.telephony.twilio_webhooks:TwilioCallWebhookReader", "Twilio",
            "/api/twilio/voice/status", "X-Twilio-Signature", "twilio_auth_token",
        ),
        WebhookProvider(
            "calcom", "calendars", "app.providers.calendar.calcom_webhooks:CalcomWebhookReader", "Cal.com",
            "/api/calcom/webhook", "X-Cal-Signature-256", "calcom_webhook_secret",
        ),
        WebhookProvider(
            "twilio_sms", "messages", "app.providers.messaging.twilio_sms_webhooks:TwilioMessageWebhookReader", "Twilio SMS",
            "/api/twilio/sms", "X-Twilio-Signature", "twilio_auth_token",
        ),
        WebhookProvider(
            "twilio_sms_status", "reports", "app.providers.messaging.twilio_sms_webhooks:TwilioReportWebhookReader",
            _l("Twilio SMS, Zustellung"), "/api/twilio/sms/status", "X-Twilio-Signature", "twilio_auth_token",
        ),
    )
}  # fmt: skip
CALENDARS = {"calcom": "app.providers.calendar.calcom:CalcomCalendar"}
VOICE_ACCOUNTS = {"retell": "app.providers.voice.retell_api:RetellClient"}
MESSENGERS = {
    "twilio": "app.providers.messaging.twilio_sms:TwilioSms",
    "sms_gateway": "app.providers.messaging.http_sms:HttpSms",
    "smtp": "app.providers.messaging.smtp:Smtp",
    "mailbox": "app.providers.messaging.mailbox:Mailbox",
}


def list_webhook_providers(kind: WebhookKind | None = None) -> list[str]:
    """The providers whose webhooks are received: of calls, calendars, messages or their delivery, or of all of them."""
    return [provider.name for provider in WEBHOOK_PROVIDERS.values() if kind in (None, provider.kind)]


def get_webhook_kind(provider: str) -> WebhookKind:
    """Get the subject of this provider's webhooks; those of an unknown one are calls."""
    return WEBHOOK_PROVIDERS[provider].kind if provider in WEBHOOK_PROVIDERS else "calls"


@cache
def get_webhook_reader(provider: str) -> Any:
    """Get the driver that reads this provider's webhooks, whatever their subject; raises KeyError for an unknown one."""
    return _load(WEBHOOK_PROVIDERS[provider].reader)()


def get_call_webhook_reader(provider: str) -> CallWebhookReader:
    """Get the driver that reads this provider's call events; raises KeyError."""
    reader: CallWebhookReader = get_webhook_reader(provider)
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


@cache
def _load(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
