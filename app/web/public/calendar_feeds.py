"""Feeds that calendar programs read: the bookings of a person or a branch, for whoever has the address."""

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from app.core.clock import now
from app.core.errors import NotFound, TooManyRequests
from app.core.extensions import db
from app.core.rate_limiter import RateLimit, network_of
from app.core.route_guards import declare_guard, enter_for_request
from app.core.tenancy import company_scope
from app.domain.bookings import calendar_feeds
from app.models import Company
from app.serializers.ics import Appointment, build_ics

# calendar programs come every few minutes, and several from one address
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
        Appointment(
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
    answer = Response(build_ics(appointments, name=f"{company.name}: {calendar_feeds.get_feed_name(feed)}"), mimetype="text/calendar")
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.cache_control.private, answer.cache_control.max_age = True, CACHE_MAX_AGE_S
    answer.add_etag()
    answer.make_conditional(request)
    return answer
