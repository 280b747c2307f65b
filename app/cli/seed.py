"""flask seed: demo data, for evaluation and tests; never in production."""

import click

from app.cli.command_group import CommandGroup
from app.core import settings
from app.core.transactions import transaction
from app.demo.api_keys import create_api_keys
from app.demo.companies import COMPANIES, SUPPORT
from app.demo.seeder import build_companies
from app.demo.users import create_accounts

seed = CommandGroup("seed", help="Fill the database with something to look at.")


@seed.command("demo")
def demo() -> None:
    """Create three companies with staff, services and sixty days of calls; idempotent."""
    if settings().is_production:
        raise click.ClickException("The demo town is not built in production.")
    created = build_companies()
    with transaction():
        password = create_accounts(settings().demo_password)
        keys = create_api_keys((settings().demo_api_key, settings().demo_api_key_2, settings().demo_api_key_3))
    click.echo(f"Built: {', '.join(created)}." if created else "The demo town stands already.")
    if keys:
        click.echo(f"API keys taken from the environment: {', '.join(keys)}.")
    if password:
        emails = [SUPPORT.email, *(user.email for company in COMPANIES for user in company.users)]
        click.echo("\n".join(["Accounts:", *(f"  {email}" for email in emails), f"Their password, shown this once: {password}"]))
