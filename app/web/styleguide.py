"""The page of all components; not registered in production."""

from flask import Blueprint, render_template

from app.web.guards import for_user

blueprint = Blueprint("design", __name__)


@blueprint.get("/design")
@for_user()
def components() -> str:
    return render_template("styleguide/components.html")
