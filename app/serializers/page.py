"""The fields that all lists of the API share."""

from pydantic import BaseModel, Field


class Page(BaseModel):
    page: int = Field(description="From 1.")
    per_page: int
    total: int = Field(description="Entries on all pages.")
