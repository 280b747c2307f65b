"""report_emergency: what the model takes for an emergency, whatever words it was said in."""

from pydantic import Field

from app.domain.agents.tools.context import Situation
from app.domain.agents.tools.emergency_override import REPORT, answer_emergency
from app.domain.agents.tools.registry import Arguments, tool
from app.domain.agents.tools.result import Answer


class Report(Arguments):
    words: str | None = Field(None, description="What the caller said, word for word.")


@tool(REPORT, Report)
def report_emergency(situation: Situation, given: Report) -> Answer:
    """Call this at once when anybody's life, health or home is in danger, before anything else."""
    found = answer_emergency(situation, REPORT, {"words": given.words or ""})
    assert found is not None, "a report is always answered"
    return found
