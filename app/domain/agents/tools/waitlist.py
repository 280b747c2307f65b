"""join_waitlist: adds the caller to the waiting list for a time that may become free."""

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.tools.argument_parsing import get_question, parse_window, resolve_services, to_interval
from app.domain.agents.tools.caller_identity import find_or_create_customer, resolve_contact
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.registry import ToolArgs, tool
from app.domain.agents.tools.result import ToolResult, reject, succeed
from app.domain.bookings.waitlist import join_waitlist as join


class Waiting(ToolArgs):
    service: str | None = Field(None, description="What is wanted, in the caller's words.")
    date_from: str | None = Field(None, description="The first day that suits.")
    date_to: str | None = Field(None, description="The last day that suits.")
    part_of_day: str | None = Field(None, description="morning, noon, afternoon or evening.")
    staff: str | None = Field(None, description="Who it should be with, if the caller said so.")
    name: str | None = Field(None, description="The full name.")
    phone: str | None = Field(None, description="Another number than the one that calls.")


@tool("join_waitlist", Waiting, has_effect=True)
def join_waitlist(context: ToolContext, args: Waiting) -> ToolResult:
    """Puts the caller on the waitlist for a service."""
    if missing := args.list_missing("service", "name"):
        return reject("missing", get_question(missing[0]), fields=missing)
    visit = resolve_services(context, args.service, args.staff, None)
    when = parse_window(context, first=args.date_from, last=args.date_to, part=args.part_of_day)
    first, until = to_interval(context, when, visit.branch.zone)
    low, high = when.minutes()
    contact = resolve_contact(context, phone=args.phone)
    customer = find_or_create_customer(context, args.name or "", contact)
    entry = join(
        customer.id,
        visit.parts[0].service_id,
        window_from=first,
        window_until=until,
        branch_id=visit.branch.id,
        staff_id=visit.staff_id,
        day_from=low,
        day_until=high,
        call_id=context.call.id,
        contact_phone=contact.phone,
    )
    return succeed(_("Ich habe Sie auf die Warteliste gesetzt und sage Bescheid, sobald etwas frei wird."), waitlist_id=entry.id)
