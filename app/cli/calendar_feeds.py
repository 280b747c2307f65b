"""flask feeds: URLs under which calendar programs read the bookings of a staff member or a branch."""

import click

from app.cli.command_context import get_branch, one_transaction, with_company
from app.cli.command_group import CommandGroup
from app.cli.tables import Table
from app.core import settings
from app.domain.bookings import calendar_feeds
from app.domain.services.staff_matching import get_staff

feeds = CommandGroup("feeds", help="Feeds for calendar programs.")


@feeds.command("create")
@with_company
@click.option("--staff")
@click.option("--branch", metavar="SLUG")
def create(staff: str | None, branch: str | None) -> None:
    """Create an address for a calendar program and print it, this once."""
    with one_transaction():
        branch_id = get_branch(branch)
        token = calendar_feeds.create_feed(staff_id=get_staff(staff).id if staff else None, branch_id=branch_id)
    click.echo(f"{settings().public_base}/ics/{token}.ics")


@feeds.command("list")
@with_company
def list_feeds() -> None:
    """List the active feeds."""
    table = Table("begins with", "whose", "made")
    with one_transaction():
        for feed in calendar_feeds.list_feeds():
            table.add_row(feed.token_hash[:12], calendar_feeds.get_feed_name(feed), f"{feed.created_at:%Y-%m-%d %H:%M} UTC")
    table.show()


@feeds.command("revoke")
@with_company
@click.argument("beginning")
def revoke(beginning: str) -> None:
    """Revoke a feed, named by the beginning that `list` shows."""
    with one_transaction():
        matches = [feed.token_hash for feed in calendar_feeds.list_feeds() if len(beginning) >= 8 and feed.token_hash.startswith(beginning)]
        if len(matches) != 1:
            raise click.ClickException("That names no living feed.")
        calendar_feeds.revoke_feed(matches[0])
