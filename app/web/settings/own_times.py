"""The fields for what differs at a branch or for a person: `own:<id>:<name>` each, empty where it is as usual."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.services.own_times import Own
from app.web.settings.filling import Filled


def price_text(cents: int | None) -> str:
    return "" if cents is None else f"{cents / 100:.2f}".replace(".", ",").removesuffix(",00")


def read_own(filled: Filled, ids: Iterable[str], *, with_offer: bool = False) -> dict[str, Own]:
    """What was filled in for each of these; wrong fields are noted in `filled`."""
    return {
        row_id: Own(
            filled.whole(f"own:{row_id}:minutes", 1, 10_080),
            filled.whole(f"own:{row_id}:before_minutes", 0, 600),
            filled.whole(f"own:{row_id}:after_minutes", 0, 600),
            filled.cents(f"own:{row_id}:price"),
            is_offered=not with_offer or filled.yes(f"own:{row_id}:is_offered"),
        )
        for row_id in ids
    }


def as_fields(own: Mapping[str, Own]) -> dict[str, Any]:
    """The same the other way."""
    fields: dict[str, Any] = {}
    for row_id, values in own.items():
        for name in ("minutes", "before_minutes", "after_minutes"):
            value = getattr(values, name)
            fields[f"own:{row_id}:{name}"] = "" if value is None else str(value)
        fields[f"own:{row_id}:price"] = price_text(values.price_cents)
        fields[f"own:{row_id}:is_offered"] = "1" if values.is_offered else ""
    return fields
