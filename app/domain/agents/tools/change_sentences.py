"""What is said when an appointment was moved or cancelled: the caller's own, or that of somebody for whom they act."""

from flask_babel import gettext as _

from app.domain.agents.tools.booking_lookup import get_disclosure_scopes
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.phrasing import say_booking, say_place
from app.domain.agents.tools.represented import is_represented
from app.models import Booking


def say_cancelled(context: ToolContext, booking: Booking) -> str:
    is_own = not is_represented(context, booking)
    if booking.id not in get_disclosure_scopes(context, [booking]):
        return _("Ihr Termin ist abgesagt.") if is_own else _("Der Termin ist abgesagt.")
    when = say_booking(context, booking)
    return _("Ihr Termin %(when)s ist abgesagt.", when=when) if is_own else _("Der Termin %(when)s ist abgesagt.", when=when)


def say_moved(context: ToolContext, moved: Booking, *, is_other_person: bool, is_named: bool) -> str:
    """`is_other_person`: another member of the team has it now; `is_named`: the caller wished for person or branch."""
    when, place = say_booking(context, moved), say_place(context, moved.staff_id, moved.branch_id)
    is_told = is_named or get_disclosure_scopes(context, [moved])[moved.id] == "all"
    if is_represented(context, moved):
        return (
            _("Der Termin ist jetzt %(when)s %(place)s.", when=when, place=place)
            if is_told
            else _("Der Termin ist jetzt %(when)s.", when=when)
        )
    if is_other_person and not is_named:
        return _("Ihr Termin ist jetzt %(when)s, diesmal %(place)s.", when=when, place=place)
    if is_told:
        return _("Ihr Termin ist jetzt %(when)s %(place)s.", when=when, place=place)
    return _("Ihr Termin ist jetzt %(when)s.", when=when)
