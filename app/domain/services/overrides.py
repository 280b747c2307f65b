"""Times and prices of a service that differ at a branch or for a person; None inherits the service's value."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.core.extensions import db
from app.domain.audit.log import record
from app.models import Branch, BranchService, StaffService

FIELDS = ("minutes", "before_minutes", "after_minutes", "price_cents")


@dataclass(frozen=True, slots=True)
class ServiceOverride:
    minutes: int | None = None
    before_minutes: int | None = None
    after_minutes: int | None = None
    price_cents: int | None = None
    is_offered: bool = True

    @property
    def is_empty(self) -> bool:
        return self.is_offered and all(getattr(self, name) is None for name in FIELDS)


def load_branch_overrides(service_id: str) -> dict[str, ServiceOverride]:
    """Load the overrides of the service by branch."""
    rows = db.session.scalars(select(BranchService).where(BranchService.service_id == service_id))
    return {
        row.branch_id: ServiceOverride(row.minutes, row.before_minutes, row.after_minutes, row.price_cents, row.is_offered) for row in rows
    }


def load_staff_overrides(staff_id: str) -> dict[str, ServiceOverride]:
    """Load the overrides of this person by service."""
    rows = db.session.scalars(select(StaffService).where(StaffService.staff_id == staff_id))
    return {row.service_id: ServiceOverride(row.minutes, row.before_minutes, row.after_minutes, row.price_cents) for row in rows}


def save_branch_overrides(service_id: str, own: Mapping[str, ServiceOverride]) -> None:
    """Save the given branches' overrides and leave others unchanged; a branch without deviations gets no row."""
    existing = {row.branch_id: row for row in db.session.scalars(select(BranchService).where(BranchService.service_id == service_id))}
    for branch_id in db.session.scalars(select(Branch.id).where(Branch.id.in_(own))):
        row, values = existing.get(branch_id), own[branch_id]
        if values.is_empty and row is not None and row.processing_from is None and row.processing_minutes is None:
            db.session.delete(row)
        elif not values.is_empty or row is not None:
            row = row or BranchService(branch_id=branch_id, service_id=service_id)
            row.is_offered = values.is_offered
            _apply_override(row, values)
            db.session.add(row)
    db.session.flush()
    record("service_saved", subject=f"service:{service_id}", data={"what": "branches"})


def save_staff_overrides(staff_id: str, own: Mapping[str, ServiceOverride]) -> None:
    """Only for services that the person does."""
    for row in db.session.scalars(select(StaffService).where(StaffService.staff_id == staff_id, StaffService.service_id.in_(own))):
        _apply_override(row, own[row.service_id])
    db.session.flush()
    record("staff_member_saved", subject=f"staff_member:{staff_id}", data={"what": "own_times"})


def _apply_override(row: BranchService | StaffService, own: ServiceOverride) -> None:
    for name in FIELDS:
        setattr(row, name, getattr(own, name))
