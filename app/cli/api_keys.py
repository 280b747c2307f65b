"""flask api-keys: keys with which programs use the API of a company."""

import click

from app.cli.command_context import get_company, one_transaction
from app.cli.command_group import CommandGroup
from app.cli.tables import Table
from app.core.tenancy import unscoped
from app.domain.accounts import api_keys as keys

api_keys = CommandGroup("api-keys", help="Keys of the API.")


@api_keys.command("create")
@click.option("--company", "slug", required=True, metavar="SLUG")
@click.option("--name", default="made on the command line", show_default=True)
@click.option("--scopes", required=True, help="Comma-separated: " + ", ".join(keys.SCOPES))
def create(slug: str, name: str, scopes: str) -> None:
    """Create a key and print it, this once."""
    requested_scopes = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    with unscoped(), one_transaction():
        key, plain = keys.create_key(get_company(slug), name, requested_scopes)
    click.echo(f"Key {key.id} for {slug}: {', '.join(key.scopes)}. It is shown this once:\n\n  {plain}\n")


@api_keys.command("list")
@click.option("--company", "slug", metavar="SLUG")
def list_keys(slug: str | None) -> None:
    """Show all keys, or those of one company."""
    table = Table("id", "begins with", "name", "company", "scopes", "last used", "state")
    with unscoped(), one_transaction():
        company = get_company(slug) if slug else None
        for key in keys.list_keys(company.id if company else None):
            last_used = f"{key.last_used_at:%Y-%m-%d %H:%M} UTC" if key.last_used_at else "never"
            table.add_row(
                key.id, key.prefix, key.name, key.company_id, " ".join(key.scopes), last_used, "revoked" if key.revoked_at else "alive"
            )
    table.show()


@api_keys.command("revoke")
@click.argument("key")
def revoke(key: str) -> None:
    """Revoke a key, named by its id or its prefix."""
    with unscoped(), one_transaction():
        revoked_key = keys.revoke_key(key)
    click.echo(f"Key {revoked_key.id} is revoked.")
