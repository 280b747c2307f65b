"""SMS over a gateway that the company brings along: one HTTP request for each message, in the words of that gateway."""

from collections.abc import Mapping
from urllib.parse import urlencode

import orjson

from app.core.ssrf_guard import PrivateAddressError
from app.providers import public_http
from app.providers.http import ProviderResponse, RequestRejected, call_with_breaker
from app.providers.messaging.base import MessageRejected, OutgoingMessage, RejectionReason, SenderAccount, SenderAccountCheck

# the names under which gateways tell the id of a message
ID_FIELDS = ("id", "message_id", "messageId", "sid", "reference")
# words of a gateway for why it refuses, in its field `error` or `code`
REASONS: dict[str, RejectionReason] = {"opted_out": "opted_out", "unreachable": "unreachable", "invalid_number": "unreachable"}
# answers to a request that sends nothing: the address is there, and knows only how to send
KNOWN_TO_SEND_ONLY = (400, 404, 405, 411, 415, 422)


class HttpSms:
    """Messenger for one gateway. All attempts of a message carry the same Idempotency-Key: gateways offer no look-up of what was sent."""

    def __init__(self, sender: SenderAccount) -> None:
        assert sender.gateway is not None
        self._sender, self._format = sender, sender.gateway

    def send(self, message: OutgoingMessage) -> str:
        fields = {
            self._format.recipient_field: message.to,
            self._format.text_field: message.body,
            self._format.sender_field: self._sender.address,
        }
        response = self._request("POST", fields, {"Idempotency-Key": message.ref})
        found = (response.body.get(name) for name in ID_FIELDS)
        return next((str(value)[:64] for value in found if isinstance(value, str | int) and value), message.ref)

    def check(self) -> SenderAccountCheck:
        """Ask without sending: what matters is that it is there and does not refuse the key."""
        try:
            self._request("GET", None, {})
        except MessageRejected as error:
            if error.code != "refused" or error.data.get("http_status") not in KNOWN_TO_SEND_ONLY:
                raise
        return SenderAccountCheck()

    def _request(self, method: str, fields: Mapping[str, str] | None, headers: dict[str, str]) -> ProviderResponse:
        key = self._sender.key
        headers |= {"Accept": "application/json", self._format.header: f"Bearer {key}" if self._format.header == "Authorization" else key}
        body = None
        if fields is not None:
            is_form = self._format.encoding == "form"
            body = urlencode(fields).encode() if is_form else orjson.dumps(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded" if is_form else "application/json"
        try:
            return call_with_breaker(
                "sms_gateway", self._sender.url, lambda: public_http.request(method, self._sender.url, body=body, headers=headers)
            )
        except PrivateAddressError as error:
            raise MessageRejected("private_address", "The gateway's address is not a public one.") from error
        except RequestRejected as error:
            raise _to_rejection(error.response) from error


def _to_rejection(response: ProviderResponse) -> MessageRejected:
    said = response.body.get("error") or response.body.get("code")
    reason = REASONS.get(said, "refused") if isinstance(said, str) else "refused"
    if response.status in (401, 403):
        reason = "not_allowed"
    rejection = MessageRejected(reason, f"The gateway answered {response.status}.")
    rejection.data["http_status"] = response.status
    return rejection
