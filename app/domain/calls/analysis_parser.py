"""Parses a provider's analysis of a call; field names are free, so German and English ones are supported."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from app.domain.language.placeholders import FIELD_KINDS, Kind, is_placeholder

Intent = Literal["book", "cancel", "move", "callback", "waitlist", "transfer", "information"]

# fmt: off
FIELDS: dict[str, tuple[str, ...]] = {
    "intent": ("anliegen", "intent", "reason", "grund", "anrufgrund"),
    "booked": ("termin_gebucht", "gebucht", "booked", "appointment_booked", "booking_made", "appointment_made"),
    "callback": ("rueckruf_gewuenscht", "rueckruf", "callback", "callback_requested", "callback_wanted"),
    "start": (
        "start", "starts_at", "start_time", "startzeit", "termin", "termin_start", "appointment", "appointment_start", "datum_uhrzeit",
    ),
    "date": ("datum", "date", "tag", "termin_datum", "datum_termin", "appointment_date", "booking_date", "wunschdatum"),
    "time": ("uhrzeit", "zeit", "time", "termin_uhrzeit", "uhrzeit_termin", "appointment_time", "booking_time", "wunschzeit"),
    "service": ("leistung", "dienstleistung", "service", "service_name", "behandlung", "appointment_type", "termin_art"),
    "staff": ("mitarbeiter", "mitarbeiterin", "staff", "staff_name", "bei", "behandler", "wunschmitarbeiter"),
    "name": ("name", "kunde", "kundenname", "customer_name", "anrufer_name", "patient_name", "patient", "vollstaendiger_name", "full_name"),
    "phone": ("telefon", "telefonnummer", "rufnummer", "phone", "phone_number", "customer_phone"),
    "email": ("email", "e_mail", "customer_email"),
    "notes": ("notiz", "notizen", "notes", "wunsch", "bemerkung", "hinweis"),
}
# fmt: on
REPORTED_TEXTS = ("service", "staff", "name", "phone", "email", "notes")
INTENT_KEYWORDS: tuple[tuple[Intent, str], ...] = (
    ("cancel", r"absag|stornier|cancel"),
    ("move", r"verschieb|verleg|umbuch|reschedul|move"),
    ("callback", r"rueckruf|zurueckruf|callback|call_back"),
    ("waitlist", r"warteliste|waitlist"),
    ("transfer", r"weiterleit|durchstell|verbinden|transfer"),
    ("book", r"buch|termin|book|appointment|reservier"),
    ("information", r"info|auskunft|frage|preis|oeffnungszeit|question"),
)
MONTHS = {
    name: number
    for number, names in enumerate(
        ("januar january jan", "februar february feb", "maerz march mrz mar", "april apr", "mai may", "juni june jun", "juli july jul",
         "august aug", "september sept sep", "oktober october okt oct", "november nov", "dezember december dez dec"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
GERMAN_DATE = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})?(?!\d)")
WORDED_DATE = re.compile(rf"\b(\d{{1,2}})\.?\s+({'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?(?:\s+(\d{{4}}))?")
ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})")
CLOCK = re.compile(r"\b(\d{1,2})(?:[:.](\d{2})(?!\d|\.)|\s*uhr(?:\s*(\d{1,2}))?|\s*(am|pm)\b)")


@dataclass(frozen=True, slots=True)
class ReportedBooking:
    """An appointment agreed according to the analysis; `start` is None if its time is missing or unreliable."""

    start: datetime | None
    words: str
    service: str | None
    staff: str | None
    name: str | None
    phone: str | None
    email: str | None
    notes: str | None


def detect_intent(analysis: dict[str, Any]) -> Intent | None:
    """Detect the caller's intent from the analysis; None when it names none."""
    fields = _flatten_fields(analysis)
    if _parse_flag(fields.get("callback")):
        return "callback"
    words = _to_plain_text(fields.get("intent"))
    return next((intent for intent, pattern in INTENT_KEYWORDS if re.search(pattern, words)), None) if words else None


def parse_requested_booking(analysis: dict[str, Any], *, timezone: str, today: date) -> ReportedBooking | None:
    """Parse the appointment in the analysis; None if it has none or states that none was agreed."""
    fields = _flatten_fields(analysis)
    said_booked = _parse_flag(fields.get("booked"))
    has_time = any(fields.get(name) for name in ("start", "date", "time"))
    if said_booked is False or not (has_time or said_booked) or detect_intent(analysis) in ("cancel", "move", "callback", "waitlist"):
        return None
    words = " ".join(str(fields[name]) for name in ("start", "date", "time") if fields.get(name))[:200]
    return ReportedBooking(
        start=parse_start(fields.get("start"), fields.get("date"), fields.get("time"), timezone=timezone, today=today),
        words=words,
        **{name: _parse_text(fields.get(name), FIELD_KINDS.get(name, "text")) for name in REPORTED_TEXTS},
    )


def parse_start(start: Any, day: Any, clock: Any, *, timezone: str, today: date) -> datetime | None:
    """Parse an ISO time, or a date and a time in German or English notation, in the branch's time zone."""
    for text in (start, day):
        starts_at = _parse_iso(text, timezone)
        if starts_at is not None:
            return starts_at
    on = _parse_date(_to_plain_text(day) or _to_plain_text(start), today)
    at = _parse_clock(_to_plain_text(clock)) or _parse_clock(_strip_date(_to_plain_text(start)))
    return datetime.combine(on, at, ZoneInfo(timezone)) if on and at else None


def _flatten_fields(analysis: dict[str, Any]) -> dict[str, Any]:
    """Map the provider's field names to ours; umlauts, dashes and leading underscores are ignored."""
    given = {_normalize_key(name): value for name, value in analysis.items() if value not in (None, "", [], {})}
    return {field: given[name] for field, names in FIELDS.items() for name in reversed(names) if name in given}


def _normalize_key(name: Any) -> str:
    return re.sub(r"[^a-z0-9]+", "_", _to_plain_text(name)).strip("_")


def _to_plain_text(value: Any) -> str:
    """Lower case, umlauts as two letters, no accents."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    text = str(value).casefold().translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"})
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)).strip()


def _parse_text(value: Any, kind: Kind) -> str | None:
    """The text without surrounding blanks; None for a placeholder."""
    if value is None or isinstance(value, bool | dict | list):
        return None
    text = str(value).strip()[:160]
    return None if is_placeholder(text, kind) else text


def _parse_flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    words = {"true": True, "ja": True, "yes": True, "1": True, "false": False, "nein": False, "no": False, "0": False}
    return words.get(_to_plain_text(value)) if value is not None else None


def _parse_iso(value: Any, timezone: str) -> datetime | None:
    if not isinstance(value, str) or not re.search(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", value):
        return None
    try:
        parsed = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=ZoneInfo(timezone))


def _parse_date(text: str, today: date) -> date | None:
    try:
        if match := ISO_DATE.search(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := GERMAN_DATE.search(text):
            return _with_year(int(match[1]), int(match[2]), match[3], today)
        if match := WORDED_DATE.search(text):
            return _with_year(int(match[1]), MONTHS[match[2]], match[3], today)
    except ValueError:
        return None
    return {"heute": today, "today": today, "morgen": today + timedelta(1), "tomorrow": today + timedelta(1)}.get(text)


def _with_year(day: int, month: int, year: str | None, today: date) -> date:
    """Without a year the next such day is meant."""
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)


def _strip_date(text: str) -> str:
    return WORDED_DATE.sub(" ", GERMAN_DATE.sub(" ", ISO_DATE.sub(" ", text)))


def _parse_clock(text: str) -> time | None:
    match = CLOCK.search(text) or re.fullmatch(r"(\d{1,2})()()()", text)
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2] or match[3] or 0)
    if match[4] == "pm" and hour < 12:
        hour += 12
    elif match[4] == "am" and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None
