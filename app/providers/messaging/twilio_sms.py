"""SMS over Twilio's REST API (POST /Messages.json); there is no idempotency key, so what may have been sent is looked for first."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from app.providers.http import Answer, NoAnswer, Refused, Request, TooFast, send
from app.providers.messaging.base import Message, MessageRefused, Reason, RemoteSender, Sender
from app.providers.throttle import Pace

# twilio.com/docs/api/errors; a code that is not here is `refused`
REASONS: dict[int, Reason] = {
    21211: "unreachable", 21214: "unreachable", 21614: "unreachable", 21265: "unreachable",
    21610: "opted_out",
    20003: "not_allowed", 21408: "not_allowed", 21606: "not_allowed", 21603: "not_allowed", 21212: "not_allowed",
}  # fmt: skip
LONGEST = 1600
PACE = Pace("twilio", limit=120)
# our clock and theirs
SLACK = timedelta(minutes=2)


class TwilioSms:
    """For one account; the address is a number (E.164), a name of up to eleven letters, or a messaging service (MG…)."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._account = f"{sender.url.rstrip('/')}/2010-04-01/Accounts/{quote(sender.account, safe='')}"

    def send(self, message: Message) -> str:
        if message.asked_at is not None and (found := self._find(message)):
            return found
        as_whom = "MessagingServiceSid" if self._sender.address.startswith("MG") else "From"
        form = {"To": message.to, as_whom: self._sender.address, "Body": message.body[:LONGEST]}
        return _sid(self._ask("POST", "/Messages.json", form=form).body)

    def look(self) -> RemoteSender:
        account = self._ask("GET", ".json").body
        if account.get("status") in ("suspended", "closed"):
            raise MessageRefused("not_allowed", f"Twilio says that the account is {account['status']}.")
        name = account.get("friendly_name")
        return RemoteSender(name[:80] if isinstance(name, str) else None, self._has_number())

    def _has_number(self) -> bool | None:
        """Names and messaging services are not listed among the numbers."""
        if not self._sender.address.startswith("+"):
            return None
        query = {"PhoneNumber": self._sender.address}
        rows = self._ask("GET", "/IncomingPhoneNumbers.json", query=query).body.get("incoming_phone_numbers")
        found = [row.get("phone_number") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return self._sender.address in found

    def _find(self, message: Message) -> str | None:
        """The message if an earlier try reached them after all: to the same number, since then, with the same words."""
        assert message.asked_at is not None
        since = (message.asked_at - SLACK).strftime("%Y-%m-%dT%H:%M:%SZ")
        rows = self._ask("GET", "/Messages.json", query={"To": message.to, "DateSent>": since, "PageSize": "50"}).body.get("messages")
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and row.get("body") == message.body[:LONGEST] and row.get("status") not in ("failed", "undelivered"):
                return _sid(row)
        return None

    def _ask(self, method: str, path: str, **what: Any) -> Answer:
        PACE.take(self._sender.key)
        try:
            return send(Request("twilio", method, self._account + path, self._sender.key, user=self._sender.account, **what))
        except TooFast as error:
            PACE.rest(self._sender.key, error.retry_after_s)
            raise
        except Refused as error:
            code = error.answer.body.get("code")
            reason = REASONS.get(code, "refused") if isinstance(code, int) else "refused"
            if error.answer.status in (401, 403):
                reason = "not_allowed"
            raise MessageRefused(reason, f"Twilio answered {error.answer.status}, code {code}.") from error


def _sid(body: dict[str, Any]) -> str:
    sid = body.get("sid")
    if not isinstance(sid, str) or not sid:
        raise NoAnswer("Twilio's answer names no message.", retryable=True)
    return sid[:64]
