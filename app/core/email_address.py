"""E-mail addresses: exactly one per field (RFC 5322, 3.4.1), with its domain as people write it and as SMTP wants it (RFC 5890)."""

import re
from email.utils import formataddr

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

MAX_LENGTH = 190
MAX_NAME_LENGTH = 80
# "specials" of RFC 5322 without the dot
ADDRESS_SIGNS = '()<>[]:;@\\,"'
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


def format_address(name: str, address: str) -> str:
    """An address under a name, which may hold anything: what is not ASCII is encoded (RFC 2047), and nothing of it becomes an address.

    A name in ASCII is quoted. Of an encoded one the signs between addresses go: Python folds it again without quotes.
    """
    left_out = "" if name.isascii() else ADDRESS_SIGNS
    printable = "".join(letter if letter.isprintable() and letter not in left_out else " " for letter in name)
    return formataddr((" ".join(printable.split())[:MAX_NAME_LENGTH], address))


def _parse(text: str) -> ValidatedEmail | None:
    """A local part beyond ASCII is refused: few servers accept it (RFC 6531)."""
    text = text.strip()
    if len(text) > MAX_LENGTH or not TOP_LEVEL_DOMAIN.search(text):
        return None
    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except (EmailNotValidError, UnicodeError):
        return None
