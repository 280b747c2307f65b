"""Replaces understood parts of a text by marks, so that later rules see their context."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from app.domain.language.clarification import AmbiguousExpression

DAY, TIME = "d", "t"
MARK = re.compile(r"<([dt])(\d+)>")


class Scanner:
    """`text` holds marks like <d0> and <t1>; `found` holds their values."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Any] = []

    def take(self, pattern: str, kind: str, make: Callable[[re.Match[str]], Any], *, behind: int | None = None) -> None:
        """Replace each match by a mark of `make`'s value (None leaves the words); group `behind` stays in front."""

        def replaced(match: re.Match[str]) -> str:
            made = make(match)
            if made is None:
                return match[0]
            return f"{match[behind] if behind else ''} {self.mark(kind, made)} "

        text, count = re.subn(pattern, replaced, self.text)
        if count:
            self.text = " ".join(text.split())

    def mark(self, kind: str, thing: Any) -> str:
        self.found.append(thing)
        return f"<{kind}{len(self.found) - 1}>"

    def of(self, mark: str) -> Any:
        """Get the value of `d3` or `<d3>`."""
        return self.found[int(mark.strip("<>")[1:])]

    def all(self, kind: str) -> list[Any]:
        """List the values of the remaining marks, in order of the text."""
        return [self.found[int(number)] for found_kind, number in MARK.findall(self.text) if found_kind == kind]

    def has(self, pattern: str) -> bool:
        return re.search(pattern, self.text) is not None

    def drop(self, pattern: str) -> bool:
        """Remove matching words; gives whether there were any."""
        self.text, count = re.subn(pattern, " ", self.text)
        self.text = " ".join(self.text.split())
        return count > 0


class LenientScanner(Scanner):
    """Leaves ambiguous words as they are."""

    def take(self, pattern: str, kind: str, make: Callable[[re.Match[str]], Any], *, behind: int | None = None) -> None:
        def tried(match: re.Match[str]) -> Any:
            with suppress(AmbiguousExpression, ValueError, OverflowError):
                return make(match)
            return None

        super().take(pattern, kind, tried, behind=behind)
