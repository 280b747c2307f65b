"""The tasks page: what calls left to do, done with one press and taken back with another."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.transactions import transaction
from app.domain.tasks import lifecycle
from app.web.dashboard.task_list import count_open, done_tasks, open_tasks
from app.web.guards import for_company, next_path

MOST_OPEN = 100
DONE_SHOWN = 10

blueprint = Blueprint("tasks", __name__)


@blueprint.get("/tasks")
@for_company("tasks.read")
def index() -> str:
    return render_template("dashboard/tasks.html", tasks=open_tasks(MOST_OPEN), count=count_open(), done=done_tasks(DONE_SHOWN))


@blueprint.post("/tasks/<task_id>/done")
@for_company("tasks.write")
def done(task_id: str) -> Response:
    with transaction():
        task = lifecycle.finish(task_id, branch_ids=current_user.branch_ids)
    flash(_("Erledigt: %(title)s", title=task.title), f"undo {url_for('tasks.reopen', task_id=task_id)}")
    return _back()


@blueprint.post("/tasks/<task_id>/reopen")
@for_company("tasks.write")
def reopen(task_id: str) -> Response:
    with transaction():
        lifecycle.reopen(task_id, branch_ids=current_user.branch_ids)
    return _back()


def _back() -> Response:
    """To the page on which it was pressed."""
    return redirect(next_path(otherwise=url_for("tasks.index")))
