"""cancel_appointment: cancels a booking of the caller's."""

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.answers import Answer, done
from app.domain.agents.appointments import meant_booking, told_extents
from app.domain.agents.situation import Situation
from app.domain.agents.telling import say_booking
from app.domain.agents.toolbox import Arguments, tool
from app.domain.bookings.cancelling import cancel_booking, terms_of
from app.domain.language.saying import say_price


class Cancellation(Arguments):
    booking_id: str | None = Field(None, description="The booking, as query_appointments gave it.")
    date: str | None = Field(None, description="The day of the booking, as said.")
    time: str | None = Field(None, description="The time of the booking, as said.")
    reason: str | None = Field(None, description="Why, if the caller said so.")


@tool("cancel_appointment", Cancellation, effect=True)
def cancel_appointment(situation: Situation, given: Cancellation) -> Answer:
    """Cancels an appointment of the caller. Only say that it is cancelled when this answers ok."""
    booking = meant_booking(situation, "cancel", booking_id=given.booking_id, date=given.date, time=given.time)
    fee_cents = terms_of(booking).fee_cents if booking.is_standing else 0
    booking = cancel_booking(booking.id, situation.by, why=given.reason)
    say = _("Ihr Termin ist abgesagt.")
    if booking.id in told_extents(situation, [booking]):
        say = _("Ihr Termin %(when)s ist abgesagt.", when=say_booking(situation, booking))
    if fee_cents:
        price = say_price(fee_cents, situation.language)
        say = _("%(done)s, für die kurzfristige Absage werden %(price)s berechnet.", done=say.rstrip("."), price=price)
    return done(say, booking_id=booking.id, status=booking.status, **({"fee_cents": fee_cents} if fee_cents else {}))
