"""The form of a new booking as the calendar shows it, empty or refused."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template
from flask_babel import gettext as _

from app.core.clock import now
from app.core.errors import AppError
from app.domain.bookings import queries
from app.domain.bookings.create_with_customer import NamesakesFound
from app.domain.bookings.errors import BookingError, IdempotencyKeyReused
from app.domain.customers.name_matching import is_same_name
from app.domain.scheduling.types import Slot
from app.domain.services import catalogue
from app.models import Branch, Customer, Service
from app.web.dashboard.booking_responses import is_xhr, user_message
from app.web.dashboard.customer_lookup import find_customer, get_customer
from app.web.dashboard.override_form import format_codes
from app.web.dashboard.recurrence_form import list_choices
from app.web.formatting import clock, phone_number, when
from app.web.forms import to_errors
from app.web.own_calendar import get_own_calendar, is_limited, list_own

MAX_CHOICES = 200
# what the form says of the person who is none of those on record
NEW_CUSTOMER = "new"


def render_form(branch: Branch, values: dict[str, Any], error: AppError | None = None) -> str:
    """Render the form; after a refusal with its reasons, other times, and what the desk may ignore."""
    people = list_own(catalogue.list_staff(limit=MAX_CHOICES, branch_id=branch.id))
    return render_template(
        "dashboard/calendar_new.html" if is_xhr() else "dashboard/calendar_new_alone.html",
        branch=branch,
        values=values,
        errors=to_errors(error) if error else {},
        refused=_describe_rejection(error) if error else [],
        override=format_codes(error) if isinstance(error, BookingError) else "",
        alternatives=_list_alternatives(error, branch) if error else [],
        namesakes=_list_namesakes(error),
        new_customer=NEW_CUSTOMER,
        services=[(service.id, _format_service(service)) for service in list_services(people[0].id if is_limited() and people else "")],
        people=[(person.id, person.name) for person in people],
        rhythms=list_choices(),
        once=(values.get("once") if not isinstance(error, IdempotencyKeyReused) else None) or f"{now().timestamp():.6f}",
    )


def fill_in_customer(customer_id: str) -> dict[str, Any]:
    """The values of the form for somebody on record: who it is, how to reach them, and whom they like to come to. Raises NotFound."""
    customer = get_customer(customer_id)
    return {
        "person": customer.id, "name": customer.name or "", "phone": phone_number(customer.of_kind("phone")),
        "email": customer.of_kind("email") or "", "staff_id": customer.preferred_staff_id or "",
    }  # fmt: skip


def is_named(customer_id: str, name: str) -> bool:
    """Whether the form still means the person it was filled in for: another name was typed over for somebody else."""
    known = find_customer(customer_id)
    return known is None or not known.name or is_same_name(known.name, name)


def _list_namesakes(error: AppError | None) -> list[tuple[str, str]]:
    """List (id, words) of those who may be meant, by their contact data and last appointment."""
    customers = error.customers if isinstance(error, NamesakesFound) else []
    last = queries.load_last_starts([customer.id for customer in customers])
    return [(customer.id, _describe_person(customer, last.get(customer.id))) for customer in customers]


def _describe_person(customer: Customer, last_at: datetime | None) -> str:
    contacts = [phone_number(customer.of_kind("phone")), customer.of_kind("email")]
    seen = _("zuletzt gebucht für %(when)s", when=when(last_at, in_sentence=True)) if last_at else ""
    return ", ".join(filter(None, [customer.name, *contacts, seen]))


def _describe_rejection(error: AppError) -> list[str]:
    """Describe what no field is to blame for."""
    if isinstance(error, NamesakesFound):
        return []
    if isinstance(error, BookingError) and error.overridable:
        return [sentence for _code, sentence in error.overridable]
    return [] if to_errors(error) and not isinstance(error, IdempotencyKeyReused) else [user_message(error)]


def _list_alternatives(error: AppError, branch: Branch) -> list[dict[str, str]]:
    """List the alternatives of a rejected time, as values of the form."""
    alternatives = getattr(error, "alternatives", None)
    slots: list[Slot] = alternatives.best(4) if alternatives else []
    names = {person.id: person.name for person in catalogue.list_staff(limit=MAX_CHOICES)}
    tz = ZoneInfo(branch.timezone)
    return [
        {
            "day": slot.starts_at.astimezone(tz).date().isoformat(),
            "time": clock(slot.starts_at),
            "staff_id": slot.staff_id,
            "label": _("%(when)s bei %(who)s", when=when(slot.starts_at), who=names.get(slot.staff_id, "")),
        }
        for slot in slots
        if slot.branch_id == branch.id and get_own_calendar() in (None, slot.staff_id)
    ]


def list_services(staff_id: str) -> list[Service]:
    """List all services, or those of one staff member."""
    services = list(catalogue.list_services(limit=MAX_CHOICES))
    if not staff_id:
        return services
    service_ids = set(catalogue.load_assignments([staff_id])[1].get(staff_id, []))
    return [service for service in services if service.id in service_ids]


def _format_service(service: Service) -> str:
    return service.name if service.parts else _("%(name)s, %(minutes)s Min.", name=service.name, minutes=service.minutes)
