"""Staff members as the API returns them."""

from pydantic import BaseModel

from app.models import StaffMember
from app.serializers.page import Page


class StaffItem(BaseModel):
    id: str
    name: str
    branch_ids: list[str]
    service_ids: list[str]


class StaffList(Page):
    items: list[StaffItem]


def build_staff_item(person: StaffMember, branch_ids: list[str], service_ids: list[str]) -> StaffItem:
    """Build an item with branches and services; personal phone number and e-mail address are left out."""
    return StaffItem(id=person.id, name=person.name, branch_ids=branch_ids, service_ids=service_ids)
