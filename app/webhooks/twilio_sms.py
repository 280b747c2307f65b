"""Twilio's webhooks of SMS: incoming messages, and what became of those that were sent."""

from flask import Blueprint, Response

from app.core.route_guards import declare_guard
from app.providers import WEBHOOK_PROVIDERS
from app.webhooks.receiver import get_raw_body, get_sender, receive
from app.webhooks.twilio_call_status import verify_request

blueprint = Blueprint("twilio_sms", __name__)
PATH, STATUS_PATH = WEBHOOK_PROVIDERS["twilio_sms"].path, WEBHOOK_PROVIDERS["twilio_sms_status"].path


@blueprint.post(PATH)
@blueprint.post(f"{PATH}/<connection>")
@declare_guard("signature", "Twilio's, over the public address and the form")
def incoming(connection: str | None = None) -> Response:
    """Receive a message, signed with the auth token of the account, which a connection's key holds after the colon."""
    sender = get_sender("twilio", connection, column="api_key")
    raw = get_raw_body()
    response = receive("twilio_sms", sender=sender, verify=lambda key: verify_request(raw, key.rpartition(":")[2]), raw=raw)
    response.status_code = 200
    # Twilio sends no answer to the person for an empty document
    response.data, response.mimetype = b"<Response/>", "text/xml"
    return response


@blueprint.post(STATUS_PATH)
@blueprint.post(f"{STATUS_PATH}/<connection>")
@declare_guard("signature", "Twilio's, over the public address and the form")
def status(connection: str | None = None) -> Response:
    """Receive a report of delivery, signed like a message; Twilio ignores the body of the response."""
    sender = get_sender("twilio", connection, column="api_key")
    raw = get_raw_body()
    return receive("twilio_sms_status", sender=sender, verify=lambda key: verify_request(raw, key.rpartition(":")[2]), raw=raw)
