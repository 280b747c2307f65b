"""check_customer: who calls, as far as it is known, and what they may."""

from app.domain.agents.answers import Answer
from app.domain.agents.recognising import Identity, prove, told
from app.domain.agents.situation import Situation
from app.domain.agents.toolbox import tool


@tool("check_customer", Identity)
def check_customer(situation: Situation, given: Identity) -> Answer:
    """Tells whether the caller is known and what they may hear or change; with a name, for that person."""
    if given.missing("name", "birth_date", "booking_date", "code") == ["name", "birth_date", "booking_date", "code"]:
        return told(situation)
    return prove(situation, given)
