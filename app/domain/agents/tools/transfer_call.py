"""transfer_call: the number of the person who takes over."""

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.answers import Answer, done, refused
from app.domain.agents.emergency import forward_number
from app.domain.agents.opening import opening_now
from app.domain.agents.situation import Situation
from app.domain.agents.toolbox import Arguments, tool
from app.domain.agents.verification import desk_number


class Transfer(Arguments):
    reason: str | None = Field(None, description="What it is about.")


@tool("transfer_call", Transfer)
def transfer_call(situation: Situation, _given: Transfer) -> Answer:
    """Tells where the caller can be put through to a person."""
    number = forward_number(situation) or desk_number(situation)
    if not number:
        return refused("not_available", _("Gerade kann ich Sie nicht verbinden. Soll ich einen Rückruf notieren?"))
    if not opening_now(situation.branch, situation.moment)[0]:
        return done(_("Gerade ist geschlossen, ich versuche trotzdem, Sie zu verbinden."), number=number)
    return done(_("Ich verbinde Sie, einen Augenblick bitte."), number=number)
