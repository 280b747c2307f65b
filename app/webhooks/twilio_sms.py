"""Twilio's webhooks of SMS: incoming messages, and what became of those that were sent."""

from flask import Blueprint, Response

from app.core import settings
from app.core.route_guards import declare_guard
from app.webhooks.receiver import get_raw_body, get_sender, receive
from app.webhooks.twilio_call_status import verify_request

blueprint = Blueprint("twilio_sms", __name__, url_prefix="/api/twilio")


@blueprint.post("/sms")
@blueprint.post("/sms/<connection>")
@declare_guard("signature", "Twilio's, over the public address and the form")
def incoming(connection: str | None = None) -> Response:
    """Receive a message, signed with the auth token of the account, which a connection's key holds after the colon."""
    sender = get_sender("twilio", connection, platform_secret=settings().twilio_auth_token, column="api_key")
    raw = get_raw_body()
    response = receive("twilio_sms", sender=sender, verify=lambda key: verify_request(raw, key.rpartition(":")[2]), raw=raw)
    response.status_code = 200
    # Twilio sends no answer to the person for an empty document
    response.data, response.mimetype = b"<Response/>", "text/xml"
    return response


@blueprint.post("/sms/status")
@blueprint.post("/sms/status/<connection>")
@declare_guard("signature", "Twilio's, over the public address and the form")
def status(connection: str | None = None) -> Response:
    """Receive a report of delivery, signed like a message; Twilio ignores the body of the response."""
    sender = get_sender("twilio", connection, platform_secret=settings().twilio_auth_token, column="api_key")
    raw = get_raw_body()
    return receive("twilio_sms_status", sender=sender, verify=lambda key: verify_request(raw, key.rpartition(":")[2]), raw=raw)
