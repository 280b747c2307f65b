"""Tables on the terminal."""

# a line that is wider than the terminal goes on in the next one: keys, addresses and ids are copied from here, and never cut
MAX_WIDTH = 10_000


class Table:
    """Rows under headings; what draws them is loaded when they are shown, for web, worker and clock carry all commands with them."""

    def __init__(self, *headings: str) -> None:
        self._headings = headings
        self._rows: list[tuple[str, ...]] = []

    def add_row(self, *cells: str) -> None:
        self._rows.append(cells)

    def show(self) -> None:
        from rich.console import Console
        from rich.table import Table as Drawn
        from rich.text import Text

        drawn = Drawn(*self._headings)
        for cells in self._rows:
            drawn.add_row(*map(Text, cells))
        Console(width=MAX_WIDTH).print(drawn)
