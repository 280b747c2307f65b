"""Functions that reserve a time while the caller decides: hold_slot, release_hold."""

from datetime import datetime

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core.extensions import db
from app.domain.agents.tools.argument_parsing import MissingArgument, ServiceSelection, get_question, resolve_slot
from app.domain.agents.tools.booking_lookup import build_booking_rejection, build_booking_request
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.phrasing import say_when
from app.domain.agents.tools.registry import ToolArgs, tool
from app.domain.agents.tools.result import ToolResult, reject, succeed
from app.domain.bookings.create import create_hold
from app.domain.bookings.errors import BookingError
from app.domain.bookings.holds import close_hold
from app.models import Hold

# limits how much one call can block
MAX_HOLDS = 3


class HoldSlotArgs(ToolArgs):
    service: str | None = Field(None, description="What is wanted, in the caller's words.")
    date: str | None = Field(None, description="The day, as said or as YYYY-MM-DD.")
    time: str | None = Field(None, description="The time, as said or as HH:MM.")
    staff: str | None = Field(None, description="Who it should be with, if the caller said so.")
    branch: str | None = Field(None, description="Another branch than the one that was called.")


@tool("hold_slot", HoldSlotArgs, has_effect=True)
def hold_slot(context: ToolContext, args: HoldSlotArgs) -> ToolResult:
    """Keeps a free time for some minutes while the caller decides."""
    visit, starts_at = resolve_slot(context, args)
    held = list_open_holds(context)
    same = next((hold for hold in held if hold.starts_at == starts_at and hold.service_id == visit.parts[0].service_id), None)
    if same is None:
        try:
            same, _token = create_hold(build_booking_request(context, visit, starts_at))
        except BookingError as error:
            return build_booking_rejection(context, visit, error, starts_at)
        for oldest in held[: max(0, len(held) + 1 - MAX_HOLDS)]:
            close_hold(oldest, "released")
    return _build_hold_result(context, visit, same)


def list_open_holds(context: ToolContext) -> list[Hold]:
    """List this call's open holds, oldest first."""
    statement = select(Hold).where(Hold.call_id == context.call.id, Hold.active())
    return list(db.session.scalars(statement.order_by(Hold.created_at, Hold.id)))


def _build_hold_result(context: ToolContext, visit: ServiceSelection, hold: Hold) -> ToolResult:
    def local(moment: datetime) -> str:
        return context.to_local(moment, hold.zone).isoformat()

    return succeed(
        _("Die Zeit %(when)s halte ich für Sie frei.", when=say_when(context, hold.starts_at, hold.zone)),
        hold=hold.id,
        starts_at=local(hold.starts_at),
        ends_at=local(hold.ends_at),
        expires_at=local(hold.expires_at),
        branch=visit.branch.name,
    )


class ReleaseHoldArgs(ToolArgs):
    hold: str | None = Field(None, description="The hold that hold_slot gave.")


@tool("release_hold", ReleaseHoldArgs, has_effect=True)
def release_hold(context: ToolContext, args: ReleaseHoldArgs) -> ToolResult:
    """Gives a kept time free again."""
    if args.hold is None:
        raise MissingArgument(get_question("hold"), fields=["hold"])
    hold = find_hold(context, args.hold)
    if hold is None:
        return reject("not_found", _("Diese Zeit halte ich gar nicht frei."))
    close_hold(hold, "released")
    return succeed(_("Gut, ich gebe die Zeit wieder frei."), hold=hold.id)


def find_hold(context: ToolContext, hold_id: str) -> Hold | None:
    """Find a hold of this call, open or not."""
    statement = select(Hold).where(Hold.id == hold_id, Hold.call_id == context.call.id)
    return db.session.scalars(statement).first() if hold_id.isascii() else None
