"""E-mail addresses: exactly one per field (RFC 5322, 3.4.1), with its domain as people write it and as SMTP wants it (RFC 5890)."""

import re

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

MAX_LENGTH = 190
# shorter ones do not exist: the last label is a country's two letters or more
TOP_LEVEL_DOMAIN = re.compile(r"\.[^.]{2,}$")


def normalise(typed: str) -> str | None:
    """The address in small letters, its domain in Unicode; None for lists, display names and whatever else is not one address."""
    parsed = _parse(typed)
    return parsed.normalized.lower() if parsed else None


def to_ascii(address: str) -> str | None:
    """The address as SMTP is given it, its domain in ASCII; None where it cannot be sent to."""
    parsed = _parse(address)
    return parsed.ascii_email if parsed else None


def _parse(text: str) -> ValidatedEmail | None:
    """A local part beyond ASCII is refused: few servers accept it (RFC 6531)."""
    text = text.strip()
    if len(text) > MAX_LENGTH or not TOP_LEVEL_DOMAIN.search(text):
        return None
    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except (EmailNotValidError, UnicodeError):
        return None
