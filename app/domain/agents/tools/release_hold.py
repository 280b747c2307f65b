"""release_hold: gives a kept time back."""

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core.extensions import db
from app.domain.agents.answers import Answer, done, refused
from app.domain.agents.situation import Situation
from app.domain.agents.toolbox import Arguments, tool
from app.domain.agents.wanting import Missing, asks_for
from app.domain.bookings.holding import close_hold
from app.models import Hold


class HeldSlot(Arguments):
    hold: str | None = Field(None, description="The hold that hold_slot gave.")


@tool("release_hold", HeldSlot, effect=True)
def release_hold(situation: Situation, given: HeldSlot) -> Answer:
    """Gives a kept time free again."""
    if given.hold is None:
        raise Missing(asks_for("hold"), fields=["hold"])
    hold = find_hold(situation, given.hold)
    if hold is None:
        return refused("not_found", _("Diese Zeit halte ich gar nicht frei."))
    close_hold(hold, "released")
    return done(_("Gut, ich gebe die Zeit wieder frei."), hold=hold.id)


def find_hold(situation: Situation, hold_id: str) -> Hold | None:
    """A hold of this very call, open or not; another call's is not there."""
    wanted = select(Hold).where(Hold.id == hold_id, Hold.call_id == situation.call.id)
    return db.session.scalars(wanted).first() if hold_id.isascii() else None
