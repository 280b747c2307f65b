"""flask keys, flask encryption: the keys with which secrets and personal data are sealed."""

import click

from app.cli.base import Group
from app.core import key_rotation
from app.core.encryption import DecryptionError, new_key

keys = Group("keys", help="Keys for ENCRYPTION_KEYS.")
encryption = Group("encryption", help="What is sealed with them.")


@keys.command("new")
def new() -> None:
    """Print a new key. Put it in front of the others, so that it writes and they still read."""
    click.echo(new_key())


@encryption.command("rotate")
def rotate() -> None:
    """Seal everything with the first key; afterwards the others can be taken out. May be stopped and started again."""
    from rich.progress import Progress

    resealed = 0
    with Progress() as progress:
        for column in key_rotation.encrypted_columns():
            name = f"{column.table.name}.{column.name}"
            task = progress.add_task(name, total=key_rotation.count_rows(column.table))
            try:
                for step in key_rotation.rotate(column):
                    resealed += step.resealed
                    progress.advance(task, step.looked_at)
            except DecryptionError as broken:
                raise click.ClickException(f"{name}: {broken} Is the key that sealed it missing?") from broken
    click.echo(f"{resealed} values are sealed anew; everything rests under the first key.")
