"""GET /calls, GET /calls/{id}"""

from collections.abc import Collection
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flask import Blueprint, g
from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import load_only

from app.api.operation import get_offset, operation
from app.api.query_params import Instant, PageQuery
from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.domain.calls.counts import count_calls
from app.domain.calls.search import MAX_QUERY_LENGTH, CallSearch, find_calls, order_newest_first
from app.domain.calls.truth_wording import format_correction
from app.domain.privacy.consent import get_effective_consent, list_answers
from app.models import AiNoticeWording, Booking, Branch, Call, CallAiNotice, CallEvent, ProviderDeletion, ToolCall, TruthCheck, Turn
from app.models.booking import ACTIVE_STATUSES
from app.models.call import OUTCOMES, STATUS_RANK
from app.serializers.call import (
    COLUMNS,
    AiNoticeItem,
    CallDetail,
    CallItem,
    CallList,
    ConsentItem,
    FalseClaimItem,
    build_call_detail,
    build_call_item,
)

# Search hits beyond this number are not counted.
COUNT_LIMIT = 1000

blueprint = Blueprint("api_calls", __name__, url_prefix="/api/v1")


class CallQuery(PageQuery):
    q: str = Field("", max_length=MAX_QUERY_LENGTH, description="Words of the transcript, names, numbers in any form, the provider's id.")
    status: Literal[*STATUS_RANK] | None = None  # type: ignore[valid-type]
    outcome: Literal[*OUTCOMES] | None = None  # type: ignore[valid-type]
    branch_id: str | None = None
    from_: Instant | None = Field(None, alias="from", description="Calls that began then or later: an instant, or a day (YYYY-MM-DD).")
    to: Instant | None = Field(None, description="Calls that began before that instant, or up to the end of that day.")


@blueprint.get("/calls")
@operation("List calls, newest first", scope="calls:read", query=CallQuery, answer=CallList, refusals=((404, "The branch is unknown."),))
def index(query: CallQuery) -> CallList:
    offset = get_offset(query.page, query.per_page)
    search = _build_search(query)
    max_counted = max(offset + query.per_page, COUNT_LIMIT) if query.q.strip() else 0
    if max_counted:
        hits = find_calls(search, limit=max_counted + 1)
        total, ids, exact = min(len(hits), max_counted), hits[offset : offset + query.per_page], len(hits) <= max_counted
    else:
        ids = find_calls(search, limit=query.per_page, offset=offset)
        is_last = len(ids) < query.per_page and (ids or not offset)
        known_count = offset + len(ids)
        total, exact = (known_count, True) if is_last else count_calls(search, known_count=known_count)
    return CallList(items=_build_items(ids), page=query.page, per_page=query.per_page, total=total, total_exact=exact)


@blueprint.get("/calls/<call_id>")
@operation("One call with its transcript", scope="calls:read", answer=CallDetail, refusals=((404, "The call is unknown."),))
def show(call_id: str) -> CallDetail:
    call = db.session.get(Call, call_id) if is_ulid(call_id) else None
    if call is None:
        raise NotFound(_("Diesen Anruf gibt es nicht."))
    check = db.session.scalars(select(TruthCheck).where(TruthCheck.call_id == call.id)).first()
    return build_call_detail(
        call,
        _get_timezones()[call.branch_id],
        _get_booking_ids([call.id]).get(call.id),
        db.session.scalars(select(Turn).where(Turn.call_id == call.id).order_by(Turn.position)),
        db.session.scalars(select(ToolCall).where(ToolCall.call_id == call.id).order_by(ToolCall.id)),
        db.session.scalars(select(CallEvent).where(CallEvent.call_id == call.id).order_by(CallEvent.seq)),
        truth=check.verdict if check else None,
        untruths=[_to_mismatch(finding) for finding in check.findings] if check and check.verdict in ("mismatch", "resolved") else [],
        ai_notice=_find_notice(call.id),
        consent=ConsentItem(**get_effective_consent(list_answers([call.id])[call.id])),
        provider_copy=db.session.scalar(select(ProviderDeletion.status).where(ProviderDeletion.call_id == call.id)) or "kept",
    )


def _find_notice(call_id: str) -> AiNoticeItem | None:
    row = db.session.execute(
        select(CallAiNotice, AiNoticeWording.text)
        .outerjoin(AiNoticeWording, AiNoticeWording.version == CallAiNotice.wording)
        .where(CallAiNotice.call_id == call_id)
    ).first()
    if row is None:
        return None
    notice, text = row
    return AiNoticeItem(said=notice.is_spoken, turn=notice.turn, at_ms=notice.at_ms, wording=notice.wording, text=text)


def _build_search(query: CallQuery) -> CallSearch:
    if query.branch_id is not None and query.branch_id not in _get_timezones():
        raise NotFound(_("Diese Filiale gibt es nicht."))
    return CallSearch(
        query=query.q,
        status=query.status or "",
        outcome=query.outcome or "",
        branch_ids=[query.branch_id] if query.branch_id else [],
        since=query.from_.begins(g.timezone) if query.from_ else None,
        until=query.to.ends(g.timezone) if query.to else None,
    )


def _build_items(ids: Collection[str]) -> list[CallItem]:
    if not ids:
        return []
    columns = load_only(*(getattr(Call, name) for name in COLUMNS))
    calls = db.session.scalars(order_newest_first(select(Call).options(columns).where(Call.id.in_(ids))))
    timezones, bookings, truths = _get_timezones(), _get_booking_ids(ids), _get_truths(ids)
    return [build_call_item(call, timezones[call.branch_id], bookings.get(call.id), truths.get(call.id)) for call in calls]


def _get_truths(ids: Collection[str]) -> dict[str, str | None]:
    rows = db.session.execute(select(TruthCheck.call_id, TruthCheck.verdict).where(TruthCheck.call_id.in_(ids)))
    return {row.call_id: row.verdict for row in rows}


def _to_mismatch(finding: dict[str, Any]) -> FalseClaimItem:
    booking = finding.get("booking") or {}
    return FalseClaimItem(
        what=finding["what"], turn=finding["turn"], said=finding["said"], so=format_correction(finding), booking_id=booking.get("id")
    )  # fmt: skip


def _get_timezones() -> dict[str, ZoneInfo]:
    """Get the time zones of the company's branches, queried once per request."""
    if "branch_zones" not in g:
        g.branch_zones = {row.id: ZoneInfo(row.timezone) for row in db.session.execute(select(Branch.id, Branch.timezone))}
    return g.branch_zones


def _get_booking_ids(call_ids: Collection[str]) -> dict[str, str]:
    """Get the booking made in each call: the first active one, else the first."""
    statement = select(Booking.call_id, Booking.id, Booking.status).where(Booking.call_id.in_(call_ids)).order_by(Booking.id)
    rows = sorted(db.session.execute(statement), key=lambda row: row.status not in ACTIVE_STATUSES)
    return {row.call_id: row.id for row in reversed(rows)}
