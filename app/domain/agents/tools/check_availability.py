"""check_availability: what is free at a time, on a day or in a stretch of days."""

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.answers import Answer, done
from app.domain.agents.free_times import Found, at_moment, in_stretch, remember_wish
from app.domain.agents.situation import Situation
from app.domain.agents.telling import Names, say_free, say_when, slots_data
from app.domain.agents.toolbox import Arguments, tool
from app.domain.agents.wanting import Visit, moment_of, read_time_of, read_visit, read_window


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
