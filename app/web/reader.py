"""Who reads the page: the company's branches, and which of them the reader chose to see."""

from flask import g, session
from flask_login import current_user
from sqlalchemy import select

from app.core.extensions import db
from app.models import Branch


def branches() -> list[tuple[str, str]]:
    """The branches the reader may see: [(id, name)] by name; asked for once a request."""
    if "reader_branches" not in g:
        wanted = select(Branch.id, Branch.name).where(Branch.is_active).order_by(Branch.name)
        if limited := current_user.branch_ids:
            wanted = wanted.where(Branch.id.in_(limited))
        g.reader_branches = [(row.id, row.name) for row in db.session.execute(wanted)]
    return g.reader_branches


def chosen_branch() -> str | None:
    """The one branch chosen in the top bar, or None for all."""
    chosen = session.get("branch_id")
    return chosen if any(chosen == branch_id for branch_id, _name in branches()) else None


def chosen_branches(*, all_if_none: bool = False) -> list[str]:
    """The branches that a page narrows to: the chosen one, else those the reader is limited to; empty means the whole company."""
    if chosen := chosen_branch():
        return [chosen]
    limited = list(current_user.branch_ids)
    return limited or ([branch_id for branch_id, _name in branches()] if all_if_none else [])
