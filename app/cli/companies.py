"""flask companies: the businesses on this platform."""

import click
from flask_babel import force_locale

from app.cli.command_context import one_transaction
from app.cli.command_group import CommandGroup
from app.cli.tables import Table
from app.core.tenancy import unscoped
from app.domain.companies.industries import INDUSTRIES, get_industry
from app.domain.operations import onboarding
from app.domain.operations.company_list import list_companies
from app.domain.operations.onboarding import CompanyExists

companies = CommandGroup("companies", help="Businesses.")


@companies.command("create")
@click.option("--name", required=True, help="As callers hear it.")
@click.option("--industry", required=True, help="Its key or its name: " + ", ".join(INDUSTRIES))
@click.option("--timezone", "--zone", default="Europe/Berlin", show_default=True)
@click.option("--state", help="The federal state, whose public holidays hold, for example BE.")
@click.option("--language", default="de", show_default=True, help="Of its assistant: de or en.")
@click.option("--again", is_flag=True, help="Another business of a name that there is already.")
def create(name: str, industry: str, timezone: str, state: str | None, language: str, again: bool) -> None:
    """Create a business and its assistant. It takes calls as soon as it has a branch and a number."""
    with unscoped(), one_transaction():
        try:
            company, agent = onboarding.create_company(name, industry, timezone=timezone, state=state, language=language, is_another=again)
        except CompanyExists as exists:
            raise click.ClickException(f"{exists.message} Go on with it, or make another one of this name on purpose: --again.") from exists
        lines = (
            f"{company.name}: {get_industry(company.industry).name}, {company.timezone}.",
            f"  slug       {company.slug}",
            f"  company    {company.id}",
            f"  assistant  {agent.id} ({agent.name})",
            f"Next: flask branches create --company {company.slug} --name …",
        )
    click.echo("\n".join(lines))


@companies.command("list")
def show_all() -> None:
    """List all businesses with their figures."""
    table = Table("slug", "name", "industry", "timezone", "branches", "numbers", "users", "last call", "state", "id")
    with unscoped(), one_transaction(), force_locale("en"):
        for row in list_companies():
            company = row.company
            table.add_row(
                company.slug, company.name, str(get_industry(company.industry).name), company.timezone, str(row.branches), str(row.numbers),
                str(row.users), f"{row.last_call_at:%Y-%m-%d %H:%M} UTC" if row.last_call_at else "never",
                "active" if company.is_active else "inactive", company.id,
            )  # fmt: skip
    table.show()
