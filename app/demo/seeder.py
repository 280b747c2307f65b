"""Seeds the demo companies; existing companies stay as they are."""

from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial
from random import Random
from types import SimpleNamespace
from typing import Any

from sqlalchemy import insert, select, update

from app.core.clock import now
from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction
from app.demo.booking_generator import ZONE, BookingGenerator
from app.demo.booking_rows import build_booking_rows
from app.demo.call_generator import generate_calls
from app.demo.call_rows import DemoCallRows, Row, build_call_rows
from app.demo.catalogue_seeder import insert_catalogue
from app.demo.companies import BLOCKED_CALLER, COMPANIES, LINDGREN
from app.demo.customer_generator import list_regulars
from app.demo.schema import DemoCompany
from app.domain.calls.search_index import build_search_text
from app.domain.privacy.ai_notice_proof import store_wordings
from app.domain.reports import call_counters
from app.models import (
    BlockedCaller,
    Booking,
    BookingChange,
    BusySpan,
    Call,
    CallAiNotice,
    CallEvent,
    CallSearchText,
    Company,
    Customer,
    SlotLock,
    StaffTask,
    ToolCall,
    Turn,
    WaitlistEntry,
)

DAYS = 60


def build_companies() -> list[str]:
    """Create the missing companies, each in its own transaction, and return their names."""
    existing = set(db.session.scalars(select(Company.slug).where(Company.slug.in_([demo.slug for demo in COMPANIES]))))
    db.session.rollback()
    missing = [demo for demo in COMPANIES if demo.slug not in existing]
    for demo in missing:
        run_in_transaction(partial(_build, demo, now()))
    return [demo.name for demo in missing]


def _build(demo: DemoCompany, moment: datetime) -> None:
    rng = Random(f"{demo.slug} {moment.date()}")  # noqa: S311  (nothing secret)
    first = (moment.astimezone(ZONE) - timedelta(days=DAYS)).date()
    since = moment - timedelta(days=DAYS + 30)
    place = demo.branches[0]
    company = Company(
        id=new_ulid(), slug=demo.slug, name=demo.name, industry=demo.industry, state=place.state, created_at=since,
        legal_notice={
            "legal_name": demo.name, "street": place.street, "postcode": place.postcode, "city": place.city,
            "email": f"post@{demo.slug}.example",
        },
    )  # fmt: skip
    db.session.add(company)
    db.session.flush()
    with company_scope(company.id):
        ids = insert_catalogue(company, demo, since=since)
        if demo is LINDGREN:
            db.session.add(BlockedCaller(number=BLOCKED_CALLER, reason="Scherzanrufe", created_at=since))
        bookings = BookingGenerator(demo, rng)
        bookings.fill([name for name, _address in list_regulars(demo)], first=first, now=moment)
        calls = generate_calls(bookings, first=first, until=moment)
        bookings.complete_past(moment)
        call_rows = build_call_rows(calls, ids, rng, now=moment)
        booking_rows = build_booking_rows(bookings.appointments, call_rows.ids, ids, rng)
        _insert(Call, call_rows.calls)
        _insert(Turn, call_rows.turns)
        store_wordings(notice["wording"] for notice in call_rows.notices)
        _insert(CallAiNotice, call_rows.notices)
        _insert(ToolCall, call_rows.tools)
        _insert(CallEvent, call_rows.events)
        _insert(CallSearchText, _build_search_texts(call_rows, {customer_id: name for name, customer_id in ids.customers.items()}))
        _insert(StaffTask, call_rows.tasks)
        _insert(WaitlistEntry, call_rows.waitlist)
        _insert(Booking, booking_rows.bookings)
        _insert(BookingChange, booking_rows.changes)
        _insert(BusySpan, booking_rows.spans)
        _insert(SlotLock, booking_rows.cells)
        _set_last_calls(call_rows.calls)
        call_counters.rebuild_stats(company.id, first=first, last=moment.astimezone(ZONE).date())


def _insert(model: Any, rows: list[Row]) -> None:
    """Insert all rows in one statement. `render_nulls` keeps rows with different empty columns in the same statement."""
    if rows:
        db.session.execute(insert(model).execution_options(render_nulls=True), rows)


def _build_search_texts(call_rows: DemoCallRows, names: dict[str, str]) -> list[Row]:
    """Build the search texts, as they are written when a real call ends."""
    texts: dict[str, list[str]] = defaultdict(list)
    for turn in call_rows.turns:
        texts[turn["call_id"]].append(turn["text"])
    return [
        {
            "company_id": call["company_id"],
            "call_id": call["id"],
            "text": build_search_text(SimpleNamespace(**call), texts[call["id"]], names.get(call["customer_id"])),
        }
        for call in call_rows.calls
    ]


def _set_last_calls(calls: list[Row]) -> None:
    last = {call["customer_id"]: call["started_at"] for call in calls if call["customer_id"]}
    if last:
        db.session.execute(update(Customer), [{"id": customer_id, "last_call_at": at} for customer_id, at in last.items()])
