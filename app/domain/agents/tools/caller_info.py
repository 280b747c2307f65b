"""Functions about the call and its caller: get_context, check_customer, identify_customer."""

from flask_babel import gettext as _

from app.domain.agents.opening_hours_lookup import get_opening_status
from app.domain.agents.tools.caller_verification import IdentifyCustomerArgs, describe_caller, verify
from app.domain.agents.tools.context import ToolContext, ToolResult, succeed
from app.domain.agents.tools.registry import ToolArgs, tool
from app.domain.customers.name_matching import find_first_name
from app.domain.language.spoken_format import say_day, say_time


@tool("get_context", is_general=True)
def get_context(context: ToolContext, _args: ToolArgs) -> ToolResult:
    """Tells the business and branch, today's date, whether it is open, and whether the caller is known."""
    caller, now = context.caller, context.to_local(context.now)
    is_open, opens_at = get_opening_status(context.branch, context.now)
    today = say_day(now.date(), context.language, case="the")
    first = find_first_name(caller.customer.name) if caller.customer and context.can_greet_by_name else None
    return succeed(
        _("Heute ist %(day)s, es ist %(time)s.", day=today, time=say_time(now.time().replace(second=0, microsecond=0), context.language)),
        company=context.company.name,
        branch=context.branch.name,
        now=now.isoformat(timespec="seconds"),
        today_spoken=today,
        language=context.language,
        open_now=is_open,
        next_opening=context.to_local(opens_at).isoformat() if opens_at else None,
        caller={"known": caller.is_known, "certainty": caller.certainty} | ({"first_name": first} if first else {}),
    )


@tool("check_customer", IdentifyCustomerArgs)
def check_customer(context: ToolContext, args: IdentifyCustomerArgs) -> ToolResult:
    """Tells whether the caller is known; with a name, for that person. Answers ok with what they may do now (rights)."""
    if not any((args.name, args.birth_date, args.booking_date, args.code)):
        return describe_caller(context)
    return verify(context, args)


@tool("identify_customer", IdentifyCustomerArgs, has_effect=True)
def identify_customer(context: ToolContext, args: IdentifyCustomerArgs) -> ToolResult:
    """Checks the caller's name, date of birth, the date of a booking or a code that was sent. Answers ok with what they may do now
    (rights): go on with that. not_verified comes only where it is too little for all of it."""
    return verify(context, args)
