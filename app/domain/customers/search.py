"""Searches customers by name, number or e-mail address."""

import re
from collections.abc import Collection
from difflib import SequenceMatcher

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import selectinload

from app.core.cologne_phonetics import index_sounds
from app.core.extensions import db
from app.core.phone import normalise
from app.core.search_words import index_words
from app.domain.customers.contacts import ContactDetails, find_existing_contact
from app.domain.customers.misspelled_names import list_patterns
from app.domain.customers.name_matching import is_same_name
from app.models import Booking, Customer, CustomerIdentifier

MAX_QUERY_LENGTH = 200
MAX_WORDS = 8
# fewer are part of too many numbers
MIN_DIGITS = 3
MAX_SOUND_ALIKES = 100
# each has some forty patterns
MAX_SLIP_WORDS = 3
MIN_TYPED = 2
DOTTED = re.compile(r"\S+\.\S+")
MAX_SUGGESTIONS = 8


def find_customers(query: str = "", *, limit: int, offset: int = 0) -> list[Customer]:
    """Find customers with their identifiers and notes, newest first; an empty query means all."""
    statement = select(Customer).options(selectinload(Customer.identifiers), selectinload(Customer.notes)).where(*build_filters(query))
    return list(db.session.scalars(statement.order_by(Customer.id.desc()).limit(limit).offset(offset)))


def count_customers(query: str = "") -> int:
    return db.session.scalar(select(func.count()).select_from(Customer).where(*build_filters(query))) or 0


def list_recent_callers(query: str = "", *, limit: int, after: Customer | None = None) -> list[Customer]:
    """List customers by last call, newest first; `after` is the last one of the previous page."""
    statement = select(Customer).options(selectinload(Customer.identifiers)).where(*build_filters(query)).limit(limit)
    customers: list[Customer] = []
    if after is None or after.last_call_at is not None:
        called = statement.where(Customer.last_call_at.is_not(None))
        if after is not None:
            at = after.last_call_at
            called = called.where(Customer.last_call_at <= at, or_(Customer.last_call_at < at, Customer.id < after.id))
        customers = list(db.session.scalars(called.order_by(Customer.last_call_at.desc(), Customer.id.desc())))
    if len(customers) < limit:
        never = statement.where(Customer.last_call_at.is_(None)).limit(limit - len(customers))
        if after is not None and after.last_call_at is None:
            never = never.where(Customer.id < after.id)
        customers += db.session.scalars(never.order_by(Customer.id.desc()))
    return customers


def list_customers_sharing_contact(customer: Customer, *, limit: int) -> list[Customer]:
    """List other customers with one of this customer's numbers or addresses."""
    contacts = [and_(CustomerIdentifier.kind == one.kind, CustomerIdentifier.value == one.value) for one in customer.identifiers]
    if not contacts:
        return []
    others = select(CustomerIdentifier.customer_id).where(or_(*contacts), CustomerIdentifier.customer_id != customer.id)
    statement = select(Customer).options(selectinload(Customer.identifiers)).where(Customer.id.in_(others))
    return list(db.session.scalars(statement.order_by(Customer.name, Customer.id).limit(limit)))


def find_shared_numbers(numbers: Collection[str]) -> set[str]:
    """Find numbers shared by several customers."""
    shared = select(CustomerIdentifier.value).where(CustomerIdentifier.kind == "phone", CustomerIdentifier.value.in_(numbers))
    more_than_one = shared.group_by(CustomerIdentifier.value).having(func.count() > 1)
    return set(db.session.scalars(more_than_one)) if numbers else set()


def autocomplete(typed: str, *, limit: int = MAX_SUGGESTIONS) -> list[Customer]:
    """Suggest customers while a name or number is typed, most recent callers first; then those whose names sound like it."""
    if len(typed.strip()) < MIN_TYPED:
        return []
    matches = list_recent_callers(typed, limit=limit)
    return matches + list_sound_alikes(typed, limit=limit - len(matches), but=[customer.id for customer in matches])


def list_sound_alikes(name: str, *, limit: int, but: Collection[str] = ()) -> list[Customer]:
    """List customers with a name that sounds like it in German or is one slip of the keyboard away, the most alike first.

    They are to be offered, never taken for the same.
    """
    codes = index_sounds(name).split()
    if not codes or limit <= 0:
        return []
    statement = select(Customer).options(selectinload(Customer.identifiers)).where(Customer.id.not_in(but))
    sounds = and_(*(Customer.name_sounds.like(f"% {code} %") for code in codes))
    typed = index_words(name).split()[:MAX_SLIP_WORDS] if "@" not in name else []
    # where no word is long enough for a slip, its beginning alone is no likeness
    slips = and_(*map(_build_slip_filter, typed)) if any(map(list_patterns, typed)) else false()
    statement = statement.where(or_(sounds, slips))
    alike = db.session.scalars(statement.order_by(Customer.last_call_at.desc(), Customer.id.desc()).limit(MAX_SOUND_ALIKES)).all()
    words = index_words(name)
    return sorted(alike, key=lambda customer: -SequenceMatcher(None, words, customer.name_words or "").ratio())[:limit]


def list_namesakes(contact: ContactDetails) -> list[Customer]:
    """List people of the same name where neither number nor address says who is meant: it may be one of them, with other contact data."""
    if find_existing_contact(contact):
        return []
    alike = list_sound_alikes(contact.name, limit=MAX_SOUND_ALIKES)
    return [customer for customer in alike if is_same_name(customer.name or "", contact.name)][:MAX_SUGGESTIONS]


def list_same_people(contact: ContactDetails) -> list[Customer]:
    """List who may be meant already: whoever has the name and the number or address, else all people of the same name."""
    known = find_existing_contact(contact)
    return [known] if known and known.name else list_namesakes(contact)


def build_filters(query: str) -> list[ColumnElement[bool]]:
    """Build filters by beginnings of a name's words, a number in any form or part of one, or a part of an address with its @.

    None for no query.
    Numbers and addresses that were stored with bookings only are found too.
    """
    if not query.strip():
        return []
    # lone surrogates are no text that a database could hold
    typed = query.encode("utf-8", "ignore").decode().strip()[:MAX_QUERY_LENGTH]
    if "@" in typed:
        return [_build_email_filter(typed)]
    words = index_words(typed).split()[:MAX_WORDS]
    if not any(map(str.isalpha, typed)) and (number := _build_number_filter(typed)) is not None:
        return [number if len(words) > 1 else or_(number, *map(_build_word_filter, words))]
    names = [*map(_build_word_filter, words)] or [false()]
    # a name seldom has a dot in its midst, an address nearly always
    return [or_(and_(*names), _build_email_filter(typed))] if DOTTED.fullmatch(typed) else names


def _build_slip_filter(word: str) -> ColumnElement[bool]:
    """Match a word of the name as it is typed, or with one slip of the keyboard."""
    whole = Customer.name_words.concat(" ")
    return or_(Customer.name_words.like(f"% {word}%"), *(whole.like(f"% {slip} %") for slip in list_patterns(word)))


def _build_email_filter(typed: str) -> ColumnElement[bool]:
    """Match any part of an e-mail address."""
    part = typed.lower()
    recorded = and_(CustomerIdentifier.kind == "email", CustomerIdentifier.value.contains(part, autoescape=True))
    return _has_contact(recorded, Booking.contact_email.contains(part, autoescape=True))


def _build_word_filter(word: str) -> ColumnElement[bool]:
    """Match the beginning of a word of the name; digits are part of a number as well."""
    begins = Customer.name_words.like(f"% {word}%")
    number = _build_number_filter(word) if word.isdecimal() else None
    return begins if number is None else or_(begins, number)


def _build_number_filter(typed: str) -> ColumnElement[bool] | None:
    """Match a whole number, the beginning of an international one or any part of one; None for too few digits."""
    digits = re.sub(r"[^0-9]", "", typed)
    if len(digits) < MIN_DIGITS:
        return None
    part = f"+{digits.lstrip('0')}%" if typed.startswith(("+", "00")) else f"%{digits.lstrip('0')}%"
    numbers = [part, normalise(typed, source="human").e164 or part]
    return _has_contact(
        and_(CustomerIdentifier.kind == "phone", or_(*map(CustomerIdentifier.value.like, numbers))),
        or_(*map(Booking.contact_phone.like, numbers)),
    )


def _has_contact(recorded: ColumnElement[bool], booked: ColumnElement[bool]) -> ColumnElement[bool]:
    recorded_ids = select(CustomerIdentifier.customer_id).where(recorded)
    return or_(Customer.id.in_(recorded_ids), Customer.id.in_(select(Booking.customer_id).where(booked, Booking.customer_id.is_not(None))))
