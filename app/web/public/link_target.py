"""What a secret link leads to, and what its pages have in common."""

from typing import Any, TypeVar

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from app.core.errors import AppError, NotFound, TooManyRequests
from app.core.extensions import db
from app.core.link_tokens import may_be_token
from app.core.rate_limiter import RateLimit, network_of
from app.core.route_guards import enter_for_request
from app.core.tenancy import company_scope, unscoped
from app.domain.bookings import hold_links, self_service_links, waitlist
from app.domain.bookings.message_writer import format_place
from app.domain.customers.proxies import find_by_token
from app.domain.notifications.consent_requests import find_request
from app.domain.notifications.marketing_consents import find_withdrawal_link
from app.models import Booking, Branch, Company, CustomerLink, Hold, PhoneNumber, WaitlistOffer
from app.models.base import CompanyOwned

RATE_LIMIT = RateLimit("own_page", 120)
Row = TypeVar("Row", bound=CompanyOwned)


def resolve_token(token: str) -> Booking | WaitlistOffer | CustomerLink | Hold:
    """Resolve a link to its subject and enter the scope of its company. Raises NotFound for unknown and expired links."""
    if (wait_s := RATE_LIMIT.hit(network_of(request.remote_addr))) is not None:
        raise TooManyRequests(_("Zu viele Aufrufe. Bitte warten Sie einen Moment."), retry_after_s=wait_s)
    link = self_service_links.find_link(token) or self_service_links.find_customer_link(token)
    offer = None
    if link is None:
        with unscoped():
            offer = waitlist.find_offer(token) if may_be_token(token) else None
    hold = hold_links.find_linked_hold(token) if link is None and offer is None else None
    enter_company_of(link or offer or hold)
    if offer is not None:
        return offer
    if hold is not None:
        g.timezone = hold.timezone
        return hold
    if isinstance(link, CustomerLink):
        return link
    assert link is not None
    booking = db.session.scalars(select(Booking).where(Booking.id == link.booking_id)).one()
    g.timezone = booking.timezone
    return booking


def find_other_page(token: str) -> str | None:
    """Find the page of a link that is about no appointment."""
    pages = (
        (find_withdrawal_link, "unsubscribe.show"),
        (find_request, "consent_confirmation.show"),
        (find_by_token, "proxy_confirmation.show"),
    )
    return next((endpoint for find, endpoint in pages if find(token) is not None), None)


def enter_company_of(row: Row | None) -> Row:
    """Enter the scope of the company that the row of a link belongs to. Raises NotFound without a row or an active company."""
    company = db.session.get(Company, row.company_id) if row else None
    if row is None or company is None or not company.is_active:
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    g.company, g.timezone = company, company.timezone
    enter_for_request(company_scope(company.id))
    return row


def handle_rejection(token: str, error: AppError) -> BaseResponse:
    if error.status not in (409, 422):
        raise error
    db.session.rollback()
    flash(str(error.message), "error")
    return redirect(url_for("own_booking.show", token=token))


def build_branch_details(branch_id: str) -> dict[str, Any]:
    branch = db.session.get(Branch, branch_id)
    assert branch is not None
    numbers = select(PhoneNumber.e164).where(PhoneNumber.branch_id == branch_id, PhoneNumber.is_active).order_by(PhoneNumber.e164)
    return {"branch": branch, "company": g.company, "number": db.session.scalar(numbers.limit(1)), "place": format_place(branch)}


def render_page(template: str, **values: Any) -> BaseResponse:
    return add_noindex(make_response(render_template(template, **values)))


def add_noindex(response: Response) -> BaseResponse:
    """Keep the page out of search engines, because its URL is the secret."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response
