"""Tables on the terminal."""


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

        drawn = Drawn(*self._headings)
        for cells in self._rows:
            drawn.add_row(*cells)
        Console().print(drawn)
