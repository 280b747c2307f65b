"""Retell's call events."""

from flask import Blueprint, Response, request

from app.core import settings
from app.core.clock import now, to_ms
from app.core.route_guards import declare_guard
from app.core.signatures import verify_retell
from app.webhooks.receiver import get_raw_body, get_sender, receive

blueprint = Blueprint("retell", __name__, url_prefix="/api/retell")


@blueprint.post("/webhook")
@blueprint.post("/webhook/<connection>")
@declare_guard("signature", "Retell's, over the raw body")
def webhook(connection: str | None = None) -> Response:
    """Receive an event, signed over the raw body with the API key of the platform or of the connection in the URL."""
    sender = get_sender("retell", connection, platform_secret=settings().retell_api_key, column="api_key")
    raw = get_raw_body()
    header = request.headers.get("X-Retell-Signature")
    return receive("retell", sender=sender, verify=lambda key: verify_retell(raw, header, key, to_ms(now())), raw=raw)
