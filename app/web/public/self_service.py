"""A caller's own page: see, move and cancel one's appointment or all of them, or answer an offer, with nothing but the link."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from app.core.clock import now
from app.core.concurrency import run_with_write_slot
from app.core.errors import AppError, InvalidInput, NotFound, TooManyRequests
from app.core.extensions import db
from app.core.locale import LANGUAGES
from app.core.rate_limiter import RateLimit, network_of
from app.core.route_guards import declare_guard, enter_for_request
from app.core.tenancy import company_scope, unscoped
from app.domain.bookings import self_service_links, waitlist
from app.domain.bookings.booking_request import VisitSelection, list_free_times
from app.domain.bookings.cancel import cancel_booking, get_terms
from app.domain.bookings.history import Actor
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.scheduling.types import VisitPart
from app.models import Booking, Branch, Call, Company, Hold, IdentityLink, PhoneNumber, Service, StaffMember, WaitlistOffer
from app.models.booking import ACTIVE_STATUSES
from app.serializers.ics import Appointment, ics
from app.web.fields import Flag, Id, Instant, OneOf
from app.web.formatting import clock, day, when
from app.web.forms import Form, Query

BY = Actor("caller", "link")
VISITS = RateLimit("own_page", 120)
REACH = timedelta(days=14)
DAYS_SHOWN = 5
MOST_AHEAD = 50
A_YEAR_S = 365 * 86400

blueprint = Blueprint("own_booking", __name__, url_prefix="/b")
by_link = declare_guard("token", "whoever has the link: 256 bits that expire, of which only a hash is kept")


class OwnQuery(Query):
    lang: Annotated[str, OneOf(*LANGUAGES)] | None = None
    # whether another time is being looked for, and from when on
    move: Flag = False
    after: Instant | None = None


class MoveForm(Form):
    starts_at: Instant


class ChooseForm(Form):
    booking_id: Id


@blueprint.errorhandler(NotFound)
def gone(_error: NotFound) -> tuple[BaseResponse, int]:
    """Unknown, incomplete or expired: the same page, which tells nothing of whose it was."""
    return _page("public/gone.html"), 404


@blueprint.get("/<token>")
@by_link
def show(token: str) -> BaseResponse:
    query = OwnQuery.read_known()
    if query.lang:
        answer = redirect(url_for("own_booking.show", token=token))
        answer.set_cookie("language", query.lang, max_age=A_YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure)
        return answer
    found = _enter(token)
    if isinstance(found, IdentityLink):
        call = db.session.get_one(Call, found.call_id)
        return _page("public/appointments.html", token=token, rows=_ahead(found), **_about(call.branch_id))
    if isinstance(found, WaitlistOffer):
        return _page("public/offer.html", token=token, **_offer_facts(found))
    terms = get_terms(found)
    moving = query.move and terms.can_move
    days, later = _free_days(found, query.after) if moving else ([], None)
    return _page("public/booking.html", token=token, terms=terms, moving=moving, days=days, later=later, **_facts(found))


@blueprint.get("/<token>/termin.ics")
@by_link
def calendar(token: str) -> BaseResponse:
    booking = _booking(token)
    facts = _facts(booking)
    entry = Appointment(
        booking.id, f"{facts['service'].name}, {g.company.name}", facts["place"], booking.starts_at, booking.ends_at, booking.updated_at,
        booking.version, cancelled=booking.status == "cancelled",
    )  # fmt: skip
    answer = Response(ics([entry], name=g.company.name), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="termin.ics"'
    return _private(answer)


@blueprint.post("/<token>/cancel")
@by_link
def cancel(token: str) -> BaseResponse:
    booking_id = _booking(token).id
    return _did(token, lambda: cancel_booking(booking_id, BY), _("Ihr Termin ist abgesagt."))


@blueprint.post("/<token>/move")
@by_link
def move(token: str) -> BaseResponse:
    booking = _booking(token)
    try:
        starts_at = MoveForm.read().starts_at
    except InvalidInput:
        flash(_("Bitte wählen Sie eine der freien Zeiten."), "error")
        return redirect(url_for("own_booking.show", token=token, move=1))

    def work() -> Booking:
        moved = reschedule_booking(booking.id, BY, starts_at=starts_at)
        self_service_links.extend_links(moved)
        return moved

    return _did(token, work, _("Ihr Termin ist verschoben auf %(when)s.", when=when(starts_at)))


@blueprint.post("/<token>/accept")
@by_link
def accept(token: str) -> BaseResponse:
    offer = _offer(token)

    def work() -> str:
        return self_service_links.create_link(waitlist.accept_offer(offer.id))

    try:
        own = run_with_write_slot(work)
    except AppError as error:
        return _refused(token, error)
    flash(_("Ihr Termin ist gebucht."), "message")
    return redirect(url_for("own_booking.show", token=own))


@blueprint.post("/<token>/decline")
@by_link
def decline(token: str) -> BaseResponse:
    offer_id = _offer(token).id
    return _did(token, lambda: waitlist.decline_offer(offer_id), _("Danke für die Antwort. Sie bleiben auf der Warteliste."))


@blueprint.post("/<token>/choose")
@by_link
def choose(token: str) -> BaseResponse:
    """From all of one's appointments to the page of one, which has a link of its own."""
    found = _enter(token)
    wanted = ChooseForm.read().booking_id
    booking = next((row for row, *_names in _ahead(found) if row.id == wanted), None) if isinstance(found, IdentityLink) else None
    if booking is None:
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    return redirect(url_for("own_booking.show", token=run_with_write_slot(lambda: self_service_links.create_link(booking))))


def _ahead(link: IdentityLink) -> list[tuple[Booking, str, str]]:
    """What the customer has ahead, each with its service and person; of a visit its first part."""
    rows = select(Booking, Service.name, StaffMember.name).join(Service, Service.id == Booking.service_id)
    rows = rows.join(StaffMember, StaffMember.id == Booking.staff_id).where(
        Booking.customer_id == link.customer_id, Booking.status.in_(ACTIVE_STATUSES), Booking.ends_at > now()
    )
    first: dict[str, tuple[Booking, str, str]] = {}
    for booking, what, who in db.session.execute(rows.order_by(Booking.starts_at, Booking.id).limit(MOST_AHEAD)):
        first.setdefault(booking.occupant, (booking, what, who))
    return list(first.values())


def _enter(token: str) -> Booking | WaitlistOffer | IdentityLink:
    """What the link is for; the request then works for its company. Raises NotFound for whatever is no living link."""
    if (wait_s := VISITS.hit(network_of(request.remote_addr))) is not None:
        raise TooManyRequests(_("Zu viele Aufrufe. Bitte warten Sie einen Moment."), retry_after_s=wait_s)
    link = self_service_links.find_link(token) or self_service_links.find_identity_link(token)
    offer = None
    if link is None:
        with unscoped():
            offer = waitlist.find_offer(token) if len(token) <= self_service_links.MAX_TOKEN_LENGTH and token.isascii() else None
    owner = link or offer
    company = db.session.get(Company, owner.company_id) if owner else None
    if owner is None or company is None or not company.is_active:
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    g.company, g.zone = company, company.zone
    enter_for_request(company_scope(company.id))
    if offer is not None:
        return offer
    if isinstance(link, IdentityLink):
        return link
    assert link is not None
    booking = db.session.scalars(select(Booking).where(Booking.id == link.booking_id)).one()
    g.zone = booking.zone
    return booking


def _booking(token: str) -> Booking:
    found = _enter(token)
    if not isinstance(found, Booking):
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    return found


def _offer(token: str) -> WaitlistOffer:
    found = _enter(token)
    if not isinstance(found, WaitlistOffer):
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    return found


def _did(token: str, work: Any, message: str) -> BaseResponse:
    try:
        run_with_write_slot(work)
    except AppError as error:
        return _refused(token, error)
    flash(message, "message")
    return redirect(url_for("own_booking.show", token=token))


def _refused(token: str, error: AppError) -> BaseResponse:
    if error.status not in (409, 422):
        raise error
    db.session.rollback()
    flash(str(error.message), "error")
    return redirect(url_for("own_booking.show", token=token))


def _facts(booking: Booking) -> dict[str, Any]:
    visit = _visit(booking)
    names = {row.id: row for row in db.session.scalars(select(Service).where(Service.id.in_({one.service_id for one in visit})))}
    people = {row.id: row for row in db.session.scalars(select(StaffMember).where(StaffMember.id.in_({one.staff_id for one in visit})))}
    return {
        "booking": booking,
        "service": names[booking.service_id],
        "starts_at": visit[0].starts_at,
        "ends_at": visit[-1].ends_at,
        "steps": [(names[one.service_id].name, people[one.staff_id].name) for one in visit],
        **_about(booking.branch_id),
    }


def _about(branch_id: str) -> dict[str, Any]:
    branch = db.session.get(Branch, branch_id)
    assert branch is not None
    numbers = select(PhoneNumber.e164).where(PhoneNumber.branch_id == branch_id, PhoneNumber.is_active).order_by(PhoneNumber.e164)
    street = ", ".join(filter(None, (branch.street, " ".join(filter(None, (branch.postcode, branch.city))))))
    return {"branch": branch, "company": g.company, "number": db.session.scalar(numbers.limit(1)), "place": street or branch.name}


def _offer_facts(offer: WaitlistOffer) -> dict[str, Any]:
    hold = db.session.get(Hold, offer.hold_id)
    assert hold is not None
    g.zone = hold.zone
    is_open = offer.status == "offered" and offer.expires_at > now()
    service, person = db.session.get(Service, hold.service_id), db.session.get(StaffMember, hold.staff_id)
    return {"offer": offer, "hold": hold, "is_open": is_open, "service": service, "person": person, **_about(hold.branch_id)}


def _visit(booking: Booking) -> list[Booking]:
    if not booking.visit_id:
        return [booking]
    return list(db.session.scalars(select(Booking).where(Booking.visit_id == booking.visit_id).order_by(Booking.starts_at, Booking.id)))


def _free_days(booking: Booking, after: datetime | None) -> tuple[list[tuple[str, list[tuple[str, str]]]], str | None]:
    """Free times with the same people by day: [(day, [(instant, clock)])], and from where to look on."""
    since = max(now(), after or now())
    parts = tuple(VisitPart(one.service_id, one.staff_id) for one in _visit(booking))
    slots, _facts_of = list_free_times(VisitSelection(parts, booking.branch_id), since, since + REACH, for_callers=True)
    days: dict[str, list[tuple[str, str]]] = {}
    for slot in slots:
        key = day(slot.starts_at)
        if key not in days and len(days) == DAYS_SHOWN:
            return list(days.items()), slot.starts_at.astimezone(ZoneInfo(booking.zone)).replace(hour=0, minute=0).isoformat()
        days.setdefault(key, []).append((slot.starts_at.isoformat(), clock(slot.starts_at)))
    return list(days.items()), (since + REACH).isoformat()


def _page(template: str, **values: Any) -> BaseResponse:
    return _private(make_response(render_template(template, **values)))


def _private(answer: Response) -> BaseResponse:
    """The address is the key: it goes into no index."""
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
