"""The schedule: tasks with their last runs, and a button to run one now."""

from typing import Annotated

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.errors import NotFound
from app.core.transactions import transaction
from app.domain.audit.log import record
from app.domain.operations import schedule
from app.web.admin.labels import SCHEDULE_LABELS
from app.web.fields import SlugField
from app.web.forms import Form
from app.web.guards import for_support

blueprint = Blueprint("schedule", __name__)


class ScheduledTaskForm(Form):
    name: Annotated[str, SlugField(64)]


@blueprint.get("/admin/schedule")
@for_support("support.schedule")
def index() -> str:
    return render_template("admin/schedule.html", entries=schedule.list_scheduled_tasks(), words=SCHEDULE_LABELS, moment=now())


@blueprint.post("/admin/schedule/run")
@for_support("support.schedule")
def run() -> Response:
    name = ScheduledTaskForm.read().name
    with transaction():
        if not schedule.run_now(name):
            raise NotFound(_("Das gibt es hier nicht."))
        record("schedule_run_now", subject=f"schedule:{name}")
    flash(_("Läuft gleich: %(name)s", name=name))
    return redirect(url_for("schedule.index"))
