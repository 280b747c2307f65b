"""identify_customer: what the caller says to show who they are."""

from app.domain.agents.answers import Answer
from app.domain.agents.recognising import Identity, prove
from app.domain.agents.situation import Situation
from app.domain.agents.toolbox import tool


@tool("identify_customer", Identity, effect=True)
def identify_customer(situation: Situation, given: Identity) -> Answer:
    """Checks the caller's name, date of birth, the date of a booking or a code that was sent."""
    return prove(situation, given)
