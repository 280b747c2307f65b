"""Services as the API returns them."""

from pydantic import BaseModel, Field

from app.models import Service
from app.serializers.page import Page


class ServiceItem(BaseModel):
    id: str
    slug: str
    name: str
    category: str | None
    description: str | None
    minutes: int = Field(description="The customer's whole time.")
    before_minutes: int = Field(description="The person's time before it.")
    after_minutes: int = Field(description="The person's time after it.")
    processing_from: int = Field(description="The minute from which the person is free while it takes effect.")
    processing_minutes: int
    price_cents: int | None
    capacity: int = Field(description="More than one: customers share the time.")
    parts: list[str] = Field(description="Ids of the services that this visit consists of, one after the other.")
    synonyms: list[str]


class ServiceList(Page):
    items: list[ServiceItem]


def build_service_item(service: Service, synonyms: list[str]) -> ServiceItem:
    return ServiceItem(
        id=service.id,
        slug=service.slug,
        name=service.name,
        category=service.category,
        description=service.description,
        minutes=service.minutes,
        before_minutes=service.before_minutes,
        after_minutes=service.after_minutes,
        processing_from=service.processing_from,
        processing_minutes=service.processing_minutes,
        price_cents=service.price_cents,
        capacity=service.capacity,
        parts=service.parts or [],
        synonyms=synonyms,
    )
