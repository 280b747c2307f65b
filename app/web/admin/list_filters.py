"""What support's lists have in common: filters by company, number and time in the URL, and what is known of the number."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core.extensions import db
from app.core.locale import reader_timezone
from app.core.phone import normalise
from app.domain.companies.phone_numbers import find_number_owners
from app.models import Company
from app.web.admin.labels import describe_number_owner
from app.web.fields import Id, LocalMoment, Phone
from app.web.forms import Query


class SupportListQuery(Query):
    """The times are minutes of the reader's clock; `until` includes its minute."""

    company: Id = ""
    number: Phone = ""
    since: LocalMoment | None = None
    until: LocalMoment | None = None

    @property
    def e164(self) -> str:
        """The number in E.164, whatever way it was typed; what is no number is searched as it is."""
        return normalise(self.number, source="human").e164 or self.number

    def to_args(self, **changes: str | None) -> dict[str, str]:
        """The chosen filters as they stand in the URL."""
        values = self.model_dump(exclude={"after"}) | changes
        return {name: _to_text(value) for name, value in values.items() if value}

    def build_time_filter(self, column: InstrumentedAttribute[datetime]) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if self.since:
            conditions.append(column >= _to_utc(self.since))
        if self.until:
            conditions.append(column < _to_utc(self.until) + timedelta(minutes=1))
        return conditions


def list_company_options() -> list[tuple[str, str]]:
    return [(row.id, row.name) for row in db.session.execute(select(Company.id, Company.name).order_by(Company.name))]


def find_number_note(query: SupportListQuery) -> SimpleNamespace | None:
    """What is known of the number that the list is filtered by: whose it is, and whether it is switched on."""
    if not query.number or not query.e164.startswith("+"):
        return None
    owner = find_number_owners([query.e164]).get(query.e164)
    is_off = owner is not None and not (owner.is_active and owner.is_company_active)
    return SimpleNamespace(
        sentence=describe_number_owner(query.e164, owner),
        is_off=is_off,
        company_href=url_for("companies.show", company_id=owner.company_id) if owner else None,
        line_href=url_for("support_line.index", number=query.e164) if owner else None,
    )


def _to_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=ZoneInfo(reader_timezone())).astimezone(UTC)


def _to_text(value: object) -> str:
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else str(value)
