"""What telephone companies' webhooks have in common: form posts."""

from urllib.parse import parse_qsl

from app.providers.voice.base import Unreadable

MOST_FIELDS = 500


def form_items(raw: bytes) -> list[tuple[str, str]]:
    """All fields of a form post in their order, empty values and duplicates included, as signatures need them.

    Raises Unreadable for what is no form.
    """
    try:
        return parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace")
    except ValueError:
        raise Unreadable("The body is no form.") from None
