"""The branches that the reader may see, the selected one, and the day that a page shows."""

from datetime import date
from zoneinfo import ZoneInfo

from flask import g, session
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import NotFound
from app.core.extensions import db
from app.models import Branch
from app.web.fields import Day, Id
from app.web.forms import Query


def list_branches() -> list[tuple[str, str]]:
    """List the active branches the reader may see: [(id, name)] by name; queried once per request."""
    if "reader_branches" not in g:
        statement = select(Branch.id, Branch.name).where(Branch.is_active).order_by(Branch.name)
        if allowed_ids := current_user.branch_ids:
            statement = statement.where(Branch.id.in_(allowed_ids))
        g.reader_branches = [(row.id, row.name) for row in db.session.execute(statement)]
    return g.reader_branches


def find_selected_branch_id() -> str | None:
    """Get the branch selected in the top bar, or None for all."""
    selected_id = session.get("branch_id")
    return selected_id if any(selected_id == branch_id for branch_id, _name in list_branches()) else None


def get_branch_filter(*, all_if_none: bool = False) -> list[str]:
    """Get the branches to filter by: the selected one, else those the reader is limited to; empty means the whole company."""
    if selected_id := find_selected_branch_id():
        return [selected_id]
    allowed_ids = list(current_user.branch_ids)
    return allowed_ids or ([branch_id for branch_id, _name in list_branches()] if all_if_none else [])


def get_current_branch() -> Branch:
    """Get the branch named in the URL, else the selected one, else the first. Raises NotFound and BranchMissing."""
    visible_ids = [branch_id for branch_id, _name in list_branches()]
    if not visible_ids:
        raise BranchMissing(_("Hier gibt es noch keine Filiale."))
    branch_id = BranchDayQuery.read_known().branch_id or find_selected_branch_id() or visible_ids[0]
    branch = db.session.get(Branch, branch_id) if branch_id in visible_ids else None
    if branch is None:
        raise NotFound(_("Diese Filiale gibt es nicht."))
    return branch


def get_current_day(timezone: str) -> date:
    """Get the day named in the URL, else today."""
    return BranchDayQuery.read_known().day or now().astimezone(ZoneInfo(timezone)).date()


class BranchMissing(NotFound):
    """The reader has no branch: the business has none yet, or all that the reader may see are inactive."""

    code = "no_branch"


class BranchDayQuery(Query):
    """The branch and the day that a page shows."""

    branch_id: Id | None = None
    day: Day | None = None
