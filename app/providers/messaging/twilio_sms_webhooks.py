"""Twilio's webhooks of SMS: incoming messages, with what they say about further ones (STOP, START), and reports of delivery.

Twilio itself stops and resumes delivery at these words (error 21610 in between), answers them, and passes them on.
"""

import hashlib
from typing import Literal

from app.providers.messaging.base import DeliveryReport, IncomingMessage, MessageKind, RejectionReason, ReportStatus
from app.providers.payload_reader import PayloadReader
from app.providers.telephony.form_body import parse_form
from app.providers.webhook_reader import Peek, Unreadable

# twilio.com/docs/messaging/tutorials/advanced-opt-out: the defaults, beside what German-speaking people write
STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke", "stopp", "abmelden"})
START_WORDS = frozenset({"start", "yes", "unstop"})
HELP_WORDS = frozenset({"help", "info"})
MAX_BODY_LENGTH = 4000
MAX_MEDIA = 100
# twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks; others are on their way
STATUSES: dict[str, ReportStatus] = {
    "delivered": "delivered", "read": "delivered", "failed": "failed", "undelivered": "failed", "canceled": "failed",
}  # fmt: skip
# twilio.com/docs/api/errors; a phone that is switched off (30003) may be reached another day
REASONS: dict[str, RejectionReason] = {
    "21610": "opted_out", "30004": "refused", "30005": "unreachable", "30006": "unreachable", "30007": "refused", "30034": "not_allowed",
}  # fmt: skip


class TwilioMessageWebhookReader:
    name = "twilio_sms"
    event_names = frozenset(("stop", "start", "message"))

    def peek(self, raw: bytes) -> Peek:
        message = self.read(raw)
        # one after the other for each pair of numbers; neither of them is stored in the clear
        pair = hashlib.sha256(f"{message.recipient_raw}\n{message.sender_raw}".encode()).hexdigest()
        return Peek(message.kind, f"sms-{pair[:32]}", message.recipient_raw, message.message_id)

    def read(self, raw: bytes) -> IncomingMessage:
        form, reader = dict(reversed(parse_form(raw))), PayloadReader()
        return IncomingMessage(
            _read_message_id(form, reader),
            _get_kind(form),
            sender_raw=reader.line("From", form.get("From"), 64),
            recipient_raw=reader.line("To", form.get("To"), 64),
            body=reader.text("Body", form.get("Body"), MAX_BODY_LENGTH) or "",
            media_count=reader.integer("NumMedia", form.get("NumMedia"), high=MAX_MEDIA) or 0,
            carrier_rule=_get_carrier_rule(form),
        )


class TwilioReportWebhookReader:
    name = "twilio_sms_status"
    event_names = frozenset(("accepted", "scheduled", "queued", "sending", "sent", "partially_delivered", *STATUSES))

    def peek(self, raw: bytes) -> Peek:
        report = self.read(raw)
        # without a number of its own: the same status is the same report
        return Peek(report.name, report.message_id, None, f"{report.message_id}\n{report.name}")

    def read(self, raw: bytes) -> DeliveryReport:
        form, reader = dict(reversed(parse_form(raw))), PayloadReader()
        message_id = _read_message_id(form, reader)
        name = (reader.line("MessageStatus", form.get("MessageStatus"), 32) or "").lower()
        if not name or not name.isascii():
            raise Unreadable("The form is no report: MessageStatus is missing or is no status.")
        error = reader.line("ErrorCode", form.get("ErrorCode"), 8)
        return DeliveryReport(message_id, STATUSES.get(name, "under_way"), REASONS.get(error or ""), name)


def _read_message_id(form: dict[str, str], reader: PayloadReader) -> str:
    message_id = reader.line("MessageSid", form.get("MessageSid"), 64)
    if not message_id or not message_id.isascii():
        raise Unreadable("The form is no message: MessageSid is missing or is no id.")
    return message_id


def _get_word(text: str | None) -> str:
    return (text or "").strip(" .!\"'\n").casefold()


def _get_kind(form: dict[str, str]) -> MessageKind:
    """OptOutType is set where the account has words of its own."""
    word = _get_word(form.get("OptOutType") or form.get("Body"))
    return "stop" if word in STOP_WORDS else "start" if word in START_WORDS else "message"


def _get_carrier_rule(form: dict[str, str]) -> Literal["certain", "likely"] | None:
    if form.get("OptOutType"):
        return "certain"
    return "likely" if _get_word(form.get("Body")) in STOP_WORDS | START_WORDS | HELP_WORDS else None
