"""find_next_available: the first free times there are."""

from pydantic import Field

from app.domain.agents.answers import Answer
from app.domain.agents.free_times import next_free
from app.domain.agents.situation import Situation
from app.domain.agents.toolbox import Arguments, tool
from app.domain.agents.tools.check_availability import told
from app.domain.agents.wanting import read_visit


class Service(Arguments):
    service: str | None = Field(None, description="What is wanted, in the caller's words.")
    staff: str | None = Field(None, description="Who it should be with, if the caller said so.")
    branch: str | None = Field(None, description="Another branch than the one that was called.")


@tool("find_next_available", Service)
def find_next_available(situation: Situation, given: Service) -> Answer:
    """Finds the soonest free times for a service."""
    visit = read_visit(situation, given.service, given.staff, given.branch)
    return told(situation, visit, next_free(visit))
