"""The words under which pages show what the agent does."""

from app.domain.agents import tools as tools
from app.domain.agents.config_schema import TOOL_GROUPS, TOOL_NAMES
from app.domain.agents.tools.registry import TOOLS
from app.web.tool_labels import TOOL_GROUP_LABELS, TOOL_LABELS


def test_every_function_has_its_words_on_every_page() -> None:
    assert set(TOOLS) - set(TOOL_LABELS) == set()
    assert {name for name in TOOLS if not TOOL_LABELS[name].question} == set()
    assert {name for name in TOOL_NAMES if not TOOL_LABELS[name].permission} == set()
    assert TOOL_GROUP_LABELS.keys() == TOOL_GROUPS.keys()
