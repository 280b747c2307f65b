"""The queues: waiting jobs, outboxes, workers and failed jobs, which can be retried or deleted."""

from collections.abc import Callable
from typing import Annotated, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.errors import NotFound
from app.core.redis import RedisError
from app.core.tenancy import unscoped
from app.core.transactions import transaction
from app.domain.audit.log import record
from app.domain.operations import queues
from app.domain.operations.backlog import list_outboxes
from app.web.admin.labels import OUTBOX_LABELS
from app.web.fields import SlugField
from app.web.forms import Form
from app.web.guards import for_support

blueprint = Blueprint("queues", __name__)


class JobForm(Form):
    job: Annotated[str, SlugField(64)]


@blueprint.get("/admin/queues")
@for_support("support.queues")
def index() -> str:
    with unscoped():
        outboxes = [(OUTBOX_LABELS[outbox.name], outbox.backlog) for outbox in list_outboxes()]
    try:
        states: dict[str, Any] = {
            "queues": queues.list_queue_states(),
            "workers": queues.list_worker_states(),
            "failed": queues.list_failed_jobs(),
            "is_away": False,
        }
    except RedisError:
        states = {"queues": [], "workers": [], "failed": [], "is_away": True}
    return render_template("admin/queues.html", outboxes=outboxes, **states)


@blueprint.post("/admin/queues/retry")
@for_support("support.queues")
def retry() -> Response:
    return _apply_to_job(queues.retry_job, "job_retried", _("Der Job läuft noch einmal."))


@blueprint.post("/admin/queues/forget")
@for_support("support.queues")
def forget() -> Response:
    return _apply_to_job(queues.delete_job, "job_forgotten", _("Der Job ist vergessen."))


def _apply_to_job(action: Callable[[str], bool], audit_action: str, message: str) -> Response:
    job_id = JobForm.read().job
    try:
        if not action(job_id):
            raise NotFound(_("Diesen Job gibt es nicht mehr."))
    except RedisError:
        flash(_("Redis antwortet gerade nicht. Bitte gleich noch einmal."), "error")
        return redirect(url_for("queues.index"))
    with transaction():
        record(audit_action, subject=f"job:{job_id}")
    flash(message)
    return redirect(url_for("queues.index"))
