"""query_appointments: which bookings the caller has ahead."""

from flask_babel import gettext as _

from app.domain.agents.answers import Answer, done, refused
from app.domain.agents.appointments import heard_bookings, told_data
from app.domain.agents.situation import Situation
from app.domain.agents.telling import say_booking
from app.domain.agents.toolbox import Arguments, tool
from app.domain.agents.verification import refusal
from app.domain.language.saying import all_of


@tool("query_appointments")
def query_appointments(situation: Situation, _given: Arguments) -> Answer:
    """Lists the appointments ahead that the caller may hear of; otherwise tells what they must say first, and what else can be done."""
    if not situation.content.tells("appointments"):
        return refused("not_allowed", _("Über Termine darf ich am Telefon keine Auskunft geben."), bookings=[])
    ahead = heard_bookings(situation)
    if not ahead and not situation.caller.hears_all:
        raise refusal(situation, situation.caller.needed_to_hear_all)
    if not ahead:
        return done(_("Ich finde keinen Termin für Sie."), bookings=[])
    said = all_of([say_booking(situation, booking) for booking in ahead], situation.language)
    say = _("Ihr nächster Termin ist %(times)s.", times=said) if len(ahead) == 1 else _("Ihre nächsten Termine sind %(times)s.", times=said)
    return done(say, bookings=told_data(situation, ahead))
