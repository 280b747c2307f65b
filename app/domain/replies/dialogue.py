"""Answers the messages of one number, one after the other: what is asked is remembered, and what is not understood goes to people."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.bookings.message_writer import list_visit
from app.domain.language.parsed_time import TimeExpression
from app.domain.language.parser import parse_time_expression
from app.domain.notifications.receipts import mark_answered
from app.domain.notifications.suppressions import suppress
from app.domain.replies import actions, state
from app.domain.replies.actions import Outcome, ReplyTurn
from app.domain.replies.answers import Answer, find_customer, find_language, may_answer, queue_answer
from app.domain.replies.conversation import is_with_people
from app.domain.replies.free_times import TimePreference
from app.domain.replies.handover import hand_over
from app.domain.replies.intent import is_clear_yes, is_refusal, read_intent
from app.domain.replies.open_appointments import find_answered_message, find_open_appointments
from app.domain.replies.outbox import OUTBOX
from app.domain.replies.reply_text import normalize_reply
from app.models import Booking, Customer, InboundMessage

# the carrier answers these itself
CARRIER_HELP = ("help", "info")
ACTIONS: dict[str, state.Action] = {"confirm": "confirm", "keep": "keep", "move": "move", "others": "move", "cancel": "cancel"}
# as reminders say: 1 I come, 2 another time
ACTION_BY_NUMBER: dict[int | None, state.Action] = {1: "confirm", 2: "move"}
LATER, EARLIER = {"spaeter", "later", "spada", "spaedda"}, {"frueher", "earlier", "sooner"}


def answer_message(message_id: str) -> str | None:
    """Answer a message that is due, in one transaction with all that follows from it; gives the id of the sender's next one."""
    message = OUTBOX.find_claimable(message_id)
    if message is None:
        return None
    turn = ReplyTurn(message, state.lock_dialogue(message.sender_index), read_intent(message.body))
    is_answerable = may_answer(message)
    outcome = _handle(turn) if is_answerable or turn.intent.kind in ("thanks", "stop") else actions.leave_to_people(turn)
    _note(message, turn, outcome)
    if outcome.answer is not None and is_answerable:
        queue_answer(message, outcome.answer)
    OUTBOX.complete(message, "handled")
    message.finished_at = now()
    db.session.flush()
    return OUTBOX.next_in_order(message)


def _note(message: InboundMessage, turn: ReplyTurn, outcome: Outcome) -> None:
    """Note what the message was about, and at the message that it answers that it was answered."""
    message.intent, message.result = turn.intent.kind, outcome.result
    if (booking := outcome.booking) is None:
        return
    message.booking_id, message.branch_id = booking.id, message.branch_id or booking.branch_id
    message.customer_id = message.customer_id or booking.customer_id
    if (answered := find_answered_message(message.sender, booking)) is not None:
        message.notification_id = answered.id
    mark_answered([f"booking:{part.id}" for part in list_visit(booking)])


def _handle(turn: ReplyTurn) -> Outcome:
    if turn.intent.kind == "thanks":
        return Outcome("silent")
    if turn.intent.kind == "stop":
        suppress(turn.message.channel, turn.message.sender, "opted_out")
        return Outcome("stopped")
    if is_with_people(turn.message.sender_index):
        hand_over(turn.message, turn.dialogue, booking=None)
        return Outcome("handed_over")
    if turn.intent.kind == "help":
        is_answered = normalize_reply(turn.message.body) in CARRIER_HELP
        return Outcome("silent") if is_answered else Outcome("help", Answer("reply_help"))
    match state.get_step(turn.dialogue):
        case "cancel":
            return _answer_cancel_question(turn)
        case "offer":
            return _answer_offer(turn)
        case "which":
            return _answer_choice(turn)
    return _begin(turn)


def _begin(turn: ReplyTurn) -> Outcome:
    """Handle what somebody writes with no question open."""
    appointments = find_open_appointments(turn.message.sender)
    candidates = appointments.candidates
    only = candidates[0] if len(candidates) == 1 else None
    if turn.intent.kind in ("question", "other", "late"):
        return actions.leave_to_people(turn, only or appointments.past)
    if not candidates:
        return _answer_without_appointment(turn, appointments.past)
    if state.is_echo_of(turn.dialogue, "cancel") and is_clear_yes(turn.message.body) and (asked := _find_booking(turn.dialogue.booking_id)):
        return actions.ask_to_cancel(turn, asked)
    if turn.intent.kind == "both" and not only:
        return actions.confirm(turn, candidates)
    action = ACTION_BY_NUMBER.get(turn.intent.number) if turn.intent.kind == "number" else ACTIONS.get(turn.intent.kind)
    if action is None:
        return actions.ask_again(turn, Answer("reply_unclear", only), only)
    named = [booking for booking in candidates if action != "move" and turn.intent.names_time and _is_at(turn, booking)]
    if only is None and len(named) != 1:
        return actions.ask_which(turn, action, candidates)
    return _act(turn, action, only or named[0])


def _act(turn: ReplyTurn, action: state.Action, booking: Booking) -> Outcome:
    match action:
        case "confirm":
            # "yes, on Wednesday" is no yes to Tuesday
            is_another = turn.intent.names_time and not _is_at(turn, booking)
            return actions.leave_to_people(turn, booking) if is_another else actions.confirm(turn, [booking])
        case "keep":
            return actions.keep(turn, booking)
        case "move":
            return actions.offer_times(turn, booking, _read_wish(turn, booking))
        case "cancel":
            return actions.ask_to_cancel(turn, booking)


def _answer_without_appointment(turn: ReplyTurn, past: Booking | None) -> Outcome:
    is_over = past is not None and past.status != "cancelled"
    return actions.leave_to_people(turn, past, Answer("reply_over", past) if is_over else None)


def _answer_cancel_question(turn: ReplyTurn) -> Outcome:
    booking, text = _find_booking(turn.dialogue.booking_id), turn.message.body
    if booking is None:
        return _start_anew(turn)
    if is_clear_yes(text):
        return actions.cancel(turn, booking)
    if is_refusal(text):
        return actions.keep(turn, booking)
    if turn.intent.kind == "move":
        return actions.offer_times(turn, booking, _read_wish(turn, booking))
    if turn.intent.kind in ("question", "late"):
        return actions.leave_to_people(turn, booking)
    return actions.ask_to_cancel_again(turn, booking)


def _answer_offer(turn: ReplyTurn) -> Outcome:
    booking, intent = _find_booking(turn.dialogue.booking_id), turn.intent
    if booking is None:
        return _start_anew(turn)
    times = state.list_current_offer(turn.dialogue)
    chosen = _find_chosen(turn, booking, times)
    if chosen is not None:
        return actions.move(turn, booking, chosen)
    if is_refusal(turn.message.body):
        return actions.keep(turn, booking)
    if intent.kind in ("move", "others"):
        wish = _read_wish(turn, booking)
        return actions.offer_times(turn, booking, wish, excluded=state.list_offered(turn.dialogue) if wish.is_open else ())
    if intent.kind == "cancel":
        return actions.ask_to_cancel(turn, booking)
    if intent.kind in ("question", "other", "late"):
        return actions.leave_to_people(turn, booking)
    return actions.ask_again(turn, Answer("reply_choose", booking, options=tuple(times)), booking)


def _answer_choice(turn: ReplyTurn) -> Outcome:
    bookings, intent = [booking for id_ in turn.dialogue.options if (booking := _find_booking(id_))], turn.intent
    action: state.Action = turn.dialogue.action  # type: ignore[assignment]
    if not bookings:
        return _start_anew(turn)
    if intent.kind == "both" and action == "confirm":
        return actions.confirm(turn, bookings)
    if (chosen := _find_named(turn, bookings)) is not None:
        return _act(turn, action, chosen) if action != "confirm" else actions.confirm(turn, [chosen])
    if intent.kind in ("move", "cancel") and intent.kind != action:
        return actions.ask_which(turn, ACTIONS[intent.kind], bookings)
    if intent.kind in ("question", "late"):
        return actions.leave_to_people(turn)
    return actions.ask_again(turn, Answer("reply_choose", options=tuple(bookings)))


def _start_anew(turn: ReplyTurn) -> Outcome:
    """What we asked about does not stand any more."""
    state.close(turn.dialogue)
    return _begin(turn)


def _find_booking(booking_id: str | None) -> Booking | None:
    """An appointment that is still ahead."""
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id).execution_options(populate_existing=True)).first()
    return booking if booking is not None and booking.is_upcoming else None


def _find_chosen(turn: ReplyTurn, booking: Booking, times: list[datetime]) -> datetime | None:
    """The time that was chosen by its number, or named so that it is this one and no other."""
    intent = turn.intent
    if intent.kind == "number" and intent.number is not None:
        return times[intent.number - 1] if 0 < intent.number <= len(times) else None
    if intent.kind == "confirm" and len(times) == 1 and not intent.names_time:
        return times[0]
    if intent.kind in ("confirm", "move") and intent.names_time and "?" not in turn.message.body:
        expression = _parse(turn, booking.timezone)
        named = [start for start in times if _names(expression, start.astimezone(ZoneInfo(booking.timezone)))]
        return named[0] if len(named) == 1 else None
    return None


def _find_named(turn: ReplyTurn, bookings: list[Booking]) -> Booking | None:
    """The appointment that was chosen by its number, by its day, or by the person's name."""
    number = turn.intent.number
    if turn.intent.kind == "number" and number is not None:
        return bookings[number - 1] if 0 < number <= len(bookings) else None
    words = set(normalize_reply(turn.message.body).split())
    named = [booking for booking in bookings if turn.intent.names_time and _is_at(turn, booking)]
    named = named or [booking for booking in bookings if _get_first_name(booking) in words]
    return named[0] if len(named) == 1 else None


def _get_first_name(booking: Booking) -> str:
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    return normalize_reply((customer.name or "").split(" ")[0]) if customer and customer.name else "-"


def _read_wish(turn: ReplyTurn, booking: Booking) -> TimePreference:
    if turn.intent.names_time:
        return TimePreference(_parse(turn, booking.timezone))
    words = set(normalize_reply(turn.message.body).split())
    return TimePreference(direction=1 if LATER & words else -1 if EARLIER & words else 0)


def _is_at(turn: ReplyTurn, booking: Booking) -> bool:
    """Whether the day and the time that the message names are those of the appointment."""
    return _names(_parse(turn, booking.timezone), booking.starts_at.astimezone(ZoneInfo(booking.timezone)))


def _names(expression: TimeExpression, local: datetime) -> bool:
    if not (expression.names_a_day or expression.names_a_time):
        return False
    first, last = expression.days(first=local.date(), last=local.date())
    low, high = expression.minutes()
    return first <= local.date() <= last and low <= local.hour * 60 + local.minute < high


def _parse(turn: ReplyTurn, timezone: str) -> TimeExpression:
    language = find_language(turn.message, find_customer(turn.message))
    return parse_time_expression(turn.message.body, now(), timezone, "en" if language == "en" else "de")
