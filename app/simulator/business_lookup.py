"""Businesses outside the demo data, in the demo's shapes, read from the database of the called server."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time

from sqlalchemy import and_, select

from app.core.database import read_only
from app.core.extensions import db
from app.core.tenancy import unscoped
from app.demo.companies import LINDGREN
from app.demo.schema import DemoBranch, DemoCompany, DemoService, DemoStaff, Week
from app.models import Agent, Branch, Company, PhoneNumber, Service, StaffBranch, StaffMember, StaffService, WorkingHours

DAY = 1440
OFFICE_HOURS: Week = {weekday: ((time(9), time(18)),) for weekday in range(5)}
# service and staff in dialogues with a business that cannot be booked yet
ANY_SERVICE = DemoService("visit", "Termin", 30, 0, None, "", "einen Termin", "an appointment", ())
ANY_STAFF_MEMBER = DemoStaff("somebody", "jemand", "jemandem", (ANY_SERVICE.key,), ())


@dataclass(frozen=True, slots=True)
class DialledBusiness:
    """Owner of a dialled number; the callers are invented ones of the demo data."""

    company: DemoCompany
    branch: DemoBranch
    # missing setup steps before a booking is possible; empty if bookable
    missing: tuple[str, ...] = ()

    @property
    def can_book(self) -> bool:
        return not self.missing


def find_business(number: str, missing_booking_steps: Callable[[str, str], Sequence[str]]) -> DialledBusiness | None:
    """Find the owner of a number. The callable names the setup steps that the branch still needs for bookings."""
    owner = (
        select(PhoneNumber, Company, Branch, Agent)
        .join(Company, Company.id == PhoneNumber.company_id)
        .join(Branch, Branch.id == PhoneNumber.branch_id)
        .outerjoin(Agent, Agent.id == PhoneNumber.agent_id)
        .where(PhoneNumber.e164 == number)
    )
    if not number.isascii():
        return None
    with read_only(), unscoped():
        row = db.session.execute(owner).first()
        missing = tuple(missing_booking_steps(row.Company.id, row.Branch.id)) if row else ()
        business = _build_business(row.Company, row.Branch, row.Agent, number, missing) if row else None
        db.session.rollback()
    return business


def list_numbers(limit: int = 10) -> Sequence[str]:
    with read_only(), unscoped():
        numbers = db.session.scalars(select(PhoneNumber.e164).where(PhoneNumber.is_active).order_by(PhoneNumber.e164).limit(limit)).all()
        db.session.rollback()
    return numbers


def _build_business(company: Company, branch: Branch, agent: Agent | None, number: str, missing: tuple[str, ...]) -> DialledBusiness:
    opening = _get_hours(branch.id, None)
    services = {service.id: _build_service(service) for service in _list_services(company.id)}
    staff = _list_staff(branch.id, set(services), opening)
    offered = {key for person in staff for key in person.services}
    # bookable without a single service: visits and groups only
    missing = missing or (() if opening and staff else ("single_service",))
    return DialledBusiness(
        DemoCompany(
            slug=company.slug, name=company.name, industry=company.industry, agent=agent.name if agent else "",
            greeting=agent.greeting if agent and agent.greeting else f"{company.name}, guten Tag.",
            services=tuple(services[key] for key in sorted(offered)) or (ANY_SERVICE,), branches=(), users=(),
            families=LINDGREN.families, english=LINDGREN.english,
        ),
        DemoBranch(
            slug=branch.slug, name=branch.name, spoken=branch.name, street=branch.street or "", postcode=branch.postcode or "",
            city=branch.city or "", state=branch.state or "", number=number, strangers="", hours=opening or OFFICE_HOURS,
            staff=(ANY_STAFF_MEMBER,) if missing else staff,
        ),
        missing,
    )  # fmt: skip


def _list_services(company_id: str) -> Sequence[Service]:
    """List services of one staff member for one customer, without visits and groups."""
    single = and_(Service.is_active, Service.parts.is_(None), Service.capacity == 1)
    return db.session.scalars(select(Service).where(Service.company_id == company_id, single).order_by(Service.position)).all()


def _build_service(service: Service) -> DemoService:
    return DemoService(
        service.id, service.name, service.minutes, service.price_cents or 0, None, service.category or "",
        f"einen Termin für {service.name}", f"an appointment for {service.name}", (),
    )  # fmt: skip


def _list_staff(branch_id: str, service_ids: set[str], opening: Week) -> tuple[DemoStaff, ...]:
    """List the staff members of the branch who offer a service and have hours there."""
    rows = db.session.execute(
        select(StaffMember.id, StaffMember.name, StaffService.service_id)
        .join(StaffBranch, StaffBranch.staff_id == StaffMember.id)
        .join(StaffService, StaffService.staff_id == StaffMember.id)
        .where(StaffBranch.branch_id == branch_id, StaffMember.is_active)
        .order_by(StaffMember.position, StaffMember.id)
    ).all()
    people = {row.id: row.name for row in rows}
    staff = []
    for staff_id, name in people.items():
        offered = tuple(row.service_id for row in rows if row.id == staff_id and row.service_id in service_ids)
        own = _get_hours(branch_id, staff_id) or opening
        if offered and own.keys() & opening.keys():
            staff.append(DemoStaff(staff_id, name, name, offered, tuple(day for day in range(7) if day not in own)))
    return tuple(staff)


def _get_hours(branch_id: str, staff_id: str | None) -> Week:
    """Return the regular weekly hours of the branch or of a staff member."""
    owner = WorkingHours.staff_id == staff_id if staff_id else WorkingHours.staff_id.is_(None)
    rows = select(WorkingHours).where(WorkingHours.branch_id == branch_id, owner, WorkingHours.weekday.is_not(None))
    week: Week = {}
    for row in db.session.scalars(rows.where(WorkingHours.valid_from.is_(None), WorkingHours.valid_until.is_(None))):
        assert row.weekday is not None
        week[row.weekday] = (*week.get(row.weekday, ()), (_format_minute(row.opens), _format_minute(row.closes)))
    return week


def _format_minute(minute: int) -> time:
    minute = min(minute, DAY - 1)
    return time(minute // 60, minute % 60)
