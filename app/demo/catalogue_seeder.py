"""Inserts the master data of a demo company: branches, agent, numbers, services, staff, hours and customers."""

from datetime import datetime, time

from app.core.extensions import db
from app.demo.agents import build_agent_versions
from app.demo.call_rows import DemoRowIds
from app.demo.customer_generator import list_regulars
from app.demo.schema import DemoBranch, DemoCompany, DemoService, DemoStaff
from app.domain.services.fuzzy_text import fold
from app.models import (
    Agent,
    Branch,
    Company,
    Customer,
    CustomerIdentifier,
    PhoneNumber,
    Service,
    ServiceSynonym,
    StaffBranch,
    StaffMember,
    StaffService,
    WorkingHours,
)

COLOURS = ("#0b6b75", "#7a5cc0", "#b8541f", "#2f7d4f", "#b03a5b", "#5b6b1f", "#3465c0")


def insert_catalogue(company: Company, demo: DemoCompany, *, since: datetime) -> DemoRowIds:
    """Insert all rows that calls refer to, created at `since`. Needs the company's scope."""
    agent = Agent(
        name=demo.agent, language="de", greeting=demo.greeting, provider_agent_id=f"agent_demo_{demo.agent.lower()}", created_at=since
    )  # fmt: skip
    branches = {branch.slug: _build_branch(branch, since) for branch in demo.branches}
    services = {service.key: _build_service(service, position, since) for position, service in enumerate(demo.services)}
    staff = {
        person.key: StaffMember(name=person.name, colour=COLOURS[index % len(COLOURS)], position=index, created_at=since)
        for index, person in enumerate(person for branch in demo.branches for person in branch.staff)
    }
    db.session.add_all([agent, *branches.values(), *services.values(), *staff.values()])
    db.session.flush()
    db.session.add_all(build_agent_versions(agent.id, demo, since=since))
    numbers = {branch.slug: _build_number(branch, branches[branch.slug].id, agent.id, since) for branch in demo.branches}
    db.session.add_all(numbers.values())
    for branch in demo.branches:
        _insert_opening_hours(branch, branches[branch.slug].id)
        for person in branch.staff:
            service_ids = {key: row.id for key, row in services.items()}
            _insert_staff_member(person, branch, staff[person.key].id, branches[branch.slug].id, service_ids)
    for demo_service in demo.services:
        _insert_synonyms(demo_service, services[demo_service.key].id)
    customers = _insert_customers(demo, since)
    db.session.flush()
    return DemoRowIds(
        company_id=company.id,
        agent_id=agent.id,
        branches={slug: row.id for slug, row in branches.items()},
        numbers={slug: row.id for slug, row in numbers.items()},
        customers={name: row.id for name, row in customers.items()},
        services={key: row.id for key, row in services.items()},
        staff={key: row.id for key, row in staff.items()},
    )


def _build_branch(branch: DemoBranch, since: datetime) -> Branch:
    return Branch(
        slug=branch.slug, name=branch.name, street=branch.street, postcode=branch.postcode, city=branch.city, state=branch.state,
        timezone="Europe/Berlin", forward_number=f"{branch.number[:-2]}77", created_at=since,
    )  # fmt: skip


def _build_number(branch: DemoBranch, branch_id: str, agent_id: str, since: datetime) -> PhoneNumber:
    return PhoneNumber(e164=branch.number, branch_id=branch_id, agent_id=agent_id, label=branch.name, created_at=since)


def _build_service(service: DemoService, position: int, since: datetime) -> Service:
    free_from, free_for = service.processing or (0, 0)
    return Service(
        slug=fold(service.name).replace(" ", "-"), name=service.name, category=service.category, minutes=service.minutes,
        processing_from=free_from, processing_minutes=free_for, price_cents=service.price_cents or None,
        colour=COLOURS[position % len(COLOURS)], position=position, created_at=since,
    )  # fmt: skip


def _insert_synonyms(service: DemoService, service_id: str) -> None:
    db.session.add_all(ServiceSynonym(service_id=service_id, text=word, key=fold(word), certainty=95) for word in service.synonyms)


def _insert_opening_hours(branch: DemoBranch, branch_id: str) -> None:
    db.session.add_all(
        WorkingHours(branch_id=branch_id, weekday=weekday, opens=_to_minute(opens), closes=_to_minute(closes))
        for weekday, spans in branch.hours.items()
        for opens, closes in spans
    )


def _insert_staff_member(person: DemoStaff, branch: DemoBranch, staff_id: str, branch_id: str, services: dict[str, str]) -> None:
    db.session.add(StaffBranch(staff_id=staff_id, branch_id=branch_id))
    db.session.add_all(StaffService(staff_id=staff_id, service_id=services[key]) for key in person.services)
    db.session.add_all(
        WorkingHours(branch_id=branch_id, staff_id=staff_id, weekday=weekday, opens=_to_minute(opens), closes=_to_minute(closes))
        for weekday, spans in branch.hours.items()
        if weekday not in person.days_off
        for opens, closes in spans
    )


def _insert_customers(demo: DemoCompany, since: datetime) -> dict[str, Customer]:
    contacts = {name: ("phone", number) for number, names in demo.families.items() for name in names}
    contacts |= {name: ("email", address) for name, address in list_regulars(demo)}
    rows = {name: Customer(name=name, language="en" if name in demo.english else "de", created_at=since) for name in contacts}
    db.session.add_all(rows.values())
    db.session.flush()
    db.session.add_all(
        CustomerIdentifier(customer_id=rows[name].id, kind=kind, value=value, created_at=since) for name, (kind, value) in contacts.items()
    )
    return rows


def _to_minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
