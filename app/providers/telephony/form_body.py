"""Form posts, the common format of telephony webhooks."""

from urllib.parse import parse_qsl

from app.providers.voice.call_webhook_reader import Unreadable

MAX_FIELDS = 500


def parse_form(raw: bytes) -> list[tuple[str, str]]:
    """Parse all fields of a form post in order, including empty values and duplicates, as signatures require.

    Raises Unreadable where the body is no form.
    """
    try:
        return parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="replace")
    except ValueError:
        raise Unreadable("The body is no form.") from None
