"""Public ids: ULIDs, 26 characters, sortable by the time of their creation."""

from ulid import ULID


def new_ulid() -> str:
    return str(ULID())


def is_ulid(text: str) -> bool:
    """Whether the text has the form of an id; the row need not exist."""
    return len(text) == 26 and text.isascii() and text.isalnum()
