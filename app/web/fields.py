"""Fields of forms and addresses: each reads one text, within a range, and says in one sentence what would be right."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, NoReturn, TypeVar

from flask_babel import gettext as _
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from app.core.errors import InvalidInput
from app.core.ids import is_ulid

D = TypeVar("D", bound=date)
# nothing of ours happens before or after, and no conversion between zones leaves the calendar
FIRST_YEAR, LAST_YEAR = 1900, 2199
MAX_ID = 2**63 - 1
MAX_CENTS = 10_000_000
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
KEYWORD = re.compile(r"[\w.:-]+", re.ASCII)
EURO = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?\s*€?", re.ASCII)
# what no person types and no database of ours keeps: control characters but tab and line ends, halves of surrogate pairs
UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def refuse(sentence: str) -> NoReturn:
    """Ends the reading of a field; the sentence stands beside it."""
    raise PydanticCustomError("refused", "{sentence}", {"sentence": sentence})


def is_legible(text: str) -> str:
    return UNREADABLE.sub("", text)


class Field:
    """Reads a field's text. A field that was left empty is not read: it has its default, or is missing."""

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


@dataclass(frozen=True)
class TextField(Field):
    """One line, with single blanks."""

    most: int = 190

    def read(self, text: str) -> str:
        return _check_length(" ".join(text.split()), self.most)


@dataclass(frozen=True)
class MultilineField(Field):
    """Text of several lines."""

    most: int = 2000

    def read(self, text: str) -> str:
        return _check_length(text.strip().replace("\r\n", "\n"), self.most)


@dataclass(frozen=True)
class SearchField(Field):
    """What is looked for; words beyond the limit look for nothing more."""

    most: int = 160

    def read(self, text: str) -> str:
        return " ".join(text.split())[: self.most]


@dataclass(frozen=True)
class SecretField(Field):
    """Exactly as typed, up to the length at which it is refused anyway."""

    most: int

    def read(self, text: str) -> str:
        return text[: self.most]


@dataclass(frozen=True)
class IntegerField(Field):
    least: int
    most: int

    def read(self, text: str) -> int:
        if not INTEGER.fullmatch(text.strip()):
            # a number, only far too long: what is wrong with it is its size
            refuse(self._range() if text.strip().isdecimal() else _("Das ist keine ganze Zahl."))
        value = int(text)
        if not self.least <= value <= self.most:
            refuse(self._range())
        return value

    def _range(self) -> str:
        return _("Erlaubt ist %(least)s bis %(most)s.", least=self.least, most=self.most)


class EuroField(Field):
    """`58` or `58,50` in Euro, as cents."""

    def read(self, text: str) -> int:
        found = EURO.fullmatch(text.strip())
        cents = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None
        if cents is None or cents > MAX_CENTS:
            refuse(_("Das ist kein Preis in Euro."))
        return cents


class DateField(Field):
    def read(self, text: str) -> date:
        try:
            day = date.fromisoformat(text) if DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            refuse(_("Dieses Datum gibt es nicht."))
        return _check_range(day)


class TimeField(Field):
    def read(self, text: str) -> time:
        found = CLOCK.fullmatch(text.strip())
        try:
            if found:
                return time(int(found[1]), int(found[2]))
        except ValueError:
            pass
        refuse(_("Bitte eine Uhrzeit angeben, zum Beispiel 14:30."))


@dataclass(frozen=True)
class DateTimeField(Field):
    """A day and a time: an instant as our own pages write it, with its offset, or the hands of a clock (`is_local`)."""

    is_local: bool = False

    def read(self, text: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or (moment.tzinfo is None) != self.is_local:
            refuse(_("Das ist kein Zeitpunkt."))
        return _check_range(moment) if self.is_local else _check_range(moment).astimezone(UTC)


@dataclass(frozen=True)
class KeywordField(Field):
    """A name that programs give: letters, digits and a few marks."""

    most: int = 64

    def read(self, text: str) -> str:
        return _check_length(text, self.most) if KEYWORD.fullmatch(text) else refuse(_("Das ist so nicht lesbar."))


class IdField(Field):
    def read(self, text: str) -> str:
        return text if is_ulid(text) else refuse(_("Bitte wählen."))


class ChoiceField(Field):
    def __init__(self, *values: str) -> None:
        self.values = frozenset(values)

    def read(self, text: str) -> str:
        return text if text in self.values else refuse(_("Bitte wählen."))


class CheckboxField(Field):
    def read(self, text: str) -> bool:
        return text == "1"


class BooleanField(Field):
    def read(self, text: str) -> bool:
        return text == "1" if text in ("0", "1") else refuse(_("Bitte wählen."))


@dataclass(frozen=True)
class ParsedField(Field):
    """Whatever `reader` makes of the text; its InvalidInput or ValueError becomes the field's sentence."""

    reader: Callable[[str], Any]
    most: int = 500

    def read(self, text: str) -> Any:
        try:
            return self.reader(_check_length(text, self.most))
        except InvalidInput as error:
            refuse(str(error.message))
        except PydanticCustomError:
            raise
        except ValueError:
            refuse(_("Das ist so nicht lesbar."))


Day = Annotated[date, DateField()]
Clock = Annotated[time, TimeField()]
Instant = Annotated[datetime, DateTimeField()]
LocalMoment = Annotated[datetime, DateTimeField(is_local=True)]
Cents = Annotated[int, EuroField()]
Id = Annotated[str, IdField()]
Flag = Annotated[bool, CheckboxField()]
# which state of a row somebody saw; how many a list has been read
Version = Annotated[int, IntegerField(0, 2**31 - 1)]
Serial = Annotated[int, IntegerField(0, MAX_ID)]
Phone = Annotated[str, TextField(40)]
Email = Annotated[str, TextField(190)]
# a path of our own to go on to, which guards.local_path judges
Path = Annotated[str, SecretField(2000)]


def _check_length(text: str, most: int) -> str:
    return text if len(text) <= most else refuse(_("Das ist zu lang, höchstens %(n)s Zeichen.", n=most))


def _check_range(day: D) -> D:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        refuse(_("Dieses Datum liegt zu weit weg."))
    return day
