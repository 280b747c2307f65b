"""join_waitlist: adds the caller to the waiting list for a time that may become free."""

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.tools.argument_parsing import asks_for, read_visit, read_window, stretch_of
from app.domain.agents.tools.caller_identity import contact_of, person_for
from app.domain.agents.tools.context import Situation
from app.domain.agents.tools.registry import Arguments, tool
from app.domain.agents.tools.result import Answer, done, refused
from app.domain.bookings.waitlist import join_waitlist as join


class Waiting(Arguments):
    service: str | None = Field(None, description="What is wanted, in the caller's words.")
    date_from: str | None = Field(None, description="The first day that suits.")
    date_to: str | None = Field(None, description="The last day that suits.")
    part_of_day: str | None = Field(None, description="morning, noon, afternoon or evening.")
    staff: str | None = Field(None, description="Who it should be with, if the caller said so.")
    name: str | None = Field(None, description="The full name.")
    phone: str | None = Field(None, description="Another number than the one that calls.")


@tool("join_waitlist", Waiting, effect=True)
def join_waitlist(situation: Situation, given: Waiting) -> Answer:
    """Puts the caller on the waitlist for a service."""
    if missing := given.missing("service", "name"):
        return refused("missing", asks_for(missing[0]), fields=missing)
    visit = read_visit(situation, given.service, given.staff, None)
    when = read_window(situation, first=given.date_from, last=given.date_to, part=given.part_of_day)
    first, until = stretch_of(situation, when, visit.branch.zone)
    low, high = when.minutes()
    contact = contact_of(situation, phone=given.phone)
    customer = person_for(situation, given.name or "", contact)
    entry = join(
        customer.id,
        visit.parts[0].service_id,
        window_from=first,
        window_until=until,
        branch_id=visit.branch.id,
        staff_id=visit.staff_id,
        day_from=low,
        day_until=high,
        call_id=situation.call.id,
        contact_phone=contact.phone,
    )
    return done(_("Ich habe Sie auf die Warteliste gesetzt und sage Bescheid, sobald etwas frei wird."), waitlist_id=entry.id)
