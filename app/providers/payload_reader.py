"""Values from outside made safe: wrong types, absurd numbers and poisonous characters become None and a note, never an error."""

import json
import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import orjson

Word = TypeVar("Word", bound=str)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST_MS = 4_102_444_800_000  # the year 2100
DEEPEST = 32
LONGEST_LIST = 1_000
SAFE_WHOLE = 2**53

# NUL and control characters, lone surrogates, and the marks that turn the reading direction around
POISON = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """The text without what databases refuse or readers could be fooled by; line breaks stay."""
    return text if text.isprintable() else POISON.sub("", text)


def mended(raw: bytes) -> bytes:
    """JSON that only a lenient parser takes (lone surrogates, NaN, endless numbers), written again as strict JSON.

    Raises ValueError for what is no JSON at all, RecursionError where it is nested too deeply.
    """
    document = json.loads(raw, parse_constant=lambda _: None, parse_int=lambda digits: int(digits) if len(digits) < 19 else None)
    try:
        return orjson.dumps(_without_poison(document))
    except TypeError as error:
        raise RecursionError(str(error)) from None


def _without_poison(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _without_poison(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_poison(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@dataclass(slots=True)
class Reader:
    """Takes values out of one payload and notes in `problems` what it had to leave out."""

    problems: list[str] = field(default_factory=list)

    def note(self, problem: str) -> Any:
        """Keeps the problem; answers None, which stands in the value's place."""
        if len(self.problems) < 20 and problem not in self.problems:
            self.problems.append(problem)
        return None

    def text(self, name: str, value: Any, limit: int) -> str | None:
        """Text of at most `limit` characters, line breaks kept; empty text is None."""
        if type(value) is not str:
            if value is None:
                return None
            if isinstance(value, bool) or not isinstance(value, int | float):
                return self.note(f"{name} is no text")
            value = str(value)
        return clean(value)[:limit].strip() or None

    def line(self, name: str, value: Any, limit: int) -> str | None:
        """Text on one line: names, numbers, ids."""
        found = self.text(name, value, limit)
        return found if found is None or found.isprintable() else " ".join(found.split())

    def number(self, name: str, value: Any, *, low: float = 0, high: float = SAFE_WHOLE) -> float | int | None:
        """A number inside the bounds; text that spells one counts."""
        if value is None:
            return None
        if isinstance(value, str) and len(value) <= 32:
            try:
                value = float(value) if "." in value else int(value)
            except ValueError:
                return self.note(f"{name} is no number")
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self.note(f"{name} is no number")
        if not low <= value <= high:  # NaN too is outside
            return self.note(f"{name} is out of bounds")
        return value

    def whole(self, name: str, value: Any, *, low: int = 0, high: int = SAFE_WHOLE) -> int | None:
        found = self.number(name, value, low=low, high=high)
        return None if found is None else round(found)

    def money(self, name: str, value: Any) -> Decimal | None:
        """An amount with four decimals, not negative and below a million."""
        found = self.number(name, value, high=999_999)
        return None if found is None else Decimal(str(found)).quantize(Decimal("0.0001"))

    def instant(self, name: str, value: Any) -> datetime | None:
        """The instant of a Unix time in milliseconds, between 1970 and 2100."""
        found = self.number(name, value, low=1, high=LATEST_MS)
        return None if found is None else EPOCH + timedelta(milliseconds=found)

    def flag(self, name: str, value: Any) -> bool | None:
        if value is None or isinstance(value, bool):
            return value
        spelt = {"true": True, "false": False}.get(str(value).lower()) if isinstance(value, str) else None
        return self.note(f"{name} is neither true nor false") if spelt is None else spelt

    def word(self, name: str, value: Any, known: dict[str, Word], *, otherwise: Word | None) -> Word | None:
        """Our word for one of the vendor's; a word that nobody knows yet becomes `otherwise` and a note."""
        found = self.line(name, value, 80)
        if found is None:
            return None
        ours = known.get(found.lower())
        if ours is None:
            self.note(f"{name} is unknown: {found}")
        return ours or otherwise

    def mapping(self, name: str, value: Any) -> dict[str, Any]:
        """A JSON object made safe all the way down; anything else is an empty one."""
        if isinstance(value, dict):
            return self.json(name, value)
        if value is not None:
            self.note(f"{name} is no object")
        return {}

    def json(self, name: str, value: Any, depth: int = 0) -> Any:
        """A JSON value with clean text, finite numbers and bounded depth and length."""
        if isinstance(value, str):
            return clean(value)[:20_000]
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int):
            return value if abs(value) <= SAFE_WHOLE else str(value)[:40]
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if depth >= DEEPEST:
            return self.note(f"{name} is nested too deeply")
        if isinstance(value, dict):
            return {clean(str(key))[:200]: self.json(name, each, depth + 1) for key, each in list(value.items())[:LONGEST_LIST]}
        if isinstance(value, list):
            return [self.json(name, each, depth + 1) for each in value[:LONGEST_LIST]]
        return self.note(f"{name} is no JSON")

    def web_address(self, name: str, value: Any) -> str | None:
        """An http(s) address: it becomes a link on a page, so nothing else passes."""
        found = self.line(name, value, 2_000)
        if found is None or re.match(r"https?://[^\s/]", found):
            return found
        return self.note(f"{name} is no web address")
