"""The settings at a glance: every page with its present state, and a search over pages and their fields."""

from typing import Annotated

from flask import Blueprint, render_template

from app.web.fields import SearchField
from app.web.forms import Query
from app.web.guards import for_company
from app.web.settings import pages
from app.web.settings.page_state import describe_state

blueprint = Blueprint("settings", __name__)


class SettingsQuery(Query):
    q: Annotated[str, SearchField(80)] = ""


@blueprint.get("/settings")
@for_company("services.read")
def index() -> str:
    query = SettingsQuery.read_known().q
    hits = pages.search_pages(query)
    groups = [(name, [hit for hit in hits if hit.page.group == key]) for key, name in pages.GROUPS.items()]
    return render_template(
        "settings/index.html",
        q=query,
        sections=[("", hits)] if query else [(name, found) for name, found in groups if found],
        count=len(hits),
        states={hit.page.endpoint: describe_state(hit.page.endpoint) for hit in hits},
    )
