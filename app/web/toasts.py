"""Toasts: short messages at the lower edge after an action, what they look like and what they offer; their text is never markup."""

from dataclasses import asdict, dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from flask import flash

from app.providers.messaging.base import Channel

# done · done, but with bad news · not done; what is not "ok" stays until it is closed
Tone = Literal["ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Toast:
    """`undo` is the address that takes the action back, `set_up` the channel without which nobody hears of it."""

    text: str
    tone: Tone = "ok"
    undo: str = ""
    set_up: Channel | Literal[""] = ""

    @property
    def stays(self) -> bool:
        return self.tone != "ok"


def flash_toast(toast: Toast) -> None:
    """Show it on the next page; the session keeps all but the text in the category."""
    flash(toast.text, urlencode({name: value for name, value in asdict(toast).items() if name != "text" and value}))


def read_toast(text: str, category: str) -> Toast:
    """The toast of a flashed message; its category is "message", "error", "undo <address>" or what `flash_toast` has written."""
    word, _blank, address = category.partition(" ")
    if word == "undo":
        return Toast(text, undo=address)
    if word in ("message", "error"):
        return Toast(text, "bad" if word == "error" else "ok")
    fields = dict(parse_qsl(category))
    return Toast(text, fields.get("tone", "ok"), fields.get("undo", ""), fields.get("set_up", ""))  # type: ignore[arg-type]
