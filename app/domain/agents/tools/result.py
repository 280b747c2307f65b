"""The result of a tool: success, one sentence to say, and data."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class ToolResult:
    """`say` is a whole sentence in the call's language; `code` is the reason of a rejection."""

    ok: bool
    say: str
    code: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    # days that this result disclosed; stored with the tool call, not sent
    disclosed_days: frozenset[date] = frozenset()

    def as_json(self) -> dict[str, Any]:
        payload: dict[str, Any] = {"ok": self.ok, "say": self.say}
        if self.code:
            payload["code"] = self.code
        return payload | {"data": self.data}


def succeed(say: str, **data: Any) -> ToolResult:
    return ToolResult(True, say, data=data)


def reject(code: str, say: str, **data: Any) -> ToolResult:
    return ToolResult(False, say, code, data)
