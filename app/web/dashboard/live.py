"""The live board, and its state for browsers without a socket."""

from datetime import datetime
from operator import itemgetter
from typing import Any

from flask import Blueprint, render_template
from flask_login import current_user
from sqlalchemy import ColumnElement, select

from app.core.clock import now
from app.core.extensions import db
from app.core.redis import is_reachable
from app.domain.calls.counts import count_running
from app.domain.staff_notices.notice_list import count_unread
from app.models import Call
from app.models.call import ACTIVE_STATUSES
from app.realtime.event_log import get_last_seq
from app.serializers.live import build_live_calls
from app.web.dashboard.call_reconciliation_status_view import get_reconciliation_status
from app.web.guards import for_company

MAX_RUNNING = 60
MAX_ENDED = 8

blueprint = Blueprint("live", __name__)


@blueprint.get("/live")
@for_company("calls.read")
def board() -> str:
    return _render_page("dashboard/live.html")


@blueprint.get("/wallboard")
@for_company("calls.read")
def wallboard() -> str:
    """Show the live board for a large screen without input."""
    return _render_page("dashboard/wallboard.html")


@blueprint.get("/live/state")
@for_company("calls.read", is_polling=True)
def state() -> dict[str, Any]:
    return _build_state()


@blueprint.get("/live/state/running")
@for_company("calls.read", is_polling=True)
def running() -> dict[str, int]:
    return {"running": count_running(current_user.branch_ids), "unread": count_unread(current_user)}


def _render_page(template: str) -> str:
    state = _build_state()
    last = datetime.fromisoformat(state["ended"][0]["started_at"]) if state["ended"] else None
    return render_template(template, state=state, last_call_at=last, held=get_reconciliation_status())


def _build_state() -> dict[str, Any]:
    """Build the state (docs/live-events.md). The sequence number is read first, so that no event between it and the calls is lost."""
    seq = get_last_seq(current_user.company_id)
    newest_first = (Call.started_at.desc(), Call.id.desc())
    ids = select(Call.id).where(*_build_visibility_filters(), Call.is_test.is_(False)).order_by(*newest_first)
    # One query per status, because for both together in this order a database scans all calls ever made.
    running = [call_id for status in ACTIVE_STATUSES for call_id in db.session.scalars(ids.where(Call.status == status).limit(MAX_RUNNING))]
    ended = db.session.scalars(ids.where(~Call.running()).limit(MAX_ENDED)).all()
    calls = build_live_calls([*running, *ended])
    return {
        "seq": seq,
        "at": now().isoformat(),
        "calls": sorted((calls[call_id] for call_id in running if call_id in calls), key=itemgetter("started_at")),
        "ended": [calls[call_id] for call_id in ended if call_id in calls],
        "redis": is_reachable(),
    }


def _build_visibility_filters() -> list[ColumnElement[bool]]:
    """Filter by the branches the reader is limited to; the page itself filters by the selected branch."""
    return [Call.branch_id.in_(branch_ids)] if (branch_ids := current_user.branch_ids) else []
