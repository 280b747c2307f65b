"""Lists of services and staff."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import Select, func, select

from app.core.extensions import db
from app.models import Service, ServiceSynonym, StaffBranch, StaffMember, StaffService


def list_services(*, limit: int, offset: int = 0) -> Sequence[Service]:
    """Active services in the company's order."""
    statement = select(Service).where(Service.is_active).order_by(Service.position, Service.name, Service.id)
    return db.session.scalars(statement.limit(limit).offset(offset)).all()


def count_services() -> int:
    return db.session.scalar(select(func.count()).select_from(Service).where(Service.is_active)) or 0


def load_synonyms(service_ids: Collection[str]) -> dict[str, list[str]]:
    """Other words for these services, the surest first."""
    synonyms: dict[str, list[str]] = defaultdict(list)
    rows = select(ServiceSynonym.service_id, ServiceSynonym.text).where(ServiceSynonym.service_id.in_(service_ids))
    for service_id, text in db.session.execute(rows.order_by(ServiceSynonym.certainty.desc(), ServiceSynonym.id)):
        synonyms[service_id].append(text)
    return synonyms


def list_certain_synonyms(service_id: str) -> list[tuple[str, int]]:
    """The words for one service with how surely they mean it, the surest first."""
    rows = select(ServiceSynonym.text, ServiceSynonym.certainty).where(ServiceSynonym.service_id == service_id)
    return [(row.text, row.certainty) for row in db.session.execute(rows.order_by(ServiceSynonym.certainty.desc(), ServiceSynonym.id))]


def list_staff(*, limit: int, offset: int = 0, branch_id: str | None = None, service_id: str | None = None) -> Sequence[StaffMember]:
    """Active people in the company's order, perhaps of one branch or for one service."""
    statement = select(StaffMember).where(StaffMember.id.in_(_build_staff_filter(branch_id, service_id)))
    statement = statement.order_by(StaffMember.position, StaffMember.name, StaffMember.id)
    return db.session.scalars(statement.limit(limit).offset(offset)).all()


def count_staff(*, branch_id: str | None = None, service_id: str | None = None) -> int:
    return db.session.scalar(select(func.count()).select_from(_build_staff_filter(branch_id, service_id).subquery())) or 0


def load_assignments(staff_ids: Collection[str]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The branches and the services of these people, by person."""
    branches: dict[str, list[str]] = defaultdict(list)
    services: dict[str, list[str]] = defaultdict(list)
    for staff_id, branch_id in db.session.execute(
        select(StaffBranch.staff_id, StaffBranch.branch_id).where(StaffBranch.staff_id.in_(staff_ids)).order_by(StaffBranch.branch_id)
    ):
        branches[staff_id].append(branch_id)
    for staff_id, service_id in db.session.execute(
        select(StaffService.staff_id, StaffService.service_id).where(StaffService.staff_id.in_(staff_ids)).order_by(StaffService.service_id)
    ):
        services[staff_id].append(service_id)
    return branches, services


def _build_staff_filter(branch_id: str | None, service_id: str | None) -> Select[tuple[str]]:
    statement = select(StaffMember.id).where(StaffMember.is_active)
    if branch_id:
        statement = statement.where(StaffMember.id.in_(select(StaffBranch.staff_id).where(StaffBranch.branch_id == branch_id)))
    if service_id:
        statement = statement.where(StaffMember.id.in_(select(StaffService.staff_id).where(StaffService.service_id == service_id)))
    return statement
