"""Self-service pages, opened by a secret link: show, move and cancel appointments, or answer a waitlist offer."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from app.core.clock import now
from app.core.concurrency_limiter import run_with_write_slot
from app.core.errors import AppError, InvalidInput, NotFound
from app.core.extensions import db
from app.core.locale import LANGUAGES
from app.core.route_guards import declare_guard
from app.domain.bookings import self_service_links, waitlist
from app.domain.bookings.booking_request import list_free_times
from app.domain.bookings.calendar_file import build_ics
from app.domain.bookings.cancel import cancel_booking, get_terms
from app.domain.bookings.customer_confirmation import confirm_by_customer
from app.domain.bookings.history import Actor
from app.domain.bookings.message_writer import build_event, list_visit
from app.domain.bookings.orphaned_bookings import drop_missing_staff
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.marketing import consent_offer
from app.domain.notifications.receipts import mark_answered
from app.domain.scheduling.types import SlotQuery, VisitPart
from app.models import Booking, Call, CustomerLink, Hold, Service, StaffMember, WaitlistOffer
from app.web.fields import ChoiceField, Flag, Id, Instant, TextField
from app.web.formatting import clock, day, week_start, when
from app.web.forms import Form, Query
from app.web.public.held_time import book_held_time, render_hold
from app.web.public.link_target import add_noindex, build_branch_details, find_other_page, handle_rejection, render_page, resolve_token

ACTOR = Actor("caller", "link")
LOOKAHEAD = timedelta(days=14)
MAX_DAYS = 5
MAX_UPCOMING = 50
LANGUAGE_COOKIE_MAX_AGE_S = 365 * 86400

blueprint = Blueprint("own_booking", __name__, url_prefix="/b")
guard_link = declare_guard("token", "whoever has the link: 256 bits that expire, of which only a hash is kept")


class SelfServiceQuery(Query):
    lang: Annotated[str, ChoiceField(*LANGUAGES)] | None = None
    # Whether free times are listed, and from which instant.
    move: Flag = False
    after: Instant | None = None
    # The free time that was tapped, to be confirmed.
    chosen: Instant | None = None


class MoveBookingForm(Form):
    starts_at: Instant


class ConsentForm(Form):
    """`agreed` is never ticked beforehand; `wording` is the version of what is agreed to."""

    agreed: Flag = False
    wording: Annotated[str, TextField(16)]


class ChooseBookingForm(Form):
    booking_id: Id


@blueprint.errorhandler(NotFound)
def handle_not_found(_error: NotFound) -> tuple[BaseResponse, int]:
    """Show the same page for unknown, incomplete and expired links, so that it reveals nothing about the booking."""
    return render_page("public/expired.html"), 404


@blueprint.get("/<token>")
@guard_link
def show(token: str) -> BaseResponse:
    query = SelfServiceQuery.read_known()
    if query.lang:
        return remember_language(redirect(url_for("own_booking.show", token=token)), query.lang)
    if endpoint := find_other_page(token):
        return redirect(url_for(endpoint, token=token))
    target = resolve_token(token)
    if isinstance(target, CustomerLink):
        call = db.session.get_one(Call, target.call_id)
        return render_page("public/appointments.html", token=token, rows=_list_upcoming(target), **build_branch_details(call.branch_id))
    if isinstance(target, WaitlistOffer):
        return render_page("public/offer.html", token=token, **_build_offer_details(target))
    if isinstance(target, Hold):
        return render_hold(token, target)
    terms = get_terms(target)
    is_moving = query.move and terms.can_move
    since = max(now(), query.after or week_start(target.starts_at))
    days, later = _list_free_days(target, since) if is_moving else ([], None)
    earlier = max(now(), since - LOOKAHEAD).isoformat() if since > now() else None
    return render_page(
        "public/booking.html", token=token, terms=terms, moving=is_moving, days=days, after=since.isoformat(), earlier=earlier, later=later,
        chosen=query.chosen if is_moving else None, offer=consent_offer.find_offer(target), **_build_booking_details(target),
    )  # fmt: skip


@blueprint.get("/<token>/termin.ics")
@guard_link
def calendar(token: str) -> BaseResponse:
    booking = _get_booking(token)
    response = Response(build_ics([build_event(booking)], name=g.company.name), mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="termin.ics"'
    return add_noindex(response)


@blueprint.post("/<token>/confirm")
@guard_link
def confirm(token: str) -> BaseResponse:
    booking_id = _get_booking(token).id
    return _respond(token, lambda: confirm_by_customer(booking_id, ACTOR, token=token), _("Danke, wir freuen uns auf Sie."))


@blueprint.post("/<token>/cancel")
@guard_link
def cancel(token: str) -> BaseResponse:
    booking_id = _get_booking(token).id

    def work() -> Booking:
        mark_answered([f"booking:{booking_id}"], "cancelled", token=token)
        return cancel_booking(booking_id, ACTOR)

    return _respond(token, work, _("Ihr Termin ist abgesagt."))


@blueprint.post("/<token>/move")
@guard_link
def move(token: str) -> BaseResponse:
    booking = _get_booking(token)
    try:
        starts_at = MoveBookingForm.read().starts_at
    except InvalidInput:
        flash(_("Bitte wählen Sie eine der freien Zeiten."), "error")
        return redirect(url_for("own_booking.show", token=token, move=1))

    def work() -> Booking:
        mark_answered([f"booking:{booking.id}"], "moved", token=token)
        moved = reschedule_booking(booking.id, ACTOR, starts_at=starts_at)
        self_service_links.extend_links(moved)
        return moved

    return _respond(token, work, _("Ihr Termin ist verschoben auf %(when)s.", when=when(starts_at, in_sentence=True)))


@blueprint.post("/<token>/consent")
@guard_link
def agree(token: str) -> BaseResponse:
    """Agree to marketing messages, which counts once it was confirmed at the address."""
    booking, form = _get_booking(token), ConsentForm.read()
    if not form.agreed:
        flash(_("Ohne Häkchen bleibt es dabei: Sie bekommen keine Werbung."), "message")
        return redirect(url_for("own_booking.show", token=token))
    sent = _("Fast geschafft: Bitte folgen Sie noch dem Link, den wir Ihnen gerade geschickt haben.")
    return _respond(token, lambda: consent_offer.accept(booking, form.wording), sent)


@blueprint.post("/<token>/withdraw")
@guard_link
def withdraw(token: str) -> BaseResponse:
    """Withdraw the consent to marketing messages."""
    booking = _get_booking(token)
    return _respond(token, lambda: consent_offer.withdraw(booking), _("Sie bekommen keine Werbung mehr."))


@blueprint.post("/<token>/accept")
@guard_link
def accept(token: str) -> BaseResponse:
    offer = _get_offer(token)

    def work() -> str:
        return self_service_links.create_link(waitlist.accept_offer(offer.id))

    try:
        booking_token = run_with_write_slot(work)
    except AppError as error:
        return handle_rejection(token, error)
    flash(_("Ihr Termin ist gebucht."), "message")
    return redirect(url_for("own_booking.show", token=booking_token))


@blueprint.post("/<token>/decline")
@guard_link
def decline(token: str) -> BaseResponse:
    offer_id = _get_offer(token).id
    return _respond(token, lambda: waitlist.decline_offer(offer_id), _("Danke für die Antwort. Sie bleiben auf der Warteliste."))


@blueprint.post("/<token>/book")
@guard_link
def book(token: str) -> BaseResponse:
    """Book the held time, or one of those that are shown where it is not held any more."""
    hold = resolve_token(token)
    if not isinstance(hold, Hold):
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    return book_held_time(token, hold)


@blueprint.post("/<token>/choose")
@guard_link
def choose(token: str) -> BaseResponse:
    """Redirect from the list to the page of one appointment, which gets a link of its own."""
    target = resolve_token(token)
    booking_id = ChooseBookingForm.read().booking_id
    booking = (
        next((row for row, *_names in _list_upcoming(target) if row.id == booking_id), None) if isinstance(target, CustomerLink) else None
    )
    if booking is None:
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    return redirect(url_for("own_booking.show", token=run_with_write_slot(lambda: self_service_links.create_link(booking))))


def remember_language(response: BaseResponse, language: str) -> BaseResponse:
    response.set_cookie("language", language, max_age=LANGUAGE_COOKIE_MAX_AGE_S, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


def _list_upcoming(link: CustomerLink) -> list[tuple[Booking, str, str]]:
    """List the customer's upcoming bookings with service and staff names; a visit is represented by its first part."""
    statement = select(Booking, Service.name, StaffMember.name).join(Service, Service.id == Booking.service_id)
    statement = statement.join(StaffMember, StaffMember.id == Booking.staff_id).where(
        Booking.customer_id == link.customer_id, Booking.active(), Booking.ends_at > now()
    )
    first_parts: dict[str, tuple[Booking, str, str]] = {}
    for booking, service_name, staff_name in db.session.execute(statement.order_by(Booking.starts_at, Booking.id).limit(MAX_UPCOMING)):
        first_parts.setdefault(booking.occupant, (booking, service_name, staff_name))
    return list(first_parts.values())


def _get_booking(token: str) -> Booking:
    target = resolve_token(token)
    if not isinstance(target, Booking):
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    return target


def _get_offer(token: str) -> WaitlistOffer:
    target = resolve_token(token)
    if not isinstance(target, WaitlistOffer):
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    return target


def _respond(token: str, work: Any, message: str) -> BaseResponse:
    try:
        run_with_write_slot(work)
    except AppError as error:
        return handle_rejection(token, error)
    flash(message, "message")
    return redirect(url_for("own_booking.show", token=token))


def _build_booking_details(booking: Booking) -> dict[str, Any]:
    visit = list_visit(booking)
    services = {row.id: row for row in db.session.scalars(select(Service).where(Service.id.in_({part.service_id for part in visit})))}
    people = {row.id: row for row in db.session.scalars(select(StaffMember).where(StaffMember.id.in_({part.staff_id for part in visit})))}
    return {
        "booking": booking,
        "service": services[booking.service_id],
        "starts_at": visit[0].starts_at,
        "ends_at": visit[-1].ends_at,
        "has_begun": visit[0].starts_at <= now(),
        "steps": [(services[part.service_id].name, people[part.staff_id].name) for part in visit],
        **build_branch_details(booking.branch_id),
    }


def _build_offer_details(offer: WaitlistOffer) -> dict[str, Any]:
    hold = db.session.get(Hold, offer.hold_id)
    assert hold is not None
    g.timezone = hold.timezone
    is_open = offer.status == "offered" and offer.expires_at > now()
    service, person = db.session.get(Service, hold.service_id), db.session.get(StaffMember, hold.staff_id)
    return {"offer": offer, "hold": hold, "is_open": is_open, "service": service, "person": person, **build_branch_details(hold.branch_id)}


def _list_free_days(booking: Booking, since: datetime) -> tuple[list[tuple[str, list[tuple[str, str]]]], str | None]:
    """List free times by day: [(day, [(instant, clock)])], and the instant to continue from.

    They are with the same staff, or with anybody in place of those who are gone.
    """
    parts = drop_missing_staff(tuple(VisitPart(part.service_id, part.staff_id) for part in list_visit(booking)), booking.branch_id)
    slots, _data = list_free_times(SlotQuery(parts, since, since + LOOKAHEAD, now(), branch_id=booking.branch_id), for_callers=True)
    days: dict[str, list[tuple[str, str]]] = {}
    for slot in slots:
        key = day(slot.starts_at)
        if key not in days and len(days) == MAX_DAYS:
            return list(days.items()), slot.starts_at.astimezone(ZoneInfo(booking.timezone)).replace(hour=0, minute=0).isoformat()
        days.setdefault(key, []).append((slot.starts_at.isoformat(), clock(slot.starts_at)))
    return list(days.items()), (since + LOOKAHEAD).isoformat()
