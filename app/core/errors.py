"""Errors shown to users and API clients; every other exception is a fault and answered with 500."""

from typing import Any


class AppError(Exception):
    """An expected error: `status` for HTTP, `code` for programs, the message (a catalogue sentence) for people."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str = "", *, status: int | None = None, code: str | None = None, **data: object) -> None:
        super().__init__(message)
        self.message = message
        self.status = status or self.status
        self.code = code or self.code
        self.data = data

    def details(self) -> dict[str, Any]:
        """Data sent with the message, ready for JSON."""
        return dict(self.data)


class NotFound(AppError):
    status = 404
    code = "not_found"


class NotSignedIn(AppError):
    status = 401
    code = "not_signed_in"


class NotAllowed(AppError):
    status = 403
    code = "not_allowed"


class Conflict(AppError):
    status = 409
    code = "conflict"


class InvalidInput(AppError):
    """`fields` in data: one message per field."""

    status = 422
    code = "invalid_input"


class TooManyRequests(AppError):
    """`retry_after_s` in data."""

    status = 429
    code = "too_many"


class NotConfigured(AppError):
    status = 503
    code = "not_configured"


class ProviderError(AppError):
    """A provider answered with an error or not at all; `retryable` says whether a retry may succeed."""

    status = 502
    code = "provider_error"

    def __init__(self, message: str = "", *, retryable: bool = False, **data: object) -> None:
        super().__init__(message, **data)
        self.retryable = retryable

    @property
    def retry_after_s(self) -> float | None:
        """The delay that the provider asks for; None where it asks for none."""
        return None
