"""flask branches: the branches of a business."""

import click
from sqlalchemy import select

from app.cli.command_context import get_branch, get_company, one_transaction, with_company
from app.cli.command_group import CommandGroup
from app.cli.tables import Table
from app.core.extensions import db
from app.core.tenancy import company_scope
from app.domain.operations.branches import BranchDetails, BranchExists, create_branch, update_branch
from app.domain.scheduling.hours_editor import get_week
from app.domain.scheduling.minute_bits import MINUTES_PER_DAY
from app.domain.scheduling.opening_hours_text import format_week, parse_week
from app.models import Branch, Company

OVERNIGHT_NOTE = " (past midnight: what closes earlier than it opens closes on the next day)"
branches = CommandGroup("branches", help="Branches of a business.")


@branches.command("create")
@click.option("--company", "slug", required=True, metavar="SLUG")
@click.option("--name", required=True, help="As callers hear it, for example Berlin-Mitte.")
@click.option("--street")
@click.option("--postcode")
@click.option("--city")
@click.option("--state", help="The federal state. Default: the company's.")
@click.option("--timezone", "--zone", help="Default: the company's.")
@click.option("--hours", help='When it is open, for example "mo-fr 9-13, 14-18, sa 9-14". Default: as usual in its industry.')
@click.option("--forward-to", "forward_number", metavar="NUMBER", help="Who takes over when a caller wants a person.")
def create(
    slug: str, name: str, street: str | None, postcode: str | None, city: str | None, state: str | None, timezone: str | None,
    hours: str | None, forward_number: str | None,
) -> None:  # fmt: skip
    """Create a branch, by default with the opening hours usual in its industry."""
    with one_transaction():
        company = get_company(slug)
        details = BranchDetails(
            street=street, postcode=postcode, city=city, state=state, timezone=timezone, forward_number=forward_number,
            week=None if hours is None else parse_week(hours),
        )  # fmt: skip
        try:
            branch = create_branch(company, name, details)
        except BranchExists as exists:
            change = f"flask branches update --company {company.slug} --branch {exists.slug} --street … --hours …"
            raise click.ClickException(f"{exists.message} To change it: {change}") from exists
        lines = (
            f"{branch.name}, a branch of {company.name}.",
            f"  slug       {branch.slug}",
            f"  branch     {branch.id}",
            f"  open       {_describe_opening_hours(company, branch)}",
            f"Next: flask numbers add NUMBER --company {company.slug} --branch {branch.slug}",
        )
    click.echo("\n".join(lines))


@branches.command("update")
@click.option("--company", "slug", required=True, metavar="SLUG")
@click.option("--branch", "branch_slug", required=True, metavar="SLUG")
@click.option("--name", help="As callers hear it; the slug stays.")
@click.option("--street")
@click.option("--postcode")
@click.option("--city")
@click.option("--state", help="The federal state.")
@click.option("--timezone", "--zone")
@click.option("--hours", help='In place of the weekly hours, for example "mo-fr 9-13, 14-18, sa 9-14".')
@click.option("--forward-to", "forward_number", metavar="NUMBER", help="Who takes over when a caller wants a person.")
def update(
    slug: str, branch_slug: str, name: str | None, street: str | None, postcode: str | None, city: str | None, state: str | None,
    timezone: str | None, hours: str | None, forward_number: str | None,
) -> None:  # fmt: skip
    """Change a branch; omitted options stay as they are."""
    with one_transaction():
        company = get_company(slug)
        details = BranchDetails(
            street=street, postcode=postcode, city=city, state=state, timezone=timezone, forward_number=forward_number,
            week=None if hours is None else parse_week(hours),
        )  # fmt: skip
        with company_scope(company.id):
            branch = db.session.get_one(Branch, get_branch(branch_slug))
            update_branch(company, branch, details, name=name)
        lines = (
            f"{branch.name}, a branch of {company.name}.",
            f"  address    {_format_address(branch) or 'none'}",
            f"  open       {_describe_opening_hours(company, branch)}",
        )
    click.echo("\n".join(lines))


@branches.command("list")
@with_company
def show_all() -> None:
    """Show the branches of a business."""
    table = Table("slug", "name", "address", "timezone", "state", "open", "active", "id")
    with one_transaction():
        for branch in db.session.scalars(select(Branch).order_by(Branch.slug)):
            open_at = format_week(get_week(branch.id, None)) or "never"
            table.add_row(
                branch.slug, branch.name, _format_address(branch), branch.timezone, branch.state or "", open_at,
                "yes" if branch.is_active else "no", branch.id,
            )  # fmt: skip
    table.show()


def _format_address(branch: Branch) -> str:
    postcode_and_city = " ".join(filter(None, (branch.postcode, branch.city)))
    return ", ".join(filter(None, (branch.street, postcode_and_city)))


def _describe_opening_hours(company: Company, branch: Branch) -> str:
    """Describe the weekly hours as parsed, with a note where they pass midnight."""
    with company_scope(company.id):
        week = get_week(branch.id, None)
    is_overnight = any(closes > MINUTES_PER_DAY for spans in week for _opens, closes in spans)
    return (format_week(week) or "never") + (OVERNIGHT_NOTE if is_overnight else "")
