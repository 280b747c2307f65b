"""Errors that a reader of ours may see; everything else is a fault."""

from typing import Any


class AppError(Exception):
    """An expected refusal: `status` for HTTP, `code` for programs, the message (a catalogue sentence) for people."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str = "", *, status: int | None = None, code: str | None = None, **data: object) -> None:
        super().__init__(message)
        self.message = message
        self.status = status or self.status
        self.code = code or self.code
        self.data = data

    def details(self) -> dict[str, Any]:
        """What a reader gets along with the message, ready for JSON."""
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
    """A provider answered badly or not at all; `retryable` says whether the same again may work."""

    status = 502
    code = "provider_error"

    def __init__(self, message: str = "", *, retryable: bool = False, **data: object) -> None:
        super().__init__(message, **data)
        self.retryable = retryable

    @property
    def retry_after_s(self) -> float | None:
        """The delay that the provider asks for; None where it asks for none."""
        return None
