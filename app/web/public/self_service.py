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
from app.models import Booking, Branch, Call, Company, Hold, MagicLink, PhoneNumber, Service, StaffMember, WaitlistOffer
from app.serializers.ics import Appointment, build_ics
from app.web.fields import ChoiceField, Flag, Id, Instant
from app.web.formatting import clock, day, when
from app.web.forms import Form, Query

ACTOR = Actor("caller", "link")
RATE_LIMIT = RateLimit("own_page", 120)
LOOKAHEAD = timedelta(days=14)
MAX_DAYS = 5
MAX_UPCOMING = 50
LANGUAGE_COOKIE_MAX_AGE_S = 365 * 86400

blueprint = Blueprint("own_booking", __name__, url_prefix="/b")
guard_link = declare_guard("token", "whoever has the link: 256 bits that expire, of which only a hash is kept")


class SelfServiceQuery(Query):
    lang: Annotated[str, ChoiceField(*LANGUAGES)] | None = None
    # whether another time is being looked for, and from when on
    move: Flag = False
    after: Instant | None = None


class MoveForm(Form):
    starts_at: Instant


class ChooseForm(Form):
    booking_id: Id


@blueprint.errorhandler(NotFound)
def handle_not_found(_error: NotFound) -> tuple[BaseResponse, int]:
    """Unknown, incomplete or expired: the same page, which tells nothing of whose it was."""
    return _render_page("public/expired.html"), 404


@blueprint.get("/<token>")
@guard_link
def show(token: str) -> BaseResponse:
    query = SelfServiceQuery.read_known()
    if query.lang:
        response = redirect(url_for("own_booking.show", token=token))
        response.set_cookie(
            "language", query.lang, max_age=LANGUAGE_COOKIE_MAX_AGE_S, samesite="Lax", httponly=True, secure=request.is_secure
        )
        return response
    target = _resolve_token(token)
    if isinstance(target, MagicLink):
        call = db.session.get_one(Call, target.call_id)
        return _render_page("public/appointments.html", token=token, rows=_list_upcoming(target), **_build_branch_details(call.branch_id))
    if isinstance(target, WaitlistOffer):
        return _render_page("public/offer.html", token=token, **_build_offer_details(target))
    terms = get_terms(target)
    moving = query.move and terms.can_move
    days, later = _list_free_days(target, query.after) if moving else ([], None)
    return _render_page(
        "public/booking.html", token=token, terms=terms, moving=moving, days=days, later=later, **_build_booking_details(target)
    )


@blueprint.get("/<token>/termin.ics")
@guard_link
def calendar(token: str) -> BaseResponse:
    booking = _get_booking(token)
    facts = _build_booking_details(booking)
    entry = Appointment(
        booking.id, f"{facts['service'].name}, {g.company.name}", facts["place"], booking.starts_at, booking.ends_at, booking.updated_at,
        booking.version, cancelled=booking.status == "cancelled",
    )  # fmt: skip
    response = Response(build_ics([entry], name=g.company.name), mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="termin.ics"'
    return _add_noindex(response)


@blueprint.post("/<token>/cancel")
@guard_link
def cancel(token: str) -> BaseResponse:
    booking_id = _get_booking(token).id
    return _respond(token, lambda: cancel_booking(booking_id, ACTOR), _("Ihr Termin ist abgesagt."))


@blueprint.post("/<token>/move")
@guard_link
def move(token: str) -> BaseResponse:
    booking = _get_booking(token)
    try:
        starts_at = MoveForm.read().starts_at
    except InvalidInput:
        flash(_("Bitte wählen Sie eine der freien Zeiten."), "error")
        return redirect(url_for("own_booking.show", token=token, move=1))

    def work() -> Booking:
        moved = reschedule_booking(booking.id, ACTOR, starts_at=starts_at)
        self_service_links.extend_links(moved)
        return moved

    return _respond(token, work, _("Ihr Termin ist verschoben auf %(when)s.", when=when(starts_at)))


@blueprint.post("/<token>/accept")
@guard_link
def accept(token: str) -> BaseResponse:
    offer = _get_offer(token)

    def work() -> str:
        return self_service_links.create_link(waitlist.accept_offer(offer.id))

    try:
        own = run_with_write_slot(work)
    except AppError as error:
        return _handle_rejection(token, error)
    flash(_("Ihr Termin ist gebucht."), "message")
    return redirect(url_for("own_booking.show", token=own))


@blueprint.post("/<token>/decline")
@guard_link
def decline(token: str) -> BaseResponse:
    offer_id = _get_offer(token).id
    return _respond(token, lambda: waitlist.decline_offer(offer_id), _("Danke für die Antwort. Sie bleiben auf der Warteliste."))


@blueprint.post("/<token>/choose")
@guard_link
def choose(token: str) -> BaseResponse:
    """From all of one's appointments to the page of one, which has a link of its own."""
    target = _resolve_token(token)
    statement = ChooseForm.read().booking_id
    booking = next((row for row, *_names in _list_upcoming(target) if row.id == statement), None) if isinstance(target, MagicLink) else None
    if booking is None:
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    return redirect(url_for("own_booking.show", token=run_with_write_slot(lambda: self_service_links.create_link(booking))))


def _list_upcoming(link: MagicLink) -> list[tuple[Booking, str, str]]:
    """What the customer has ahead, each with its service and person; of a visit its first part."""
    rows = select(Booking, Service.name, StaffMember.name).join(Service, Service.id == Booking.service_id)
    rows = rows.join(StaffMember, StaffMember.id == Booking.staff_id).where(
        Booking.customer_id == link.customer_id, Booking.active(), Booking.ends_at > now()
    )
    first: dict[str, tuple[Booking, str, str]] = {}
    for booking, what, who in db.session.execute(rows.order_by(Booking.starts_at, Booking.id).limit(MAX_UPCOMING)):
        first.setdefault(booking.occupant, (booking, what, who))
    return list(first.values())


def _resolve_token(token: str) -> Booking | WaitlistOffer | MagicLink:
    """What the link is for; the request then works for its company. Raises NotFound for whatever is no living link."""
    if (wait_s := RATE_LIMIT.hit(network_of(request.remote_addr))) is not None:
        raise TooManyRequests(_("Zu viele Aufrufe. Bitte warten Sie einen Moment."), retry_after_s=wait_s)
    link = self_service_links.find_link(token) or self_service_links.find_magic_link(token)
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
    if isinstance(link, MagicLink):
        return link
    assert link is not None
    booking = db.session.scalars(select(Booking).where(Booking.id == link.booking_id)).one()
    g.zone = booking.zone
    return booking


def _get_booking(token: str) -> Booking:
    target = _resolve_token(token)
    if not isinstance(target, Booking):
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    return target


def _get_offer(token: str) -> WaitlistOffer:
    target = _resolve_token(token)
    if not isinstance(target, WaitlistOffer):
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    return target


def _respond(token: str, work: Any, message: str) -> BaseResponse:
    try:
        run_with_write_slot(work)
    except AppError as error:
        return _handle_rejection(token, error)
    flash(message, "message")
    return redirect(url_for("own_booking.show", token=token))


def _handle_rejection(token: str, error: AppError) -> BaseResponse:
    if error.status not in (409, 422):
        raise error
    db.session.rollback()
    flash(str(error.message), "error")
    return redirect(url_for("own_booking.show", token=token))


def _build_booking_details(booking: Booking) -> dict[str, Any]:
    visit = _list_visit_parts(booking)
    names = {row.id: row for row in db.session.scalars(select(Service).where(Service.id.in_({one.service_id for one in visit})))}
    people = {row.id: row for row in db.session.scalars(select(StaffMember).where(StaffMember.id.in_({one.staff_id for one in visit})))}
    return {
        "booking": booking,
        "service": names[booking.service_id],
        "starts_at": visit[0].starts_at,
        "ends_at": visit[-1].ends_at,
        "steps": [(names[one.service_id].name, people[one.staff_id].name) for one in visit],
        **_build_branch_details(booking.branch_id),
    }


def _build_branch_details(branch_id: str) -> dict[str, Any]:
    branch = db.session.get(Branch, branch_id)
    assert branch is not None
    numbers = select(PhoneNumber.e164).where(PhoneNumber.branch_id == branch_id, PhoneNumber.is_active).order_by(PhoneNumber.e164)
    street = ", ".join(filter(None, (branch.street, " ".join(filter(None, (branch.postcode, branch.city))))))
    return {"branch": branch, "company": g.company, "number": db.session.scalar(numbers.limit(1)), "place": street or branch.name}


def _build_offer_details(offer: WaitlistOffer) -> dict[str, Any]:
    hold = db.session.get(Hold, offer.hold_id)
    assert hold is not None
    g.zone = hold.zone
    is_open = offer.status == "offered" and offer.expires_at > now()
    service, person = db.session.get(Service, hold.service_id), db.session.get(StaffMember, hold.staff_id)
    return {"offer": offer, "hold": hold, "is_open": is_open, "service": service, "person": person, **_build_branch_details(hold.branch_id)}


def _list_visit_parts(booking: Booking) -> list[Booking]:
    if not booking.visit_id:
        return [booking]
    return list(db.session.scalars(select(Booking).where(Booking.visit_id == booking.visit_id).order_by(Booking.starts_at, Booking.id)))


def _list_free_days(booking: Booking, after: datetime | None) -> tuple[list[tuple[str, list[tuple[str, str]]]], str | None]:
    """Free times with the same people by day: [(day, [(instant, clock)])], and from where to look on."""
    since = max(now(), after or now())
    parts = tuple(VisitPart(one.service_id, one.staff_id) for one in _list_visit_parts(booking))
    slots, _facts_of = list_free_times(VisitSelection(parts, booking.branch_id), since, since + LOOKAHEAD, for_callers=True)
    days: dict[str, list[tuple[str, str]]] = {}
    for slot in slots:
        key = day(slot.starts_at)
        if key not in days and len(days) == MAX_DAYS:
            return list(days.items()), slot.starts_at.astimezone(ZoneInfo(booking.zone)).replace(hour=0, minute=0).isoformat()
        days.setdefault(key, []).append((slot.starts_at.isoformat(), clock(slot.starts_at)))
    return list(days.items()), (since + LOOKAHEAD).isoformat()


def _render_page(template: str, **values: Any) -> BaseResponse:
    return _add_noindex(make_response(render_template(template, **values)))


def _add_noindex(response: Response) -> BaseResponse:
    """The address is the key: it goes into no index."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response
