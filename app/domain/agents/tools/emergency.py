"""report_emergency: an emergency that the model recognized."""

from pydantic import Field

from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.emergency_override import REPORT_FUNCTION, handle_emergency
from app.domain.agents.tools.registry import ToolArgs, tool
from app.domain.agents.tools.result import ToolResult


class ReportEmergencyArgs(ToolArgs):
    words: str | None = Field(None, description="What the caller said, word for word.")


@tool(REPORT_FUNCTION, ReportEmergencyArgs)
def report_emergency(context: ToolContext, args: ReportEmergencyArgs) -> ToolResult:
    """Call this at once when anybody's life, health or home is in danger, before anything else."""
    found = handle_emergency(context, REPORT_FUNCTION, {"words": args.words or ""})
    assert found is not None, "a report is always answered"
    return found
