"""Assigns numbers to branches, and releases the events that waited for the assignment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, func, select, update
from sqlalchemy.exc import IntegrityError

from app.core.clock import now
from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.phone import normalise
from app.core.tenancy import company_scope, unscoped
from app.domain.audit.log import record
from app.domain.companies.number_lookup import CACHE
from app.events import PhoneNumberChanged, WebhookEventsReleased
from app.models import Agent, Branch, Company, Connection, PhoneNumber, WebhookEvent

FIRST_AGENT = select(Agent.id).where(Agent.is_active).order_by(Agent.created_at, Agent.id).limit(1)


@dataclass(frozen=True, slots=True)
class NumberOwner:
    """Whose a number is, for support: it stays theirs while it or they are switched off."""

    number_id: str
    company_id: str
    company: str
    slug: str
    branch: str
    is_active: bool
    is_company_active: bool


class NumberTaken(Conflict):
    """The number belongs to another company, switched on or off; `owner` is for support only."""

    code = "number_taken"

    def __init__(self, owner: NumberOwner) -> None:
        super().__init__(_("Diese Nummer gehört schon zu einem anderen Betrieb."))
        self.owner = owner


def assign_number(
    raw: str, *, company_id: str, branch_id: str, valid_from: datetime | None = None, label: str | None = None
) -> PhoneNumber:
    """Assign the number to the branch, make its waiting events due, and publish PhoneNumberChanged.

    A number without agent gets the company's first one. Assigning it again to the same branch changes nothing; another branch of
    the same company moves it. Raises InvalidInput, NotFound, and NumberTaken if it belongs to another company.
    """
    with company_scope(company_id):
        company = db.session.get(Company, company_id)
        if company is None or db.session.get(Branch, branch_id) is None:
            raise NotFound(_("Diesen Betrieb oder diese Filiale gibt es nicht."))
    e164 = parse_number(raw, company.country)
    number = _find_own(e164, company_id) or _add_number(e164, company_id, branch_id)
    with company_scope(company_id):
        if number.is_active is False:
            record("number_switched_on", subject=number.id)
        number.branch_id, number.valid_from, number.is_active = branch_id, valid_from, True
        number.agent_id = number.agent_id or db.session.scalar(FIRST_AGENT)
        number.label = label or number.label
        db.session.flush()
    publish_changed(number)
    release_events(e164)
    return number


def parse_number(raw: str, region: str) -> str:
    """E.164, from whatever a person types in that country. Raises InvalidInput."""
    number = normalise(raw, source="human", region=region)
    if number.e164 is not None:
        return number.e164
    if number.kind == "short":
        sentence = _("Das ist eine Kurzwahl, die niemandem gehören kann.")
    else:
        sentence = _("Das ist keine Rufnummer. Gemeint ist zum Beispiel +49 30 23125100, mit Land und Vorwahl.")
    raise InvalidInput(sentence, fields={"number": sentence})


def _find_own(e164: str, company_id: str) -> PhoneNumber | None:
    with unscoped():
        number = db.session.scalars(select(PhoneNumber).where(PhoneNumber.e164 == e164).with_for_update()).first()
        if number is not None and number.company_id != company_id:
            raise NumberTaken(find_number_owners([e164])[e164])
    return number


def _add_number(e164: str, company_id: str, branch_id: str) -> PhoneNumber:
    """Insert the number; on a concurrent insert the existing row is returned."""
    number = PhoneNumber(company_id=company_id, e164=e164, branch_id=branch_id)
    try:
        with company_scope(company_id), db.session.begin_nested():
            db.session.add(number)
            db.session.flush()
    except IntegrityError:
        if (existing := _find_own(e164, company_id)) is None:
            raise
        return existing
    return number


def find_number_owners(numbers: Iterable[str]) -> dict[str, NumberOwner]:
    """Find the owner of each E.164 number that is somebody's, switched on or off; for support, of all companies."""
    statement = (
        select(PhoneNumber, Company.name, Company.slug, Company.is_active, Branch.name.label("branch"))
        .join(Company, Company.id == PhoneNumber.company_id)
        .join(Branch, and_(Branch.company_id == PhoneNumber.company_id, Branch.id == PhoneNumber.branch_id))
        # what providers sent need not be a number, and in the column MariaDB compares ASCII alone
        .where(PhoneNumber.e164.in_({number for number in numbers if number.isascii()}))
    )
    with unscoped():
        return {
            row.PhoneNumber.e164: NumberOwner(
                row.PhoneNumber.id, row.PhoneNumber.company_id, row.name, row.slug, row.branch, row.PhoneNumber.is_active, row.is_active
            )
            for row in db.session.execute(statement)
        }


def get_number(number_id: str) -> PhoneNumber:
    """Locked, of the company at work. Raises NotFound."""
    statement = select(PhoneNumber).where(PhoneNumber.id == number_id).with_for_update()
    number = db.session.scalars(statement).first() if is_ulid(number_id) else None
    if number is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return number


def get_branch(branch_id: str) -> Branch:
    """Locked, of the company at work. Raises NotFound."""
    branch = db.session.scalars(select(Branch).where(Branch.id == branch_id).with_for_update()).first() if is_ulid(branch_id) else None
    if branch is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return branch


def set_active(number: PhoneNumber, *, on: bool) -> None:
    """Switch the number on or off and publish the change; switched on, its waiting events become due."""
    number.is_active = on
    publish_changed(number)
    if on:
        release_events(number.e164)


def publish_changed(number: PhoneNumber) -> None:
    """Publish the change, so that no cached routing survives. Call after every edit of a number."""
    CACHE.forget()
    publish(PhoneNumberChanged(number.company_id, number.e164))


def release_events(e164: str) -> int:
    """Make the unassigned events of this number due; return their number."""
    released = db.session.execute(
        update(WebhookEvent)
        .where(WebhookEvent.status == "unassigned", WebhookEvent.to_number == e164)
        .values(status="pending", due_at=now(), reason=None, claim_token=None)
        .execution_options(synchronize_session=False)
    ).rowcount
    if released:
        publish(WebhookEventsReleased(released))
    return released


def dismiss_number(number: str, *, reason: str) -> int:
    """Ignore the waiting events of a number that belongs to no company; they stay readable and replayable."""
    return db.session.execute(
        update(WebhookEvent)
        .where(WebhookEvent.status == "unassigned", WebhookEvent.to_number == number)
        .values(status="ignored", reason=reason, handled_at=now())
        .execution_options(synchronize_session=False)
    ).rowcount


def list_unassigned_numbers() -> list[dict[str, Any]]:
    """The tray: one entry a dialled number, newest first: {to_number, calls, events, first_at, last_at, provider, reason, owner}.

    `owner` is whose number it is all the same, or None.
    """
    rows = [
        dict(row)
        for row in db.session.execute(
            select(
                WebhookEvent.to_number,
                func.count(WebhookEvent.provider_call_id.distinct()).label("calls"),
                func.count().label("events"),
                func.min(WebhookEvent.received_at).label("first_at"),
                func.max(WebhookEvent.received_at).label("last_at"),
                func.min(WebhookEvent.provider).label("provider"),
                func.min(WebhookEvent.reason).label("reason"),
            )
            .where(WebhookEvent.status == "unassigned")
            .group_by(WebhookEvent.to_number)
            .order_by(func.max(WebhookEvent.received_at).desc())
            .limit(200)
        ).mappings()
    ]
    owners = find_number_owners(row["to_number"] for row in rows if row["to_number"])
    return [row | {"owner": owners.get(row["to_number"])} for row in rows]


def list_connection_companies(number: str) -> list[str]:
    """List the companies over whose connections the waiting events of this number came; for support."""
    through = select(WebhookEvent.connection_id).where(WebhookEvent.status == "unassigned", WebhookEvent.to_number == number)
    statement = select(Company.name).join(Connection, Connection.company_id == Company.id).where(Connection.id.in_(through))
    with unscoped():
        return list(db.session.scalars(statement.distinct().order_by(Company.name)))
