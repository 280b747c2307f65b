"""GET /staff"""

from flask import Blueprint
from pydantic import Field

from app.api.operation import get_offset, operation
from app.api.query_params import PageQuery
from app.domain.services import catalogue
from app.serializers.staff_member import StaffList, build_staff_item

blueprint = Blueprint("api_staff", __name__, url_prefix="/api/v1")


class StaffQuery(PageQuery):
    branch_id: str | None = Field(None, description="Who works there.")
    service_id: str | None = Field(None, description="Who does it.")


@blueprint.get("/staff")
@operation("List staff members, in the business's order", scope="staff:read", query=StaffQuery, answer=StaffList)
def index(query: StaffQuery) -> StaffList:
    filters = {"branch_id": query.branch_id, "service_id": query.service_id}
    staff = catalogue.list_staff(limit=query.per_page, offset=get_offset(query.page, query.per_page), **filters)
    branches, services = catalogue.load_assignments([person.id for person in staff])
    items = [build_staff_item(person, branches.get(person.id, []), services.get(person.id, [])) for person in staff]
    return StaffList(items=items, page=query.page, per_page=query.per_page, total=catalogue.count_staff(**filters))
