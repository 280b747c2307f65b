"""Credentials of an account at a provider."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """Base URL and key of one account; the key is kept out of `repr`."""

    base_url: str
    key: str = field(repr=False)
