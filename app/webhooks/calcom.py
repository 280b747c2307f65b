"""Cal.com's webhooks: bookings created, moved and cancelled in the external calendar."""

from flask import Blueprint, Response, request

from app.core import settings
from app.core.route_guards import declare_guard
from app.core.signatures import verify_calcom
from app.webhooks.receiver import get_raw_body, get_sender, receive

blueprint = Blueprint("calcom", __name__, url_prefix="/api/calcom")


@blueprint.post("/webhook")
@blueprint.post("/webhook/<connection>")
@declare_guard("signature", "Cal.com's, over the raw body")
def webhook(connection: str | None = None) -> Response:
    """Receive an event, signed over the raw body with the secret of the platform's webhook or of the connection in the URL."""
    sender = get_sender("calcom", connection, platform_secret=settings().calcom_webhook_secret, column="webhook_secret")
    raw = get_raw_body()
    header = request.headers.get("X-Cal-Signature-256")
    return receive("calcom", sender=sender, verify=lambda secret: verify_calcom(raw, header, secret), raw=raw)
