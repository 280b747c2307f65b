"""Icons, drawn from the one file that holds them all."""

from functools import lru_cache

from flask import Flask
from markupsafe import Markup

DRAWN = Markup('<svg class="ap-i{size}{extra}" aria-hidden="true"><use href="{file}#i-{name}"/></svg>')


def register(app: Flask) -> None:
    """Gives the templates `drawn_icon`; a page has some hundred of them, of few different kinds, so each is drawn once."""
    file = f"{app.static_url_path}/img/icons.svg"

    @lru_cache(maxsize=1024)
    def drawn_icon(name: str, size: str = "", extra: str = "") -> Markup:
        return DRAWN.format(size=f" ap-i--{size}" if size else "", extra=f" {extra}" if extra else "", file=file, name=name)

    app.jinja_env.globals["drawn_icon"] = drawn_icon
