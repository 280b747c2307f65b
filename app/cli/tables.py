"""Tables on the terminal."""

# Wider than any terminal, so that lines wrap instead of being cut: keys, addresses and ids are copied from the output.
MAX_WIDTH = 10_000


class Table:
    """Rows under headings; rich is loaded only when a table is shown, because web, worker and clock load all commands."""

    def __init__(self, *headings: str) -> None:
        self._headings = headings
        self._rows: list[tuple[str, ...]] = []

    def add_row(self, *cells: str) -> None:
        self._rows.append(cells)

    def show(self) -> None:
        from rich.console import Console
        from rich.table import Table as RichTable
        from rich.text import Text

        rich_table = RichTable(*self._headings)
        for cells in self._rows:
            rich_table.add_row(*map(Text, cells))
        Console(width=MAX_WIDTH).print(rich_table)
