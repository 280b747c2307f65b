"""Calendar subscriptions: create and revoke feeds of a staff member or a branch."""

from typing import Annotated, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import settings
from app.core.errors import InvalidInput
from app.core.transactions import transaction
from app.domain.bookings import calendar_feeds
from app.domain.services import catalogue
from app.web.branch_filter import list_branches
from app.web.fields import TextField
from app.web.forms import Form, to_errors
from app.web.guards import for_company

MAX_STAFF = 200

blueprint = Blueprint("subscriptions", __name__)


class FeedForm(Form):
    """`whose` is `staff:` or `branch:` and the id."""

    whose: Annotated[str, TextField(40)]


@blueprint.get("/settings/subscriptions")
@for_company("services.write")
def index() -> str:
    return _render_page()


@blueprint.post("/settings/subscriptions")
@for_company("services.write")
def make() -> Any:
    """Create a feed and show its URL, this once, because only a hash is stored."""
    try:
        kind, _colon, row_id = FeedForm.read().whose.partition(":")
        with transaction():
            token = calendar_feeds.create_feed(**{f"{kind}_id": row_id} if kind in ("staff", "branch") and row_id.isascii() else {})
    except InvalidInput as error:
        return _render_page(errors=to_errors(error) or {"whose": str(error.message)}), 422
    return _render_page(address=f"{settings().public_base}/ics/{token}.ics")


@blueprint.post("/settings/subscriptions/<feed>/revoke")
@for_company("services.write")
def revoke(feed: str) -> Response:
    with transaction():
        calendar_feeds.revoke_feed(feed)
    flash(_("Die Adresse gilt nicht mehr."), "message")
    return redirect(url_for("subscriptions.index"))


def _render_page(*, address: str = "", errors: dict[str, str] | None = None) -> str:
    people = [(f"staff:{person.id}", person.name) for person in catalogue.list_staff(limit=MAX_STAFF)]
    return render_template(
        "settings/calendar_feeds.html",
        feeds=[(feed, calendar_feeds.get_feed_name(feed)) for feed in calendar_feeds.list_feeds()],
        whose=[(_("Team"), people), (_("Filialen"), [(f"branch:{row_id}", name) for row_id, name in list_branches()])],
        address=address,
        errors=errors or {},
    )
