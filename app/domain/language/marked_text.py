"""Replaces understood parts of a text by marks, so that later rules see their context."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from app.domain.language.clarification_questions import AmbiguousExpression, no_time_given

DAY, TIME, WINDOW, PART = "d", "t", "w", "p"
MARK = re.compile(r"<([dtwp])(\d+)>")


class Scanner:
    """`text` holds marks like <d0> and <t1>; `found` holds their values, or the question where the words are ambiguous."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Any] = []

    def take(self, pattern: str, kind: str, make: Callable[[re.Match[str]], Any], *, behind: int | None = None) -> None:
        """Replace each match by a mark of `make`'s value (None leaves the words); group `behind` stays in front."""

        def replaced(match: re.Match[str]) -> str:
            made = self._try(make, match)
            if made is None:
                return match[0]
            return f"{match[behind] if behind else ''} {self.mark(kind, made)} "

        text, count = _compile(pattern).subn(replaced, self.text)
        if count:
            self.text = _tidy(text)

    def rewrite(self, pattern: str, write: Callable[[re.Match[str]], str]) -> None:
        """Replace each match by the text that `write` gives, with marks in it."""

        def replaced(match: re.Match[str]) -> str:
            text = self._try(write, match)
            return text if isinstance(text, str) else match[0] if text is None else f" {self.mark(DAY, text)} "

        text, count = _compile(pattern).subn(replaced, self.text)
        if count:
            self.text = _tidy(text)

    def _try(self, make: Callable[[re.Match[str]], Any], match: re.Match[str]) -> Any:
        try:
            return make(match)
        except AmbiguousExpression as unclear:
            return unclear
        except (ValueError, OverflowError):
            return no_time_given()

    def mark(self, kind: str, thing: Any) -> str:
        self.found.append(thing)
        return f"<{kind}{len(self.found) - 1}>"

    def get(self, number: str) -> Any:
        """Get the value of a mark by its number. Raises AmbiguousExpression where the words are."""
        value = self.found[int(number)]
        if isinstance(value, AmbiguousExpression):
            raise value
        return value

    def has(self, pattern: str) -> bool:
        return _compile(pattern).search(self.text) is not None

    def drop(self, pattern: str) -> bool:
        """Remove matching words; gives whether there were any."""
        text, count = _compile(pattern).subn(" ", self.text)
        if count:
            self.text = _tidy(text)
        return count > 0


class LenientScanner(Scanner):
    """Leaves ambiguous words as they are."""

    def _try(self, make: Callable[[re.Match[str]], Any], match: re.Match[str]) -> Any:
        made = super()._try(make, match)
        return None if isinstance(made, AmbiguousExpression) else made


def _tidy(text: str) -> str:
    return " ".join(text.split()).replace(" ,", ",")


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    # the cache of `re` is smaller than the number of our patterns
    return re.compile(pattern)
