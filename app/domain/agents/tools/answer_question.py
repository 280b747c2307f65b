"""answer_question: what the company's own data answers for certain; anything else is left to a person."""

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.answers import Answer, done, refused
from app.domain.agents.known_answers import find_answer
from app.domain.agents.situation import Situation
from app.domain.agents.toolbox import Arguments, tool
from app.domain.agents.wanting import Missing, asks_for


class Question(Arguments):
    question: str | None = Field(None, description="What the caller wants to know, in their words.")


@tool("answer_question", Question)
def answer_question(situation: Situation, given: Question) -> Answer:
    """Answers questions about the business: hours, address, services, prices, people."""
    if given.question is None:
        raise Missing(asks_for("question"), fields=["question"])
    found = find_answer(situation, given.question)
    if found is None:
        return refused("not_known", _("Das weiß ich leider nicht sicher. Soll ich einen Rückruf notieren?"), sources=[])
    return done(found.text, answer=found.text, sources=list(found.sources))
