"""The access to an SMS gateway that a company brings along, as one secret text: address, key, and how it wants to be spoken to."""

from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from app.providers.messaging.base import GatewayFormat


@dataclass(frozen=True, slots=True)
class GatewayCredentials:
    url: str
    key: str = field(repr=False)
    format: GatewayFormat


def read_gateway(text: str) -> GatewayCredentials:
    """Raises ValueError where the text is none that `write_gateway` wrote."""
    values: dict[str, Any] = orjson.loads(text)
    return GatewayCredentials(values["url"], values["key"], GatewayFormat(**values["format"]))


def write_gateway(credentials: GatewayCredentials) -> str:
    return orjson.dumps(asdict(credentials)).decode()
