"""Builds the demo town: what is not there yet is made, what is there stays as it is."""

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
from app.demo.call_rows import CallRows, Row, build_call_rows
from app.demo.catalogue_seeder import insert_catalogue
from app.demo.companies import BLOCKED_CALLER, COMPANIES, LINDGREN
from app.demo.customer_generator import list_regulars
from app.demo.schema import DemoCompany
from app.domain.calls.search_index import build_search_text
from app.domain.privacy.ai_notice_proof import store_wordings
from app.domain.reports import call_stats
from app.models import (
    BlockedCaller,
    Booking,
    BookingChange,
    BusySpan,
    Call,
    CallEvent,
    CallNotice,
    CallSearchText,
    Company,
    Customer,
    SlotLock,
    Task,
    ToolCall,
    Turn,
    WaitlistEntry,
)

DAYS = 60


def build_companies() -> list[str]:
    """Makes the companies that are not there yet, each in a transaction of its own; their names."""
    there = set(db.session.scalars(select(Company.slug).where(Company.slug.in_([demo.slug for demo in COMPANIES]))))
    db.session.rollback()
    missing = [demo for demo in COMPANIES if demo.slug not in there]
    for demo in missing:
        run_in_transaction(partial(_build, demo, now()))
    return [demo.name for demo in missing]


def _build(demo: DemoCompany, moment: datetime) -> None:
    rng = Random(f"{demo.slug} {moment.date()}")  # noqa: S311  (nothing secret)
    first = (moment.astimezone(ZONE) - timedelta(days=DAYS)).date()
    since = moment - timedelta(days=DAYS + 30)
    company = Company(id=new_ulid(), slug=demo.slug, name=demo.name, industry=demo.industry, created_at=since)
    db.session.add(company)
    db.session.flush()
    with company_scope(company.id):
        known = insert_catalogue(company, demo, since=since)
        if demo is LINDGREN:
            db.session.add(BlockedCaller(number=BLOCKED_CALLER, reason="Scherzanrufe", created_at=since))
        diary = BookingGenerator(demo, rng)
        diary.fill([name for name, _address in list_regulars(demo)], first=first, now=moment)
        calls = generate_calls(diary, first=first, until=moment)
        diary.settle(moment)
        made = build_call_rows(calls, known, rng, now=moment)
        booked = build_booking_rows(diary.appointments, made.ids, known, rng)
        _insert(Call, made.calls)
        _insert(Turn, made.turns)
        store_wordings(notice["wording"] for notice in made.notices)
        _insert(CallNotice, made.notices)
        _insert(ToolCall, made.tools)
        _insert(CallEvent, made.events)
        _insert(CallSearchText, _build_search_texts(made, {customer_id: name for name, customer_id in known.customers.items()}))
        _insert(Task, made.tasks)
        _insert(WaitlistEntry, made.waitlist)
        _insert(Booking, booked.bookings)
        _insert(BookingChange, booked.changes)
        _insert(BusySpan, booked.spans)
        _insert(SlotLock, booked.cells)
        _set_last_calls(made.calls)
        call_stats.rebuild_stats(company.id, first=first, last=moment.astimezone(ZONE).date())


def _insert(model: Any, rows: list[Row]) -> None:
    """All in one statement: without `render_nulls` each change of which columns are empty begins a new one."""
    if rows:
        db.session.execute(insert(model).execution_options(render_nulls=True), rows)


def _build_search_texts(made: CallRows, names: dict[str, str]) -> list[Row]:
    """What the search reads, as it would have been written when the calls ended."""
    said: dict[str, list[str]] = defaultdict(list)
    for turn in made.turns:
        said[turn["call_id"]].append(turn["text"])
    return [
        {
            "company_id": call["company_id"],
            "call_id": call["id"],
            "text": build_search_text(SimpleNamespace(**call), said[call["id"]], names.get(call["customer_id"])),
        }
        for call in made.calls
    ]


def _set_last_calls(calls: list[Row]) -> None:
    last = {call["customer_id"]: call["started_at"] for call in calls if call["customer_id"]}
    if last:
        db.session.execute(update(Customer), [{"id": customer_id, "last_call_at": at} for customer_id, at in last.items()])
