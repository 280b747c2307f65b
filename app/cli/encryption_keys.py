"""flask keys, flask encryption: the keys that encrypt secrets and personal data."""

import click

from app.cli.command_group import CommandGroup
from app.core import key_rotation
from app.core.encryption import DecryptionError, new_key

keys = CommandGroup("keys", help="Keys for ENCRYPTION_KEYS.")
encryption = CommandGroup("encryption", help="What is sealed with them.")


@keys.command("new")
def new() -> None:
    """Print a new key. Put it in front of the others: the first key encrypts, all of them decrypt."""
    click.echo(new_key())


@encryption.command("rotate")
def rotate() -> None:
    """Encrypt everything with the first key; afterwards the others can be removed. May be stopped and started again."""
    from rich.progress import Progress

    resealed = 0
    with Progress() as progress:
        for column in key_rotation.encrypted_columns():
            name = f"{column.table.name}.{column.name}"
            task = progress.add_task(name, total=key_rotation.count_rows(column.table))
            try:
                for step in key_rotation.rotate(column):
                    resealed += step.resealed
                    progress.advance(task, step.checked)
            except DecryptionError as error:
                raise click.ClickException(f"{name}: {error} Is the key that sealed it missing?") from error
    click.echo(f"{resealed} values are sealed anew; everything rests under the first key.")
