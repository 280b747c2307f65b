"""Form fields of service overrides by branch or staff member: `own:<id>:<name>`, empty without an override."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from app.domain.services.overrides import ServiceOverride
from app.web.fields import Cents, Flag, IntegerField
from app.web.formatting import format_decimal_input
from app.web.forms import Form


class OverridesForm(Form):
    minutes: Annotated[int, IntegerField(1, 10_080)] | None = None
    before_minutes: Annotated[int, IntegerField(0, 600)] | None = None
    after_minutes: Annotated[int, IntegerField(0, 600)] | None = None
    price: Cents | None = None
    is_offered: Flag = False


def format_price(cents: int | None) -> str:
    return "" if cents is None else format_decimal_input(cents, places=2, is_short=True)


def read_overrides(ids: Iterable[str], *, with_offer: bool = False) -> tuple[dict[str, ServiceOverride], dict[str, str]]:
    """Read the overrides by id, and the errors by field."""
    overrides, errors = {}, {}
    for row_id in ids:
        form, row_errors = OverridesForm.parse(f"own:{row_id}:")
        errors |= row_errors
        if form is not None:
            is_offered = form.is_offered or not with_offer
            overrides[row_id] = ServiceOverride(form.minutes, form.before_minutes, form.after_minutes, form.price, is_offered=is_offered)
    return overrides, errors


def get_typed_overrides(ids: Iterable[str]) -> dict[str, Any]:
    """Get the submitted override texts unchanged."""
    return {f"own:{row_id}:{name}": text for row_id in ids for name, text in OverridesForm.typed(f"own:{row_id}:").items()}


def to_fields(overrides: Mapping[str, ServiceOverride]) -> dict[str, Any]:
    """Convert overrides to form texts."""
    fields: dict[str, Any] = {}
    for row_id, values in overrides.items():
        for name in ("minutes", "before_minutes", "after_minutes"):
            value = getattr(values, name)
            fields[f"own:{row_id}:{name}"] = "" if value is None else str(value)
        fields[f"own:{row_id}:price"] = format_price(values.price_cents)
        fields[f"own:{row_id}:is_offered"] = "1" if values.is_offered else ""
    return fields
