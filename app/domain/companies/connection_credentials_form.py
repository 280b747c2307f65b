"""Parse the provider credentials of a form, and the values that may be shown again."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from email.utils import getaddresses, parseaddr
from urllib.parse import quote, unquote, urlsplit

from flask_babel import gettext as _

from app.core import email_address, settings
from app.core.errors import InvalidInput
from app.core.phone import normalise
from app.core.ssrf_guard import is_private_host
from app.domain.companies.gateway_credentials import GatewayCredentials, read_gateway, write_gateway
from app.domain.companies.mail_providers import MAIL_PROVIDERS, find_by_address, find_by_host
from app.models import Connection
from app.providers.messaging.base import GatewayFormat
from app.providers.public_http import get_url_host, is_permitted_url

KEY_SUFFIX_LENGTH = 4
# mail submission ports; others are refused, to prevent port scans
MAIL_PORTS = (25, 465, 587, 2525)
# the choice of a mail server that is named by hand
OTHER_MAIL_PROVIDER = "other"
KEY = re.compile(r"[\x21-\x7e]{12,200}")
TWILIO_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
HOST = re.compile(r"(?=.{4,190}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
MESSAGING_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
HEADER, FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}"), re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}")
# written by us, or for the connection alone
OWN_HEADERS = ("accept", "connection", "content-length", "content-type", "host", "idempotency-key", "transfer-encoding", "upgrade")
MAX_URL_LENGTH = 300
SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{2,11}")


@dataclass(frozen=True, slots=True)
class ConnectionKeys:
    """The credentials of a connection (formats: models/connection.py)."""

    api_key: str = field(repr=False)
    label: str | None = None
    webhook_secret: str | None = field(default=None, repr=False)


class _CredentialsForm:
    def __init__(self, given: Mapping[str, str]) -> None:
        self._given, self.wrong = given, dict[str, str]()

    def text(self, name: str) -> str:
        return self._given.get(name, "").strip()

    def check(self) -> None:
        if self.wrong:
            raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=self.wrong)


def parse_keys(provider: str, given: Mapping[str, str], existing: Connection | None) -> ConnectionKeys:
    """A secret that is left empty stays what it was, as long as it is still for the same account. Raises InvalidInput, KeyError."""
    form = _CredentialsForm(given)
    keys = PARSERS[provider](form, existing)
    form.check()
    return keys


def get_visible_values(connection: Connection) -> dict[str, str]:
    """The fields that are no secret, and of the secret its last characters as `tail`."""
    secret, more = connection.api_key or "", {}
    if connection.provider == "twilio":
        account, _colon, secret = secret.partition(":")
        more = {"account": account, "sender": connection.label or ""}
    if connection.provider == "smtp":
        at = urlsplit(secret)
        secret = unquote(at.password or "")
        known, mailbox = find_by_host(at.hostname or ""), parseaddr(connection.label or "")[1]
        more = {
            "host": at.hostname or "", "port": str(at.port or ""), "user": unquote(at.username or ""), "address": connection.label or "",
            "provider": known.key if known and unquote(at.username or "") == mailbox else OTHER_MAIL_PROVIDER,
        }  # fmt: skip
    if connection.provider == "sms_gateway":
        gateway = read_gateway(secret)
        secret = gateway.key
        more = asdict(gateway.format) | {"url": gateway.url, "sender": connection.label or ""}
    # of a short secret nothing is shown, lest too much of it be
    return more | {"tail": secret[-KEY_SUFFIX_LENGTH:] if len(secret) >= 3 * KEY_SUFFIX_LENGTH else ""}


def _parse_api_key(form: _CredentialsForm, existing: Connection | None) -> str:
    key = form.text("api_key") or (existing.api_key if existing else "") or ""
    if not key:
        form.wrong["api_key"] = _("Der Schlüssel fehlt.")
    elif not KEY.fullmatch(key):
        form.wrong["api_key"] = _("Das ist kein Schlüssel: 12 bis 200 Zeichen, ohne Leerzeichen.")
    return key


def _parse_retell(form: _CredentialsForm, existing: Connection | None) -> ConnectionKeys:
    return ConnectionKeys(_parse_api_key(form, existing))


def _parse_calcom(form: _CredentialsForm, existing: Connection | None) -> ConnectionKeys:
    return ConnectionKeys(
        _parse_api_key(form, existing), webhook_secret=(existing.webhook_secret if existing else None) or secrets.token_urlsafe(32)
    )


def _parse_twilio(form: _CredentialsForm, existing: Connection | None) -> ConnectionKeys:
    account, token, sender = form.text("account"), form.text("token"), form.text("sender")
    before, _colon, old_token = ((existing.api_key if existing else None) or "").partition(":")
    if not TWILIO_ACCOUNT.fullmatch(account):
        form.wrong["account"] = _("Eine Kontokennung bei Twilio beginnt mit AC und hat 34 Zeichen.")
    token = token or (old_token if account == before else "")
    if not KEY.fullmatch(token) or ":" in token:
        form.wrong["token"] = _("Das Zugangswort (Auth Token) des Kontos fehlt.")
    as_number = normalise(sender, source="human").e164
    if as_number is None and not MESSAGING_SERVICE.fullmatch(sender) and not SENDER_NAME.fullmatch(sender):
        form.wrong["sender"] = _("Eine Rufnummer, ein Name mit 2 bis 11 Buchstaben oder Ziffern, oder ein Messaging Service (MG…).")
    return ConnectionKeys(f"{account}:{token}", as_number or sender, token)


def _parse_smtp(form: _CredentialsForm, existing: Connection | None) -> ConnectionKeys:
    address, mailbox = _parse_mail_address(form)
    host, port, user = _parse_mail_server(form, mailbox)
    password = form.text("password")
    before = urlsplit((existing.api_key if existing else None) or "")
    if not password and (host, user) == (before.hostname, unquote(before.username or "")):
        password = unquote(before.password or "")
    if user and not password:
        form.wrong["password"] = _("Das Passwort fehlt.")
    who = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
    return ConnectionKeys(f"{'smtps' if port == '465' else 'smtp'}://{who}{host}:{port}", address)


def _parse_mail_address(form: _CredentialsForm) -> tuple[str, str]:
    """The sender as it is written, a name before it or not, and its mailbox."""
    address = form.text("address")[:80]
    mailboxes = [mailbox for _name, mailbox in getaddresses([address])]
    if len(mailboxes) == 1 and email_address.normalise(mailboxes[0]) and address.isprintable():
        return address, mailboxes[0]
    form.wrong["address"] = _("Das ist keine E-Mail-Adresse, zum Beispiel: termine@salon-lindgren.de")
    return address, ""


def _parse_mail_server(form: _CredentialsForm, mailbox: str) -> tuple[str, str, str]:
    """Host, port and user name: of a known provider, chosen or by the address; else as they are filled in."""
    host, port, user = form.text("host").lower(), form.text("port") or "587", form.text("user")
    chosen = form.text("provider")
    known = MAIL_PROVIDERS.get(chosen) or (find_by_address(mailbox) if not chosen and not host else None)
    if known:
        return known.host, known.port, mailbox
    if not chosen and not host:
        form.wrong.setdefault("provider", _("Das erkennen wir an der Adresse nicht. Bitte wählen Sie, bei wem Ihr Postfach liegt."))
    elif is_private_host(host):
        form.wrong["host"] = _private_address_sentence()
    elif not HOST.fullmatch(host):
        form.wrong["host"] = _("Das ist kein Name eines Servers, zum Beispiel mail.ihr-anbieter.de.")
    if not port.isdecimal() or int(port[:6]) not in MAIL_PORTS:
        form.wrong["port"] = _("Erlaubt sind %(ports)s.", ports=", ".join(map(str, MAIL_PORTS)))
    return host, port, user or (mailbox if form.text("password") else "")


def _parse_sms_gateway(form: _CredentialsForm, existing: Connection | None) -> ConnectionKeys:
    url, key, sender = form.text("url"), form.text("key"), form.text("sender")
    before = read_gateway(existing.api_key) if existing and existing.api_key else None
    if reason := _find_url_fault(url):
        form.wrong["url"] = reason
    elif before and not key and urlsplit(before.url).netloc == urlsplit(url).netloc:
        key = before.key
    if not KEY.fullmatch(key):
        form.wrong["key"] = _("Der Schlüssel fehlt oder ist keiner: 12 bis 200 Zeichen, ohne Leerzeichen.")
    gateway = _parse_gateway_format(form)
    as_number = normalise(sender, source="human").e164
    if as_number is None and not SENDER_NAME.fullmatch(sender):
        form.wrong["sender"] = _("Eine Rufnummer, oder ein Name mit 2 bis 11 Buchstaben oder Ziffern.")
    return ConnectionKeys(write_gateway(GatewayCredentials(url, key, gateway)), as_number or sender)


def _find_url_fault(url: str) -> str:
    """Say in one sentence what is wrong with the address of a gateway; empty where nothing is."""
    if url.lower().startswith("http://") and not settings().private_hosts:
        return _("Die Adresse muss mit https:// beginnen, damit niemand mitliest.")
    if "@" in url.partition("//")[2].partition("/")[0]:
        return _("Eine Adresse ohne Zugangsdaten darin: Der Schlüssel hat ein eigenes Feld.")
    host = get_url_host(url)
    if host and is_private_host(host):
        return _private_address_sentence()
    if not is_permitted_url(url) or len(url) > MAX_URL_LENGTH or not HOST.fullmatch(host):
        return _("Das ist keine Adresse, zum Beispiel https://gateway.ihr-anbieter.de/api/sms.")
    return ""


def _private_address_sentence() -> str:
    return _("Diese Adresse liegt in einem privaten Netz, das wir von außen nicht erreichen. Bitte nehmen Sie die öffentliche.")


def _parse_gateway_format(form: _CredentialsForm) -> GatewayFormat:
    usual = GatewayFormat()
    header, encoding = form.text("header") or usual.header, form.text("encoding") or usual.encoding
    if not HEADER.fullmatch(header) or header.lower() in OWN_HEADERS:
        form.wrong["header"] = _("Der Name einer Kopfzeile, zum Beispiel Authorization oder X-Api-Key.")
    if encoding not in ("json", "form"):
        form.wrong["encoding"] = _("Bitte wählen Sie aus der Liste.")
    fields = {name: form.text(name) or getattr(usual, name) for name in ("recipient_field", "text_field", "sender_field")}
    for name, value in fields.items():
        if not FIELD_NAME.fullmatch(value) or list(fields.values()).count(value) > 1:
            form.wrong[name] = _("Drei verschiedene Namen aus Buchstaben, Ziffern und _.")
    return GatewayFormat("Authorization" if header.lower() == "authorization" else header, encoding, **fields)  # type: ignore[arg-type]


PARSERS: dict[str, Callable[[_CredentialsForm, Connection | None], ConnectionKeys]] = {
    "retell": _parse_retell, "calcom": _parse_calcom, "twilio": _parse_twilio, "sms_gateway": _parse_sms_gateway, "smtp": _parse_smtp,
}  # fmt: skip
