"""Twilio's status callbacks of voice calls."""

from flask import Blueprint, Response, request

from app.core import settings
from app.core.route_guards import declare_guard
from app.core.signatures import verify_twilio
from app.providers import WEBHOOK_PROVIDERS
from app.webhooks.receiver import get_raw_body, get_sender, get_signature, receive

blueprint = Blueprint("twilio", __name__)
PATH = WEBHOOK_PROVIDERS["twilio"].path


@blueprint.post(PATH)
@blueprint.post(f"{PATH}/<connection>")
@declare_guard("signature", "Twilio's, over the public address and the form")
def voice_status(connection: str | None = None) -> Response:
    """Receive a status, signed over our public URL and the form fields with the auth token of the account."""
    sender = get_sender("twilio", connection, column="webhook_secret")
    raw = get_raw_body()
    return receive("twilio", sender=sender, verify=lambda token: verify_request(raw, token), raw=raw)


def verify_request(raw: bytes, token: str) -> bool:
    """Whether Twilio signed the request at hand with the auth token."""
    return verify_twilio(
        build_public_url(),
        request.form if request.mimetype == "application/x-www-form-urlencoded" else None,
        get_signature("twilio"),
        token,
        body=raw,
        settings_header=request.headers.get("X-Twilio-Webhooks-Signature-Settings"),
    )


def build_public_url() -> str:
    """Build the URL that Twilio called, which behind a proxy differs from the request's own host and scheme."""
    query = request.query_string.decode("latin-1")
    return settings().public_base + request.path + (f"?{query}" if query else "")
