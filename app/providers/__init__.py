"""Who can be spoken to, by name; a driver is loaded when it is first asked for."""

from functools import cache
from importlib import import_module

from app.providers.voice.base import CallDriver

CALL_DRIVERS = {
    "retell": "app.providers.voice.retell:Retell",
    "twilio": "app.providers.telephony.twilio:Twilio",
}


@cache
def call_driver(provider: str) -> CallDriver:
    """The driver that reads this provider's call events; raises KeyError for a name nobody registered."""
    module, _, name = CALL_DRIVERS[provider].partition(":")
    return getattr(import_module(module), name)()
