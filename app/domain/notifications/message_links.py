"""The link to a page of ours in the text of a message."""

import re

from app.core import settings


def find_own_link(text: str) -> str | None:
    link = re.search(rf"{re.escape(settings().public_base)}/b/[\w-]+", text)
    return link[0] if link else None
