"""The links to pages of ours in the text of a message, and the one link that it is about."""

import re

from app.core import settings

# behind the link of a marketing message: where mail programs withdraw the consent by one POST (RFC 8058)
ONE_CLICK_PATH = "/unsubscribe"
# pages of customers, and of the team
PATH = r"/(?:(?:b|notices)/[\w-]+|dashboard\b)"
# a link that withdraws consent is its token alone; the page that a marketing message is about has a path behind it
UNSUBSCRIBE_PATH = r"/b/[\w-]+(?![\w/-])"
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")


def find_own_link(text: str) -> str | None:
    link = re.search(re.escape(settings().public_base) + PATH, text)
    return link[0] if link else None


def hide_own_links(text: str) -> str:
    """The text without the links that open somebody's own page."""
    return re.sub(re.escape(settings().public_base) + r"/b/[^\s]+", "…", text)


def find_unsubscribe_link(text: str) -> str | None:
    """Find the link in a marketing message that withdraws the consent."""
    link = re.search(re.escape(settings().public_base) + UNSUBSCRIBE_PATH, text)
    return link[0] if link else None


def find_action_link(text: str) -> str | None:
    """Find what a marketing message asks for: its first address that is not the one to withdraw; None where it asks for nothing."""
    unsubscribe = find_unsubscribe_link(text)
    return next((link for link in WEB_ADDRESS.findall(text) if link != unsubscribe), None)
