"""query_appointments: the appointments ahead that the caller may hear of."""

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.tools.booking_lookup import build_disclosed_data, list_disclosable_bookings, say_bookings
from app.domain.agents.tools.bookings_of_this_call import has_changed_own
from app.domain.agents.tools.context import ToolContext, ToolResult, reject, succeed
from app.domain.agents.tools.registry import ToolArgs, tool
from app.domain.agents.tools.represented import is_for_other, require_represented
from app.domain.agents.tools.verification_fallbacks import build_verification_error
from app.domain.language.spoken_format import join_and


class QueryAppointmentsArgs(ToolArgs):
    name: str | None = Field(None, description="Whose appointments, if somebody else's than the caller's: the full name.")


@tool("query_appointments", QueryAppointmentsArgs)
def query_appointments(context: ToolContext, args: QueryAppointmentsArgs) -> ToolResult:
    """Lists the appointments ahead that the caller may hear of; otherwise tells what they must say first, and what else can be done."""
    if not context.config.can_disclose("appointments"):
        return reject("not_allowed", _("Über Termine darf ich am Telefon keine Auskunft geben."), bookings=[])
    if args.name and is_for_other(context, args.name):
        return _tell_of_other(context, args.name)
    ahead = list_disclosable_bookings(context)
    if not ahead and not context.caller.can_hear_all and has_changed_own(context):
        # nothing of any record is told: what this call has booked is cancelled
        return succeed(_("Von dem, was Sie in diesem Anruf vereinbart haben, steht kein Termin mehr."), bookings=[])
    if not ahead and not context.caller.can_hear_all:
        raise build_verification_error(context, context.caller.level_to_hear_all)
    if not ahead:
        return succeed(_("Ich finde keinen Termin für Sie."), bookings=[])
    text = join_and(say_bookings(context, ahead), context.language)
    say = _("Ihr nächster Termin ist %(times)s.", times=text) if len(ahead) == 1 else _("Ihre nächsten Termine sind %(times)s.", times=text)
    return succeed(say, bookings=build_disclosed_data(context, ahead))


def _tell_of_other(context: ToolContext, name: str) -> ToolResult:
    """Tell of the appointments of somebody for whom the caller acts. Only the name that was said is repeated."""
    person = require_represented(context, "hear", name)
    ahead = list_disclosable_bookings(context, person=person)
    if not ahead and not context.caller.can_hear_all:
        raise build_verification_error(context, context.caller.level_to_hear_all)
    if not ahead:
        return succeed(_("Für %(name)s finde ich keinen Termin.", name=name), bookings=[])
    text = join_and(say_bookings(context, ahead), context.language)
    say = (
        _("Der nächste Termin für %(name)s ist %(times)s.", name=name, times=text)
        if len(ahead) == 1
        else _("Die nächsten Termine für %(name)s sind %(times)s.", name=name, times=text)
    )
    return succeed(say, bookings=build_disclosed_data(context, ahead))
