"""Free slots as the API returns them."""

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from app.serializers.page import Page


class SlotProtocol(Protocol):
    """The fields of a slot that scheduling provides."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def staff_id(self) -> str: ...
    @property
    def branch_id(self) -> str: ...


class SlotItem(BaseModel):
    starts_at: datetime = Field(description="In the zone of the branch.")
    ends_at: datetime
    staff_id: str = Field(description="Who begins.")
    branch_id: str


class SlotList(Page):
    items: list[SlotItem]


def build_slot_item(slot: SlotProtocol, timezone: str) -> SlotItem:
    tz = ZoneInfo(timezone)
    return SlotItem(
        starts_at=slot.starts_at.astimezone(tz), ends_at=slot.ends_at.astimezone(tz), staff_id=slot.staff_id, branch_id=slot.branch_id
    )
