"""Whose account at a provider is spoken to."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Access:
    """The key is never shown."""

    base_url: str
    key: str = field(repr=False)
