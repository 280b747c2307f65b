"""The words under which pages show what the agent does."""

from app.domain.agents import tools as tools
from app.domain.agents.config_schema import ALWAYS_ALLOWED, TOOL_NAMES
from app.domain.agents.tools.registry import TOOLS
from app.web.dashboard.agent_labels import TOOL_GROUPS, TOOL_PERMISSION_LABELS
from app.web.labels import TOOL_ACTIVITY_LABELS
from app.web.preview_labels import PREVIEW_QUESTIONS


def test_every_function_has_its_words_on_every_page() -> None:
    assert set(TOOLS) - set(TOOL_ACTIVITY_LABELS) == set()
    assert set(TOOLS) - set(PREVIEW_QUESTIONS) == set()
    # what an owner may allow or forbid
    assert set(TOOLS) - ALWAYS_ALLOWED == set(TOOL_NAMES)
    assert set(TOOL_NAMES) - set(TOOL_PERMISSION_LABELS) == set()
    assert {name for _title, names in TOOL_GROUPS for name in names} == set(TOOL_NAMES)
