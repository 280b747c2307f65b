"""SMS over Twilio's REST API (POST /Messages.json); without an idempotency key, so a retry first looks for the earlier message."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from app.providers.http import ProviderRequest, ProviderResponse, RateLimited, RequestRejected, ResponseTimeout, send
from app.providers.messaging.base import MessageRejected, OutgoingMessage, RejectionReason, SenderAccount, SenderAccountCheck
from app.providers.throttle import Throttle

# twilio.com/docs/api/errors; other codes are `refused`
REASONS: dict[int, RejectionReason] = {
    21211: "unreachable", 21214: "unreachable", 21614: "unreachable", 21265: "unreachable",
    21610: "opted_out",
    20003: "not_allowed", 21408: "not_allowed", 21606: "not_allowed", 21603: "not_allowed", 21212: "not_allowed",
}  # fmt: skip
MAX_BODY_LENGTH = 1600
THROTTLE = Throttle("twilio", limit=120)
# tolerated difference between our clock and Twilio's
CLOCK_SKEW = timedelta(minutes=2)


class TwilioSms:
    """Messenger for one account; the address is a number (E.164), a name of up to eleven letters, or a messaging service (MG…)."""

    def __init__(self, sender: SenderAccount) -> None:
        self._sender = sender
        self._account = f"{sender.url.rstrip('/')}/2010-04-01/Accounts/{quote(sender.account, safe='')}"

    def send(self, message: OutgoingMessage) -> str:
        if message.asked_at is not None and (sid := self._find_sent(message)):
            return sid
        sender_field = "MessagingServiceSid" if self._sender.address.startswith("MG") else "From"
        form = {"To": message.to, sender_field: self._sender.address, "Body": message.body[:MAX_BODY_LENGTH]}
        if self._sender.report_url:
            form["StatusCallback"] = self._sender.report_url
        return _get_sid(self._request("POST", "/Messages.json", form=form).body)

    def check(self) -> SenderAccountCheck:
        account = self._request("GET", ".json").body
        if account.get("status") in ("suspended", "closed"):
            raise MessageRejected("not_allowed", f"Twilio says that the account is {account['status']}.")
        name = account.get("friendly_name")
        return SenderAccountCheck(name[:80] if isinstance(name, str) else None, self._has_number())

    def _has_number(self) -> bool | None:
        """Whether the account owns the sender's number; None for names and messaging services, which are not listed."""
        if not self._sender.address.startswith("+"):
            return None
        query = {"PhoneNumber": self._sender.address}
        rows = self._request("GET", "/IncomingPhoneNumbers.json", query=query).body.get("incoming_phone_numbers")
        numbers = [row.get("phone_number") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return self._sender.address in numbers

    def _find_sent(self, message: OutgoingMessage) -> str | None:
        """Find the sid of an earlier attempt that did arrive: same recipient and body, since the first attempt."""
        assert message.asked_at is not None
        since = (message.asked_at - CLOCK_SKEW).strftime("%Y-%m-%dT%H:%M:%SZ")
        rows = self._request("GET", "/Messages.json", query={"To": message.to, "DateSent>": since, "PageSize": "50"}).body.get("messages")
        for row in rows if isinstance(rows, list) else []:
            if (
                isinstance(row, dict)
                and row.get("body") == message.body[:MAX_BODY_LENGTH]
                and row.get("status") not in ("failed", "undelivered")
            ):
                return _get_sid(row)
        return None

    def _request(self, method: str, path: str, **options: Any) -> ProviderResponse:
        THROTTLE.acquire(self._sender.key)
        try:
            return send(ProviderRequest("twilio", method, self._account + path, self._sender.key, user=self._sender.account, **options))
        except RateLimited as error:
            THROTTLE.pause(self._sender.key, error.retry_after_s)
            raise
        except RequestRejected as error:
            code = error.response.body.get("code")
            reason = REASONS.get(code, "refused") if isinstance(code, int) else "refused"
            if error.response.status in (401, 403):
                reason = "not_allowed"
            raise MessageRejected(reason, f"Twilio answered {error.response.status}, code {code}.") from error


def _get_sid(body: dict[str, Any]) -> str:
    sid = body.get("sid")
    if not isinstance(sid, str) or not sid:
        raise ResponseTimeout("Twilio's answer names no message.", retryable=True)
    return sid[:64]
