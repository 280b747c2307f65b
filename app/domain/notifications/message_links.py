"""The link to a page of ours in the text of a message."""

import re

from app.core import settings

# behind the link of a marketing message: where mail programs withdraw the consent by one POST (RFC 8058)
ONE_CLICK_PATH = "/unsubscribe"
# pages of customers, and of the team
PATH = r"/(?:(?:b|notices)/[\w-]+|dashboard\b)"


def find_own_link(text: str) -> str | None:
    link = re.search(re.escape(settings().public_base) + PATH, text)
    return link[0] if link else None
