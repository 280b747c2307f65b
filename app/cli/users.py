"""flask users: accounts that may sign in."""

import click

from app.cli.command_context import get_company, one_transaction
from app.cli.command_group import CommandGroup
from app.cli.tables import Table
from app.core import settings
from app.core.tenancy import company_scope, unscoped
from app.domain.accounts import invitations, two_factor, users as accounts
from app.domain.accounts.access import Access
from app.domain.accounts.account_mails import queue_account_mail
from app.domain.notifications import invitation_mail
from app.jobs.notifications import send_notification
from app.models.user import COMPANY_ROLES, PLATFORM_ROLES

users = CommandGroup("users", help="Who may sign in.")


@users.command("create")
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice([*COMPANY_ROLES, *PLATFORM_ROLES]))
@click.option("--company", "slug", metavar="SLUG", help="Needed for the roles of a company.")
@click.option("--name", help="Default: what stands before the @.")
def create(email: str, role: str, slug: str | None, name: str | None) -> None:
    """Create a user and print a one-time password, which must be changed at the first sign-in."""
    with unscoped(), one_transaction():
        user, password = accounts.create_user(email, role, company=get_company(slug) if slug else None, name=name)
        address = f"{settings().public_base}/login"
    if settings().is_production and not settings().has_secure_address:
        click.echo(f"PUBLIC_URL is {settings().public_url!r}: nobody can sign in over plain http.", err=True)
    click.echo(f"{user.email} can sign in at {address} with this password once, and then chooses another one:\n\n  {password}\n")
    if role == "owner":
        click.echo(f"Next: flask retell publish --company {slug}")


@users.command("invite")
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice(COMPANY_ROLES))
@click.option("--company", "slug", required=True, metavar="SLUG")
@click.option("--name", help="Can be changed by whoever accepts.")
def invite(email: str, role: str, slug: str, name: str | None) -> None:
    """Invite somebody by mail; where none goes out, print the link to pass on. It works once, for a week."""
    with unscoped(), one_transaction():
        company_id = get_company(slug).id
    with company_scope(company_id), one_transaction():
        issued = invitations.invite(email, Access(role), name=name, by=None)
        is_by_hand = issued.invitation.is_by_hand = invitation_mail.find_obstacle() is not None
        if not is_by_hand:
            send_notification.enqueue(invitation_mail.queue_mail(issued).id)
    if is_by_hand:
        click.echo(f"No mail goes out. {email} accepts the invitation here, once, within a week:\n\n  {issued.link}\n")
    else:
        click.echo(f"The invitation to {email} is on its way. It works once, for a week.")


@users.command("list")
@click.option("--company", "slug", metavar="SLUG")
def list_users(slug: str | None) -> None:
    """List all users, or those of one company."""
    table = Table("e-mail", "name", "role", "company", "signed in", "state")
    with unscoped(), one_transaction():
        company = get_company(slug) if slug else None
        for user in accounts.list_users(company.id if company else None):
            state = "blocked" if not user.is_active else "must change password" if user.must_change_password else "active"
            signed_in = f"{user.signed_in_at:%Y-%m-%d %H:%M} UTC" if user.signed_in_at else "never"
            table.add_row(user.email, user.name, user.role, user.company_id or "", signed_in, state)
    table.show()


@users.command("block")
@click.argument("email")
def block(email: str) -> None:
    """Block a user and end all their sessions at once."""
    with unscoped(), one_transaction():
        accounts.block_user(accounts.get_user(email))
    click.echo(f"{email} is blocked.")


@users.command("unblock")
@click.argument("email")
def unblock(email: str) -> None:
    """Unblock a user."""
    with unscoped(), one_transaction():
        accounts.unblock_user(accounts.get_user(email))
    click.echo(f"{email} may sign in again.")


@users.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice([*COMPANY_ROLES, *PLATFORM_ROLES]))
def role(email: str, role: str) -> None:
    """Change a user's role; they have to sign in again."""
    with unscoped(), one_transaction():
        accounts.change_role(accounts.get_user(email), role)
    click.echo(f"{email} is {role} now.")


@users.command("remove-second-step")
@click.argument("email")
def remove_second_step(email: str) -> None:
    """For somebody who has lost app and recovery codes: sign in without a code; all their sessions end."""
    with unscoped(), one_transaction():
        user = accounts.get_user(email)
        two_factor.remove(user)
        accounts.revoke_sessions(user)
        queue_account_mail("two_factor_disabled", user)
    click.echo(f"{email} can sign in without a code. In production support and admins set up a new one first.")


@users.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Print a new one-time password; the old password and all sessions end."""
    with unscoped(), one_transaction():
        password = accounts.reset_password(accounts.get_user(email))
    click.echo(f"{email} can sign in with this password once, and then chooses another one:\n\n  {password}\n")
