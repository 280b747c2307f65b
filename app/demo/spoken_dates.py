"""Spoken forms of dates, times and prices, and the template values of demo dialogues, in German and English."""

from datetime import datetime, time

from app.demo.booking_generator import ZONE, DemoAppointment, DemoSlot
from app.demo.customer_generator import DemoCaller
from app.demo.schema import DemoBranch, DemoCompany, DemoService, DemoStaff
from app.domain.agents.greeting import add_notice
from app.domain.language.parsed_time import Language

GERMAN_DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
GERMAN_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip
ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def build_greeting(company: DemoCompany, branch: DemoBranch, language: Language = "de") -> str:
    """Build the agent's greeting with the AI notice."""
    english = f"{company.name}, hello, this is {company.agent}."
    return add_notice(english if language == "en" else company.greeting.format(branch=branch.spoken), language)


def build_values(
    company: DemoCompany, branch: DemoBranch, caller: DemoCaller, *, service: DemoService, staff: DemoStaff, slot: DemoSlot | None,
    old: DemoAppointment | None, in_english: bool,
) -> dict[str, str]:  # fmt: skip
    """Build the template values of a dialogue."""
    day, clock = (english_day, english_clock) if in_english else (german_day, german_clock)
    values = {
        "greeting": build_greeting(company, branch),
        "business": company.name,
        "branch": branch.spoken,
        "street": branch.street,
        "name": caller.name,
        "first": caller.first,
        "staff": staff.name if in_english else staff.spoken,
        "wednesday": _hours(branch, 2),
        "friday": _hours(branch, 4),
        "saturday": _hours(branch, 5),
        "service": service.name,
        "wish": service.wish,
        "english": service.english,
        "minutes": str(service.minutes),
        "price": f"{service.price_cents // 100} Euro",
    }
    if slot:
        names = ENGLISH_DAYS if in_english else GERMAN_DAYS
        values |= {
            "day": day(slot.starts_at), "time": clock(slot.starts_at), "other": clock(slot.other),
            "weekday": names[slot.starts_at.astimezone(ZONE).weekday()],
            "german_day": german_day(slot.starts_at), "german_time": german_clock(slot.starts_at),
        }  # fmt: skip
    if old:
        values |= {
            "old_service": old.service.name, "old_staff": old.staff.spoken, "old_day": day(old.starts_at), "old_time": clock(old.starts_at)
        }  # fmt: skip
    return values


def german_day(instant: datetime) -> str:
    """`Donnerstag, den 12. November`"""
    local = instant.astimezone(ZONE)
    return f"{GERMAN_DAYS[local.weekday()]}, den {local.day}. {GERMAN_MONTHS[local.month - 1]}"


def german_clock(instant: datetime) -> str:
    """`9 Uhr 30`, `14 Uhr`"""
    local = instant.astimezone(ZONE)
    return f"{local.hour} Uhr {local.minute}" if local.minute else f"{local.hour} Uhr"


def english_day(instant: datetime) -> str:
    """`Thursday, 12 November`"""
    local = instant.astimezone(ZONE)
    return f"{ENGLISH_DAYS[local.weekday()]}, {local.day} {ENGLISH_MONTHS[local.month - 1]}"


def english_clock(instant: datetime) -> str:
    """`9:30 am`"""
    return instant.astimezone(ZONE).strftime("%I:%M %p").lstrip("0").lower()


def _hours(branch: DemoBranch, weekday: int) -> str:
    spans = branch.hours.get(weekday, ())
    return " und ".join(f"von {_clock(start)} bis {_clock(end)}" for start, end in spans) or "leider nicht"


def _clock(at: time) -> str:
    return f"{at.hour} Uhr {at.minute}" if at.minute else f"{at.hour} Uhr"
