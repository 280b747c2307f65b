"""Every variable of the environment: what is wrong refuses the start in one line that names it and says what would be right."""

import base64
from pathlib import Path

import pytest

from app.providers import WEBHOOK_PROVIDERS
from config import Settings, SettingsRefused

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
SECRET = "a-word-nobody-may-read"
DATABASE, REDIS = "mysql+pymysql://user:password@host", "redis://:password@host:6379/0"
ADDRESS = "https://host"
# what it is set to, and what the line says
WRONG = {
    "APP_ENV": [("prod", "'prod'; it must be development, testing or production"), ("Production", "production")],
    "PORT": [
        ("70000", "'70000'; it must be a whole number from 0 to 65535"),
        ("abc", "from 0 to 65535"),
        ("-1", "from 0"),
        ("80.5", "65535"),
    ],
    "PUBLIC_URL": [("askproai.example", ADDRESS), ("ftp://askproai.example", ADDRESS), ("https://", ADDRESS), ("https://a b", ADDRESS)],
    "PROXY_HOPS": [("-1", "from 0 to 10"), ("eleven", "from 0 to 10"), ("11", "from 0 to 10")],
    "ENCRYPTION_KEYS": [
        (SECRET, "32 bytes in base64"),
        (f"{SECRET}-{SECRET}", "32 bytes in base64"),
        (base64.b64encode(b"k" * 16).decode(), "32 bytes"),
        (base64.b64encode(b"k" * 48).decode(), "32 bytes"),
        (f"{KEY},{SECRET}", "32 bytes"),
        ("0" * 40, "32 bytes"),
        (f"{KEY[:20]}!{KEY[20:]}", "32 bytes"),
        (",", "`flask keys new` prints one"),
    ],
    "DATABASE_URL": [
        (f"postgresql://u:{SECRET}@host/name", "it must be mysql+pymysql://user:password@host/name; this one begins with 'postgresql'"),
        (f"mysql+mysqldb://u:{SECRET}@host/name", DATABASE),
        ("askproai", DATABASE),
        (f"mysql://u:{SECRET}@host", "names no database"),
        (f"mysql://u:{SECRET}@host/", "names no database"),
        (f"mysql://u:{SECRET}@/name", "names no host"),
        (f"mysql://u:p@{SECRET}@host/name", "percent-encoded: %40 for @, %2F for /"),
        (f"mysql://u:p@{SECRET}/p@host/name", "percent-encoded"),
        (f"mysql://u/{SECRET}:p@host/name", "percent-encoded"),
        (f"mysql://u:p@x?{SECRET}@host/name", "percent-encoded"),
        (f"{SECRET}@host/name", DATABASE),
        (f"{SECRET}://host/name", DATABASE),
        (f"mysql://u:{SECRET}@host:port/name", "no number from 1 to 65535"),
        (f"mysql://u:{SECRET}@host:70000/name", "no number from 1 to 65535"),
    ],
    "REDIS_URL": [
        (f"http://:{SECRET}@host", REDIS),
        (f"unix://:{SECRET}@/run/redis", REDIS),
        ("localhost:6379", REDIS),
        (f"redis://:{SECRET}@host:port", REDIS),
        (f"redis://:{SECRET}@host:0/1", REDIS),
        ("redis://", REDIS),
    ],
    "INSTANCE_PATH": [
        ("/dev/null", "it is a file; it must be a folder that may be written to"),
        ("/dev/null/x", "folder"),
        ("/proc/x", "folder"),
    ],
    "DATABASE_POOL": [("100", "'100'; it must be a whole number from 1 to 64"), ("0", "from 1 to 64"), ("many", "from 1 to 64")],
    "LIVE_IN_WEB": [("maybe", "'maybe'; it must be 1 or 0")],
    "LIVE_SOCKETS": [("-1", "from 0 to 100000"), ("all", "from 0 to 100000")],
    "RETELL_BASE_URL": [("api.retellai.com", ADDRESS)],
    "TWILIO_BASE_URL": [("twilio", ADDRESS)],
    "CALCOM_BASE_URL": [("https://:443", ADDRESS)],
    "SMS_PRICE_CENTS": [("-1", "from 0 to 1000"), ("8,5", "'8,5'; it must be a number, with a point"), ("1001", "from 0 to 1000")],
    "TWILIO_SENDER": [("0301234567", "+4930"), ("+49 30 123", "+4930"), ("Salon Lindgren Berlin", "eleven")],
    "SMTP_URL": [(f"mail.example:{SECRET}", "smtp://user:password@host:587"), (f"https://u:{SECRET}@mail.example", "smtps://")],
    "BOUNCE_MAILBOX_URL": [
        (f"imaps://u:{SECRET}@", "imaps://user:password@host/INBOX"),
        (f"pop3://u:{SECRET}@mail.example", "imaps://"),
        ("imaps://mail.example/INBOX", "user:password"),
        (f"imaps://u:{SECRET}@mail.example:0/INBOX", "INBOX"),
        (f"imaps://u:{SECRET}@[mail.example/INBOX", "INBOX"),
    ],
    "MAIL_FROM": [("Salon Lindgren", "Salon Lindgren <termine@salon.example>"), ("termine@", "e-mail address")],
    "PRIVATE_HOSTS": [("perhaps", "1 or 0")],
    "SENTRY_DSN": [
        (SECRET, "https://key@host/project"),
        (f"https://{SECRET}.example/1", "key@host"),
        (f"https://{SECRET}@host/", "project"),
    ],
    "LOG_LEVEL": [("LOUD", "'LOUD'; it must be DEBUG, INFO, WARNING or ERROR"), ("3", "DEBUG")],
}
ANY_TEXT_WILL_DO = {
    "SECRET_KEY": "any text signs",
    "DEMO_PASSWORD": "any text is a password of the demo town",
    "DEMO_API_KEY": "any text is a key",
    "DEMO_API_KEY_2": "any text is a key",
    "DEMO_API_KEY_3": "any text is a key",
    "TWILIO_ACCOUNT_SID": "only Twilio knows",
    "CALCOM_API_KEY": "only Cal.com knows",
    **{provider.secret.upper(): "only the provider knows" for provider in WEBHOOK_PROVIDERS.values()},
    "METRICS_TOKEN": "any text is a token",
    **{
        f"OPERATOR_{name}": "any text stands in the imprint"
        for name in ("NAME", "ADDRESS", "EMAIL", "PHONE", "REPRESENTATIVE", "REGISTER", "VAT_ID")
    },
}
RIGHT = {
    "PORT": ["0", "80", "65535", ""],
    "PUBLIC_URL": ["https://askproai.example", "http://localhost:8000/", "http://[::1]:8000"],
    "ENCRYPTION_KEYS": [KEY, KEY.rstrip("="), f" {KEY} , {bytes(32).hex()},", base64.b64encode(b"\xff" * 32).decode()],
    "DATABASE_URL": ["sqlite:////tmp/x.sqlite3", "mysql+pymysql://u:p%40ss@host:3306/name?charset=utf8mb4", "mysql+pymysql://u@[::1]/name"],
    "REDIS_URL": ["redis://host", "rediss://:p@host:6380/2", "redis://user:p@host/0"],
    "LOG_LEVEL": ["debug", "WARNING", ""],
    "LIVE_IN_WEB": ["1", "false", "yes", ""],
    "INSTANCE_PATH": [""],
    "SMS_PRICE_CENTS": ["0", "7.9"],
    "TWILIO_SENDER": ["+493012345", "AskProAI", "Salon 24", f"MG{'0' * 32}"],
    "MAIL_FROM": ["termine@salon.example", "Salon Lindgren <termine@salon.example>"],
    "SENTRY_DSN": ["https://key@o1.ingest.example/42", "http://key:old@127.0.0.1:9000/path/1"],
    "SMTP_URL": ["smtp://mail.example", "smtps://u:p@mail.example:465", "mailbox://local"],
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(("name", "value", "said"), [(name, *case) for name, cases in WRONG.items() for case in cases])
def test_a_wrong_value_is_one_line_that_says_what_would_be_right(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsRefused) as refusal:
        Settings()
    line = str(refusal.value)
    assert line.startswith(f"{name} is ") and said in line and line.endswith(".")
    assert "\n" not in line and SECRET not in line


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in RIGHT.items() for value in values])
def test_a_right_value_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    Settings()


def test_every_variable_has_wrong_values_or_a_reason() -> None:
    assert {name.upper() for name in Settings.model_fields} == WRONG.keys() | ANY_TEXT_WILL_DO.keys()
    assert not WRONG.keys() & ANY_TEXT_WILL_DO.keys()


@pytest.mark.parametrize("scheme", ["mysql", "mariadb", "mysql+pymysql"])
def test_mariadb_is_spoken_to_by_the_driver_that_is_there(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://u:p@host/name")
    assert Settings().database_uri == "mysql+pymysql://u:p@host/name"


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ENCRYPTION_KEYS", "DATABASE_URL", "REDIS_URL"])
@pytest.mark.parametrize("is_empty", [False, True])
def test_production_needs_its_secrets(monkeypatch: pytest.MonkeyPatch, missing: str, is_empty: bool) -> None:
    needed = {"SECRET_KEY": "s", "ENCRYPTION_KEYS": KEY, "DATABASE_URL": "mysql://u@h/n", "REDIS_URL": "redis://h", "APP_ENV": "production"}
    for name, value in needed.items():
        monkeypatch.setenv(name, value)
    Settings()
    monkeypatch.setenv(missing, "") if is_empty else monkeypatch.delenv(missing)
    with pytest.raises(SettingsRefused, match=f"^{missing} is not set; production does not start without it.$"):
        Settings()


def test_a_secret_that_is_set_to_nothing_stays_nothing(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "secrets.json").write_text('{"RETELL_API_KEY": "made", "TWILIO_AUTH_TOKEN": "made"}')
    monkeypatch.setenv("RETELL_API_KEY", "")
    assert (Settings().retell_api_key, Settings().twilio_auth_token) == ("", "made")


def test_spoiled_secrets_of_the_first_start_are_said(folder: Path) -> None:
    (folder / "secrets.json").write_text("{")
    with pytest.raises(SettingsRefused, match=r"^INSTANCE_PATH: .*secrets\.json cannot be read; it must be"):
        Settings()


@pytest.mark.parametrize("missing", ["SMTP_URL", "MAIL_FROM", None])
def test_a_mailbox_of_bounces_belongs_to_mails_that_are_sent(monkeypatch: pytest.MonkeyPatch, missing: str | None) -> None:
    given = {"SMTP_URL": "smtp://mail.example", "MAIL_FROM": "a@b.example", "BOUNCE_MAILBOX_URL": "imaps://u:p%40ss@mail.example:993/INBOX"}
    for name, value in given.items():
        if name != missing:
            monkeypatch.setenv(name, value)
    if missing is None:
        assert Settings().bounce_mailbox_url == given["BOUNCE_MAILBOX_URL"]
    else:
        with pytest.raises(SettingsRefused, match=r"^BOUNCE_MAILBOX_URL is set without SMTP_URL and MAIL_FROM; no mail"):
            Settings()


def test_production_sends_its_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = {"SECRET_KEY": "s", "ENCRYPTION_KEYS": KEY, "DATABASE_URL": "mysql://u@h/n", "REDIS_URL": "redis://h", "APP_ENV": "production"}
    for name, value in (needed | {"SMTP_URL": "mailbox://local"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsRefused, match=r"^SMTP_URL is 'mailbox:'; production needs a mail server"):
        Settings()
