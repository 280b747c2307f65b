"""Answers to the question how a visit was: a number from 1 to 5, alone or with words, to the latest question of the number that wrote."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.marketing.satisfaction import MAX_LOW_SCORE, keep_answer
from app.domain.notifications.message_limits import hash_recipient
from app.domain.replies import state
from app.domain.replies.actions import Outcome, ReplyTurn
from app.domain.replies.answers import AnswerDraft
from app.domain.replies.intent import is_refusal, read_marks
from app.domain.replies.reply_text import normalize_reply
from app.domain.replies.vocabulary import Mark
from app.models import Notification, SatisfactionQuestion

# how long after the question a number is an answer to it
ANSWER_TIME = timedelta(days=3)
# "4", "5/5", "2 Sterne, es war laut"
SCORE = re.compile(
    r"\s*(?:note\s+)?([1-5])(?:\s*(?:/|von|of|out of)\s*5)?(?:\s*(?:sterne?n?|stars?|punkte?n?|points?))?(?![\w:/]|[.,]\d)"
    r"[\s.,;:!)–-]*(.*)",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip
SCORE_WORDS = {
    "eins": 1, "one": 1, "zwei": 2, "zwo": 2, "two": 2, "drei": 3, "three": 3, "vier": 4, "four": 4, "fuenf": 5, "five": 5,
}  # fmt: skip
STARS = re.compile(r"\s*([⭐★🌟]\ufe0f?){1,5}\s*")
# beside one of these a number is about something else
OTHER_MATTERS: frozenset[Mark] = frozenset(
    {"time", "cancel", "cannot", "move", "late", "defer", "question", "condition", "others", "stop", "preference", "rather_not"}
)


@dataclass(frozen=True, slots=True)
class Rating:
    score: int
    comment: str = ""


def find_open_question(number: str) -> tuple[SatisfactionQuestion, datetime] | None:
    """Find the latest question to this number that is not answered and may still be, and when it was sent."""
    sent = (
        select(SatisfactionQuestion, Notification.finished_at)
        .join(Notification, Notification.id == SatisfactionQuestion.notification_id)
        .where(
            Notification.recipient_index == hash_recipient("sms", number), Notification.kind == "satisfaction",
            Notification.status == "sent", Notification.finished_at > now() - ANSWER_TIME, SatisfactionQuestion.answered_at.is_(None),
        )
    )  # fmt: skip
    latest = db.session.execute(sent.order_by(Notification.finished_at.desc(), Notification.id.desc()).limit(1)).first()
    return (latest[0], latest[1]) if latest else None


def read_rating(text: str) -> Rating | None:
    """Read a score with the words that follow it; None where the number may be about anything else."""
    if (stars := STARS.fullmatch(text)) is not None:
        return Rating(len(re.findall("[⭐★🌟]", stars[0])))
    if (score := SCORE_WORDS.get(normalize_reply(text))) is not None:
        return Rating(score)
    found, reply = SCORE.fullmatch(text), read_marks(text)
    if found is None or OTHER_MATTERS & reply.marks or reply.asks or re.search(r"\d", found[2]):
        return None
    return Rating(int(found[1]), found[2].strip())


def is_unclear_answer(turn: ReplyTurn) -> bool:
    """Whether a message that holds no score may be meant as an answer: "super", "ja", "8", a plain no."""
    if turn.intent.kind in ("confirm", "keep", "both", "number", "numbers"):
        return not turn.intent.names_time
    return turn.intent.kind == "cancel" and is_refusal(turn.message.body)


def keep(turn: ReplyTurn, question: SatisfactionQuestion, rating: Rating) -> Outcome:
    """Keep the answer and thank for it; a bad one becomes a task."""
    if state.get_step(turn.dialogue) == "matter":
        state.close(turn.dialogue)
    row, message = keep_answer(question.id, rating.score, comment=rating.comment, source="sms"), turn.message
    message.customer_id, message.booking_id, message.notification_id = row.customer_id, row.booking_id, row.notification_id
    message.branch_id = message.branch_id or row.branch_id
    turn.dialogue.unclear_count = 0
    return Outcome("rated", AnswerDraft("reply_rated_low" if rating.score <= MAX_LOW_SCORE else "reply_rated"))
