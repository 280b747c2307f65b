"""Who reads the page: the company's branches, and which of them the reader chose to see."""

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
    """The branches the reader may see: [(id, name)] by name; asked for once a request."""
    if "reader_branches" not in g:
        statement = select(Branch.id, Branch.name).where(Branch.is_active).order_by(Branch.name)
        if limited := current_user.branch_ids:
            statement = statement.where(Branch.id.in_(limited))
        g.reader_branches = [(row.id, row.name) for row in db.session.execute(statement)]
    return g.reader_branches


def find_selected_branch_id() -> str | None:
    """The one branch chosen in the top bar, or None for all."""
    chosen = session.get("branch_id")
    return chosen if any(chosen == branch_id for branch_id, _name in list_branches()) else None


def get_branch_filter(*, all_if_none: bool = False) -> list[str]:
    """The branches that a page narrows to: the chosen one, else those the reader is limited to; empty means the whole company."""
    if chosen := find_selected_branch_id():
        return [chosen]
    limited = list(current_user.branch_ids)
    return limited or ([branch_id for branch_id, _name in list_branches()] if all_if_none else [])


def get_current_branch() -> Branch:
    """The branch that is named in the address, else the one chosen in the top bar, else the first; raises NotFound, NoBranch."""
    visible_ids = [branch_id for branch_id, _name in list_branches()]
    if not visible_ids:
        raise BranchMissing(_("Hier gibt es noch keine Filiale."))
    branch_id = BranchDayQuery.read_known().branch_id or find_selected_branch_id() or visible_ids[0]
    branch = db.session.get(Branch, branch_id) if branch_id in visible_ids else None
    if branch is None:
        raise NotFound(_("Diese Filiale gibt es nicht."))
    return branch


def get_current_day(zone: str) -> date:
    """The day that is named in the address, else today."""
    return BranchDayQuery.read_known().day or now().astimezone(ZoneInfo(zone)).date()


class BranchMissing(NotFound):
    """The reader has no branch to look at: the business has none yet, or all that they may see are switched off."""

    code = "no_branch"


class BranchDayQuery(Query):
    """Which branch and day a page shows."""

    branch_id: Id | None = None
    day: Day | None = None
