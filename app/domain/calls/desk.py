"""What a batch of events needs to know of its calls, loaded at once, and what it changes, written at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from app.core.extensions import db
from app.core.tenancy import current_company_id
from app.domain.customers import matching
from app.models import Branch, Call, CallEvent, Customer, ToolCall, Turn


@dataclass(slots=True)
class Desk:
    """One company's calls of one batch."""

    company_id: str
    calls: dict[tuple[str, str], Call] = field(default_factory=dict)
    turns: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    tools: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    callers: dict[str, list[Customer]] = field(default_factory=dict)
    # webhook events whose traces are there already: applying them again leaves no second one
    applied: set[int] = field(default_factory=set)
    _branches: dict[str, Branch] = field(default_factory=dict)
    _events: list[dict[str, Any]] = field(default_factory=list)
    _new_turns: list[dict[str, Any]] = field(default_factory=list)
    _new_tools: list[dict[str, Any]] = field(default_factory=list)
    _changed: dict[type, dict[int, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def load(cls, keys: Iterable[tuple[str, str]], *, numbers: Iterable[str], replayed: Iterable[int]) -> "Desk":
        """Loads and locks the calls with these (provider, provider's id) and what hangs on them."""
        desk = cls(current_company_id() or "")
        ids = sorted({key[1] for key in keys})
        calls = db.session.scalars(select(Call).where(Call.provider_call_id.in_(ids)).order_by(Call.id).with_for_update()).all()
        desk.calls = {(call.provider, call.provider_call_id): call for call in calls}
        mine = [call.id for call in calls]
        if mine:
            desk._load_turns(mine)
            desk._load_tools(mine)
        desk.callers = matching.candidates(numbers)
        if wanted := list(replayed):
            traces = select(CallEvent.webhook_event_id).where(CallEvent.call_id.in_(mine), CallEvent.webhook_event_id.in_(wanted))
            desk.applied = {event_id for event_id in db.session.scalars(traces) if event_id is not None}
        return desk

    def _load_turns(self, call_ids: list[str]) -> None:
        wanted = select(Turn.id, Turn.call_id, Turn.position, Turn.role, Turn.text, Turn.start_s, Turn.end_s)
        for row in db.session.execute(wanted.where(Turn.call_id.in_(call_ids)).order_by(Turn.call_id, Turn.position)).mappings():
            self.turns[row["call_id"]].append(dict(row))

    def _load_tools(self, call_ids: list[str]) -> None:
        wanted = select(ToolCall.id, ToolCall.call_id, ToolCall.tool_call_id, ToolCall.name, ToolCall.ok, ToolCall.finished_at)
        for row in db.session.execute(wanted.where(ToolCall.call_id.in_(call_ids))).mappings():
            self.tools[row["call_id"]][row["tool_call_id"]] = dict(row)

    def branch_of(self, call: Call) -> Branch:
        if call.branch_id not in self._branches:
            self._branches = {branch.id: branch for branch in db.session.scalars(select(Branch))}
        return self._branches[call.branch_id]

    def note(self, call: Call, kind: str, *, at: datetime, webhook_event_id: int | None, data: dict[str, Any] | None = None) -> None:
        """Adds a line to the call's history, once per webhook and kind."""
        if webhook_event_id in self.applied:
            return
        call.event_count += 1
        self._events.append(
            {
                "company_id": self.company_id, "call_id": call.id, "seq": call.event_count, "type": kind, "at": at,
                "data": data, "webhook_event_id": webhook_event_id,
            }
        )  # fmt: skip

    def add_turn(self, call: Call, turn: dict[str, Any]) -> None:
        row = {"company_id": self.company_id, "call_id": call.id, **turn}
        self.turns[call.id].append(row)
        self._new_turns.append(row)

    def change_turn(self, row: dict[str, Any], **values: Any) -> None:
        row.update(values)
        if "id" in row:
            self._changed[Turn].setdefault(row["id"], {"id": row["id"]}).update(values)

    def add_tool(self, call: Call, tool: dict[str, Any]) -> dict[str, Any]:
        row = {"company_id": self.company_id, "call_id": call.id, **tool}
        self.tools[call.id][tool["tool_call_id"]] = row
        self._new_tools.append(row)
        return row

    def change_tool(self, row: dict[str, Any], **values: Any) -> None:
        row.update(values)
        if "id" in row:
            self._changed[ToolCall].setdefault(row["id"], {"id": row["id"]}).update(values)

    def write(self) -> None:
        """Writes everything in a handful of statements."""
        db.session.flush()
        for model, rows in ((Turn, self._new_turns), (ToolCall, self._new_tools), (CallEvent, self._events)):
            if rows:
                # one statement for all: rows without a value would else go by themselves
                db.session.execute(insert(model), rows, execution_options={"render_nulls": True})
        for model, changed in self._changed.items():
            if changed:
                db.session.execute(update(model), list(changed.values()))
        self._events, self._new_turns, self._new_tools = [], [], []
        self._changed.clear()
