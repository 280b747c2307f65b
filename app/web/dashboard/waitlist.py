"""The waitlist: entries, their offers, and a button to withdraw an entry."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import and_, or_, select
from werkzeug.wrappers import Response

from app.core.errors import NotFound
from app.core.extensions import db
from app.core.transactions import run_in_transaction
from app.domain.accounts.permissions import can
from app.domain.bookings import waitlist
from app.domain.notifications.notification_queue import find_link, list_notifications
from app.domain.notifications.sender_accounts import list_set_up
from app.models import Branch, Customer, Service, StaffMember, WaitlistEntry, WaitlistOffer
from app.web.branch_filter import get_branch_filter
from app.web.guards import for_company

PAGE_SIZE = 200

blueprint = Blueprint("waitlist", __name__)


@blueprint.get("/waitlist")
@for_company("bookings.read")
def index() -> str:
    entries = _list_entries()
    notifications = {
        row.subject: (row, find_link(row)) for row in list_notifications(*(f"offer:{row.offer_id}" for row in entries if row.offer_id))
    }
    return render_template(
        "dashboard/waitlist.html", entries=entries, told=notifications, may_write=can(current_user, "bookings.write"),
        is_set_up=bool(list_set_up()),
    )  # fmt: skip


@blueprint.post("/waitlist/<entry_id>/withdraw")
@for_company("bookings.write")
def withdraw(entry_id: str) -> Response:
    entry = db.session.scalars(select(WaitlistEntry).where(WaitlistEntry.id == entry_id, *_build_visibility_filters())).first()
    if entry is None:
        raise NotFound(_("Das gibt es hier nicht."))
    run_in_transaction(lambda: waitlist.withdraw_entry(entry_id))
    flash(_("Von der Warteliste genommen."), "message")
    return redirect(url_for("waitlist.index"))


def _build_visibility_filters() -> list[Any]:
    branches = get_branch_filter()
    return [or_(WaitlistEntry.branch_id.is_(None), WaitlistEntry.branch_id.in_(branches))] if branches else []


def _list_entries() -> list[Any]:
    """List the entries, offered ones first, then by waiting time."""
    statement = (
        select(
            WaitlistEntry, Customer.name, Service.name.label("service"), Branch.name.label("branch"), StaffMember.name.label("staff"),
            WaitlistOffer.id.label("offer_id"), WaitlistOffer.expires_at,
        )
        .join(Customer, and_(Customer.company_id == WaitlistEntry.company_id, Customer.id == WaitlistEntry.customer_id))
        .join(Service, and_(Service.company_id == WaitlistEntry.company_id, Service.id == WaitlistEntry.service_id))
        .outerjoin(Branch, and_(Branch.company_id == WaitlistEntry.company_id, Branch.id == WaitlistEntry.branch_id))
        .outerjoin(StaffMember, and_(StaffMember.company_id == WaitlistEntry.company_id, StaffMember.id == WaitlistEntry.staff_id))
        .outerjoin(
            WaitlistOffer,
            and_(
                WaitlistOffer.company_id == WaitlistEntry.company_id, WaitlistOffer.entry_id == WaitlistEntry.id,
                WaitlistOffer.status == "offered",
            ),
        )
        .where(WaitlistEntry.status.in_(("waiting", "offered")), *_build_visibility_filters())
        .order_by(WaitlistEntry.status, WaitlistEntry.created_at, WaitlistEntry.id)
        .limit(PAGE_SIZE)
    )  # fmt: skip
    return list(db.session.execute(statement))
