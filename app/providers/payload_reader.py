"""Reads untrusted payloads: wrong types, absurd numbers and unsafe characters become None and a problem, never an error."""

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
import orjson

from app.providers.webhook_reader import Unreadable

Label = TypeVar("Label", bound=str)
Decoded = TypeVar("Decoded")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_TIMESTAMP_MS = 4_102_444_800_000  # the year 2100
MAX_DEPTH = 32
MAX_ITEMS = 1_000
MAX_SAFE_INTEGER = 2**53

# NUL and control characters, lone surrogates, and bidirectional overrides (Unicode UAX 9).
UNSAFE_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """Remove characters that databases reject or that reverse the reading direction; line breaks stay."""
    return text if text.isprintable() else UNSAFE_CHARACTERS.sub("", text)


def repair_json(raw: bytes) -> bytes:
    """Rewrite JSON that only a lenient parser accepts (lone surrogates, NaN, huge numbers) as strict JSON.

    Raises ValueError for invalid JSON, RecursionError where it is nested too deeply.
    """
    document = json.loads(raw, parse_constant=lambda _: None, parse_int=lambda digits: int(digits) if len(digits) < 19 else None)
    try:
        return orjson.dumps(_clean_value(document))
    except TypeError as error:
        raise RecursionError(str(error)) from None


def decode_json(raw: bytes, decode: Callable[[bytes], Decoded] = orjson.loads) -> Decoded:
    """Decode a body; JSON that only a lenient parser accepts is repaired first.

    Raises Unreadable, and what `decode` raises for JSON of another shape (msgspec.ValidationError).
    """
    try:
        return decode(raw)
    except (ValueError, RecursionError):
        pass
    try:
        return decode(repair_json(raw))
    except RecursionError:
        raise Unreadable("The body is nested too deeply.") from None
    except msgspec.ValidationError:
        raise
    except ValueError:
        raise Unreadable("The body is no JSON.") from None


def _clean_value(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _clean_value(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_clean_value(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@dataclass(slots=True)
class PayloadReader:
    """Reads values out of one payload and collects in `problems` what had to be dropped."""

    problems: list[str] = field(default_factory=list)

    def add_problem(self, problem: str) -> Any:
        """Record a problem; returns None as the value's replacement."""
        if len(self.problems) < 20 and problem not in self.problems:
            self.problems.append(problem)
        return None

    def text(self, name: str, value: Any, limit: int) -> str | None:
        """Text of at most `limit` characters, line breaks kept; empty text is None."""
        if type(value) is not str:
            if value is None:
                return None
            if isinstance(value, bool) or not isinstance(value, int | float):
                return self.add_problem(f"{name} is no text")
            value = str(value)
        return clean(value)[:limit].strip() or None

    def line(self, name: str, value: Any, limit: int) -> str | None:
        """Text on one line: names, numbers, ids."""
        parsed = self.text(name, value, limit)
        return parsed if parsed is None or parsed.isprintable() else " ".join(parsed.split())

    def number(self, name: str, value: Any, *, low: float = 0, high: float = MAX_SAFE_INTEGER) -> float | int | None:
        """A number within the bounds; numeric text is accepted."""
        if value is None:
            return None
        if isinstance(value, str) and len(value) <= 32:
            try:
                value = float(value) if "." in value else int(value)
            except ValueError:
                return self.add_problem(f"{name} is no number")
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self.add_problem(f"{name} is no number")
        if not low <= value <= high:  # NaN too is outside
            return self.add_problem(f"{name} is out of bounds")
        return value

    def integer(self, name: str, value: Any, *, low: int = 0, high: int = MAX_SAFE_INTEGER) -> int | None:
        parsed = self.number(name, value, low=low, high=high)
        return None if parsed is None else round(parsed)

    def money(self, name: str, value: Any) -> Decimal | None:
        """An amount with four decimals, not negative and below a million."""
        parsed = self.number(name, value, high=999_999)
        return None if parsed is None else Decimal(str(parsed)).quantize(Decimal("0.0001"))

    def timestamp_ms(self, name: str, value: Any) -> datetime | None:
        """The UTC time of a Unix timestamp in milliseconds, between 1970 and 2100."""
        parsed = self.number(name, value, low=1, high=MAX_TIMESTAMP_MS)
        return None if parsed is None else EPOCH + timedelta(milliseconds=parsed)

    def flag(self, name: str, value: Any) -> bool | None:
        if value is None or isinstance(value, bool):
            return value
        parsed = {"true": True, "false": False}.get(str(value).lower()) if isinstance(value, str) else None
        return self.add_problem(f"{name} is neither true nor false") if parsed is None else parsed

    def label(self, name: str, value: Any, labels: dict[str, Label], *, default: Label | None) -> Label | None:
        """Translate a vendor's enum value; an unknown one becomes `default` and a problem."""
        parsed = self.line(name, value, 80)
        if parsed is None:
            return None
        translated = labels.get(parsed.lower())
        if translated is None:
            self.add_problem(f"{name} is unknown: {parsed}")
        return translated or default

    def mapping(self, name: str, value: Any) -> dict[str, Any]:
        """A sanitised JSON object; anything else becomes an empty one."""
        if isinstance(value, dict):
            return self.json(name, value)
        if value is not None:
            self.add_problem(f"{name} is no object")
        return {}

    def json(self, name: str, value: Any, depth: int = 0) -> Any:
        """A JSON value with clean text, finite numbers and bounded depth and length."""
        if isinstance(value, str):
            return clean(value)[:20_000]
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int):
            return value if abs(value) <= MAX_SAFE_INTEGER else str(value)[:40]
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if depth >= MAX_DEPTH:
            return self.add_problem(f"{name} is nested too deeply")
        if isinstance(value, dict):
            return {clean(str(key))[:200]: self.json(name, each, depth + 1) for key, each in list(value.items())[:MAX_ITEMS]}
        if isinstance(value, list):
            return [self.json(name, each, depth + 1) for each in value[:MAX_ITEMS]]
        return self.add_problem(f"{name} is no JSON")

    def url(self, name: str, value: Any) -> str | None:
        """An http(s) URL; other schemes are dropped because the value becomes a link on a page."""
        parsed = self.line(name, value, 2_000)
        if parsed is None or re.match(r"https?://[^\s/]", parsed):
            return parsed
        return self.add_problem(f"{name} is no web address")
