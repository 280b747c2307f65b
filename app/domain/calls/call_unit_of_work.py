"""The calls of a batch of events with their dependent rows: loaded at once and written at once.

A batch holds events of many companies. It is loaded and written for all of them together, so that its cost follows the events and
not the companies; that is why every key here begins with the company, and every row names its own.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, insert, select, update

from app.core.extensions import db
from app.core.tenancy import unscoped
from app.domain.customers import matching
from app.domain.privacy.ai_notice_proof import NoticeColumns, list_proofs, store_wordings
from app.domain.privacy.consent import LatestAnswers, list_answers
from app.models import Branch, Call, CallAiNotice, CallConsent, CallEvent, Customer, ToolCall, Turn

CallKey = tuple[str, str, str]


@dataclass(slots=True)
class CallUnitOfWork:
    """The calls of one batch, by (company, provider, provider's id)."""

    calls: dict[CallKey, Call] = field(default_factory=dict)
    turns: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    tools: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    # customers by (company, E.164 number)
    callers: dict[tuple[str, str], list[Customer]] = field(default_factory=dict)
    # the callers' latest consent answers, and the turn of the AI notice
    answers: dict[str, LatestAnswers] = field(default_factory=lambda: defaultdict(dict))
    notices: dict[str, NoticeColumns] = field(default_factory=dict)
    # webhook events already applied: replaying them adds no second trace
    applied: set[int | None] = field(default_factory=set)
    _branches: dict[str, Branch] = field(default_factory=dict)
    _events: list[dict[str, Any]] = field(default_factory=list)
    _new_turns: list[dict[str, Any]] = field(default_factory=list)
    _new_tools: list[dict[str, Any]] = field(default_factory=list)
    _new_consents: list[dict[str, Any]] = field(default_factory=list)
    _new_notices: dict[str, NoticeColumns] = field(default_factory=dict)
    _changed_notices: dict[str, NoticeColumns] = field(default_factory=dict)
    _changed: dict[type, dict[int, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def load(cls, keys: Iterable[CallKey], *, numbers: Iterable[tuple[str, str]], replayed: Iterable[int | None]) -> "CallUnitOfWork":
        """Load and lock the calls of these keys with their dependent rows."""
        batch = cls()
        key_set = set(keys)
        with unscoped():
            ids = sorted({key[2] for key in key_set})
            rows = db.session.scalars(select(Call).where(Call.provider_call_id.in_(ids)).order_by(Call.id).with_for_update())
            batch.calls = {key: call for call in rows if (key := get_key(call)) in key_set}
            call_ids = [call.id for call in batch.calls.values()]
            if call_ids:
                batch._load_turns(call_ids)
                batch._load_tools(call_ids)
                batch._load_applied(call_ids, list(replayed))
                batch.answers.update(list_answers(call_ids))
                batch.notices = list_proofs(call_ids)
            batch.callers = matching.find_customers_by_numbers(numbers)
        return batch

    def _load_turns(self, call_ids: list[str]) -> None:
        statement = _join_calls(
            select(Turn.id, Turn.call_id, Turn.position, Turn.role, Turn.text, Turn.start_s, Turn.end_s), Turn, call_ids
        )
        for row in db.session.execute(statement.order_by(Turn.call_id, Turn.position)).mappings():
            self.turns[row["call_id"]].append(dict(row))

    def _load_tools(self, call_ids: list[str]) -> None:
        statement = select(
            ToolCall.id, ToolCall.call_id, ToolCall.tool_call_id, ToolCall.name, ToolCall.ok, ToolCall.finished_at, ToolCall.request_hash
        )  # fmt: skip
        for row in db.session.execute(_join_calls(statement, ToolCall, call_ids)).mappings():
            self.tools[row["call_id"]][row["tool_call_id"]] = dict(row)

    def _load_applied(self, call_ids: list[str], replayed: list[int | None]) -> None:
        if replayed:
            traces = _join_calls(select(CallEvent.webhook_event_id), CallEvent, call_ids).where(CallEvent.webhook_event_id.in_(replayed))
            self.applied = {event_id for event_id in db.session.scalars(traces) if event_id is not None}

    def get_branch(self, call: Call) -> Branch:
        if call.branch_id not in self._branches:
            self._branches[call.branch_id] = db.session.scalars(select(Branch).where(Branch.id == call.branch_id)).one()
        return self._branches[call.branch_id]

    def add_event(self, call: Call, kind: str, *, at: datetime, webhook_event_id: int | None, data: dict[str, Any] | None = None) -> None:
        """Add an entry to the call's history, once per webhook and kind."""
        if webhook_event_id in self.applied:
            return
        call.event_count += 1
        self._events.append(
            {
                "company_id": call.company_id, "call_id": call.id, "seq": call.event_count, "type": kind, "occurred_at": at,
                "data": data, "webhook_event_id": webhook_event_id,
            }
        )  # fmt: skip

    def add_turn(self, call: Call, turn: dict[str, Any]) -> None:
        row = {"company_id": call.company_id, "call_id": call.id, **turn}
        self.turns[call.id].append(row)
        self._new_turns.append(row)

    def change_turn(self, row: dict[str, Any], **values: Any) -> None:
        row.update(values)
        if "id" in row:
            self._changed[Turn].setdefault(row["id"], {"id": row["id"]}).update(values)

    def add_tool(self, call: Call, tool: dict[str, Any]) -> dict[str, Any]:
        row = {"company_id": call.company_id, "call_id": call.id, **tool}
        self.tools[call.id][tool["tool_call_id"]] = row
        self._new_tools.append(row)
        return row

    def change_tool(self, row: dict[str, Any], **values: Any) -> None:
        row.update(values)
        if "id" in row:
            self._changed[ToolCall].setdefault(row["id"], {"id": row["id"]}).update(values)

    def add_consent(self, row: dict[str, Any]) -> None:
        self._new_consents.append(row)

    def set_notice(self, call: Call, place: NoticeColumns) -> None:
        """Set the position of the AI notice, as far as it is known."""
        existing = self.notices.get(call.id)
        if existing == place:
            return
        self.notices[call.id] = place
        row = {"company_id": call.company_id, "call_id": call.id, **place}
        is_new = existing is None or call.id in self._new_notices
        (self._new_notices if is_new else self._changed_notices)[call.id] = row

    def write(self) -> None:
        """Write all changes in few statements."""
        with unscoped():
            db.session.flush()
            store_wordings(row["wording"] for row in (*self._new_consents, *self._new_notices.values(), *self._changed_notices.values()))
            for model, rows in ((CallConsent, self._new_consents), (CallAiNotice, list(self._new_notices.values()))):
                if rows:
                    db.session.execute(insert(model), rows, execution_options={"render_nulls": True})
            if self._changed_notices:
                db.session.execute(update(CallAiNotice), list(self._changed_notices.values()))
            for model, rows in ((Turn, self._new_turns), (ToolCall, self._new_tools), (CallEvent, self._events)):
                if rows:
                    # one statement for all: rows without a value would else go by themselves
                    db.session.execute(insert(model), rows, execution_options={"render_nulls": True})
            for model, changed in self._changed.items():
                if changed:
                    db.session.execute(update(model), list(changed.values()))
        self._events, self._new_turns, self._new_tools = [], [], []
        self._new_consents = []
        self._new_notices, self._changed_notices = {}, {}
        self._changed.clear()


def get_key(call: Call) -> CallKey:
    return call.company_id, call.provider, call.provider_call_id


def _join_calls(statement: Any, model: Any, call_ids: list[str]) -> Any:
    """Join the calls, so that the company is part of the condition: every index begins with it."""
    return statement.join(Call, and_(Call.company_id == model.company_id, Call.id == model.call_id)).where(Call.id.in_(call_ids))
