"""The demo town as its callers know it: whom they ring up, who they are, what they ask for and when there is time for it."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from app.demo.companies import COMPANIES, LINDGREN
from app.demo.schema import DemoBranch, DemoCompany, DemoService, DemoStaff

ZONE = ZoneInfo("Europe/Berlin")
FIRST_BRANCH, SECOND_BRANCH = (branch.number for branch in LINDGREN.branches)
PRACTICE = next(branch.number for company in COMPANIES if company.industry == "medical_practice" for branch in company.branches)
# Nobody in the demo town has this number.
UNKNOWN_NUMBER = "+493023125199"

QUESTIONS = {
    "hair_salon": (
        "Was kosten denn Strähnen bei langem Haar?",
        "Bei langem Haar beginnen Strähnen bei fünfundneunzig Euro, je nach Länge auch etwas mehr.",
    ),
    "medical_practice": (
        "Muss ich zur Blutabnahme nüchtern kommen?",
        "Ja, bitte kommen Sie nüchtern. Wasser und ungesüßten Tee dürfen Sie trinken.",
    ),
    "garage": ("Lagern Sie auch meine Sommerreifen ein?", "Ja, die Einlagerung kostet neunundvierzig Euro für die Saison."),
}
ANY_QUESTION = ("Kann ich bei Ihnen auch mit Karte zahlen?", "Ja, mit Karte und in bar.")
WEEKDAYS = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
}


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Appointment:
    service: DemoService
    staff: DemoStaff
    starts_at: datetime


def find_business_at(number: str) -> tuple[DemoCompany, DemoBranch]:
    """Who answers this number; strangers speak like the salon."""
    every = ((company, branch) for company in COMPANIES for branch in company.branches)
    return next((line for line in every if line[1].number == number), (LINDGREN, LINDGREN.branches[0]))


def create_caller(company: DemoCompany, chance: random.Random, *, language: str = "de") -> Person:
    """One of the business's customers who speaks the language."""
    people = [Person(name, number) for number, names in company.families.items() for name in names]
    return chance.choice([person for person in people if (person.name in company.english) == (language == "en")])


def find_plausible_slot(branch: DemoBranch, company: DemoCompany, chance: random.Random, *, now: datetime) -> Appointment:
    """A service, somebody who does it, and a time in the next weeks at which both the branch is open and that person there."""
    staff = chance.choice(branch.staff)
    service = company.service(chance.choice(staff.services))
    today = now.astimezone(ZONE).date()
    starts = [
        datetime.combine(day, start, ZONE)
        for day in (today + timedelta(days=ahead) for ahead in range(2, 60))
        if day.weekday() not in staff.days_off and day not in _get_holidays(branch.state, day.year)
        for start in _list_starts(branch, day.weekday(), service.minutes)
    ]
    return Appointment(service, staff, chance.choice(starts))


def speak_day(at: datetime, language: str) -> str:
    weekday, month = WEEKDAYS[language][at.weekday()], MONTHS[language][at.month - 1]
    return f"{weekday}, dem {at.day}. {month}," if language == "de" else f"{weekday}, {month} {at.day},"


def speak_time(at: datetime, language: str) -> str:
    if language == "de":
        return f"{at.hour} Uhr" + (f" {at.minute}" if at.minute else "")
    return f"{at.hour % 12 or 12}" + (f":{at.minute}" if at.minute else "") + (" am" if at.hour < 12 else " pm")


def _list_starts(branch: DemoBranch, weekday: int, minutes: int) -> list[time]:
    """Every half hour at which the service still fits into the opening hours."""
    found = []
    for opens, closes in branch.hours.get(weekday, ()):
        minute = opens.hour * 60 + opens.minute
        while minute + minutes <= closes.hour * 60 + closes.minute:
            found.append(time(minute // 60, minute % 60))
            minute += 30
    return found


@cache
def _get_holidays(state: str, year: int) -> frozenset[date]:
    """Public holidays, and the days between the years."""
    import holidays  # half a second that only the simulator spends

    return frozenset(holidays.country_holidays("DE", subdiv=state or None, years=year)) | {
        date(year, 12, day) for day in (24, 27, 28, 29, 30, 31)
    }
