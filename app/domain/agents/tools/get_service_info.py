"""get_service_info: what one service is, how long it takes and what it costs."""

from pydantic import Field

from app.domain.agents.answers import Answer, done
from app.domain.agents.offers import say_service, service_data
from app.domain.agents.situation import Situation
from app.domain.agents.toolbox import Arguments, tool
from app.domain.agents.wanting import Missing, asks_for
from app.domain.services.finding import get_services


class Named(Arguments):
    service: str | None = Field(None, description="The service, in the caller's words.")


@tool("get_service_info", Named)
def get_service_info(situation: Situation, given: Named) -> Answer:
    """Tells how long a service takes and what it costs."""
    if given.service is None:
        raise Missing(asks_for("service"), fields=["service"])
    service = get_services(given.service)[0]
    return done(say_service(situation, service), service=service_data(situation, service, in_full=True))
