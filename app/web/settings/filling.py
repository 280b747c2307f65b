"""Reads the fields of a settings form: every wrong one gets its own sentence."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _

from app.core.errors import InvalidInput


class Filled:
    """A form as it was filled in; `check()` raises InvalidInput with one message per field that could not be read."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form
        self.wrong: dict[str, str] = {}

    def text(self, name: str, *, most: int = 190, required: bool = False) -> str:
        value = " ".join(self._form.get(name, "").split())[:most]
        if required and not value:
            self.wrong[name] = _("Diese Angabe fehlt.")
        return value

    def whole(self, name: str, least: int, most: int, *, default: int | None = None) -> int | None:
        """None where the field is empty and there is no default."""
        text = self._form.get(name, "").strip()
        if not text:
            return default
        try:
            value = int(text)
        except ValueError:
            self.wrong[name] = _("Das ist keine ganze Zahl.")
            return default
        if not least <= value <= most:
            self.wrong[name] = _("Erlaubt ist %(least)s bis %(most)s.", least=least, most=most)
        return value

    def cents(self, name: str) -> int | None:
        """`58` or `58,50` in Euro."""
        text = self._form.get(name, "").replace("€", "").replace(",", ".").strip()
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal(-1)
        if not 0 <= value <= 100_000:
            self.wrong[name] = _("Das ist kein Preis in Euro.")
            return None
        return int(value * 100)

    def yes(self, name: str) -> bool:
        return self._form.get(name) == "1"

    def read(self, name: str, read: Callable[[str], Any], default: Any = None) -> Any:
        """Whatever `read` makes of the text; its InvalidInput or ValueError becomes the field's message."""
        try:
            return read(self._form.get(name, ""))
        except InvalidInput as error:
            self.wrong[name] = str(error.message)
        except ValueError:
            self.wrong[name] = _("Das ist so nicht lesbar.")
        return default

    def check(self) -> None:
        if self.wrong:
            raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=self.wrong)


def errors_of(error: InvalidInput) -> dict[str, str]:
    fields = error.data.get("fields", {})
    return fields if isinstance(fields, dict) else {}
