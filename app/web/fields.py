"""Field types of forms and queries: each parses one text, checks its range, and rejects it with one sentence."""

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
from app.web.typed_moments import read_clock, read_day, read_moment

D = TypeVar("D", bound=date)
# Bounds that keep conversions between time zones inside the range of datetime.
FIRST_YEAR, LAST_YEAR = 1900, 2199
MAX_ID = 2**63 - 1
MAX_CENTS = 10_000_000
INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
KEYWORD = re.compile(r"[\w.:-]+", re.ASCII)
DECIMAL = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?", re.ASCII)
# Never typed and not storable: control characters except tab and line ends, and lone surrogates.
UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def reject(sentence: str) -> NoReturn:
    """Reject a field's text; pages show the sentence beside the field."""
    raise PydanticCustomError("refused", "{sentence}", {"sentence": sentence})


def parse_decimal(text: str, *, places: int) -> int | None:
    """`7,5` and `7.5` as 75 with one place; None for what is no such number. There is no sign between thousands."""
    match = DECIMAL.fullmatch(text.strip())
    if match is None or len(match[2] or "") > places:
        return None
    return int(match[1] + (match[2] or "").ljust(places, "0"))


def strip_unreadable(text: str) -> str:
    return UNREADABLE.sub("", text)


class Field:
    """Parses a field's text. An empty field is not parsed: it takes its default or counts as missing."""

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


@dataclass(frozen=True)
class TextField(Field):
    """One line; runs of white space become one blank."""

    max_length: int = 190

    def read(self, text: str) -> str:
        return _check_length(" ".join(text.split()), self.max_length)


@dataclass(frozen=True)
class MultilineField(Field):
    """Text of several lines."""

    max_length: int = 2000

    def read(self, text: str) -> str:
        return _check_length(text.strip().replace("\r\n", "\n"), self.max_length)


@dataclass(frozen=True)
class SearchField(Field):
    """A search text, truncated to the limit instead of rejected."""

    max_length: int = 160

    def read(self, text: str) -> str:
        return " ".join(text.split())[: self.max_length]


@dataclass(frozen=True)
class VerbatimField(Field):
    """The text exactly as typed, truncated to a length that is rejected anyway."""

    max_length: int

    def read(self, text: str) -> str:
        return text[: self.max_length]


@dataclass(frozen=True)
class IntegerField(Field):
    minimum: int
    maximum: int

    def read(self, text: str) -> int:
        if not INTEGER.fullmatch(text.strip()):
            # A number with too many digits is out of range, not malformed.
            reject(self._range() if text.strip().isdecimal() else _("Das ist keine ganze Zahl."))
        value = int(text)
        if not self.minimum <= value <= self.maximum:
            reject(self._range())
        return value

    def _range(self) -> str:
        return _("Erlaubt ist %(least)s bis %(most)s.", least=self.minimum, most=self.maximum)


class DecimalField(Field):
    """A number such as `7,5` or `7.5`, in units of its last place."""

    def __init__(self, *, places: int, maximum: int) -> None:
        self.places, self.maximum = places, maximum

    def read(self, text: str) -> int:
        value = parse_decimal(text, places=self.places)
        if value is None or value > self.maximum:
            reject(_("Das ist keine passende Zahl, zum Beispiel 7,5."))
        return value


class EuroField(Field):
    """A price in euros such as `58` or `58,50`, as cents."""

    def read(self, text: str) -> int:
        cents = parse_decimal(text.strip().removesuffix("€"), places=2)
        if cents is None or cents > MAX_CENTS:
            reject(_("Das ist kein Preis in Euro."))
        return cents


class DateField(Field):
    def read(self, text: str) -> date:
        if (day := read_day(text)) is None:
            reject(_("Dieses Datum lesen wir nicht. Gemeint ist zum Beispiel 3.12.2026."))
        return _check_range(day)


class TimeField(Field):
    def read(self, text: str) -> time:
        if (at := read_clock(text)) is not None:
            return at
        reject(_("Bitte eine Uhrzeit angeben, zum Beispiel 14:30."))


@dataclass(frozen=True)
class DateTimeField(Field):
    """A date and a time: an instant with offset, as our pages write it, or a local time without one (`is_local`)."""

    is_local: bool = False

    def read(self, text: str) -> datetime:
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            value = read_moment(text) if self.is_local else None
        if value is None or (value.tzinfo is None) != self.is_local:
            reject(_("Das ist kein Zeitpunkt."))
        return _check_range(value) if self.is_local else _check_range(value).astimezone(UTC)


@dataclass(frozen=True)
class SlugField(Field):
    """A technical name: letters, digits, `_`, `.`, `:` and `-`."""

    max_length: int = 64

    def read(self, text: str) -> str:
        return _check_length(text, self.max_length) if KEYWORD.fullmatch(text) else reject(_("Das ist so nicht lesbar."))


class IdField(Field):
    def read(self, text: str) -> str:
        return text if is_ulid(text) else reject(_("Bitte wählen."))


class ChoiceField(Field):
    def __init__(self, *values: str) -> None:
        self.values = frozenset(values)

    def read(self, text: str) -> str:
        return text if text in self.values else reject(_("Bitte wählen."))


class CheckboxField(Field):
    def read(self, text: str) -> bool:
        return text == "1"


class BooleanField(Field):
    def read(self, text: str) -> bool:
        return text == "1" if text in ("0", "1") else reject(_("Bitte wählen."))


@dataclass(frozen=True)
class ParserField(Field):
    """The value that `reader` parses from the text; its InvalidInput or ValueError becomes the field's sentence."""

    reader: Callable[[str], Any]
    max_length: int = 500

    def read(self, text: str) -> Any:
        try:
            return self.reader(_check_length(text, self.max_length))
        except InvalidInput as error:
            reject(str(error.message))
        except PydanticCustomError:
            raise
        except ValueError:
            reject(_("Das ist so nicht lesbar."))


Day = Annotated[date, DateField()]
Clock = Annotated[time, TimeField()]
Instant = Annotated[datetime, DateTimeField()]
LocalMoment = Annotated[datetime, DateTimeField(is_local=True)]
Cents = Annotated[int, EuroField()]
Id = Annotated[str, IdField()]
Flag = Annotated[bool, CheckboxField()]
# Version: the row version that the form was rendered from. Serial: the id after which a list continues.
Version = Annotated[int, IntegerField(0, 2**31 - 1)]
Serial = Annotated[int, IntegerField(0, MAX_ID)]
Phone = Annotated[str, TextField(40)]
Email = Annotated[str, TextField(190)]
# A path to redirect to; guards.safe_redirect_path validates it.
Path = Annotated[str, VerbatimField(2000)]


def _check_length(text: str, max_length: int) -> str:
    return text if len(text) <= max_length else reject(_("Das ist zu lang, höchstens %(n)s Zeichen.", n=max_length))


def _check_range(day: D) -> D:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        reject(_("Dieses Datum liegt zu weit weg."))
    return day
