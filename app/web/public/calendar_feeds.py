"""Calendar feeds: the bookings of a staff member or a branch, protected by a secret URL."""

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from app.core.clock import now
from app.core.errors import NotFound, TooManyRequests
from app.core.extensions import db
from app.core.rate_limiter import RateLimit, network_of
from app.core.route_guards import declare_guard, enter_for_request
from app.core.tenancy import company_scope
from app.domain.bookings import calendar_feeds
from app.domain.bookings.calendar_file import IcsEvent, build_ics
from app.models import Company

# High enough for several calendar programs behind one address that poll every few minutes.
RATE_LIMIT = RateLimit("feed", 120)
CACHE_MAX_AGE_S = 300

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/ics/<token>.ics")
@declare_guard("token", "whoever has the address: 256 bits that can be taken back, of which only a hash is kept")
def show(token: str) -> Response:
    if (wait_s := RATE_LIMIT.hit(network_of(request.remote_addr))) is not None:
        raise TooManyRequests(_("Zu viele Aufrufe. Bitte warten Sie einen Moment."), retry_after_s=wait_s)
    feed = calendar_feeds.find_feed(token)
    company = db.session.get(Company, feed.company_id) if feed else None
    if feed is None or company is None or not company.is_active:
        raise NotFound(_("Diesen Kalender gibt es nicht."))
    enter_for_request(company_scope(company.id))
    appointments = [
        IcsEvent(
            entry.booking.id,
            entry.title,
            entry.place,
            entry.booking.starts_at,
            entry.booking.ends_at,
            entry.booking.updated_at,
            entry.booking.version,
        )
        for entry in calendar_feeds.list_entries(feed, now())
    ]
    response = Response(build_ics(appointments, name=f"{company.name}: {calendar_feeds.get_feed_name(feed)}"), mimetype="text/calendar")
    response.headers["X-Robots-Tag"] = "noindex"
    response.cache_control.private, response.cache_control.max_age = True, CACHE_MAX_AGE_S
    response.add_etag()
    response.make_conditional(request)
    return response
