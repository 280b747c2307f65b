"""Functions about spelling: parse_spelling, correct_name."""

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core.errors import NotFound
from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.agents.tools.clarification import MissingArgument, get_question, require_arguments
from app.domain.agents.tools.context import ToolContext, ToolResult, reject, succeed
from app.domain.agents.tools.registry import ToolArgs, tool
from app.domain.agents.tools.spelled_arguments import ask_for_spelling, resolve_name, say_letters
from app.domain.customers.caller_assurance import filter_same_name
from app.domain.customers.contacts import MAX_NAME_LENGTH
from app.domain.customers.matching import create_named_customer
from app.domain.language.placeholders import is_placeholder
from app.domain.language.spelling import READERS, SpellingKind
from app.domain.language.vocabulary import fold
from app.events import BookingDetailsChanged
from app.models import Booking, Call, Customer

KINDS: dict[str, SpellingKind] = {
    "name": "name", "email": "email", "e-mail": "email", "mail": "email", "street": "street", "strasse": "street", "straße": "street",
    "address": "street", "adresse": "street", "plate": "plate", "number plate": "plate", "license plate": "plate", "kennzeichen": "plate",
}  # fmt: skip


class ParseSpellingArgs(ToolArgs):
    text: str | None = Field(None, description="All that the caller said while spelling, word for word.")
    kind: str | None = Field(None, description="name, email, street or plate.")


@tool("parse_spelling", ParseSpellingArgs, is_general=True)
def parse_spelling(context: ToolContext, args: ParseSpellingArgs) -> ToolResult:
    """Reads what the caller spells letter by letter: a name, an e-mail address, a street or a number plate. Say the answer, and go on
    with its value when the caller agrees."""
    require_arguments(args, "text")
    kind = KINDS.get((args.kind or "").casefold(), "email" if "@" in (args.text or "") else "name")
    if kind == "name" and is_placeholder(args.text or "", "name"):
        raise MissingArgument(get_question("name"), fields=["text"])
    reading = READERS[kind](args.text or "", context.language)
    if reading.text is None:
        return reject("ambiguous", ask_for_spelling(context, kind, reading), options=list(reading.options), kind=kind)
    return succeed(say_letters(context, kind, reading.text), value=reading.text, kind=kind)


class NameArgs(ToolArgs):
    name: str | None = None


class CorrectNameArgs(ToolArgs):
    name: str | None = Field(None, description="The name as the caller says or spells it now, word for word.")
    booking_id: str | None = Field(None, description="The booking of this call, if there are several.")


@tool("correct_name", CorrectNameArgs, has_effect=True)
def correct_name(context: ToolContext, args: CorrectNameArgs) -> ToolResult:
    """Corrects the name of an appointment that was booked in this call, when the caller spells it or says that it is wrong."""
    require_arguments(args, "name")
    bookings = _list_bookings(context, args.booking_id)
    customer = db.session.get(Customer, bookings[-1].customer_id) if bookings and bookings[-1].customer_id else None
    if customer is None:
        raise NotFound(_("Dazu finde ich keinen Termin."))
    same = [booking for booking in bookings if booking.customer_id == customer.id]
    heard = customer.name if _was_made_here(context, customer, same) else _find_said_name(context)
    name = resolve_name(context, _join_with_heard(heard, args.name or ""))[:MAX_NAME_LENGTH]
    _set_name(context, customer, name, same)
    for booking in same:
        publish(BookingDetailsChanged(booking.company_id, booking.branch_id, booking.id, booking.call_id))
    return succeed(say_letters(context, "name", name), name=name, booking_id=same[-1].id)


def _list_bookings(context: ToolContext, booking_id: str | None) -> list[Booking]:
    """List what this call has booked, or the one of this id."""
    statement = select(Booking).where(Booking.call_id == context.call.id, Booking.active()).order_by(Booking.id)
    return [booking for booking in db.session.scalars(statement) if booking_id in (None, booking.id)]


def _find_said_name(context: ToolContext) -> str | None:
    """Find the last name that was said in this call: nothing of a record is told."""
    names = (NameArgs.model_validate(use.arguments or {}).name for use in reversed(context.earlier_uses))
    return next(filter(None, names), None)


def _join_with_heard(name: str | None, said: str) -> str:
    """Letters alone are the spelling of the name that was heard: "Anna Jilmaz" and "Y I L M A Z"."""
    reading = READERS["name"](said)
    if name and reading.text and len(name.split()) > 1 and fold(name.split()[-1]) == fold(reading.text):
        # the family name is spelled as it was heard
        return " ".join((*name.split()[:-1], reading.text))
    return f"{name}, {said}" if name and reading.is_spelled and len((reading.text or "").split()) < 2 else said


def _set_name(context: ToolContext, customer: Customer, name: str, bookings: list[Booking]) -> None:
    """Name whom this call has made; for anybody else the bookings go over to the person of the new name."""
    known = [other for other in filter_same_name(name, context.caller.candidates) if other.id != customer.id]
    if not known and _was_made_here(context, customer, bookings):
        customer.name = name
        return
    if filter_same_name(name, [customer]):
        return
    number = customer.of_kind("phone") if customer.id in {each.id for each in context.caller.candidates} else None
    person = known[0] if known else create_named_customer(name, number)
    context.forget_caller()
    for booking in bookings:
        booking.customer_id = person.id
    db.session.flush()


def _was_made_here(context: ToolContext, customer: Customer, bookings: list[Booking]) -> bool:
    """Whether nothing but this call knows the customer."""
    others = select(Booking.id).where(Booking.customer_id == customer.id, Booking.id.not_in([booking.id for booking in bookings]))
    calls = select(Call.id).where(Call.customer_id == customer.id, Call.id != context.call.id)
    return not any(db.session.scalar(rows.limit(1)) for rows in (others, calls)) and customer.created_at >= context.call.started_at
