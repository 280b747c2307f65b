"""Every environment variable: read once, typed, one comment each; production refuses to start without its secrets."""

import json
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, PrivateAttr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
NEEDED_IN_PRODUCTION = ("SECRET_KEY", "ENCRYPTION_KEYS", "DATABASE_URL", "REDIS_URL")
GENERATED_IN_DEVELOPMENT = ("SECRET_KEY", "ENCRYPTION_KEYS", "RETELL_API_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")


class SettingsMissing(SystemExit):
    """The start is refused; the message is one line that names the variable."""


class Settings(BaseSettings):
    """The environment. A secret that is set to the empty string stays empty: its door is closed, never open."""

    model_config = SettingsConfigDict(extra="ignore", case_sensitive=False, populate_by_name=True)

    app_env: Literal["development", "testing", "production"] = "development"
    # where the web process listens
    port: int = 8000
    # the address the outside world uses; Twilio's signature is made over it. Unset: http://localhost:PORT
    public_url: str | None = None
    # proxies in front of us whose X-Forwarded-* headers count
    proxy_hops: int = 0
    # signs cookies and tokens
    secret_key: str | None = None
    # comma-separated, 32 bytes base64 each; the first one writes, all read
    encryption_keys: str | None = None
    # unset: SQLite in INSTANCE_PATH
    database_url: str | None = None
    # unset: the embedded server's address, read from INSTANCE_PATH
    redis_url: str | None = None
    # secrets, database and logs of the embedded default live here
    instance_path: Path = ROOT / "instance"
    # connections kept to the database, per process
    database_pool: int = Field(16, ge=1, le=64)
    # whether the web process carries the live sockets itself; unset: yes, but not in production, where `live` does
    live_in_web: bool | None = None
    # sockets one process carries before it sends newcomers to polling
    live_sockets: int = 60

    demo_password: str | None = None
    demo_api_key: str | None = None
    demo_api_key_2: str | None = None
    demo_api_key_3: str | None = None

    # the platform's key at Retell; it also signs Retell's webhooks. Empty: those webhooks answer 503
    retell_api_key: str | None = None
    retell_base_url: str = "https://api.retellai.com"
    twilio_account_sid: str | None = None
    # signs Twilio's webhooks. Empty: those webhooks answer 503
    twilio_auth_token: str | None = None
    twilio_base_url: str = "https://api.twilio.com"
    # as whom we send SMS: a number, a name of up to eleven letters, or a messaging service (MG…). Unset: none are sent
    twilio_sender: str | None = None
    calcom_api_key: str | None = None
    calcom_base_url: str = "https://api.cal.com/v2"
    # signs Cal.com's webhooks. Empty: those webhooks answer 503
    calcom_webhook_secret: str | None = None
    # where e-mail is handed over, and as whom we write: "Salon Lindgren <termine@…>"
    smtp_url: str | None = None
    mail_from: str | None = None
    # whether mail servers that companies name may stand in a private network; for one's own network, and for tests
    private_hosts: bool = False
    sentry_dsn: str | None = None
    otel_exporter_otlp_endpoint: str | None = None
    # a scraper's bearer token for /metrics; unset: loopback only
    metrics_token: str | None = None
    log_level: str = "INFO"

    _retell_key_is_ours: bool = PrivateAttr(False)

    def model_post_init(self, _context: object) -> None:
        if self.is_production:
            for name in NEEDED_IN_PRODUCTION:
                if not getattr(self, name.lower()):
                    raise SettingsMissing(f"{name} is not set; production does not start without it.")
            return
        kept = self._kept_secrets()
        for name in GENERATED_IN_DEVELOPMENT:
            if getattr(self, name.lower()) is None and name in kept:
                setattr(self, name.lower(), kept[name])
                self._retell_key_is_ours |= name == "RETELL_API_KEY"
        address = self.instance_path / "redis.url"
        if self.redis_url is None and address.exists():
            self.redis_url = address.read_text().strip()

    def _kept_secrets(self) -> dict[str, str]:
        file = self.instance_path / "secrets.json"
        return json.loads(file.read_text()) if file.exists() else {}

    @property
    def retell_account_key(self) -> str | None:
        """The key to speak to Retell with: one that was made up here only signs, it opens no account but that of a stand-in."""
        real = self.retell_base_url == type(self).model_fields["retell_base_url"].default
        return None if real and self._retell_key_is_ours else self.retell_api_key or None

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
    def sockets_in_web(self) -> bool:
        return not self.is_production if self.live_in_web is None else self.live_in_web
