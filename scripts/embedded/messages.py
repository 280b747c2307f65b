"""What `scripts/server` says to the person in front of it."""

from collections.abc import Mapping

DEMO_ACCOUNTS = (
    ("owner@salon-lindgren.example", "Salon Lindgren, owner"),
    ("frontdesk@salon-lindgren.example", "Salon Lindgren, front desk"),
    ("owner@praxis-morgenstern.example", "Praxis Dr. Morgenstern, owner"),
    ("owner@werkstatt-kruse.example", "Werkstatt Kruse, owner"),
    ("support@askproai.example", "support staff"),
)


def summary(port: int, environment: Mapping[str, str], *, new_password: str | None) -> str:
    """Where to look and how to come in; a password that was made at this start is shown this once."""
    lines = ["", f"  AskProAI is running:  http://localhost:{port}", ""]
    if environment.get("APP_ENV", "development") != "production":
        lines += [f"    {email:<34} {who}" for email, who in DEMO_ACCOUNTS]
        lines += ["", f"    Password of all of them: {_password(environment, new_password)}"]
        lines += ["", "    A first call:  .venv/bin/flask simulate call"]
    return "\n".join([*lines, "", "  Ctrl-C stops everything.", ""])


def _password(environment: Mapping[str, str], new_password: str | None) -> str:
    if new_password:
        return f"{new_password}  (shown this once)"
    if environment.get("DEMO_PASSWORD"):
        return "the one in DEMO_PASSWORD"
    return "as shown at the first start; DEMO_PASSWORD=… scripts/server sets another"
