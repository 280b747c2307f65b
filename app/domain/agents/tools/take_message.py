"""take_message: writes a message down for the business."""

import hashlib

from flask_babel import force_locale, gettext as _
from pydantic import Field

from app.core.phone import display
from app.domain.agents.answers import Answer, done, refused
from app.domain.agents.callers import number_of
from app.domain.agents.situation import Situation
from app.domain.agents.toolbox import Arguments, tool
from app.domain.agents.wanting import asks_for
from app.domain.tasks.making import make_task


class Message(Arguments):
    text: str | None = Field(None, description="The message, in the caller's words.")
    name: str | None = Field(None, description="Who leaves it.")
    phone: str | None = Field(None, description="Another number than the one that calls.")


@tool("take_message", Message, effect=True)
def take_message(situation: Situation, given: Message) -> Answer:
    """Takes a message for the business."""
    if not situation.call.keeps_words:
        return refused("declined", _("Ich schreibe ja nichts mit. Soll Sie jemand zurückrufen? Dann können Sie es selbst sagen."))
    if given.text is None:
        return refused("missing", asks_for("text"), fields=["text"])
    number = number_of(situation, given.phone)
    customer = situation.caller.customer
    who = given.name or (customer.name if customer else None) or (display(number) if number else None)
    with force_locale(situation.company.language):
        title = _("Nachricht von %(who)s", who=who) if who else _("Nachricht ohne Namen")
    cause = hashlib.sha256(given.text.encode()).hexdigest()[:16]
    details = "\n".join(filter(None, (given.text, display(number) if number else None)))
    task = make_task("message", title, source_ref=f"message:{situation.call.id}:{cause}", call=situation.call, details=details)
    return done(_("Ich richte es aus."), task_id=task.id)
