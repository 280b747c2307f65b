"""Ids that leave the house: ULIDs, 26 characters, sortable by the time they were made."""

from ulid import ULID


def new_ulid() -> str:
    return str(ULID())


def is_ulid(text: str) -> bool:
    """Whether the text has the form of one of our ids (not whether the thing exists)."""
    return len(text) == 26 and text.isascii() and text.isalnum()
