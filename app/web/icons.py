"""Icons, drawn from one SVG sprite."""

from functools import lru_cache

from flask import Flask, g, url_for
from markupsafe import Markup

ICON_TEMPLATE = Markup('<svg class="ap-i{size}{extra}" aria-hidden="true"><use href="{file}#i-{name}"/></svg>')


def register(app: Flask) -> None:
    """Provide templates with `render_icon`."""
    app.jinja_env.globals["render_icon"] = render_icon


def render_icon(name: str, size: str = "", extra: str = "") -> Markup:
    """Render an icon. The file's URL is built once per request and each icon once, because pages hold about a hundred of them."""
    if "icons_file" not in g:
        g.icons_file = url_for("static", filename="img/icons.svg")
    return _render_icon(g.icons_file, name, size, extra)


@lru_cache(maxsize=1024)
def _render_icon(file: str, name: str, size: str, extra: str) -> Markup:
    return ICON_TEMPLATE.format(size=f" ap-i--{size}" if size else "", extra=f" {extra}" if extra else "", file=file, name=name)
