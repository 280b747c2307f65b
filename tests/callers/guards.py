"""The guards of who is calling, each with what the code would be without it; and some that are stricter than they need be."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from app.core.extensions import db
from app.domain.agents.tools import (
    booking_lookup,
    bookings,
    caller_contact,
    caller_verification,
    context,
    handoff,
    holds,
    verification_fallbacks,
)
from app.domain.agents.tools.context import ToolContext
from app.domain.customers import caller_assurance, one_time_codes, provable_days
from app.domain.customers.caller_assurance import IdentifiedCaller
from app.domain.customers.contacts import ContactDetails, add_identifier
from app.domain.customers.name_matching import is_similar_name
from app.models import Booking, Call, Customer, Hold


@dataclass(frozen=True)
class Change:
    """`apply` takes the guard out, or makes it stricter; each of these scripts then turns red."""

    name: str
    scripts: tuple[str, ...]
    apply: Callable[[pytest.MonkeyPatch], None]


def _replace(owner: Any, name: str, value: Any) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(owner, name, value)


def _replace_in(change: tuple[str, Any], *owners: Any) -> Callable[[pytest.MonkeyPatch], None]:
    def apply(patch: pytest.MonkeyPatch) -> None:
        for owner in owners:
            patch.setattr(owner, *change)

    return apply


def _set_permissions(**changes: caller_assurance.AssuranceLevel) -> Callable[[pytest.MonkeyPatch], None]:
    return _replace(caller_assurance, "DEFAULT_PERMISSIONS", caller_assurance.DEFAULT_PERMISSIONS | changes)


def _allow_everything(patch: pytest.MonkeyPatch) -> None:
    for module in (booking_lookup, verification_fallbacks):
        patch.setattr(module, "require_permission", lambda *_, **__: None)
    real = booking_lookup._filter_by_caller
    patch.setattr(booking_lookup, "_filter_by_caller", lambda context, right: [
        Booking.customer_id == context.caller.customer.id
    ] if context.caller.customer else real(context, right))  # fmt: skip


def _add_contact_to_record(patch: pytest.MonkeyPatch) -> None:
    def find_or_create(context: ToolContext, contact: ContactDetails) -> Customer:
        known = caller_assurance.filter_same_name(
            contact.name, caller_assurance.find_customers_by_number(context.company.id, contact.phone)
        )
        customer = known[0] if known else caller_contact.find_or_create_customer(context, contact)
        for kind, value in (("phone", contact.phone), ("email", contact.email)):
            if value:
                add_identifier(customer, kind, value)
        return customer

    patch.setattr(bookings, "find_or_create_customer", find_or_create)


def _find_bookings_of_relatives(patch: pytest.MonkeyPatch) -> None:
    real = booking_lookup._get_booking_by_id

    def get_booking(context: ToolContext, right: Any, booking_id: str) -> Booking:
        booking = db.session.get(Booking, booking_id) if booking_id.isascii() else None
        if booking and booking.customer_id in {customer.id for customer in context.caller.candidates}:
            booking_lookup.require_permission(context, right)
            return booking
        return real(context, right, booking_id)

    patch.setattr(booking_lookup, "_get_booking_by_id", get_booking)


def _send_links_to_calling_number(patch: pytest.MonkeyPatch) -> None:
    real = verification_fallbacks.find_link_recipient

    def find_recipient(context: ToolContext) -> Any:
        number = context.call.from_number
        known = context.caller.candidates
        return real(context) or ((known[0], "sms", number) if known and number else None)

    for module in (verification_fallbacks, handoff):
        patch.setattr(module, "find_link_recipient", find_recipient)


def _ignore_wrong_name(patch: pytest.MonkeyPatch) -> None:
    real = context.record_verification
    patch.setattr(context, "record_verification", lambda call, kind, *, ok, customer: (
        None if kind == "name" and not ok else real(call, kind, ok=ok, customer=customer)
    ))  # fmt: skip


def _treat_withheld_as_known(patch: pytest.MonkeyPatch) -> None:
    real = context.identify_caller
    patch.setattr(context, "identify_caller", lambda call, company: replace(real(call, company), is_withheld=False))


def _verify_by_name(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(caller_assurance, "LEVEL_BY_METHOD", caller_assurance.LEVEL_BY_METHOD | {"name": "verified"})


class _AnyDay:
    def __contains__(self, _day: object) -> bool:
        return True


def _verify_by_any_day(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(caller_verification, "get_provable_days", lambda *_: _AnyDay())


def _find_hold_of_any_call(_context: ToolContext, hold_id: str) -> Hold | None:
    return db.session.get(Hold, hold_id)


def _redeem_any_code(call: Call, _said: str) -> Customer | None:
    return db.session.get(Customer, call.customer_id) if call.customer_id else None


def _require_verification_for_callback(context: ToolContext, _said: str | None) -> str | None:
    verification_fallbacks.require_permission(context, "cancel")
    return context.call.from_number


def _require_verification_to_book(context: ToolContext, contact: ContactDetails) -> Customer:
    verification_fallbacks.require_permission(context, "cancel")
    return caller_contact.find_or_create_customer(context, contact)


ANYBODY_HEARS = property(lambda caller: caller.customer is not None)
GUARDS = (
    Change(
        "below verified nothing of a record is said first", ("fa-005", "fs-14"), _replace(IdentifiedCaller, "can_hear_all", ANYBODY_HEARS)
    ),
    Change("the first name only where the company allows it", ("fa-001",), _replace(ToolContext, "can_greet_by_name", True)),
    Change("rights are asked before a booking is looked at", ("fa-058", "fs-06"), _allow_everything),
    Change("a name alone verifies nobody", ("fa-012", "fs-02"), _verify_by_name),
    Change("days told in calls prove nothing", ("fs-08", "fs-09"), _replace(provable_days, "_find_disclosed_in_calls", lambda *_: set())),
    Change("days told in messages prove nothing", ("fs-10",), _replace(provable_days, "_find_notified", lambda *_: set())),
    Change("what callers booked proves nothing", ("fs-16",), _replace(provable_days, "_find_scheduled_by_callers", lambda *_: set())),
    Change("only the right day proves", ("fa-062", "fa-007"), _verify_by_any_day),
    Change("contact details said stay with the booking", ("fa-039", "fa-040"), _add_contact_to_record),
    Change("ids are bound to the very person", ("fa-033", "fs-04"), _find_bookings_of_relatives),
    Change("likeness of names recognises nobody", ("fa-081", "fs-15"), _replace(caller_assurance, "is_same_name", is_similar_name)),
    Change("another name ends being recognised by the number", ("fs-13",), _ignore_wrong_name),
    Change("links go to the record only", ("fs-07", "fa-046"), _send_links_to_calling_number),
    Change("a withheld number may only book", ("fa-024",), _treat_withheld_as_known),
    Change("wrong tries end in the call", ("fa-059",), _replace(caller_assurance, "_is_locked", lambda _proofs: False)),
    Change(
        "wrong tries end about a person",
        ("fa-062", "fa-069"),
        _replace_in(("is_within_attempts", lambda _: True), caller_verification, booking_lookup),
    ),
    Change("what was not said is not kept from the old time", ("fa-111",), _replace(bookings, "_list_missing_fields", lambda *_: [])),
    Change("a hold is its call's own", ("fa-055",), _replace(holds, "find_hold", _find_hold_of_any_call)),
    Change("only the code that was sent proves", ("fa-073", "fa-079"), _replace(one_time_codes, "redeem_code", _redeem_any_code)),
    Change(
        "only so many codes and links leave in a day",
        ("fs-11",),
        _replace_in(("can_send", lambda _: True), one_time_codes, verification_fallbacks),
    ),
)
STRICTER = (
    Change("a name is not enough to move", ("fh-002", "fh-028"), _set_permissions(change="verified")),
    Change("only a code verifies", ("fh-003", "fh-004"), _set_permissions(cancel="code")),
    Change("names must be written alike to the letter", ("fh-045", "fh-047"), _replace(caller_assurance, "is_same_name", str.__eq__)),
    Change("no day ever proves", ("fh-003", "fh-032"), _replace(caller_verification, "get_provable_days", lambda *_: set())),
    Change("strangers may not book", ("fh-019", "fh-022"), _replace(bookings, "find_or_create_customer", _require_verification_to_book)),
    Change("one slip ends it", ("fh-065",), _replace(caller_assurance, "MAX_ATTEMPTS_PER_CALL", 1)),
    Change(
        "a callback only for who is recognised",
        ("fh-014", "fh-026"),
        _replace(handoff, "resolve_phone", _require_verification_for_callback),
    ),
)
