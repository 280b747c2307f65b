"""Functions that reserve a time while the caller decides: hold_slot, release_hold."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core.extensions import db
from app.core.ids import is_ulid
from app.domain.agents.tools.argument_resolution import resolve_booking_request
from app.domain.agents.tools.availability import offer_part_of_day
from app.domain.agents.tools.bookings_of_this_call import get_latest_end, list_open_holds
from app.domain.agents.tools.clarification import MissingArgument, get_question
from app.domain.agents.tools.context import ToolContext, ToolResult, reject, succeed
from app.domain.agents.tools.phrasing import DisplayNames, say_place, say_when
from app.domain.agents.tools.registry import ToolArgs, tool
from app.domain.agents.tools.slot_search import build_booking_rejection
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.create import create_hold
from app.domain.bookings.errors import BookingError
from app.domain.bookings.holds import close_hold, close_without_event, publish_released
from app.domain.language.spoken_format import join_and
from app.models import Hold

T = TypeVar("T")
# limits how much one call can block
MAX_HOLDS = 3


class HoldSlotArgs(ToolArgs):
    service: str | None = Field(None, description="What is wanted, in the caller's words.")
    date: str | None = Field(None, description="The day, as said or as YYYY-MM-DD.")
    time: str | None = Field(None, description="The time, as said or as HH:MM.")
    staff: str | None = Field(None, description="Who it should be with, if the caller said so.")
    branch: str | None = Field(None, description="Another branch than the one that was called.")


@tool("hold_slot", HoldSlotArgs, has_effect=True, sets_a_time=True)
def hold_slot(context: ToolContext, args: HoldSlotArgs) -> ToolResult:
    """Keeps a free time for some minutes while the caller decides."""
    if offer := offer_part_of_day(context, args):
        return offer
    request = resolve_booking_request(context, args)
    if hold := find_fitting_hold(context, request):
        # also one of an earlier call that broke off: this call answers for it now
        hold.call_id = context.call.id
        return _build_hold_result(context, hold)
    others = list_open_holds(context)
    try:
        hold = claim_slot(context, request, lambda: create_hold(request))
    except BookingError as error:
        return build_booking_rejection(context, request, error)
    for oldest in others[: max(0, len(others) + 1 - MAX_HOLDS)]:
        close_hold(oldest, "released")
    return _build_hold_result(context, hold)


def find_fitting_hold(context: ToolContext, request: BookingRequest) -> Hold | None:
    """Find this call's open hold of just what is requested."""
    return next((hold for hold in list_open_holds(context) if is_fitting(hold, request)), None)


def is_fitting(hold: Hold, request: BookingRequest) -> bool:
    """Check whether the hold keeps the requested time, branch and services, by people who are wanted."""
    return (hold.starts_at, hold.branch_id, len(hold.parts)) == (request.starts_at, request.branch_id, len(request.parts)) and all(
        part.service_id == held["service_id"]
        and part.staff_id in (None, held["staff_id"])
        and held["staff_id"] not in request.excluded_staff
        for part, held in zip(request.parts, hold.parts, strict=True)
    )


def claim_slot(context: ToolContext, request: BookingRequest, claim: Callable[[], T]) -> T:
    """Run `claim` in a savepoint; where only other holds of this call are in the way, they are released, as the later words count."""
    try:
        with db.session.begin_nested():
            return claim()
    except BookingError:
        # a customer made for it is gone again
        context.forget_caller()
        ends_at = get_latest_end(request)
        in_the_way = [hold for hold in list_open_holds(context) if hold.starts_at < ends_at and hold.ends_at > request.starts_at]
        if not in_the_way:
            raise
        with db.session.begin_nested():
            for hold in in_the_way:
                close_without_event(hold, "released")
            claimed = claim()
        for hold in in_the_way:
            publish_released(hold)
        return claimed


def release_replaced(context: ToolContext, request: BookingRequest, *, used: Hold | None, named: Hold | None) -> None:
    """Release what this call has kept of the services that are booked now, and the hold that was named; others are a second visit."""
    booked = {part.service_id for part in request.parts}
    for hold in list_open_holds(context):
        if hold is not used and (hold is named or booked & {part["service_id"] for part in hold.parts}):
            close_hold(hold, "released")


def _build_hold_result(context: ToolContext, hold: Hold) -> ToolResult:
    def local(moment: datetime) -> str:
        return context.to_local(moment, hold.timezone).isoformat()

    services = [part["service_id"] for part in hold.parts]
    names = DisplayNames(staff={hold.staff_id}, services=services, branches={hold.branch_id})
    place = say_place(context, hold.staff_id, hold.branch_id)
    several = join_and([names.services.get(each, "") for each in services], context.language) if len(services) > 1 else None
    return succeed(
        _(
            "Die Zeit %(when)s %(place)s halte ich für Sie frei.",
            when=say_when(context, hold.starts_at, hold.timezone),
            place=_("für %(services)s %(place)s", services=several, place=place) if several else place,
        ),
        hold=hold.id,
        starts_at=local(hold.starts_at),
        ends_at=local(hold.ends_at),
        expires_at=local(hold.expires_at),
        **({"service": several} if several else {}),
        staff=names.staff.get(hold.staff_id),
        branch=names.branches[hold.branch_id],
    )


class ReleaseHoldArgs(ToolArgs):
    hold: str | None = Field(None, description="The hold that hold_slot gave.")


@tool("release_hold", ReleaseHoldArgs, has_effect=True)
def release_hold(context: ToolContext, args: ReleaseHoldArgs) -> ToolResult:
    """Gives a kept time free again."""
    hold = find_hold(context, args.hold)
    if hold is None and args.hold is None:
        raise MissingArgument(get_question("hold"), fields=["hold"])
    if hold is None:
        return reject("not_found", _("Diese Zeit halte ich gar nicht frei."))
    close_hold(hold, "released")
    return succeed(_("Gut, ich gebe die Zeit wieder frei."), hold=hold.id)


def find_hold(context: ToolContext, hold_id: str | None) -> Hold | None:
    """Find a hold of this call by its id, open or not; where the id says nothing, the only one that is open."""
    statement = select(Hold).where(Hold.id == hold_id, Hold.call_id == context.call.id)
    if hold_id and hold_id.isascii() and (hold := db.session.scalars(statement).first()):
        return hold
    holds = list_open_holds(context)
    return holds[0] if len(holds) == 1 and not is_ulid(hold_id or "") else None
