"""Invented callers of the demo companies: names, numbers, questions and requested appointments."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.demo.booking_generator import is_open
from app.demo.companies import COMPANIES, LINDGREN
from app.demo.schema import DemoBranch, DemoCompany, DemoService, DemoStaff

ZONE = ZoneInfo("Europe/Berlin")
FIRST_BRANCH, SECOND_BRANCH = (branch.number for branch in LINDGREN.branches)
PRACTICE = next(branch.number for company in COMPANIES if company.industry == "medical_practice" for branch in company.branches)
# a number that no demo company has
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
class SimulatedAppointment:
    service: DemoService
    staff: DemoStaff
    starts_at: datetime


def find_business_at(number: str) -> tuple[DemoCompany, DemoBranch]:
    """Find the demo company and branch of a number; unknown numbers use the salon."""
    branches = ((company, branch) for company in COMPANIES for branch in company.branches)
    return next((pair for pair in branches if pair[1].number == number), (LINDGREN, LINDGREN.branches[0]))


def create_caller(company: DemoCompany, chance: random.Random, *, language: str = "de") -> Person:
    """Choose a customer of the company who speaks the language."""
    people = [Person(name, number) for number, names in company.families.items() for name in names]
    return chance.choice([person for person in people if (person.name in company.english) == (language == "en")])


def find_plausible_slot(branch: DemoBranch, company: DemoCompany, chance: random.Random, *, now: datetime) -> SimulatedAppointment:
    """Choose a service, a staff member who offers it, and a start in the next weeks within opening hours and workdays."""
    staff = chance.choice(branch.staff)
    service = company.service(chance.choice(staff.services))
    today = now.astimezone(ZONE).date()
    starts = [
        datetime.combine(day, start, ZONE)
        for day in (today + timedelta(days=ahead) for ahead in range(2, 60))
        if day.weekday() not in staff.days_off and is_open(branch, day) and not _is_between_the_years(day)
        for start in _list_starts(branch, day.weekday(), service.minutes)
    ]
    return SimulatedAppointment(service, staff, chance.choice(starts))


def speak_day(at: datetime, language: str) -> str:
    weekday, month = WEEKDAYS[language][at.weekday()], MONTHS[language][at.month - 1]
    return f"{weekday}, dem {at.day}. {month}," if language == "de" else f"{weekday}, {month} {at.day},"


def speak_time(at: datetime, language: str) -> str:
    if language == "de":
        return f"{at.hour} Uhr" + (f" {at.minute}" if at.minute else "")
    return f"{at.hour % 12 or 12}" + (f":{at.minute}" if at.minute else "") + (" am" if at.hour < 12 else " pm")


def _list_starts(branch: DemoBranch, weekday: int, minutes: int) -> list[time]:
    """List every half hour at which the service fits into the opening hours."""
    starts = []
    for opens, closes in branch.hours.get(weekday, ()):
        minute = opens.hour * 60 + opens.minute
        while minute + minutes <= closes.hour * 60 + closes.minute:
            starts.append(time(minute // 60, minute % 60))
            minute += 30
    return starts


def _is_between_the_years(day: date) -> bool:
    return day.month == 12 and day.day >= 24
