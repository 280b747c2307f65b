"""send_link: sends something to the caller: a code, or the way to their booking."""

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.answers import Answer, refused
from app.domain.agents.recognising import send_code
from app.domain.agents.situation import Situation
from app.domain.agents.toolbox import Arguments, tool


class Link(Arguments):
    kind: str | None = Field(None, description="What to send: code, booking, directions.")
    channel: str | None = Field(None, description="sms or email.")


@tool("send_link", Link, effect=True)
def send_link(situation: Situation, given: Link) -> Answer:
    """Sends the caller a code or a link by text message, where that is set up."""
    if (given.kind or "").casefold() == "code":
        return send_code(situation)
    return refused("not_available", _("Nachrichten kann ich von hier leider nicht verschicken."))
