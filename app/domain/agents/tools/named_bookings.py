"""Which of their bookings a caller means by what is done there: "the oil change one, Thursday", "am Donnerstag die Reifen"."""

from collections.abc import Sequence
from contextlib import suppress

from flask_babel import gettext as _

from app.core.errors import AppError
from app.domain.agents.tools.clarification import ClarificationNeeded
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.phrasing import load_visits, say_booking
from app.domain.services.fuzzy_text import list_significant_words
from app.domain.services.matching import list_terms
from app.domain.services.requested_services import get_requested_services
from app.domain.services.vocabulary import parse_terms
from app.models import Booking, Service

# what stands beside the service, and says no day
_BESIDE = "der die das den dem des mein meine meinen mit zum zur für the my one for appointment termin"
BESIDE = frozenset(_BESIDE.split())


def split_service(context: ToolContext, words: str | None) -> tuple[tuple[Service, ...], str | None]:
    """Split the words for a booking into the services that they name and the rest, which tells the day."""
    services: tuple[Service, ...] = ()
    with suppress(AppError):
        services = get_requested_services(words or "", language=context.language).services
    names = [term.text for term in list_terms() if term.service in services] if services else []
    own = {word for name in names for word in (*parse_terms(name).terms, *list_significant_words(name))}
    pieces = (words or "").split()
    rest = [piece for piece in pieces if not own.intersection((*parse_terms(piece).terms, *list_significant_words(piece)))]
    if not services or len(rest) == len(pieces):
        return (), words
    return services, " ".join(piece for piece in rest if piece.strip(" ,.").casefold() not in BESIDE) or None


def select_by_service(context: ToolContext, bookings: Sequence[Booking], services: Sequence[Service]) -> list[Booking]:
    """Select those of these services among bookings that may all be told; the only one, where it is another, is asked about."""
    visits, wanted = load_visits(bookings), {service.id for service in services}
    named = [booking for booking in bookings if any(part.service_id in wanted for part in visits[booking.id])]
    if not named and len(bookings) == 1:
        question = _("Meinen Sie Ihren Termin %(when)s?", when=say_booking(context, bookings[0]))
        raise ClarificationNeeded(question, options=[bookings[0].id])
    return named or list(bookings)
