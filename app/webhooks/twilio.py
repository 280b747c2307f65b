"""Twilio's status callbacks of voice calls."""

from flask import Blueprint, Response, request

from app.core import settings
from app.core.route_guards import declare_guard
from app.core.signatures import verify_twilio
from app.webhooks.receiver import raw_body, receive, sender_of

blueprint = Blueprint("twilio", __name__, url_prefix="/api/twilio")


@blueprint.post("/voice/status")
@blueprint.post("/voice/status/<connection>")
@declare_guard("signature", "Twilio's, over the public address and the form")
def voice_status(connection: str | None = None) -> Response:
    """Signed over our public address and the form fields with the auth token of the account."""
    sender = sender_of("twilio", connection, platform_secret=settings().twilio_auth_token, column="webhook_secret")
    raw = raw_body()

    def verify(token: str) -> bool:
        return verify_twilio(
            public_address(),
            request.form if request.mimetype == "application/x-www-form-urlencoded" else None,
            request.headers.get("X-Twilio-Signature"),
            token,
            body=raw,
            settings_header=request.headers.get("X-Twilio-Webhooks-Signature-Settings"),
        )

    return receive("twilio", sender=sender, verify=verify, raw=raw)


def public_address() -> str:
    """The address that Twilio called: behind a proxy the request's own host and scheme are not it."""
    query = request.query_string.decode("latin-1")
    return settings().public_base + request.path + (f"?{query}" if query else "")
