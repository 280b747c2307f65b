"""flask branches: the places of a business."""

import click
from sqlalchemy import select

from app.cli.command_errors import company_named, of_company, one_transaction
from app.cli.commands import Group
from app.cli.tables import Table
from app.core.extensions import db
from app.domain.operations import onboarding
from app.domain.scheduling.hours_editor import week_of
from app.domain.scheduling.opening_hours_text import read_week, write_week
from app.models import Branch

branches = Group("branches", help="Branches of a business.")


@branches.command("create")
@click.option("--company", "slug", required=True, metavar="SLUG")
@click.option("--name", required=True, help="As callers hear it, for example Berlin-Mitte.")
@click.option("--street")
@click.option("--postcode")
@click.option("--city")
@click.option("--state", help="The federal state. Default: the company's.")
@click.option("--timezone", "--zone", "zone", help="Default: the company's.")
@click.option("--hours", help='When it is open, for example "mo-fr 9-13, 14-18, sa 9-14". Default: as usual in its industry.')
@click.option("--forward-to", metavar="NUMBER", help="Who takes over when a caller wants a person.")
def create(
    slug: str, name: str, street: str | None, postcode: str | None, city: str | None, state: str | None, zone: str | None,
    hours: str | None, forward_to: str | None,
) -> None:  # fmt: skip
    """Make a branch that is open at the hours usual in its industry."""
    with one_transaction():
        company = company_named(slug)
        place = onboarding.Place(
            street=street, postcode=postcode, city=city, state=state, zone=zone, forward_to=forward_to,
            week=None if hours is None else read_week(hours),
        )  # fmt: skip
        branch = onboarding.create_branch(company, name, place)
        told = (
            f"{branch.name}, a branch of {company.name}.",
            f"  slug       {branch.slug}",
            f"  branch     {branch.id}",
            f"Next: flask numbers add NUMBER --company {company.slug} --branch {branch.slug}",
        )
    click.echo("\n".join(told))


@branches.command("list")
@of_company
def show_all() -> None:
    """Show the branches of a business."""
    table = Table("slug", "name", "address", "zone", "state", "open", "active", "id")
    with one_transaction():
        for branch in db.session.scalars(select(Branch).order_by(Branch.slug)):
            town = " ".join(filter(None, (branch.postcode, branch.city)))
            address = ", ".join(filter(None, (branch.street, town)))
            open_at = write_week(week_of(branch.id, None)) or "never"
            table.add_row(
                branch.slug, branch.name, address, branch.zone, branch.state or "", open_at, "yes" if branch.is_active else "no", branch.id
            )
    table.show()
