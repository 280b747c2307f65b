"""Types of environment variables; a validation error is a phrase that completes "must be …" with the valid form."""

import base64
import binascii
import re
from email.utils import parseaddr
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

KEY_BYTES = 32
# the scheme of the installed driver, PyMySQL
MARIADB = "mysql+pymysql"
MEANT_AS_MARIADB = ("mysql", "mariadb", "mariadb+pymysql")
DATABASE = re.compile(
    r"(?P<scheme>[\w+]+)://(?:[^:/@]*(?::[^@]*)?@)?(?P<host>\[[^\]]*\]|[^/:?]*)(?::(?P<port>[^/?]*))?(?:/(?P<name>[^?]*))?(?:\?(?P<options>.*))?"
)
LARGEST_PORT = 65535


def decode_key(text: str) -> bytes:
    """A key of ENCRYPTION_KEYS: 32 bytes in base64 of either alphabet, or in hexadecimal; raises ValueError."""
    text = text.strip().translate(str.maketrans("-_", "+/"))
    try:
        key = bytes.fromhex(text) if len(text) == 2 * KEY_BYTES else base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"{KEY_BYTES} bytes in base64 each, separated by commas; `flask keys new` prints one")
    return key


def _encryption_keys(value: str) -> str:
    keys = [part for part in value.split(",") if part.strip()]
    if value and not keys:
        decode_key("")
    for key in keys:
        decode_key(key)
    return value


def _database_url(value: str) -> str:
    match = DATABASE.fullmatch(value)
    scheme, rest = (match["scheme"], value.partition("://")[2]) if match else ("", "")
    if scheme in MEANT_AS_MARIADB:
        scheme = MARIADB
    if match is None or scheme not in (MARIADB, "sqlite"):
        # without "://" the beginning may be the password
        shown = f"; this one begins with {value.partition('://')[0]!r}" if re.match(r"[\w+]{1,20}://", value) else ""
        raise ValueError(f"{MARIADB}://user:password@host/name{shown}")
    if scheme == MARIADB:
        # an unescaped @ or / shifts the end of the password, whose rest would be shown as host or name
        if "@" in rest.partition("@")[2] or "@" in value[match.start("host") :]:
            raise ValueError(f"{MARIADB}://user:password@host/name with user and password percent-encoded: %40 for @, %2F for /, %3A for :")
        if not _is_port(match["port"]):
            raise ValueError(f"{MARIADB}://user:password@host:port/name; the port of this one is no number from 1 to {LARGEST_PORT}")
        if not match["name"] or not (match["host"] or "unix_socket=" in (match["options"] or "")):
            lacking = "database" if match["host"] else "host"
            raise ValueError(f"{MARIADB}://user:password@host/name; this one names no {lacking}")
    return f"{scheme}://{rest}"


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, for which browsers treat http as secure (W3C Secure Contexts, 3.1)."""
    return host == "localhost" or host.endswith(".localhost") or host == "::1" or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))


def _is_port(text: str | None) -> bool:
    return text is None or (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= LARGEST_PORT)


def _address(*schemes: str, form: str) -> AfterValidator:
    """A validator for a URL with a host and one of these schemes."""

    def check(value: str) -> str:
        try:
            parts = urlsplit(value)
            is_valid = parts.scheme in schemes and bool(parts.hostname) and _is_port(_port_of(parts.netloc))
        except ValueError:
            is_valid = False
        if not is_valid or re.search(r"\s", value):
            raise ValueError(form)
        return value

    return AfterValidator(check)


def _port_of(netloc: str) -> str | None:
    return match[1] if (match := re.search(r":([^:\]@]*)$", netloc.rpartition("@")[2])) else None


def _sentry_dsn(value: str) -> str:
    if re.fullmatch(r"https?://[^:@/\s]+(:[^@/\s]*)?@[^/@\s]+/([^\s/]+/)*\d+", value):
        return value
    raise ValueError("https://key@host/project, as Sentry shows it in the project's settings")


def _sms_sender(value: str) -> str:
    if re.fullmatch(r"\+[1-9]\d{6,14}|MG[0-9a-fA-F]{32}", value) or re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", value):
        return value
    raise ValueError("a number like +4930…, a name of up to eleven letters and digits, or a messaging service (MG…)")


def _mail_address(value: str) -> str:
    if re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(value)[1]):
        return value
    raise ValueError("an e-mail address, with or without a name: Salon Lindgren <termine@salon.example>")


def _imap_mailbox(value: str) -> str:
    form = "imaps://user:password@host/INBOX with user and password percent-encoded, or imap:// with STARTTLS"
    try:
        parts = urlsplit(value)
        is_valid = parts.scheme in ("imaps", "imap") and bool(parts.hostname and parts.username and parts.password)
    except ValueError:
        is_valid = False
    if not is_valid or not _is_port(_port_of(parts.netloc)) or not value.isascii() or re.search(r"\s", value) or parts.query:
        raise ValueError(form)
    return value


def _capital(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


EncryptionKeys = Annotated[str, AfterValidator(_encryption_keys)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
RedisUrl = Annotated[str, _address("redis", "rediss", form="redis://:password@host:6379/0, or rediss:// with TLS")]
WebAddress = Annotated[str, _address("http", "https", form="an address like https://host or http://host:8000")]
MailServer = Annotated[
    str, _address("smtp", "smtps", "mailbox", form="smtp://user:password@host:587, or smtps:// with TLS from the first byte")
]
ImapMailbox = Annotated[str, AfterValidator(_imap_mailbox)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
SentryDsn = Annotated[str, AfterValidator(_sentry_dsn)]
SmsSender = Annotated[str, AfterValidator(_sms_sender)]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_capital)]
Port = Annotated[int, Field(ge=0, le=LARGEST_PORT)]
