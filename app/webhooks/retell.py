"""Retell's call events."""

from flask import Blueprint, Response

from app.core.clock import now, to_ms
from app.core.route_guards import declare_guard
from app.core.signatures import verify_retell
from app.providers import WEBHOOK_PROVIDERS
from app.webhooks.receiver import get_raw_body, get_sender, get_signature, receive

blueprint = Blueprint("retell", __name__)
PATH = WEBHOOK_PROVIDERS["retell"].path


@blueprint.post(PATH)
@blueprint.post(f"{PATH}/<connection>")
@declare_guard("signature", "Retell's, over the raw body")
def webhook(connection: str | None = None) -> Response:
    """Receive an event, signed over the raw body with the API key of the platform or of the connection in the URL."""
    sender = get_sender("retell", connection, column="api_key")
    raw = get_raw_body()
    header = get_signature("retell")
    return receive("retell", sender=sender, verify=lambda key: verify_retell(raw, header, key, to_ms(now())), raw=raw)
