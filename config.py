"""Settings from environment variables: read once, typed, one comment each; a missing or invalid one refuses the start in one line."""

import json
import os
import re
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticUseDefault
from pydantic_settings import BaseSettings, SettingsConfigDict

from config_values import (
    DatabaseUrl,
    EncryptionKeys,
    ImapMailbox,
    LogLevel,
    MailAddress,
    MailServer,
    Port,
    RedisUrl,
    SentryDsn,
    SmsSender,
    WebAddress,
    is_loopback,
)

# port of `live` in the Procfile, unless PORT is set for it
LIVE_PORT = 8100
ROOT = Path(__file__).resolve().parent
NEEDED_IN_PRODUCTION = ("SECRET_KEY", "ENCRYPTION_KEYS", "DATABASE_URL", "REDIS_URL")
GENERATED_IN_DEVELOPMENT = ("SECRET_KEY", "ENCRYPTION_KEYS", "RETELL_API_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")


# values of these are never shown, not even in part
HIDDEN = re.compile(r"key|token|secret|password|dsn|database_url|redis_url|smtp_url|mailbox_url")


class SettingsRefused(SystemExit):
    """The start is refused; the message is one line with the variable and its valid form."""


class Settings(BaseSettings):
    """The environment. A secret set to an empty string stays empty, which disables its entry point."""

    model_config = SettingsConfigDict(extra="ignore", case_sensitive=False, populate_by_name=True)

    app_env: Literal["development", "testing", "production"] = "development"
    # port of the web process
    port: Port = 8000
    # public address, over which Twilio's signature is computed. Unset: http://localhost:PORT
    public_url: WebAddress | None = None
    # number of proxies whose X-Forwarded-* headers are trusted
    proxy_hops: int = Field(0, ge=0, le=10)
    # signs cookies and tokens
    secret_key: str | None = None
    # comma-separated, 32 bytes base64 each; the first encrypts, all decrypt
    encryption_keys: EncryptionKeys | None = None
    # unset: SQLite in INSTANCE_PATH
    database_url: DatabaseUrl | None = None
    # unset: the embedded server's address, read from INSTANCE_PATH
    redis_url: RedisUrl | None = None
    # folder of the embedded default's secrets, database and logs
    instance_path: Path = ROOT / "instance"
    # pooled connections to the database, per process; equal to the threads of `web` (WEB_THREADS of its Procfile line)
    database_pool: int = Field(24, ge=1, le=64)
    # whether the web process serves the live sockets; unset: yes, except in production, where `live` does
    live_in_web: bool | None = None
    # live sockets per process; further clients fall back to polling
    live_sockets: int = Field(60, ge=0, le=100_000)

    demo_password: str | None = None
    demo_api_key: str | None = None
    demo_api_key_2: str | None = None
    demo_api_key_3: str | None = None

    # the platform's key at Retell; it also signs Retell's webhooks. Empty: those webhooks answer 503
    retell_api_key: str | None = None
    retell_base_url: WebAddress = "https://api.retellai.com"
    twilio_account_sid: str | None = None
    # signs Twilio's webhooks. Empty: those webhooks answer 503
    twilio_auth_token: str | None = None
    twilio_base_url: WebAddress = "https://api.twilio.com"
    # sender of SMS: a number, a name of up to eleven letters, or a messaging service (MG…). Unset: none are sent
    twilio_sender: SmsSender | None = None
    # our price of one SMS in euro cents, to show support the cost of a company's codes and links
    sms_price_cents: float = Field(8, ge=0, le=1000)
    calcom_api_key: str | None = None
    calcom_base_url: WebAddress = "https://api.cal.com/v2"
    # signs Cal.com's webhooks. Empty: those webhooks answer 503
    calcom_webhook_secret: str | None = None
    # server and sender of e-mail: "Salon Lindgren <termine@…>"; mailbox://local keeps mails for the page /mailbox, not in production
    smtp_url: MailServer | None = None
    mail_from: MailAddress | None = None
    # the mailbox behind MAIL_FROM, where mails come back that could not be delivered; it is only read. Unset: they go unnoticed
    bounce_mailbox_url: ImapMailbox | None = None
    # whether companies' mail servers may be in a private network; for installations in such a network, and for tests
    private_hosts: bool = False
    # who operates this installation, for its imprint and privacy notice: name, address in one line, and how to reach them
    operator_name: str | None = None
    operator_address: str | None = None
    operator_email: str | None = None
    operator_phone: str | None = None
    # who represents the operator, the register with its number, and the VAT id, where there are any
    operator_representative: str | None = None
    operator_register: str | None = None
    operator_vat_id: str | None = None
    sentry_dsn: SentryDsn | None = None
    # bearer token for /metrics; unset: loopback only
    metrics_token: str | None = None
    log_level: LogLevel = "INFO"

    _is_retell_key_generated: bool = PrivateAttr(False)

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise SettingsRefused(_format_error(error)) from None

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: Any, info: ValidationInfo) -> Any:
        if value == "" and (info.field_name or "").upper() not in GENERATED_IN_DEVELOPMENT:
            raise PydanticUseDefault
        return value

    def model_post_init(self, _context: object) -> None:
        self._make_folder()
        if self.bounce_mailbox_url and not (self.smtp_url and self.mail_from):
            raise SettingsRefused("BOUNCE_MAILBOX_URL is set without SMTP_URL and MAIL_FROM; no mail would come back there.")
        if self.is_production:
            for name in NEEDED_IN_PRODUCTION:
                if not getattr(self, name.lower()):
                    raise SettingsRefused(f"{name} is not set; production does not start without it.")
            if self.smtp_url and self.smtp_url.startswith("mailbox:"):
                raise SettingsRefused("SMTP_URL is 'mailbox:'; production needs a mail server, smtp://user:password@host:587.")
            return
        secrets = self._read_secrets()
        for name in GENERATED_IN_DEVELOPMENT:
            if getattr(self, name.lower()) is None and name in secrets:
                setattr(self, name.lower(), secrets[name])
                self._is_retell_key_generated |= name == "RETELL_API_KEY"
        address = self.instance_path / "redis.url"
        if self.redis_url is None and address.exists():
            self.redis_url = address.read_text().strip()

    def _make_folder(self) -> None:
        try:
            self.instance_path.mkdir(parents=True, exist_ok=True)
            reason = None if os.access(self.instance_path, os.W_OK | os.X_OK) else "it is read-only for this process"
        except OSError as error:
            reason = "it is a file" if self.instance_path.exists() else (error.strerror or "it cannot be made").lower()
        if reason:
            raise SettingsRefused(f"INSTANCE_PATH is {str(self.instance_path)!r}: {reason}; it must be a folder that may be written to.")

    def _read_secrets(self) -> dict[str, str]:
        file = self.instance_path / "secrets.json"
        try:
            return json.loads(file.read_text()) if file.exists() else {}
        except (OSError, ValueError):
            raise SettingsRefused(f"INSTANCE_PATH: {file} cannot be read; it must be the file of the first start, or be gone.") from None

    @property
    def retell_account_key(self) -> str | None:
        """The key for Retell's API; None with the generated one at the real API, since it belongs to no account there."""
        is_real_api = self.retell_base_url == type(self).model_fields["retell_base_url"].default
        return None if is_real_api and self._is_retell_key_generated else self.retell_api_key or None

    @property
    def is_production(self) -> bool:
        return self.app_env == "production"

    @cached_property
    def database_uri(self) -> str:
        return self.database_url or f"sqlite:///{(self.instance_path / 'askproai.sqlite3').resolve()}"

    @property
    def public_base(self) -> str:
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def own_base(self) -> str:
        """URL of `web` on this machine."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def own_live_base(self) -> str:
        """URL of the live sockets on this machine: that of `web`, or of the `live` process."""
        return self.own_base if self.sockets_in_web else f"http://127.0.0.1:{LIVE_PORT}"

    @property
    def has_secure_address(self) -> bool:
        """Whether browsers keep a secure cookie of the public address: over https, or on the same machine."""
        return self.public_base.startswith("https:") or is_loopback(urlsplit(self.public_base).hostname or "")

    @property
    def sockets_in_web(self) -> bool:
        return not self.is_production if self.live_in_web is None else self.live_in_web


def _format_error(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    name, given = str(first["loc"][0]), first["input"]
    shown = "is not right" if HIDDEN.search(name) else f"is {str(given)[:60]!r}"
    return f"{name.upper()} {shown}; it must be {_valid_form(name, first['type'], first.get('ctx', {}))}."


def _valid_form(name: str, kind: str, context: dict[str, Any]) -> str:
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return str(context["expected"]).replace("'", "")
    if kind.startswith("bool"):
        return "1 or 0"
    limits = Settings.model_json_schema()["properties"][name]
    kind = "whole number" if limits["type"] == "integer" else "number, with a point before its fractions,"
    return f"a {kind} from {limits['minimum']:g} to {limits['maximum']:g}"


if __name__ == "__main__":
    Settings()
