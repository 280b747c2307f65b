"""Cal.com's webhooks: bookings created, moved and cancelled in the external calendar."""

from flask import Blueprint, Response

from app.core.route_guards import declare_guard
from app.core.signatures import verify_hex_hmac
from app.providers import WEBHOOK_PROVIDERS
from app.webhooks.receiver import get_raw_body, get_sender, get_signature, receive

blueprint = Blueprint("calcom", __name__)
PATH = WEBHOOK_PROVIDERS["calcom"].path


@blueprint.post(PATH)
@blueprint.post(f"{PATH}/<connection>")
@declare_guard("signature", "Cal.com's, over the raw body")
def webhook(connection: str | None = None) -> Response:
    """Receive an event, signed over the raw body with the secret of the platform's webhook or of the connection in the URL."""
    sender = get_sender("calcom", connection, column="webhook_secret")
    raw = get_raw_body()
    header = get_signature("calcom")
    return receive("calcom", sender=sender, verify=lambda secret: verify_hex_hmac(raw, header, secret), raw=raw)
