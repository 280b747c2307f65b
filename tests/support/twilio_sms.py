"""Signed SMS webhooks, as Twilio posts them: messages of people, and reports of delivery."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.ids import new_ulid
from app.core.signatures import sign_twilio
from app.core.tenancy import clear_company
from app.domain.inbox.processor import drain_batch
from tests.doubles.messaging import TOKEN

BASE = "http://localhost:8000"
MIRA, LINE = "+491713920050", "+493023125198"


def post_form(client: FlaskClient, path: str, form: dict[str, str], *, token: str = TOKEN) -> TestResponse:
    with clear_company():
        return client.post(path, data=form, headers={"X-Twilio-Signature": sign_twilio(f"{BASE}{path}", form, token)})


def post_message(
    client: FlaskClient, body: str, *, sender: str = MIRA, to: str = LINE, sid: str = "", path: str = "/api/twilio/sms", token: str = TOKEN,
    **more: str,
) -> TestResponse:  # fmt: skip
    """Somebody writes `body`; each message has an id of its own unless one is given."""
    form = {"MessageSid": sid or f"SM{new_ulid()}", "From": sender, "To": to, "Body": body, "NumMedia": "0", "FromCity": "", **more}
    return post_form(client, path, form, token=token)


def post_report(
    client: FlaskClient, sid: str, status: str, *, error: str = "", path: str = "/api/twilio/sms/status", token: str = TOKEN
) -> TestResponse:
    form = {"MessageSid": sid, "MessageStatus": status, "SmsSid": sid, "SmsStatus": status, "From": LINE, "To": MIRA}
    return post_form(client, path, form | ({"ErrorCode": error} if error else {}), token=token)


def drain() -> None:
    """The inbox, until nothing is due."""
    with clear_company():
        while drain_batch(50):
            pass
