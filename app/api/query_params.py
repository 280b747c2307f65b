"""Query parameters that the lists of the API share."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

# Bounds that keep conversions between time zones inside the range of datetime.
MIN_TIME, MAX_TIME = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# A plus sign that is not percent-encoded in the URL arrives as a blank.
DECODED_PLUS = re.compile(r"(\d) (\d\d:?\d\d)$")


class InstantOrDay:
    """An instant, or a calendar day in the time zone of the business."""

    def __init__(self, text: Any) -> None:
        try:
            if not isinstance(text, str):
                raise ValueError
            self.day = date.fromisoformat(text) if len(text) == 10 else None
            self.instant = datetime.fromisoformat(DECODED_PLUS.sub(r"\1+\2", text).upper()) if self.day is None else None
        except ValueError as error:
            raise PydanticCustomError("no_instant", "not an ISO 8601 time") from error

    def begins(self, timezone: str) -> datetime:
        return self._at(timezone, self.day)

    def ends(self, timezone: str) -> datetime:
        """Get the end of the range; a day counts to its end."""
        day = self.day + timedelta(days=1) if self.day is not None and self.day < MAX_TIME.date() else self.day
        return self._at(timezone, day)

    def _at(self, timezone: str, day: date | None) -> datetime:
        instant = self.instant if day is None else datetime.combine(day, time())
        assert instant is not None
        if instant.year < MIN_TIME.year:
            return MIN_TIME
        if instant.year >= MAX_TIME.year:
            return MAX_TIME
        return instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo(timezone))


Instant = Annotated[InstantOrDay, PlainValidator(InstantOrDay), WithJsonSchema({"type": "string", "format": "date-time"})]


class PageQuery(BaseModel):
    model_config = ConfigDict(populate_by_name=True, extra="ignore")

    page: int = Field(1, ge=1, le=10_001, description="From 1. Lists reach to the 10,000th entry.")
    per_page: int = Field(50, ge=1, le=100, description="Entries a page.")
