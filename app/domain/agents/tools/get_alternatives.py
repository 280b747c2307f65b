"""get_alternatives: what comes closest to a time that cannot be had."""

from app.domain.agents.answers import Answer
from app.domain.agents.free_times import around, in_stretch
from app.domain.agents.situation import Situation
from app.domain.agents.toolbox import tool
from app.domain.agents.tools.check_availability import Availability, told
from app.domain.agents.wanting import moment_of, read_time_of, read_visit, read_window


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
