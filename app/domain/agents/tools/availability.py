"""Functions about free times: check_availability, find_next_available, get_alternatives, parse_date."""

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.tools.argument_parsing import Visit, moment_of, read_time_of, read_visit, read_window
from app.domain.agents.tools.context import Situation
from app.domain.agents.tools.phrasing import Names, say_free, say_when, slots_data
from app.domain.agents.tools.registry import Arguments, tool
from app.domain.agents.tools.result import Answer, done
from app.domain.agents.tools.slot_search import Found, around, at_moment, in_stretch, next_free, remember_wish
from app.domain.language.parser import read_when
from app.domain.language.spoken_format import begun, say_day, say_moment, say_time
from app.domain.language.time_expression import When, instant


class Availability(Arguments):
    service: str | None = Field(None, description="What is wanted, in the caller's words.")
    date: str | None = Field(None, description="The day, as the caller said it or as YYYY-MM-DD.")
    time: str | None = Field(None, description="The time, as the caller said it or as HH:MM.")
    date_from: str | None = Field(None, description="First day, where several are possible.")
    date_to: str | None = Field(None, description="Last day, where several are possible.")
    part_of_day: str | None = Field(None, description="morning, noon, afternoon or evening.")
    staff: str | None = Field(None, description="Who it should be with, if the caller said so.")
    branch: str | None = Field(None, description="Another branch than the one that was called.")


@tool("check_availability", Availability)
def check_availability(situation: Situation, given: Availability) -> Answer:
    """Looks up free times for a service on a day, at a time or in a stretch of days."""
    visit = read_visit(situation, given.service, given.staff, given.branch)
    zone = visit.branch.zone
    if given.date or given.time:
        when = read_time_of(situation, date=given.date, time=given.time, part=given.part_of_day, zone=zone)
    else:
        when = read_window(situation, first=given.date_from, last=given.date_to, part=given.part_of_day, zone=zone)
    wanted = moment_of(situation, when, zone) if when.day and when.at is not None else None
    found = at_moment(visit, wanted) if wanted else in_stretch(situation, visit, when)
    if not found.requested_free:
        remember_wish(situation, visit, found, wanted)
    return told(situation, visit, found)


def told(situation: Situation, visit: Visit, found: Found) -> Answer:
    """The free times in words and as data; where what was asked for is not free, why, and what is."""
    slots = slots_data(situation, found.slots, found.facts)
    data = {
        **({"requested_free": found.requested_free} if found.requested_free is not None else {}),
        "slots": slots,
        **({"reason": found.reason} if found.reason else {}),
    }
    return done(_sentence(situation, visit, found, slots), **data)


def _sentence(situation: Situation, visit: Visit, found: Found, slots: list[dict[str, object]]) -> str:
    asked_for = Names.of(found.facts).staff.get(visit.staff_id or "") if found.facts else None
    if not slots:
        why = (found.why or _("Da ist nichts frei.")).rstrip(".")
        return _("%(why)s, und auch in den nächsten Wochen ist nichts frei. Soll ich Sie auf die Warteliste setzen?", why=why)
    if found.requested_free:
        return _("Ja, %(when)s ist frei.", when=say_when(situation, found.slots[0].starts_at, visit.branch.zone))
    times = say_free(situation, slots, staff=asked_for)
    if found.why:
        return _("%(why)s, frei ist es %(times)s.", why=found.why.rstrip("."), times=times)
    return _("Frei ist es %(times)s. Was passt Ihnen?", times=times)


class Service(Arguments):
    service: str | None = Field(None, description="What is wanted, in the caller's words.")
    staff: str | None = Field(None, description="Who it should be with, if the caller said so.")
    branch: str | None = Field(None, description="Another branch than the one that was called.")


@tool("find_next_available", Service)
def find_next_available(situation: Situation, given: Service) -> Answer:
    """Finds the soonest free times for a service."""
    visit = read_visit(situation, given.service, given.staff, given.branch)
    return told(situation, visit, next_free(visit))


@tool("get_alternatives", Availability)
def get_alternatives(situation: Situation, given: Availability) -> Answer:
    """Finds other times, people or branches near a time that is not free."""
    visit = read_visit(situation, given.service, given.staff, given.branch)
    zone = visit.branch.zone
    if not (given.date or given.time):
        when = read_window(situation, first=given.date_from, last=given.date_to, part=given.part_of_day, zone=zone)
        return told(situation, visit, in_stretch(situation, visit, when))
    when = read_time_of(situation, date=given.date, time=given.time, part=given.part_of_day, zone=zone)
    if when.day is None or when.at is None:
        return told(situation, visit, in_stretch(situation, visit, when))
    return told(situation, visit, around(visit, moment_of(situation, when, zone), most=6))


class Words(Arguments):
    text: str | None = Field(None, description="What the caller said about day and time.")


@tool("parse_date", Words, general=True)
def parse_date(situation: Situation, given: Words) -> Answer:
    """Turns words about a day or time into a date; asks back where they leave something open."""
    when = read_when(given.text or "", situation.moment, situation.zone, situation.language)
    return done(when.question or _said(situation, when), **when.as_data())


def _said(situation: Situation, when: When) -> str:
    """The day and time once more, so that the caller hears what was understood."""
    language, today = situation.language, situation.today
    if when.day and when.at is not None:
        return begun(say_moment(situation.local(instant(when.day, when.at, situation.zone)), language, today=today)) + "."
    if when.day:
        return begun(say_day(when.day, language, today=today)) + "."
    if when.at is not None:
        return _("Um %(time)s.", time=say_time(when.at, language))
    if when.day_from and when.day_to and when.day_to.year < 9999:
        first, last = say_day(when.day_from, language, case="until"), say_day(when.day_to, language, case="until")
        return _("Zwischen %(first)s und %(last)s.", first=first, last=last)
    return _("Gut, ich sehe nach.")
