"""Branches as the API returns them."""

from pydantic import BaseModel, Field

from app.models import Branch
from app.serializers.page import Page


class BranchItem(BaseModel):
    id: str
    slug: str
    name: str
    street: str | None
    postcode: str | None
    city: str | None
    state: str | None = Field(description="Federal state, two letters.")
    zone: str = Field(description="IANA time zone.")
    is_active: bool
    phone_numbers: list[str] = Field(description="E.164.")


class BranchList(Page):
    items: list[BranchItem]


def build_branch_item(branch: Branch, phone_numbers: list[str]) -> BranchItem:
    return BranchItem(
        id=branch.id, slug=branch.slug, name=branch.name, street=branch.street, postcode=branch.postcode, city=branch.city,
        state=branch.state, zone=branch.timezone, is_active=branch.is_active, phone_numbers=phone_numbers,
    )  # fmt: skip
