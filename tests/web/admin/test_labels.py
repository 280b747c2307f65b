"""Support reads sentences, not the names that the code gives its jobs and actions."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.jobs.schedule import SCHEDULE
from app.web.admin.labels import AUDIT_LABELS, SCHEDULE_LABELS, SETUP_STEPS

APP = Path(__file__).parents[3] / "app"


def test_every_scheduled_job_has_a_sentence() -> None:
    assert set(SCHEDULE_LABELS) == {job.name for job in SCHEDULE}


def test_every_action_of_the_audit_log_has_words() -> None:
    actions = {action for path in APP.rglob("*.py") for action in recorded_actions(ast.parse(path.read_text()))}
    assert {"signed_in", "agent_switched_off", "connection_key_replaced"} <= actions
    assert actions - set(AUDIT_LABELS) == set()


def test_every_step_of_a_setup_has_an_icon() -> None:
    icons = (APP.parent / "templates/admin/company.html").read_text().partition("set icons = {")[2].partition("}")[0]
    assert {step for step in SETUP_STEPS if f"'{step}':" not in icons} == set()


def recorded_actions(tree: ast.Module) -> Iterator[str]:
    """The texts that may be the first argument of record(), also where the same function gives them a name before."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        named = {
            target.id: node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "record" and call.args:
                action = call.args[0]
                yield from _texts(named.get(action.id, action) if isinstance(action, ast.Name) else action)


def _texts(node: ast.expr) -> Iterator[str]:
    branches = [node.body, node.orelse] if isinstance(node, ast.IfExp) else []
    yield from (text for branch in branches for text in _texts(branch))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
