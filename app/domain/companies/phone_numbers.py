"""Gives numbers to branches, and lets go of the events that waited for it."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.core.clock import now
from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.phone import normalise
from app.core.tenancy import company_scope, unscoped
from app.domain.companies.number_lookup import CACHE
from app.events import PhoneNumberChanged, WebhookEventsReleased
from app.models import Agent, Branch, Company, PhoneNumber, WebhookEvent

FIRST_AGENT = select(Agent.id).where(Agent.is_active).order_by(Agent.created_at, Agent.id).limit(1)


class NumberTaken(Conflict):
    """The number belongs to another company; which one, `owner` and its slug say, to support only."""

    code = "number_taken"

    def __init__(self, owner: str, slug: str) -> None:
        super().__init__(_("Diese Nummer gehört schon zu einem anderen Betrieb."))
        self.owner, self.slug = owner, slug


def assign_number(
    raw: str, *, company_id: str, branch_id: str, valid_from: datetime | None = None, label: str | None = None
) -> PhoneNumber:
    """Gives the number to the branch and makes the events due that waited for it; announces PhoneNumberChanged.

    Where nobody answers it yet, the company's first agent does. Assigning it again to the same branch changes nothing; another branch
    of the same company moves it. Raises InvalidInput, NotFound, and NumberTaken where it is another company's.
    """
    with company_scope(company_id):
        company = db.session.get(Company, company_id)
        if company is None or db.session.get(Branch, branch_id) is None:
            raise NotFound(_("Diesen Betrieb oder diese Filiale gibt es nicht."))
    e164 = parse_number(raw, company.country)
    number = _find_own(e164, company_id) or _add_number(e164, company_id, branch_id)
    with company_scope(company_id):
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
            raise NumberTaken(*_find_owner(number))
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


def _find_owner(number: PhoneNumber) -> tuple[str, str]:
    """Name and slug."""
    row = db.session.execute(select(Company.name, Company.slug).where(Company.id == number.company_id)).one()
    return row.name, row.slug


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


def publish_changed(number: PhoneNumber) -> None:
    """Publish the change, so that no cached routing survives. Call after every edit of a number."""
    CACHE.forget()
    publish(PhoneNumberChanged(number.company_id, number.e164))


def release_events(e164: str) -> int:
    """Make the unassigned events of this number due; return their number."""
    released = db.session.execute(
        update(WebhookEvent)
        .where(WebhookEvent.status == "unassigned", WebhookEvent.dialled == e164)
        .values(status="pending", due_at=now(), reason=None, claim_token=None)
        .execution_options(synchronize_session=False)
    ).rowcount
    if released:
        publish(WebhookEventsReleased(released))
    return released


def dismiss_number(dialled: str, *, reason: str) -> int:
    """Sets the waiting events of a number aside: they belong to no company of ours. They stay readable and replayable."""
    return db.session.execute(
        update(WebhookEvent)
        .where(WebhookEvent.status == "unassigned", WebhookEvent.dialled == dialled)
        .values(status="ignored", reason=reason, handled_at=now())
        .execution_options(synchronize_session=False)
    ).rowcount


def list_unassigned_numbers() -> list[dict[str, object]]:
    """The tray: one entry a dialled number, newest first: {dialled, calls, events, first_at, last_at, provider}."""
    rows = db.session.execute(
        select(
            WebhookEvent.dialled,
            func.count(WebhookEvent.provider_call_id.distinct()).label("calls"),
            func.count().label("events"),
            func.min(WebhookEvent.received_at).label("first_at"),
            func.max(WebhookEvent.received_at).label("last_at"),
            func.min(WebhookEvent.provider).label("provider"),
            func.min(WebhookEvent.reason).label("reason"),
        )
        .where(WebhookEvent.status == "unassigned")
        .group_by(WebhookEvent.dialled)
        .order_by(func.max(WebhookEvent.received_at).desc())
        .limit(200)
    ).mappings()
    return [dict(row) for row in rows]
