"""Answers to an offer of the waitlist: taken through the engine, declined, or told that it is gone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.bookings.errors import BookingError
from app.domain.bookings.notifications import find_destination
from app.domain.bookings.waitlist import OfferExpired, accept_offer, decline_offer
from app.domain.notifications.message_limits import hash_recipient
from app.domain.replies import state
from app.domain.replies.actions import ACTOR, Outcome, ReplyTurn
from app.domain.replies.answers import AnswerDraft
from app.domain.replies.intent import is_refusal, read_marks
from app.domain.services.matching import UnknownService
from app.domain.services.staff_matching import UnknownStaff
from app.models import Booking, Notification, WaitlistOffer

OfferReply = Literal["take", "decline"]
# as the offer says: 1 or yes, 2 or no
REPLY_BY_NUMBER: dict[int | None, OfferReply] = {1: "take", 2: "decline"}
# how long after its message a word is still about an offer
ANSWER_TIME = timedelta(days=1)


def list_open_offers(number: str) -> list[WaitlistOffer]:
    """List the offers that went to this number and are open, the latest first."""
    return [offer for offer in _list_offers(number) if offer.status == "offered" and offer.expires_at > now()]


def find_last_offer(number: str) -> WaitlistOffer | None:
    """Find the offer of which the last message to this number spoke."""
    sent = select(Notification.subject).where(
        Notification.recipient_index == hash_recipient("sms", number), Notification.status == "sent",
        Notification.finished_at > now() - ANSWER_TIME,
    )  # fmt: skip
    last = db.session.scalar(sent.order_by(Notification.finished_at.desc(), Notification.id.desc()).limit(1)) or ""
    return next((offer for offer in _list_offers(number) if last == f"offer:{offer.id}"), None)


def get_sent_at(offers: Sequence[WaitlistOffer]) -> datetime:
    """When the latest of these offers was sent."""
    sent = select(Notification.finished_at).where(Notification.subject.in_([f"offer:{offer.id}" for offer in offers]))
    return max(at for at in db.session.scalars(sent) if at is not None)


def read_reply(turn: ReplyTurn) -> OfferReply | None:
    """Whether the message takes or declines an offer; None where it says anything else, such as another time."""
    intent = turn.intent
    if intent.kind == "number":
        return REPLY_BY_NUMBER.get(intent.number)
    if intent.names_time:
        return None
    if intent.kind == "confirm":
        return "take"
    # "absagen" is about an appointment
    declines = intent.kind == "others" or (intent.kind == "cancel" and "cancel" not in read_marks(turn.message.body).marks)
    return "decline" if declines or is_refusal(turn.message.body) else None


def answer(turn: ReplyTurn, reply: OfferReply, offer: WaitlistOffer) -> Outcome:
    return take(turn, offer) if reply == "take" else decline(turn, offer)


def take(turn: ReplyTurn, offer: WaitlistOffer) -> Outcome:
    """Book the offered time; its confirmation is the answer where it goes to the number that wrote."""
    state.close(turn.dialogue)
    try:
        with db.session.begin_nested():
            booking = accept_offer(offer.id, actor=ACTOR)
    except (OfferExpired, BookingError, UnknownService, UnknownStaff):
        return tell_gone(turn)
    return Outcome("offer_taken", None if _is_confirmed_here(turn, booking) else AnswerDraft("reply_offer_taken", booking), booking)


def decline(turn: ReplyTurn, offer: WaitlistOffer) -> Outcome:
    """Decline the offer; the next on the list gets it."""
    state.close(turn.dialogue)
    decline_offer(offer.id)
    return Outcome("offer_declined", AnswerDraft("reply_offer_declined"))


def tell_gone(turn: ReplyTurn) -> Outcome:
    state.close(turn.dialogue)
    return Outcome("offer_gone", AnswerDraft("reply_offer_gone"))


def _is_confirmed_here(turn: ReplyTurn, booking: Booking) -> bool:
    return find_destination(booking) == ("sms", turn.message.sender)


def _list_offers(number: str) -> list[WaitlistOffer]:
    sent = select(Notification.subject).where(
        Notification.recipient_index == hash_recipient("sms", number), Notification.kind == "waitlist_offer",
        Notification.status == "sent", Notification.finished_at > now() - ANSWER_TIME,
    )  # fmt: skip
    ids = {subject.partition(":")[2] for subject in db.session.scalars(sent)}
    offers = select(WaitlistOffer).where(WaitlistOffer.id.in_(ids)).order_by(WaitlistOffer.id.desc())
    return list(db.session.scalars(offers.execution_options(populate_existing=True))) if ids else []
