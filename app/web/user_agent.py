"""What a browser says of itself, in words."""

from flask_babel import gettext as _

# by the word that a browser says of itself, the most special first
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS": "Mac", "Linux": "Linux"}


def describe_browser(user_agent: str) -> str:
    """`Firefox, Windows`, as far as the browser says so."""
    names = (next((name for word, name in table.items() if word in user_agent), "") for table in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, names)) or _("Unbekanntes Gerät")
