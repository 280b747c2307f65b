"""Whether an answer tells a fact of a record: in whatever notation, and without what the caller has said before or what is theirs."""

import json
import re
from datetime import UTC, date, datetime
from typing import Any

from tests.callers.world import BERLIN, World

MONTHS = {
    "de": ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
}
DAYS = {
    "de": ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}
HOURS = {
    "de": ["zwölf", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf"],
    "en": ["twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"],
}
GENERAL = ("list_services", "get_service_info", "get_opening_hours", "answer_question", "parse_date", "parse_spelling")
OF_APPOINTMENTS = re.compile(r"termin|appointment", re.IGNORECASE)


def spoken_day(day: date, language: str) -> str:
    name, month = DAYS[language][day.weekday()], MONTHS[language][day.month - 1]
    return f"{name}, den {day.day}. {month}" if language == "de" else f"{name} the {_ordinal(day.day)} of {month}"


def notations(world: World, fact: str) -> list[str]:
    """Patterns of which any tells the fact."""
    ref, _, kind = fact.partition(".")
    told = world.said[ref]
    if ref in world.bookings:
        starts_at = world.at_first[ref]["starts_at"]
        if kind == "day":
            return _day(starts_at.astimezone(BERLIN).date())
        if kind == "time":
            return _time(starts_at)
        value = {"id": world.bookings[ref], "staff": world.staff_of(ref)}.get(kind) or told.get(kind) or ""
        return [re.escape(value)] if value else []
    first, *_rest, last = told["name"].split()
    value = {"first_name": first, "last_name": last, "full_name": told["name"], "phone": (told["phones"] or [""])[0]}.get(kind)
    value = value if value is not None else told.get(kind) or ""
    if kind == "birth_date":
        return _day(date.fromisoformat(value)) if value else []
    if kind == "phone":
        return [r"\D*".join(value.removeprefix("+49"))] if value else []
    return [rf"\b{re.escape(value)}\b"] if value else []


def tells(world: World, fact: str, use: dict[str, Any], heard: str, *, minus: bool = True) -> bool:
    """Whether the answer of this use tells the fact; `heard` is all that the caller has said up to then.

    Without `minus` only what the caller said first does not count.
    """
    if fact.endswith(".full_name"):
        ref = fact.partition(".")[0]
        return all(tells(world, f"{ref}.{part}", use, heard, minus=minus) for part in ("first_name", "last_name"))
    patterns = notations(world, fact)
    if any(re.search(pattern, heard, re.IGNORECASE) for pattern in patterns):
        return False
    kind = fact.partition(".")[2]
    if minus and kind in ("time", "staff", "service") and use["name"] in GENERAL:
        return False
    text = _text(use["answer"], use["own"] if minus else (), only_appointments=kind in ("staff", "service"), without_slots=minus)
    if any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns):
        return not (minus and kind in ("day", "time", "staff") and _is_of_a_slot(patterns, use))
    return kind == "day" and use["name"] not in GENERAL and _weekday(world, fact, use, heard)


def _weekday(world: World, fact: str, use: dict[str, Any], heard: str) -> bool:
    """The day of the week, in a sentence about an appointment that stands."""
    day = world.day_of(fact.partition(".")[0])
    say = use["answer"]["say"]
    names = [names[day.weekday()] for names in DAYS.values()]
    if use["answer"].get("data", {}).get("slots") or use["own"] or not OF_APPOINTMENTS.search(say):
        return False
    return any(re.search(name, say, re.IGNORECASE) and not re.search(name, heard, re.IGNORECASE) for name in names)


def _text(answer: dict[str, Any], own: Any, *, only_appointments: bool, without_slots: bool) -> str:
    data = json.loads(json.dumps(answer.get("data") or {}))
    if without_slots:
        data.pop("slots", None)
    if data.get("booking_id") in own:
        return ""
    data["bookings"] = [row for row in data.get("bookings") or [] if row.get("booking_id") not in own]
    say = answer["say"]
    if own and not data["bookings"] and isinstance((answer.get("data") or {}).get("bookings"), list) and answer["data"]["bookings"]:
        say = ""
    if only_appointments:
        say = " ".join(sentence for sentence in re.split(r"(?<=[.?!])\s", say) if OF_APPOINTMENTS.search(sentence))
        data = {key: data[key] for key in ("bookings", *(("staff", "service", "notes") if "booking_id" in data else ())) if key in data}
    return f"{say}\n{json.dumps(data, ensure_ascii=False)}"


def _is_of_a_slot(patterns: list[str], use: dict[str, Any]) -> bool:
    slots = json.dumps((use["answer"].get("data") or {}).get("slots") or [], ensure_ascii=False)
    return any(re.search(pattern, slots, re.IGNORECASE) for pattern in patterns)


def _day(day: date) -> list[str]:
    german, english = MONTHS["de"][day.month - 1], MONTHS["en"][day.month - 1]
    return [
        day.isoformat(), rf"\b0?{day.day}\.\s?0?{day.month}\.", rf"\b{day.day}\.\s?{german}", rf"\b{english} (?:the )?{day.day}\b",
        rf"\b{_ordinal(day.day)} of {english}\b", rf"\b{day.day} {english}\b",
    ]  # fmt: skip


def _time(starts_at: datetime) -> list[str]:
    local = starts_at.astimezone(BERLIN)
    hour, minute, after = local.hour, local.minute, (local.hour + 1) % 12
    clock = rf"{hour:02}:{minute:02}"
    found = [rf"(?<!\d){clock}(?!\d)", rf"T{starts_at.astimezone(UTC):%H:%M}", rf"\b{hour} Uhr {minute or '(?![0-9])'}"]
    found.append(rf"\b{hour % 12 or 12}(?::{minute:02})? ?[ap]\.?m" if minute else rf"\b{hour % 12 or 12} ?(?:[ap]\.?m|o.clock)")
    spoken = {
        0: [rf"\b{hour} Uhr\b"],
        15: [f"viertel nach {HOURS['de'][hour % 12]}", f"quarter past {HOURS['en'][hour % 12]}"],
        30: [f"halb {_german(after)}", f"half past {HOURS['en'][hour % 12]}"],
        45: [f"viertel vor {_german(after)}", f"quarter to {HOURS['en'][after]}"],
    }
    return found + spoken.get(minute, [])


def _german(hour: int) -> str:
    return "eins" if hour == 1 else HOURS["de"][hour]


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
