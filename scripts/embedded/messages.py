"""Messages of `scripts/server` to its user."""

from collections.abc import Mapping

DEMO_ACCOUNTS = (
    ("owner@salon-lindgren.example", "Salon Lindgren, owner"),
    ("frontdesk@salon-lindgren.example", "Salon Lindgren, front desk"),
    ("owner@praxis-morgenstern.example", "Praxis Dr. Morgenstern, owner"),
    ("owner@werkstatt-kruse.example", "Werkstatt Kruse, owner"),
    ("support@askproai.example", "support staff"),
)


def summary(port: int, environment: Mapping[str, str], *, new_password: str | None) -> str:
    """The URL and the demo accounts; a password generated at this start is shown only once."""
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
