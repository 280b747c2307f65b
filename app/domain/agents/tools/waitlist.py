"""join_waitlist: adds the caller to the waiting list for a time that may become free."""

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.tools.argument_resolution import resolve_slot_query
from app.domain.agents.tools.caller_contact import find_or_create_customer, resolve_contact, resolve_phone
from app.domain.agents.tools.clarification import ClarificationNeeded, MissingArgument, get_question, require_arguments
from app.domain.agents.tools.context import ToolContext, ToolResult, succeed
from app.domain.agents.tools.registry import ToolArgs, tool
from app.domain.agents.tools.spelled_arguments import add_read_back
from app.domain.agents.tools.visit_resolution import resolve_visit
from app.domain.bookings.waitlist import join_waitlist as join
from app.domain.customers.caller_assurance import filter_same_name
from app.domain.language.spoken_format import join_or


class JoinWaitlistArgs(ToolArgs):
    service: str | None = Field(None, description="What is wanted, in the caller's words.")
    date: str | None = Field(None, description="The day, where it is only one.")
    time: str | None = Field(None, description="The time, where only one suits.")
    date_from: str | None = Field(None, description="The first day that suits.")
    date_to: str | None = Field(None, description="The last day that suits.")
    part_of_day: str | None = Field(None, description="morning, noon, afternoon or evening.")
    staff: str | None = Field(None, description="Who it should be with, if the caller said so.")
    branch: str | None = Field(None, description="Another branch than the one that was called.")
    name: str | None = Field(None, description="The full name.")
    phone: str | None = Field(None, description="Another number than the one that calls.")


@tool("join_waitlist", JoinWaitlistArgs, has_effect=True)
def join_waitlist(context: ToolContext, args: JoinWaitlistArgs) -> ToolResult:
    """Puts the caller on the waitlist for a service."""
    require_arguments(args, "service", "name")
    query = resolve_slot_query(context, **args.model_dump(exclude={"name", "phone"}))
    services = resolve_visit(context, service=args.service, staff=args.staff, branch=args.branch).services
    if len(services) > 1:
        names = [service.name for service in services]
        question = _(
            "Auf die Warteliste geht es für eine Leistung. Welche soll es sein: %(services)s?", services=join_or(names, context.language)
        )
        raise ClarificationNeeded(question, options=names)
    if query.excluded_staff:
        raise ClarificationNeeded(_("Auf die Warteliste geht es bei einer bestimmten Person oder bei allen. Was möchten Sie?"))
    contact = resolve_contact(context, args.name or "", phone=args.phone)
    if resolve_phone(context, args.phone) is None:
        # nobody could be told that a time is free
        raise MissingArgument(get_question("phone"), fields=["phone"])
    is_known = bool(filter_same_name(contact.name, context.caller.candidates))
    customer = find_or_create_customer(context, contact)
    entry = join(
        customer.id,
        services[0].id,
        window_from=query.starts_from,
        window_until=query.starts_before,
        branch_id=query.branch_id,
        staff_id=query.staff_id,
        day_from=query.clock[0],
        day_until=query.clock[1],
        call_id=context.call.id,
        contact_phone=contact.phone,
    )
    result = succeed(_("Ich habe Sie auf die Warteliste gesetzt und sage Bescheid, sobald etwas frei wird."), waitlist_id=entry.id)
    return add_read_back(context, result, args, contact, is_known=is_known)
