"""GET /branches"""

from collections import defaultdict

from flask import Blueprint
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.api.operation import get_offset, operation
from app.api.query_params import PageQuery
from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.models import Branch, PhoneNumber
from app.serializers.branch import BranchItem, BranchList, build_branch_item

blueprint = Blueprint("api_branches", __name__, url_prefix="/api/v1")


@blueprint.get("/branches")
@operation("List branches by name", scope=None, query=PageQuery, answer=BranchList)
def index(query: PageQuery) -> BranchList:
    offset = get_offset(query.page, query.per_page)
    branches = db.session.scalars(select(Branch).order_by(Branch.name, Branch.id).limit(query.per_page).offset(offset)).all()
    total = db.session.scalar(select(func.count()).select_from(Branch)) or 0
    return BranchList(items=_build_items(list(branches)), page=query.page, per_page=query.per_page, total=total)


@blueprint.get("/branches/<branch_id>")
@operation("One branch", scope=None, answer=BranchItem, refusals=((404, "The branch is unknown."),))
def show(branch_id: str) -> BranchItem:
    branch = db.session.get(Branch, branch_id) if is_ulid(branch_id) else None
    if branch is None:
        raise NotFound(_("Diese Filiale gibt es nicht."))
    return _build_items([branch])[0]


def _build_items(branches: list[Branch]) -> list[BranchItem]:
    numbers: dict[str, list[str]] = defaultdict(list)
    statement = select(PhoneNumber.branch_id, PhoneNumber.e164).where(PhoneNumber.is_active).order_by(PhoneNumber.e164)
    for branch_id, e164 in db.session.execute(statement.where(PhoneNumber.branch_id.in_([branch.id for branch in branches]))):
        numbers[branch_id].append(e164)
    return [build_branch_item(branch, numbers[branch.id]) for branch in branches]
