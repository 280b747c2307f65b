"""The outbox: work that must not get lost is a row before it is a job, and Redis carries nothing but its id.

A worker claims a row (commit), sends with no transaction open, and completes it (commit). When the worker dies, the row is due again
at the end of its lease; the token of the old claim completes nothing any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import ColumnElement, String, and_, case, func, null, or_, select, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, Id, UtcDateTime
from app.core.errors import ProviderError
from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.queues import Job
from app.core.redis import is_reachable
from app.core.tenancy import CompanyScoped, clear_company, company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only

log = structlog.get_logger()
# a dispatched job that has not claimed its row after this is considered lost
LOST_AFTER = timedelta(seconds=30)
BATCH_SIZE = 100
MAX_ERROR_LENGTH = 500


class OutboxRow:
    """Columns of a table of outgoing work; its class has an id and mostly a company, and adds statuses of its own."""

    status: Mapped[str] = mapped_column(AsciiString(16), default="pending")
    # the next try; while the row is claimed, the end of the lease
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # fencing token of the worker that has claimed the row
    claim_token: Mapped[str | None] = mapped_column(Id)
    # claims since the last success; a Retry-After answer does not count
    attempts: Mapped[int] = mapped_column(default=0)
    # when a job was last enqueued for it
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # why the row waits or has ended: a code that pages translate; and the provider's message
    reason: Mapped[str | None] = mapped_column(AsciiString(32))
    error: Mapped[str | None] = mapped_column(String(MAX_ERROR_LENGTH))

    def record_error(self, error: ProviderError) -> None:
        self.reason, self.error = error.code, (error.message or error.code)[:MAX_ERROR_LENGTH]

    def clear_error(self) -> None:
        self.reason = self.error = None


class OrderedOutboxRow(OutboxRow):
    """Rows with the same key leave in the order in which they were planned to; without a key a row waits for none."""

    order_key: Mapped[str | None] = mapped_column(AsciiString(64))
    # when it is planned to leave; None: as soon as it is written. Tries do not change it, so a later row does not pass a failing one.
    planned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


Row = TypeVar("Row", bound=OutboxRow)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Open rows of an outbox: those due now, since when the oldest is due, and those that wait for a later try."""

    due: int
    oldest_due_at: datetime | None
    scheduled: int


class Outbox(Generic[Row]):
    """The outbox of one table. `lease` is longer than all provider calls of one claim; the last of `retry_delays` repeats."""

    def __init__(
        self, model: type[Row], *, lease: timedelta, retry_delays: Sequence[timedelta], open_statuses: Sequence[str] = ("pending",)
    ) -> None:
        self.model: Any = model
        self.lease, self.retry_delays, self.open_statuses = lease, tuple(retry_delays), tuple(open_statuses)

    def due(self, limit: int = BATCH_SIZE) -> list[tuple[str | None, str]]:
        """(company, id) of due rows without a job on its way, the longest due first; inside unscoped(). None: a table of no company."""
        model = self.model
        is_lost = or_(model.dispatched_at.is_(None), model.dispatched_at < now() - LOST_AFTER)
        company_id = model.company_id if issubclass(model, CompanyScoped) else null()
        due_rows = select(company_id.label("company_id"), model.id).where(
            self._is_open(model), model.due_at <= now(), is_lost, *self._is_first()
        )
        return [(row.company_id, row.id) for row in db.session.execute(due_rows.order_by(model.due_at).limit(limit))]

    def lock(self, row_id: str) -> Row | None:
        statement = select(self.model).where(self.model.id == row_id).with_for_update()
        row: Row | None = db.session.scalars(statement.execution_options(populate_existing=True)).first()
        return row

    def find_claimable(self, row_id: str) -> Row | None:
        """The row, locked; None when there is nothing to do, another worker has it, or an earlier one goes first."""
        row = self.lock(row_id)
        return row if row is not None and self.is_claimable(row) else None

    def is_claimable(self, row: Row) -> bool:
        if row.status not in self.open_statuses or row.due_at is None or row.due_at > now():
            return False
        if not isinstance(row, OrderedOutboxRow) or row.order_key is None:
            return True
        return db.session.scalar(select(self.model.id).where(self.model.id == row.id, *self._is_first())) is not None  # type: ignore[attr-defined]

    def claim(self, row: Row) -> str:
        """Reserve a claimable, locked row for the lease; the fencing token is needed to complete it."""
        row.claim_token, row.due_at, row.attempts = new_ulid(), now() + self.lease, row.attempts + 1
        db.session.flush()
        return row.claim_token

    def find_claimed(self, row_id: str, token: str) -> Row | None:
        """The row, locked; None when this claim was taken over, and nothing may be written for it."""
        row = self.lock(row_id)
        return row if row is not None and self.has_claim(row, token) else None

    def has_claim(self, row: Row, token: str) -> bool:
        if row.claim_token != token:
            log.warning("outbox.claim_lost", table=self.model.__tablename__, row=row.id)  # type: ignore[attr-defined]
        return row.claim_token == token

    def complete(self, row: Row, status: str) -> None:
        row.status, row.claim_token, row.dispatched_at = status, None, None
        row.clear_error()

    def release(self, row: Row) -> None:
        """End the claim of a step that succeeded; the next step is due at once."""
        row.claim_token, row.dispatched_at, row.due_at, row.attempts = None, None, now(), max(0, row.attempts - 1)

    def retry(self, row: Row, error: ProviderError) -> bool:
        """End the claim, due again after a growing delay or after the one the provider asks for; False once all delays are used up."""
        row.record_error(error)
        if error.retry_after_s is not None:
            self.postpone(row, timedelta(seconds=error.retry_after_s), attempts=row.attempts - 1)
            return True
        self.postpone(row, self.retry_delays[min(max(row.attempts, 1), len(self.retry_delays)) - 1], attempts=max(row.attempts, 1))
        return row.attempts <= len(self.retry_delays)

    def postpone(self, row: Row, delay: timedelta, *, attempts: int | None = None) -> None:
        row.claim_token, row.dispatched_at, row.due_at = None, None, now() + delay
        row.attempts = max(0, row.attempts if attempts is None else attempts)

    def reopen(self, row: Row) -> None:
        """Make the row due at once with fresh tries; a claim that is under way is taken over."""
        row.status, row.due_at, row.claim_token, row.dispatched_at, row.attempts = self.open_statuses[0], now(), None, None, 0
        row.clear_error()

    def next_in_order(self, row: Row) -> str | None:
        """The id of the next due row with this row's order key, or None."""
        model, key = self.model, getattr(row, "order_key", None)
        if key is None:
            return None
        following = select(model.id).where(model.order_key == key, self._is_open(model), model.due_at <= now(), *self._is_first())
        return db.session.scalar(following.limit(1))

    def mark_dispatched(self, row_ids: Sequence[str]) -> None:
        rows = update(self.model).where(self.model.id.in_(row_ids), self._is_open(self.model)).values(dispatched_at=now())
        db.session.execute(rows.execution_options(synchronize_session=False))

    def sweep(self, job: Job, *, runs_inline: bool) -> int:
        """Enqueue the job of each due row, and return their number; without Redis run one here if `runs_inline`."""
        with unscoped():
            due_rows = run_read_only(self.due)
        reachable = is_reachable()
        for company_id, rows in groupby(sorted(due_rows, key=lambda row: row[0] or ""), key=itemgetter(0)):
            row_ids = [row_id for _company_id, row_id in rows]
            with company_scope(company_id) if company_id else clear_company():
                if reachable:
                    run_in_transaction(lambda: self._dispatch(row_ids, job))  # noqa: B023 (run at once)
                elif runs_inline:
                    job(row_ids[0])
                    return 1
        return len(due_rows)

    def backlog(self) -> Backlog:
        """Count the open rows of all companies; call it inside unscoped()."""
        due_count = func.coalesce(func.sum(case((self.model.due_at <= now(), 1), else_=0)), 0)
        counts = select(due_count, func.min(self.model.due_at), func.count()).where(self._is_open(self.model))
        due, oldest_due_at, total = db.session.execute(counts).one()
        return Backlog(int(due), oldest_due_at if due else None, total - int(due))

    def _dispatch(self, row_ids: Sequence[str], job: Job) -> None:
        self.mark_dispatched(row_ids)
        for row_id in row_ids:
            job.enqueue(row_id)

    def _is_open(self, model: Any) -> ColumnElement[bool]:
        return model.status.in_(self.open_statuses)  # type: ignore[no-any-return]

    def _is_first(self) -> tuple[ColumnElement[bool], ...]:
        """Condition that no earlier open row has the same order key."""
        if not issubclass(self.model, OrderedOutboxRow):
            return ()
        model, earlier = self.model, aliased(self.model)
        planned_at = func.coalesce(model.planned_at, model.created_at)
        earlier_planned_at = func.coalesce(earlier.planned_at, earlier.created_at)
        is_older = or_(earlier.created_at < model.created_at, and_(earlier.created_at == model.created_at, earlier.id < model.id))
        is_earlier = or_(earlier_planned_at < planned_at, and_(earlier_planned_at == planned_at, is_older))
        same = and_(earlier.company_id == model.company_id, earlier.order_key == model.order_key)
        return (~select(earlier.id).where(same, self._is_open(earlier), is_earlier).exists(),)
