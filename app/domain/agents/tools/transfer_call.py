"""transfer_call: the number of the person who takes over."""

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.answers import Answer, done, refused
from app.domain.agents.opening import opening_now
from app.domain.agents.situation import Situation
from app.domain.agents.toolbox import Arguments, tool


class Transfer(Arguments):
    reason: str | None = Field(None, description="What it is about.")


@tool("transfer_call", Transfer)
def transfer_call(situation: Situation, _given: Transfer) -> Answer:
    """Tells where the caller can be put through to a person."""
    number = situation.content.forward_to or situation.branch.forward_to
    if not number or not _is_time(situation):
        return refused("not_available", _("Gerade kann ich Sie nicht verbinden. Soll ich einen Rückruf notieren?"))
    return done(_("Ich verbinde Sie, einen Augenblick bitte."), number=number)


def _is_time(situation: Situation) -> bool:
    """Whether somebody is to be put through to now: always, while the branch is open, or never."""
    when = situation.content.forward_when
    return when == "always" or (when == "opening_hours" and opening_now(situation.branch, situation.moment)[0])
