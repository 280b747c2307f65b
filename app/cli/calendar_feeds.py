"""flask feeds: addresses under which calendar programs read the bookings of a person or a branch."""

import click

from app.cli.base import Group
from app.cli.command_errors import get_branch, one_transaction, with_company
from app.cli.tables import Table
from app.core import settings
from app.domain.bookings import calendar_feeds as making
from app.domain.services.matching import get_staff

feeds = Group("feeds", help="Feeds for calendar programs.")


@feeds.command("create")
@with_company
@click.option("--staff")
@click.option("--branch", metavar="SLUG")
def create(staff: str | None, branch: str | None) -> None:
    """Make an address for a calendar program and print it, this once."""
    with one_transaction():
        branch_id = get_branch(branch)
        token = making.create_feed(staff_id=get_staff(staff).id if staff else None, branch_id=branch_id)
    click.echo(f"{settings().public_base}/ics/{token}.ics")


@feeds.command("list")
@with_company
def list_feeds() -> None:
    """Show the living feeds."""
    table = Table("begins with", "whose", "made")
    with one_transaction():
        for each in making.list_feeds():
            table.add_row(each.token_hash[:12], making.get_feed_name(each), f"{each.created_at:%Y-%m-%d %H:%M} UTC")
    table.show()


@feeds.command("revoke")
@with_company
@click.argument("beginning")
def revoke(beginning: str) -> None:
    """Take a feed's address back; it is named by what `list` shows."""
    with one_transaction():
        meant = [each.token_hash for each in making.list_feeds() if len(beginning) >= 8 and each.token_hash.startswith(beginning)]
        if len(meant) != 1:
            raise click.ClickException("That names no living feed.")
        making.revoke_feed(meant[0])
