"""Answers the messages of one number, one after the other: what is asked is remembered, and what is not understood goes to people."""

from datetime import datetime

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.bookings.message_writer import list_visit
from app.domain.notifications.receipts import Answer, mark_answered
from app.domain.notifications.suppressions import suppress
from app.domain.replies import actions, offers, ratings, state
from app.domain.replies.actions import Outcome, ReplyTurn
from app.domain.replies.answers import AnswerDraft, may_answer, queue_answer
from app.domain.replies.choices import find_chosen, find_named, find_ordinal, is_at, read_wish
from app.domain.replies.conversation import is_with_people
from app.domain.replies.handover import hand_over
from app.domain.replies.intent import is_clear_yes, is_refusal, read_intent
from app.domain.replies.open_appointments import find_answered_message, find_open_appointments, list_asked
from app.domain.replies.outbox import OUTBOX
from app.domain.replies.reply_text import normalize_reply
from app.models import Booking, InboundMessage, SatisfactionQuestion, WaitlistOffer

# the carrier answers these itself
CARRIER_HELP = ("help", "info")
ACTIONS: dict[str, state.Action] = {"confirm": "confirm", "keep": "keep", "move": "move", "others": "move", "cancel": "cancel"}
# what comes of the message that was answered, by what came of the answer
ANSWERS: dict[str, Answer] = {"confirmed": "confirmed", "moved": "moved", "cancelled": "cancelled"}
# before the score in what a choice does
RATE = "rate"
# as reminders say: 1 I come, 2 another time
ACTION_BY_NUMBER: dict[int | None, state.Action] = {1: "confirm", 2: "move"}


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
    mark_answered([f"booking:{part.id}" for part in list_visit(booking)], ANSWERS.get(outcome.result))


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
        return Outcome("silent") if is_answered else Outcome("help", AnswerDraft("reply_help"))
    step = state.get_step(turn.dialogue)
    if step != "matter" and (outcome := _answer_satisfaction_question(turn, step) or _answer_waitlist_offer(turn, step)) is not None:
        return outcome
    match step:
        case "matter":
            return _answer_matter(turn)
        case "cancel":
            return _answer_cancel_question(turn)
        case "offer":
            return _answer_offer(turn)
        case "which":
            return _answer_choice(turn)
    return _begin(turn)


def _answer_satisfaction_question(turn: ReplyTurn, step: state.Step | None) -> Outcome | None:
    """Keep a score where the question about a visit is the latest; ask where the number may as well be about something else.

    None: it is no answer to it.
    """
    latest = ratings.find_open_question(turn.message.sender)
    asked_at = state.get_asked_at(turn.dialogue)
    if latest is None or (asked_at is not None and asked_at > latest[1]):
        return None
    (question, sent_at), rating = latest, ratings.read_rating(turn.message.body)
    if rating is None:
        is_only = step is None and not offers.list_open_offers(turn.message.sender) and not list_asked(turn.message.sender, sent_at)
        is_meant = is_only and ratings.is_unclear_answer(turn)
        return actions.ask_again(turn, AnswerDraft("reply_rating")) if is_meant else None
    others = _list_numbered_matters(turn, step, sent_at)
    if not others:
        return ratings.keep(turn, question, rating)
    choices = [(f"{RATE}{rating.score}", question.id), *others][: actions.MAX_APPOINTMENTS]
    state.ask_about_matter(turn.dialogue, choices)
    return Outcome("asks_which", AnswerDraft("reply_which_matter", options=_load_choices(choices)))


def _list_numbered_matters(turn: ReplyTurn, step: state.Step | None, since: datetime) -> list[tuple[str, str]]:
    """What else a lone number may choose: an offer of the waitlist, a time, or what a reminder asked for."""
    number, dialogue = turn.intent.number if turn.intent.kind == "number" else None, turn.dialogue
    if number is None:
        return []
    reply = offers.read_reply(turn)
    matters: list[tuple[str, str]] = [(reply, offer.id) for offer in offers.list_open_offers(turn.message.sender)] if reply else []
    if step == "offer" and (booking := _find_booking(dialogue.booking_id)) and number <= len(state.list_current_offer(dialogue)):
        return [*matters, ("move", booking.id)]
    if step == "which" and number <= len(dialogue.options):
        return [*matters, (dialogue.action or "", dialogue.options[number - 1])]
    action = ACTION_BY_NUMBER.get(number)
    return matters + [(action, booking.id) for booking in list_asked(turn.message.sender, since)] if action else matters


def _answer_waitlist_offer(turn: ReplyTurn, step: state.Step | None) -> Outcome | None:
    """Answer a yes or no to an offer of the waitlist; ask where it may as well be one about an appointment. None: it is about no offer."""
    reply = offers.read_reply(turn)
    if reply is None:
        return None
    open_offers = offers.list_open_offers(turn.message.sender)
    if not open_offers:
        last = offers.find_last_offer(turn.message.sender) if step is None else None
        return offers.tell_gone(turn) if last and not list_asked(turn.message.sender, offers.get_sent_at([last])) else None
    choices: list[tuple[str, str]] = [(reply, offer.id) for offer in open_offers]
    choices += [(action, booking.id) for action, booking in _list_asked_about(turn, step, offers.get_sent_at(open_offers))]
    if len(choices) == 1:
        return offers.answer(turn, reply, open_offers[0])
    choices = choices[: actions.MAX_APPOINTMENTS]
    state.ask_about_matter(turn.dialogue, choices)
    return Outcome("asks_which", AnswerDraft("reply_which_matter", options=_load_choices(choices)))


def _list_asked_about(turn: ReplyTurn, step: state.Step | None, since: datetime) -> list[tuple[state.Action, Booking]]:
    """The appointments that the answer may be about as well, and what it would do to each."""
    dialogue, is_no = turn.dialogue, is_refusal(turn.message.body)
    asked = _find_booking(dialogue.booking_id)
    if step == "cancel" and asked is not None:
        return [("keep" if is_no else "cancel", asked)]
    if step == "offer" and asked is not None:
        return [("keep" if is_no else "move", asked)]
    if step == "which":
        action: state.Action = dialogue.action  # type: ignore[assignment]
        return [(action, booking) for id_ in dialogue.options if (booking := _find_booking(id_))]
    intent = turn.intent
    begun = ACTION_BY_NUMBER.get(intent.number) if intent.kind == "number" else ACTIONS.get(intent.kind)
    return [(begun or "confirm", booking) for booking in list_asked(turn.message.sender, since)]


def _answer_matter(turn: ReplyTurn) -> Outcome:
    """Do what was meant: to the offer, or to the appointment."""
    choices = [(action, id_) for action, id_ in turn.dialogue.options]
    number = turn.intent.number if turn.intent.kind == "number" else None
    if number is None or not 0 < number <= len(choices):
        if turn.intent.kind in ("question", "late", "other"):
            return actions.leave_to_people(turn)
        return actions.ask_again(turn, AnswerDraft("reply_choose", options=_load_choices(choices)))
    action, id_ = choices[number - 1]
    if action.startswith(RATE):
        question = db.session.scalars(select(SatisfactionQuestion).where(SatisfactionQuestion.id == id_)).one()
        return ratings.keep(turn, question, ratings.Rating(int(action.removeprefix(RATE))))
    if action in ("take", "decline"):
        offer = db.session.scalars(select(WaitlistOffer).where(WaitlistOffer.id == id_)).one()
        return offers.answer(turn, action, offer)
    booking = _find_booking(id_)
    if booking is None:
        return _start_anew(turn)
    state.close(turn.dialogue)
    return _act(turn, action, booking)


def _load_choices(choices: list[tuple[str, str]]) -> tuple[Booking | WaitlistOffer | SatisfactionQuestion, ...]:
    """The offers, appointments and questions of these choices, in their order."""
    ids = [id_ for _action, id_ in choices]
    rows: dict[str, Booking | WaitlistOffer | SatisfactionQuestion] = {
        row.id: row
        for model in (WaitlistOffer, Booking, SatisfactionQuestion)
        for row in db.session.scalars(select(model).where(model.id.in_(ids)))
    }
    return tuple(rows[id_] for id_ in ids)


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
        return actions.ask_again(turn, AnswerDraft("reply_unclear", only), only)
    named = [booking for booking in candidates if action != "move" and turn.intent.names_time and is_at(turn, booking)]
    if only is None and len(named) != 1:
        return actions.ask_which(turn, action, candidates)
    return _act(turn, action, only or named[0])


def _act(turn: ReplyTurn, action: state.Action, booking: Booking) -> Outcome:
    match action:
        case "confirm":
            # "yes, on Wednesday" is no yes to Tuesday
            is_another = turn.intent.names_time and not is_at(turn, booking)
            return actions.leave_to_people(turn, booking) if is_another else actions.confirm(turn, [booking])
        case "keep":
            return actions.keep(turn, booking)
        case "move":
            return actions.offer_times(turn, booking, read_wish(turn, booking))
        case "cancel":
            return actions.ask_to_cancel(turn, booking)


def _answer_without_appointment(turn: ReplyTurn, past: Booking | None) -> Outcome:
    is_over = past is not None and past.status != "cancelled"
    return actions.leave_to_people(turn, past, AnswerDraft("reply_over", past) if is_over else None)


def _answer_cancel_question(turn: ReplyTurn) -> Outcome:
    booking, text = _find_booking(turn.dialogue.booking_id), turn.message.body
    if booking is None:
        return _start_anew(turn)
    if is_clear_yes(text):
        return actions.cancel(turn, booking)
    if is_refusal(text):
        return actions.keep(turn, booking)
    if turn.intent.kind == "move":
        return actions.offer_times(turn, booking, read_wish(turn, booking))
    if turn.intent.kind in ("question", "late"):
        return actions.leave_to_people(turn, booking)
    return actions.ask_to_cancel_again(turn, booking)


def _answer_offer(turn: ReplyTurn) -> Outcome:
    booking, intent = _find_booking(turn.dialogue.booking_id), turn.intent
    if booking is None:
        return _start_anew(turn)
    times = state.list_current_offer(turn.dialogue)
    chosen = find_chosen(turn, booking, times)
    if chosen is not None:
        return actions.move(turn, booking, chosen)
    if is_refusal(turn.message.body):
        return actions.keep(turn, booking)
    if intent.kind in ("move", "others"):
        wish = read_wish(turn, booking)
        return actions.offer_times(turn, booking, wish, excluded=state.list_offered(turn.dialogue) if wish.is_open else ())
    if intent.kind == "cancel":
        return actions.ask_to_cancel(turn, booking)
    if intent.kind in ("question", "other", "late"):
        return actions.leave_to_people(turn, booking)
    return actions.ask_again(turn, AnswerDraft("reply_choose", booking, options=tuple(times)), booking)


def _answer_choice(turn: ReplyTurn) -> Outcome:
    bookings, intent = [booking for id_ in turn.dialogue.options if (booking := _find_booking(id_))], turn.intent
    action: state.Action = turn.dialogue.action  # type: ignore[assignment]
    if not bookings:
        return _start_anew(turn)
    if intent.kind == "both" and action == "confirm":
        return actions.confirm(turn, bookings)
    if (chosen := find_named(turn, bookings)) is not None:
        return _act(turn, action, chosen) if action != "confirm" else actions.confirm(turn, [chosen])
    if intent.kind in ("move", "cancel") and intent.kind != action:
        wished = find_ordinal(turn, bookings)
        return _act(turn, ACTIONS[intent.kind], wished) if wished else actions.ask_which(turn, ACTIONS[intent.kind], bookings)
    if intent.kind in ("question", "late"):
        return actions.leave_to_people(turn)
    return actions.ask_again(turn, AnswerDraft("reply_choose", options=tuple(bookings)))


def _start_anew(turn: ReplyTurn) -> Outcome:
    """What we asked about does not stand any more."""
    state.close(turn.dialogue)
    return _begin(turn)


def _find_booking(booking_id: str | None) -> Booking | None:
    """An appointment that is still ahead."""
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id).execution_options(populate_existing=True)).first()
    return booking if booking is not None and booking.is_upcoming else None
