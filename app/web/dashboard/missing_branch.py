"""The page for a company without an active branch: what is missing, and who can add it."""

from typing import Any

from flask import Flask, render_template, request
from sqlalchemy import exists, select

from app.core.error_handlers import answer_error, wants_problem_json
from app.core.extensions import db
from app.core.request_hooks import SAFE_METHODS
from app.models import Branch
from app.web.branch_filter import BranchMissing
from app.web.dashboard.booking_responses import is_xhr


def register(app: Flask) -> None:
    app.register_error_handler(BranchMissing, show)


def show(error: BranchMissing) -> Any:
    """Show an empty page for read requests; other requests and JSON clients get the error."""
    if wants_problem_json() or is_xhr() or request.method not in SAFE_METHODS:
        return answer_error(error)
    return render_template(
        "dashboard/no_branch.html",
        is_switched_off=db.session.scalar(select(exists().where(Branch.is_active.is_(False)))),
        active="hours" if request.blueprint == "hours" else "calendar",
    )
