"""query_appointments: which bookings the caller has ahead."""

from flask_babel import gettext as _

from app.domain.agents.answers import Answer, done, refused
from app.domain.agents.appointments import bookings_of
from app.domain.agents.callers import check_right
from app.domain.agents.situation import Situation
from app.domain.agents.telling import bookings_data, say_when
from app.domain.agents.toolbox import Arguments, tool
from app.domain.language.saying import all_of


@tool("query_appointments")
def query_appointments(situation: Situation, _given: Arguments) -> Answer:
    """Lists the caller's appointments that lie ahead."""
    if not situation.content.tells("appointments"):
        return refused("not_allowed", _("Über Termine darf ich am Telefon keine Auskunft geben."), bookings=[])
    caller = situation.caller
    ahead = bookings_of(situation)
    if not ahead and (caller.is_one_of_several or (caller.is_known and not caller.may("hear"))):
        check_right(caller, "hear")
    if not ahead and caller.is_withheld:
        return refused("not_allowed", _("Ihre Nummer ist unterdrückt, deshalb kann ich keine Termine nennen."), bookings=[])
    if not ahead:
        return done(_("Ich finde keinen Termin für Sie."), bookings=[])
    said = all_of([say_when(situation, booking.starts_at, booking.zone) for booking in ahead], situation.language)
    say = _("Ihr nächster Termin ist %(times)s.", times=said) if len(ahead) == 1 else _("Ihre nächsten Termine sind %(times)s.", times=said)
    return done(say, bookings=bookings_data(situation, ahead))
