"""report_emergency: an emergency that the model recognized."""

import sys

from pydantic import Field

from app.domain.agents.tools.context import ToolContext, ToolResult
from app.domain.agents.tools.emergency_override import REPORT_FUNCTION, handle_emergency
from app.domain.agents.tools.registry import ToolArgs, tool


class ReportEmergencyArgs(ToolArgs):
    # an emergency is never refused for its length
    max_lengths = {"words": sys.maxsize}
    words: str | None = Field(None, description="What the caller said, word for word.")


@tool(REPORT_FUNCTION, ReportEmergencyArgs)
def report_emergency(context: ToolContext, args: ReportEmergencyArgs) -> ToolResult:
    """Call this at once when anybody's life, health or home is in danger, before anything else."""
    answer = handle_emergency(context, REPORT_FUNCTION, {"words": args.words or ""})
    assert answer is not None, "a report is always answered"
    return answer
