"""What an answer does to an appointment: confirmed, moved or cancelled by the engine with all its own checks, or asked about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.extensions import db
from app.domain.bookings.cancel import cancel_booking, get_terms
from app.domain.bookings.customer_confirmation import confirm_by_customer
from app.domain.bookings.errors import BookingError
from app.domain.bookings.history import Actor
from app.domain.bookings.notifications import find_destination
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.self_service_links import extend_links
from app.domain.bookings.status import InvalidBookingTransition, StaleVersion, TooLate
from app.domain.replies import state
from app.domain.replies.answers import AnswerDraft, Cents
from app.domain.replies.free_times import TimePreference, find_times
from app.domain.replies.handover import hand_over
from app.domain.replies.intent import Intent
from app.domain.services.matching import UnknownService
from app.domain.services.staff_matching import UnknownStaff
from app.models import Booking, InboundMessage, ReplyDialogue

ACTOR = Actor("caller", "sms")
# answers in a row that were not understood, after which people read them
MAX_UNCLEAR = 2
MAX_APPOINTMENTS = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a message (models/inbound_message.result), what is answered, and which appointment it was about."""

    result: str
    answer: AnswerDraft | None = None
    booking: Booking | None = None


@dataclass(frozen=True, slots=True)
class ReplyTurn:
    """A message with the dialogue of its number, while it is handled."""

    message: InboundMessage
    dialogue: ReplyDialogue
    intent: Intent


def confirm(turn: ReplyTurn, bookings: Sequence[Booking]) -> Outcome:
    """Note that the customer comes to these appointments."""
    state.close(turn.dialogue)
    try:
        for booking in bookings:
            confirm_by_customer(booking.id, ACTOR)
    except InvalidBookingTransition:
        return leave_to_people(turn, bookings[0])
    if len(bookings) > 1:
        return Outcome("confirmed", AnswerDraft("reply_all_confirmed", bookings[0], {"count": len(bookings)}), bookings[0])
    return Outcome("confirmed", AnswerDraft("reply_confirmed", bookings[0]), bookings[0])


def keep(turn: ReplyTurn, booking: Booking) -> Outcome:
    """Everything stays as it is."""
    state.close(turn.dialogue)
    return Outcome("kept", AnswerDraft("reply_kept", booking), booking)


def offer_times(
    turn: ReplyTurn, booking: Booking, wish: TimePreference, *, excluded: Collection[datetime] = (), taken: bool = False
) -> Outcome:
    """Offer three free times; none of them is held, and the engine decides when one is chosen."""
    terms = get_terms(booking)
    if not terms.can_move:
        state.close(turn.dialogue)
        return leave_to_people(turn, booking, AnswerDraft("reply_too_late_to_move", booking, {"until": terms.move_until}))
    times = find_times(booking, wish, excluded=excluded)
    if not times:
        state.close(turn.dialogue)
        return leave_to_people(turn, booking, AnswerDraft("reply_no_times", booking))
    state.ask_about_times(turn.dialogue, booking, times)
    return Outcome("offered", AnswerDraft("reply_taken" if taken else "reply_times", booking, options=tuple(times)), booking)


def move(turn: ReplyTurn, booking: Booking, starts_at: datetime) -> Outcome:
    """Move the appointment to a time that was offered; where it has been taken since, others are offered."""
    try:
        with db.session.begin_nested():
            moved = reschedule_booking(booking.id, ACTOR, starts_at=starts_at, notify=_get_notify(turn, booking))
    except (BookingError, UnknownService, UnknownStaff):
        return offer_times(turn, booking, TimePreference(), excluded=[starts_at], taken=True)
    except (TooLate, InvalidBookingTransition):
        state.close(turn.dialogue)
        return leave_to_people(turn, booking)
    extend_links(moved)
    state.close(turn.dialogue)
    return Outcome("moved", AnswerDraft("reply_moved", moved), moved)


def ask_to_cancel(turn: ReplyTurn, booking: Booking) -> Outcome:
    """Ask whether the appointment is really to be cancelled, and tell what that costs; people decide where it is too late."""
    terms = get_terms(booking)
    if not terms.can_cancel:
        state.close(turn.dialogue)
        return leave_to_people(turn, booking, AnswerDraft("reply_too_late_to_cancel", booking, {"until": terms.cancel_until}))
    state.ask_about_cancellation(turn.dialogue, booking)
    return Outcome("asks_cancel", _build_question(booking, "reply_cancel_question"), booking)


def cancel(turn: ReplyTurn, booking: Booking) -> Outcome:
    """Cancel by the rules of the business; an appointment that was changed since the question is asked about again."""
    fee_cents = get_terms(booking).fee_cents
    try:
        with db.session.begin_nested():
            cancel_booking(booking.id, ACTOR, version=turn.dialogue.options[0], notify=_get_notify(turn, booking))
    except StaleVersion:
        return ask_to_cancel(turn, booking)
    except TooLate as error:
        state.close(turn.dialogue)
        until = datetime.fromisoformat(error.data["until"])
        return leave_to_people(turn, booking, AnswerDraft("reply_too_late_to_cancel", booking, {"until": until}))
    except InvalidBookingTransition:
        state.close(turn.dialogue)
        return leave_to_people(turn, booking)
    state.close(turn.dialogue)
    if fee_cents:
        return Outcome("cancelled", AnswerDraft("reply_cancelled_fee", booking, {"fee": Cents(fee_cents)}), booking)
    return Outcome("cancelled", AnswerDraft("reply_cancelled", booking), booking)


def ask_which(turn: ReplyTurn, action: state.Action, bookings: Sequence[Booking]) -> Outcome:
    """Ask which appointment is meant, by number."""
    state.ask_about_appointments(turn.dialogue, action, bookings[:MAX_APPOINTMENTS])
    return Outcome("asks_which", AnswerDraft("reply_which", options=tuple(bookings[:MAX_APPOINTMENTS])))


def ask_again(turn: ReplyTurn, answer: AnswerDraft, booking: Booking | None = None) -> Outcome:
    """Ask once more where the answer was not understood; after the second time people read it."""
    turn.dialogue.unclear_count += 1
    if turn.dialogue.unclear_count > MAX_UNCLEAR:
        state.close(turn.dialogue)
        return leave_to_people(turn, booking)
    return Outcome("asks_again", answer, booking)


def ask_to_cancel_again(turn: ReplyTurn, booking: Booking) -> Outcome:
    return ask_again(turn, _build_question(booking, "reply_cancel_unclear"), booking)


def leave_to_people(turn: ReplyTurn, booking: Booking | None = None, answer: AnswerDraft | None = None) -> Outcome:
    """Hand the message over to the branch; a word about it goes back once a day, one about a deadline each time."""
    must_tell = hand_over(turn.message, turn.dialogue, booking=booking, is_urgent=turn.intent.kind == "late")
    return Outcome("handed_over", answer or (AnswerDraft("reply_received", booking) if must_tell else None), booking)


def _build_question(booking: Booking, template: str) -> AnswerDraft:
    fee_cents = get_terms(booking).fee_cents
    return AnswerDraft(f"{template}_fee", booking, {"fee": Cents(fee_cents)}) if fee_cents else AnswerDraft(template, booking)


def _get_notify(turn: ReplyTurn, booking: Booking) -> bool | None:
    """Our answer says it already, unless messages about this appointment go somewhere else."""
    return False if find_destination(booking) == ("sms", turn.message.sender) else None
