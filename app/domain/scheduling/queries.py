"""The six queries of scheduling, built once: building a statement costs more than running it."""

from sqlalchemy import and_, bindparam, or_, select

from app.models import (
    Branch,
    BranchService,
    BusySpan,
    Closure,
    Company,
    GroupSession,
    Resource,
    Service,
    StaffBranch,
    StaffMember,
    StaffService,
    WorkingHours,
)  # fmt: skip
from app.models.service import TIMES

LEVELS = (("service", Service), ("branch", BranchService), ("own", StaffService))
LEVEL_VALUES = (*TIMES, "price_cents")
# the columns of OFFERS that hold the times and the price of a level
LEVEL_COLUMNS = {
    level: slice(7 + place * len(LEVEL_VALUES), 7 + (place + 1) * len(LEVEL_VALUES)) for place, (level, _model) in enumerate(LEVELS)
}

BRANCHES = (
    select(
        Branch.id, Branch.name, Branch.timezone, Branch.state, Branch.city, Branch.local_holidays, Company.country,
        Resource.id.label("room_id"), Resource.kind, Resource.places, Resource.name.label("room_name"),
    )
    .join(Company, Company.id == Branch.company_id)
    .outerjoin(Resource, and_(Resource.branch_id == Branch.id, Resource.is_active))
    .where(Branch.is_active)
    .order_by(Branch.name, Branch.id, Resource.name, Resource.id)
)  # fmt: skip
ONE_BRANCH = BRANCHES.where(Branch.id == bindparam("branch"))
OFFERS = (
    select(
        StaffMember.id.label("staff_id"), StaffMember.name.label("staff_name"), StaffBranch.branch_id,
        Service.id.label("service_id"), Service.name.label("service_name"), Service.capacity, Service.room_kinds,
        *(getattr(model, name).label(f"{level}_{name}") for level, model in LEVELS for name in LEVEL_VALUES),
    )
    .join(StaffBranch, StaffBranch.staff_id == StaffMember.id)
    .join(StaffService, StaffService.staff_id == StaffMember.id)
    .join(Service, Service.id == StaffService.service_id)
    .outerjoin(BranchService, and_(BranchService.service_id == Service.id, BranchService.branch_id == StaffBranch.branch_id))
    .where(StaffMember.is_active, Service.is_active, Service.id.in_(bindparam("services", expanding=True)))
    .where(or_(BranchService.is_offered.is_(None), BranchService.is_offered))
    .order_by(StaffMember.position, StaffMember.name, StaffMember.id)
)  # fmt: skip
BRANCH_OFFERS = OFFERS.where(StaffBranch.branch_id == bindparam("branch"))
HOURS = (
    select(
        WorkingHours.branch_id, WorkingHours.staff_id, WorkingHours.weekday, WorkingHours.day, WorkingHours.opens, WorkingHours.closes,
        WorkingHours.valid_from, WorkingHours.valid_until, WorkingHours.name,
    )
    .where(or_(WorkingHours.day.is_(None), WorkingHours.day.between(bindparam("first"), bindparam("last"))))
    .where(
        or_(
            and_(WorkingHours.staff_id.is_(None), WorkingHours.branch_id.in_(bindparam("branches", expanding=True))),
            WorkingHours.staff_id.in_(bindparam("people", expanding=True)),
        )
    )
    .order_by(WorkingHours.id)
)  # fmt: skip
CLOSURES = select(
    Closure.local_start, Closure.local_end, Closure.kind, Closure.repeats, Closure.until, Closure.branch_id,
    Closure.staff_id, Closure.name,
).where(Closure.local_start < bindparam("last"), or_(Closure.repeats != "never", Closure.local_end > bindparam("first")))  # fmt: skip
# for wide windows: that they are taken, and nothing more
BUSY_BRIEF = (
    select(BusySpan.resource_id, BusySpan.first_minute, BusySpan.end_minute)
    .where(BusySpan.resource_id.in_(bindparam("resources", expanding=True)))
    .where(BusySpan.first_minute >= bindparam("earliest"), BusySpan.first_minute < bindparam("last"))
    .where(BusySpan.end_minute > bindparam("first"), or_(BusySpan.expires_at.is_(None), BusySpan.expires_at > bindparam("now")))
)
BUSY = BUSY_BRIEF.add_columns(BusySpan.holder_id, BusySpan.before_minutes, BusySpan.after_minutes)
BUSY_WITH_GROUPS = BUSY.add_columns(
    GroupSession.id, GroupSession.service_id, GroupSession.staff_id, GroupSession.branch_id, GroupSession.starts_at,
    GroupSession.seats, GroupSession.seats_taken,
).outerjoin(GroupSession, GroupSession.id == BusySpan.holder_id)  # fmt: skip
