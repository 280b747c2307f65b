"""What a message would say: by the company's next booking in a scope, or by the examples of the variables."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select

from app.core import settings
from app.core.extensions import db
from app.domain.bookings.message_writer import build_mail, get_place_values, get_values, list_facts, offer_new_date
from app.domain.notifications.mail_layout import MailContent
from app.domain.notifications.message_kinds import get_kind
from app.domain.notifications.message_templates import TEMPLATES
from app.domain.notifications.sms_segments import count_segments, find_odd_characters
from app.domain.notifications.template_variables import VARIABLES, substitute_texts
from app.domain.notifications.template_versions import TemplateKey, TemplateScope
from app.domain.services.catalogue import list_services, list_staff
from app.models import Booking, Branch, Company, Service

# of the token at the end of a link
TOKEN_LENGTH = 43


@dataclass(frozen=True, slots=True)
class MessagePreview:
    """Title and text with a shortened link; counted with one as long as a real one. `odd` makes a text message longer."""

    title: str = field(repr=False)
    body: str = field(repr=False)
    length: int
    segments: int
    odd: tuple[str, ...]
    mail: MailContent = field(repr=False)


def find_example_booking(scope: TemplateScope, branch_ids: Collection[str]) -> Booking | None:
    """Find the next booking of a customer in the scope, of these branches where any are named."""
    upcoming = select(Booking).where(Booking.upcoming(), Booking.customer_id.is_not(None))
    for column, value in ((Booking.branch_id, scope.branch_id), (Booking.service_id, scope.service_id)):
        if value:
            upcoming = upcoming.where(column == value)
    if branch_ids:
        upcoming = upcoming.where(Booking.branch_id.in_(branch_ids))
    return db.session.scalars(upcoming.order_by(Booking.starts_at, Booking.id).limit(1)).first()


def preview_message(
    key: TemplateKey, texts: tuple[str, str], booking: Booking | None, company: Company, branch_ids: Collection[str] = ()
) -> MessagePreview:
    """Write a stored title and text as they would leave; `branch_ids` as for the examples."""
    token, kind = "x" * TOKEN_LENGTH, TEMPLATES[key.name].kind
    page = f"{settings().public_base}/b/{token}"
    branch_id = booking.branch_id if booking else key.scope.branch_id
    branch = db.session.get(Branch, branch_id) if branch_id else None
    with force_locale(key.language):
        values = build_examples(key.scope, booking, company, branch_ids)
        title, body = substitute_texts(texts, values | {"link": page, "rate": f"{page}/rate"})
        facts = list_facts(values) if get_kind(kind).shows_facts else ()
        mail = build_mail(kind, (title, body), company, branch, facts=facts)
    return MessagePreview(title, body.replace(token, "…"), len(body), count_segments(body), tuple(find_odd_characters(body)), mail)


def build_examples(scope: TemplateScope, booking: Booking | None, company: Company, branch_ids: Collection[str]) -> dict[str, Any]:
    """Values in the language that is set: of the booking, else by the company's own names, of these branches where any are named."""
    values: dict[str, Any] = {name: str(variable.example) for name, variable in VARIABLES.items()}
    if booking:
        return values | get_values(booking) | {"rebook": offer_new_date(booking.branch_id)}
    values["company"] = company.name
    service = db.session.get(Service, scope.service_id) if scope.service_id else next(iter(list_services(limit=1)), None)
    if service:
        values["what"] = service.name
    branch = db.session.get(Branch, scope.branch_id) if scope.branch_id else _find_first_branch(branch_ids)
    if branch:
        values |= get_place_values(branch) | {"rebook": offer_new_date(branch.id)}
    person = next(iter(list_staff(limit=1, branch_id=branch.id if branch else None, service_id=service.id if service else None)), None)
    return values | ({"who": person.name} if person else {})


def _find_first_branch(branch_ids: Collection[str]) -> Branch | None:
    branches = select(Branch).where(Branch.is_active)
    if branch_ids:
        branches = branches.where(Branch.id.in_(branch_ids))
    return db.session.scalars(branches.order_by(Branch.name, Branch.id).limit(1)).first()
