"""GET /slots"""

from datetime import timedelta

from flask import Blueprint, g
from flask_babel import gettext as _
from pydantic import Field

from app.api.operation import get_offset, operation
from app.api.query_params import Instant, PageQuery
from app.core.clock import now
from app.core.errors import InvalidInput
from app.domain.bookings.booking_request import build_slot_query, list_free_times
from app.serializers.slot import SlotList, build_slot_item

DEFAULT_SPAN = timedelta(days=7)
MAX_SPAN = timedelta(days=31)

blueprint = Blueprint("api_slots", __name__, url_prefix="/api/v1")


class SlotParams(PageQuery):
    service_id: str = Field(description="Of a visit of several services: the id of the combined one.")
    branch_id: str | None = None
    staff_id: str | None = Field(None, description="Without: anybody who does it.")
    since: Instant | None = Field(None, alias="from", description="Without: now.")
    until: Instant | None = Field(None, alias="to", description="At most 31 days later; without: 7 days later. A day counts to its end.")


@blueprint.get("/slots")
@operation(
    "List free times",
    answer=SlotList,
    scope="slots:read",
    query=SlotParams,
    description="One entry for each start and each person who could begin.",
)
def index(query: SlotParams) -> SlotList:
    since = query.since.begins(g.timezone) if query.since else now()
    until = query.until.ends(g.timezone) if query.until else since + DEFAULT_SPAN
    slot_query = build_slot_query(query.service_id, since=since, until=until, staff_id=query.staff_id, branch_id=query.branch_id)
    if until - since > MAX_SPAN:
        sentence = _("Das sind zu viele Tage auf einmal, höchstens %(n)s.", n=MAX_SPAN.days)
        raise InvalidInput(sentence, fields={"to": sentence})
    offset = get_offset(query.page, query.per_page)
    slots, scheduling_data = list_free_times(slot_query) if since < until else ([], None)
    timezones = {branch.id: branch.timezone for branch in scheduling_data.branches} if scheduling_data else {}
    items = [build_slot_item(slot, timezones[slot.branch_id]) for slot in slots[offset : offset + query.per_page]]
    return SlotList(items=items, page=query.page, per_page=query.per_page, total=len(slots))
