"""What a function tells the agent: whether it went well, one finished sentence to say, and the facts."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """`say` is a whole sentence in the call's language; `code` says why not, for the model and the pages."""

    ok: bool
    say: str
    code: str | None = None
    data: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"ok": self.ok, "say": self.say}
        if self.code:
            told["code"] = self.code
        return told | {"data": self.data}


def done(say: str, **data: Any) -> Answer:
    return Answer(True, say, data=data)


def refused(code: str, say: str, **data: Any) -> Answer:
    return Answer(False, say, code, data)
