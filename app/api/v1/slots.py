"""GET /slots"""

from datetime import timedelta

from flask import Blueprint, g
from flask_babel import gettext as _
from pydantic import Field

from app.api.operation import get_offset, operation
from app.api.query_params import Instant, PageQuery
from app.core.clock import now
from app.core.errors import InvalidInput
from app.domain.bookings.booking_request import list_free_times, select_visit
from app.serializers.slot import SlotList, build_slot_item

DEFAULT_SPAN = timedelta(days=7)
MAX_SPAN = timedelta(days=31)

blueprint = Blueprint("api_slots", __name__, url_prefix="/api/v1")


class SlotQuery(PageQuery):
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
    query=SlotQuery,
    description="One entry for each start and each person who could begin.",
)
def index(query: SlotQuery) -> SlotList:
    choice = select_visit(query.service_id, staff_id=query.staff_id, branch_id=query.branch_id)
    since = query.since.begins(g.zone) if query.since else now()
    until = query.until.ends(g.zone) if query.until else since + DEFAULT_SPAN
    if until - since > MAX_SPAN:
        sentence = _("Das sind zu viele Tage auf einmal, höchstens %(n)s.", n=MAX_SPAN.days)
        raise InvalidInput(sentence, fields={"to": sentence})
    offset = get_offset(query.page, query.per_page)
    found, facts = list_free_times(choice, since, until) if since < until else ([], None)
    zones = {branch.id: branch.zone for branch in facts.branches} if facts else {}
    items = [build_slot_item(slot, zones[slot.branch_id]) for slot in found[offset : offset + query.per_page]]
    return SlotList(items=items, page=query.page, per_page=query.per_page, total=len(found))
