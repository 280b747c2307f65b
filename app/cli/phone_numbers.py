"""flask numbers: the phone numbers of businesses and the branch of each."""

import click
from sqlalchemy import select

from app.cli.command_context import get_branch, get_company, one_transaction
from app.cli.command_group import CommandGroup
from app.cli.tables import Table
from app.core.extensions import db
from app.core.tenancy import company_scope, unscoped
from app.domain.companies.phone_numbers import NumberTaken
from app.domain.operations import onboarding
from app.models import Agent, Branch, Company, PhoneNumber

numbers = CommandGroup("numbers", help="Phone numbers of businesses.")


@numbers.command("add")
@click.argument("number")
@click.option("--company", "slug", required=True, metavar="SLUG")
@click.option("--branch", "branch_slug", required=True, metavar="SLUG")
@click.option("--label", help="What it is called in lists.")
def add(number: str, slug: str, branch_slug: str, label: str | None) -> None:
    """Assign NUMBER to a branch, whose calls it carries from now on. Idempotent; with another branch the number is moved."""
    with one_transaction():
        company = get_company(slug)
        with company_scope(company.id):
            branch_id = get_branch(branch_slug)
            assert branch_id is not None
            try:
                row, _registrations = onboarding.add_number(company, branch_id, number, label=label)
            except NumberTaken as taken:
                off = "" if taken.owner.is_active else ", where it is switched off"
                raise click.ClickException(f"{number} belongs to {taken.owner.company} already ({taken.owner.slug}){off}.") from taken
            agent = db.session.get(Agent, row.agent_id) if row.agent_id else None
            lines = (
                f"{row.e164} belongs to {branch_slug} of {company.name}" + (f", and {agent.name} answers it." if agent else "."),
                f"  number     {row.id}",
                f"Next: flask retell publish --company {slug}",
            )
    click.echo("\n".join(lines))


@numbers.command("list")
@click.option("--company", "slug", metavar="SLUG", help="Only this one's.")
def show_all(slug: str | None) -> None:
    """List all numbers, or those of one business."""
    table = Table("number", "company", "branch", "answered by", "label", "active", "id")
    statement = (
        select(PhoneNumber, Company.slug.label("company"), Branch.slug.label("branch"), Agent.name.label("agent"))
        .join(Company, Company.id == PhoneNumber.company_id)
        .join(Branch, Branch.id == PhoneNumber.branch_id)
        .outerjoin(Agent, Agent.id == PhoneNumber.agent_id)
        .order_by(Company.slug, PhoneNumber.e164)
    )
    with unscoped(), one_transaction():
        for row in db.session.execute(statement.where(Company.id == get_company(slug).id) if slug else statement):
            number = row.PhoneNumber
            table.add_row(
                number.e164, row.company, row.branch, row.agent or "nobody", number.label or "", "yes" if number.is_active else "no",
                number.id,
            )  # fmt: skip
    table.show()
