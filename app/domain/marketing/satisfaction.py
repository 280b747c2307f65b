"""How a visit was, from 1 to 5: asked by a marketing message, answered by text message or on a page, and cared for where it was bad.

The answer decides nothing but whether somebody of the team gets a task: reviews are asked of everybody, whatever they answered here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import force_locale, gettext as _
from sqlalchemy import ColumnElement, func, select

from app.core import settings
from app.core.clock import now
from app.core.extensions import db
from app.core.link_tokens import generate_token, hash_token, may_be_token
from app.core.tenancy import unscoped
from app.domain.bookings.message_time_format import format_day
from app.domain.tasks.lifecycle import create_task
from app.models import Booking, Company, Customer, Notification, SatisfactionQuestion

SCORES = (1, 2, 3, 4, 5)
# up to this score somebody should call
MAX_LOW_SCORE = 2
# for so long the page can be opened, and the answer be changed there
LIFETIME = timedelta(days=14)
MAX_COMMENT_LENGTH = 1000
TASK_DUE_AFTER = timedelta(hours=4)
# what the figures are about
PERIOD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class SatisfactionFigures:
    """Of the last PERIOD: how many answered, their average, and the latest answers with words, newest first."""

    count: int
    average: float | None
    comments: Sequence[SatisfactionQuestion]


def create_question(row: Notification, visit: Booking) -> str:
    """Store the question that this message asks; gives the address of its page."""
    assert row.customer_id is not None
    token = generate_token()
    db.session.add(SatisfactionQuestion(
        customer_id=row.customer_id, booking_id=visit.id, branch_id=visit.branch_id, notification_id=row.id, token_hash=hash_token(token),
    ))  # fmt: skip
    db.session.flush()
    return f"{settings().public_base}/b/{token}/rate"


def find_question(token: str) -> SatisfactionQuestion | None:
    """Find the question of this token across companies while its page can be opened; the token identifies it."""
    if not may_be_token(token):
        return None
    same_token = (SatisfactionQuestion.token_hash == hash_token(token), SatisfactionQuestion.created_at > now() - LIFETIME)
    with unscoped():
        return db.session.scalars(select(SatisfactionQuestion).where(*same_token)).first()


def keep_answer(question_id: str, score: int, *, comment: str = "", source: str) -> SatisfactionQuestion:
    """Keep the answer, the latest one of several; a bad one becomes a task of the branch, one for a visit."""
    row = db.session.scalars(select(SatisfactionQuestion).where(SatisfactionQuestion.id == question_id).with_for_update()).one()
    row.score, row.comment = score, comment.strip()[:MAX_COMMENT_LENGTH] or None
    row.source, row.answered_at = source, now()
    message = db.session.get_one(Notification, row.notification_id)
    message.answered_at = message.answered_at or now()
    db.session.flush()
    if score <= MAX_LOW_SCORE:
        _ask_to_care(row)
    return row


def list_of_customer(customer_id: str, branch_ids: Collection[str], *, limit: int) -> Sequence[SatisfactionQuestion]:
    """List the customer's answers about visits to these branches, to any without them, the newest first."""
    conditions = [SatisfactionQuestion.customer_id == customer_id, SatisfactionQuestion.score.is_not(None)]
    if branch_ids:
        conditions.append(SatisfactionQuestion.branch_id.in_(branch_ids))
    rows = select(SatisfactionQuestion).where(*conditions).order_by(SatisfactionQuestion.answered_at.desc(), SatisfactionQuestion.id.desc())
    return db.session.scalars(rows.limit(limit)).all()


def list_of_visit(booking_ids: Collection[str]) -> Sequence[SatisfactionQuestion]:
    """List what was answered about these bookings."""
    rows = select(SatisfactionQuestion).where(SatisfactionQuestion.booking_id.in_(booking_ids), SatisfactionQuestion.score.is_not(None))
    return db.session.scalars(rows.order_by(SatisfactionQuestion.answered_at.desc())).all()


def get_figures(branch_ids: Collection[str], *, comments: int) -> SatisfactionFigures:
    """The figures of these branches, of the whole company without any."""
    lately: list[ColumnElement[bool]] = [SatisfactionQuestion.answered_at > now() - PERIOD]
    if branch_ids:
        lately.append(SatisfactionQuestion.branch_id.in_(branch_ids))
    count, average = db.session.execute(select(func.count(), func.avg(SatisfactionQuestion.score)).where(*lately)).one()
    rows = select(SatisfactionQuestion).where(*lately, SatisfactionQuestion.comment.is_not(None))
    latest = db.session.scalars(rows.order_by(SatisfactionQuestion.answered_at.desc()).limit(comments)).all()
    return SatisfactionFigures(count, float(average) if count else None, latest)


def _ask_to_care(row: SatisfactionQuestion) -> None:
    company, booking = db.session.get_one(Company, row.company_id), db.session.get_one(Booking, row.booking_id)
    customer = db.session.get_one(Customer, row.customer_id)
    with force_locale(company.language):
        who = customer.name or _("Ohne Namen")
        title = _("Unzufrieden: %(who)s, %(score)s von 5", who=who, score=row.score)
        visit = _("Besuch am %(day)s", day=format_day(booking.starts_at, booking.timezone))
    details = "\n".join(filter(None, (visit, row.comment)))
    task = create_task(
        "dissatisfied", title, source_ref=f"satisfaction:{row.id}", details=details, due_at=now() + TASK_DUE_AFTER,
        branch_id=row.branch_id, customer_id=row.customer_id,
    )  # fmt: skip
    # said once more with words
    task.title, task.details = title[:200], details
