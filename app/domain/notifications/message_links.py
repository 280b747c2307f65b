"""The links to pages of ours in the text of a message, and the one link that it is about."""

import re

from app.core import settings
from app.core.link_tokens import hash_token

# behind the link of a marketing message: where mail programs withdraw the consent by one POST (RFC 8058)
ONE_CLICK_PATH = "/unsubscribe"
# pages of customers, of the team, and of one's own account
PATH = r"/(?:(?:b|notices|reset|confirm-email|invitation)/[\w-]+|account(?:/[\w-]+)*|dashboard\b)"
# a link that withdraws consent is its token alone; the page that a marketing message is about has a path behind it
UNSUBSCRIBE_PATH = r"/b/[\w-]+(?![\w/-])"
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")


def find_own_link(text: str) -> str | None:
    link = re.search(re.escape(settings().public_base) + PATH, text)
    return link[0] if link else None


def hide_own_links(text: str) -> str:
    """The text without the links that open somebody's own page."""
    return re.sub(re.escape(settings().public_base) + r"/b/[^\s]+", "…", text)


def hash_own_link(text: str) -> str | None:
    """The hash of the token of the link to somebody's own page, as it is stored with the link itself; None without one."""
    link = re.search(re.escape(settings().public_base) + r"/b/([\w-]+)", text)
    return hash_token(link[1]) if link else None


def find_unsubscribe_link(text: str) -> str | None:
    """Find the link in a marketing message that withdraws the consent."""
    link = re.search(re.escape(settings().public_base) + UNSUBSCRIBE_PATH, text)
    return link[0] if link else None


def find_action_link(text: str) -> str | None:
    """Find what a marketing message asks for: its first address that is not the one to withdraw; None where it asks for nothing."""
    unsubscribe = find_unsubscribe_link(text)
    return next((link for link in WEB_ADDRESS.findall(text) if link != unsubscribe), None)
