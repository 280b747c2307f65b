"""flask api-keys: what programs may do for a company."""

import click

from app.cli.base import Group
from app.cli.command_errors import get_company, one_transaction
from app.cli.tables import Table
from app.core.tenancy import unscoped
from app.domain.accounts import api_keys as keys

api_keys = Group("api-keys", help="Keys of the API.")


@api_keys.command("create")
@click.option("--company", "slug", required=True, metavar="SLUG")
@click.option("--name", default="made on the command line", show_default=True)
@click.option("--scopes", required=True, help="Comma-separated: " + ", ".join(keys.SCOPES))
def create(slug: str, name: str, scopes: str) -> None:
    """Make a key and print it, this once."""
    wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    with unscoped(), one_transaction():
        key, plain = keys.create_key(get_company(slug), name, wanted)
    click.echo(f"Key {key.id} for {slug}: {', '.join(key.scopes)}. It is shown this once:\n\n  {plain}\n")


@api_keys.command("list")
@click.option("--company", "slug", metavar="SLUG")
def list_keys(slug: str | None) -> None:
    """Show all keys, or those of one company."""
    table = Table("id", "begins with", "name", "company", "scopes", "last used", "state")
    with unscoped(), one_transaction():
        company = get_company(slug) if slug else None
        for key in keys.list_keys(company.id if company else None):
            used = f"{key.last_used_at:%Y-%m-%d %H:%M} UTC" if key.last_used_at else "never"
            table.add_row(
                key.id, key.prefix, key.name, key.company_id, " ".join(key.scopes), used, "revoked" if key.revoked_at else "alive"
            )
    table.show()


@api_keys.command("revoke")
@click.argument("key")
def revoke(key: str) -> None:
    """Kill a key, named by its id or by what it begins with."""
    with unscoped(), one_transaction():
        dead = keys.revoke_key(key)
    click.echo(f"Key {dead.id} is revoked.")
