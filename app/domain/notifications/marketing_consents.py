"""Consent to marketing messages, kept as evidence: for one customer and one address, given in so many words, withdrawn at any time.

§ 7 (2) UWG asks for prior express consent, Art. 7 (1) GDPR for its proof. No row is no consent.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update

from app.core.clock import now
from app.core.errors import Conflict, InvalidInput
from app.core.extensions import db
from app.core.link_tokens import generate_token, hash_token, may_be_token
from app.core.phone import display
from app.core.tenancy import current_company_id, unscoped
from app.domain.audit.log import record
from app.domain.notifications.sender_accounts import receives_replies
from app.models import Company, ConsentRequest, Customer, MarketingConsent, WithdrawalLink
from app.providers.messaging.base import Channel

KINDS: dict[Channel, str] = {"sms": "phone", "email": "email"}
MAX_OBTAINED_LENGTH = 250
# A mail may be read years later; by then STOP, the own page and each newer message withdraw as well.
LINK_RETENTION = timedelta(days=3 * 365)
UNUSED_LINK_RETENTION = timedelta(days=90)
Source = Literal["desk", "page", "link", "stop", "merge"]


class ConsentMissing(Conflict):
    code = "consent_missing"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a person agrees to, and the version of its template, which is the same for every company and address."""

    text: str
    version: str


def write_wording(channel: Channel, address: str, company: Company) -> Wording:
    """Write what is agreed to, in the language that is set; only the end of the address, since others may see the page."""
    template = (
        _(
            "Ja, %(company)s darf mir per SMS an die Nummer %(address)s Werbung schicken: Fragen zu meinem Besuch, Bitten um eine"
            " Bewertung, Glückwünsche zum Geburtstag und Einladungen zu einem neuen Termin. Ich kann das jederzeit widerrufen: mit STOP"
            " oder über den Link in jeder Nachricht."
        )
        if channel == "sms" and receives_replies()
        else _(
            "Ja, %(company)s darf mir per SMS an die Nummer %(address)s Werbung schicken: Fragen zu meinem Besuch, Bitten um eine"
            " Bewertung, Glückwünsche zum Geburtstag und Einladungen zu einem neuen Termin. Ich kann das jederzeit widerrufen, über den"
            " Link in jeder Nachricht."
        )
        if channel == "sms"
        else _(
            "Ja, %(company)s darf mir per E-Mail an %(address)s Werbung schicken: Fragen zu meinem Besuch, Bitten um eine Bewertung,"
            " Glückwünsche zum Geburtstag und Einladungen zu einem neuen Termin. Ich kann das jederzeit widerrufen, über den Link in"
            " jeder Nachricht."
        )
    )
    version = hashlib.sha256(template.encode()).hexdigest()[:16]
    return Wording(template % {"company": company.name, "address": mask_address(channel, address)}, version)


def mask_address(channel: str, address: str) -> str:
    """`… 50` of a number, `m…@example.org` of a mail address."""
    if channel == "sms":
        return f"… {display(address)[-2:]}"
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


def has_consent(customer_id: str | None, channel: str, address: str) -> bool:
    """Whether the customer's latest answer about this address is a yes, and the address is still on their record."""
    if customer_id is None or channel not in KINDS:
        return False
    customer = db.session.get(Customer, customer_id)
    if customer is None or (channel, address) not in list_addresses(customer):
        return False
    latest = find_latest(customer_id, channel, address)
    return latest is not None and latest.answer == "given"


def find_latest(customer_id: str, channel: str, address: str) -> MarketingConsent | None:
    """Find the answer that holds for this address."""
    rows = select(MarketingConsent).where(
        MarketingConsent.customer_id == customer_id, MarketingConsent.channel == channel, MarketingConsent.address == address
    )
    return db.session.scalars(rows.order_by(MarketingConsent.id.desc()).limit(1)).first()


def list_consented(customer: Customer) -> list[tuple[Channel, str]]:
    """List the addresses on the customer's record that may be written to, in the record's order."""
    return [(channel, address) for channel, address in list_addresses(customer) if has_consent(customer.id, channel, address)]


def list_history(customer_id: str) -> Sequence[MarketingConsent]:
    """List all answers of the customer, the newest first."""
    rows = select(MarketingConsent).where(MarketingConsent.customer_id == customer_id)
    return db.session.scalars(rows.order_by(MarketingConsent.id.desc())).all()


def give_consent(
    customer: Customer, channel: Channel, address: str, *, wording: Wording, source: Source, obtained: str | None = None,
    author_id: str | None = None,
) -> MarketingConsent:  # fmt: skip
    """Note that the customer agreed to exactly this wording. Raises InvalidInput for another address.

    What the team notes needs how it came by it, else InvalidInput as well.
    """
    if (channel, address) not in list_addresses(customer):
        raise InvalidInput(_("Diese Adresse gehört nicht zu dieser Person."))
    if source == "desk" and not obtained:
        missing = _("Bitte angeben, wann und wie die Person zugestimmt hat.")
        raise InvalidInput(missing, fields={"obtained": missing})
    return _add(MarketingConsent(
        customer_id=customer.id, channel=channel, address=address, answer="given", source=source, wording=wording.text,
        wording_version=wording.version, obtained=obtained, author_id=author_id,
    ))  # fmt: skip


def withdraw_consent(customer_id: str, channel: str, address: str, *, source: Source, author_id: str | None = None) -> bool:
    """Note that the customer withdraws it; whether there was one. One that waits to be confirmed ends as well. Idempotent."""
    _end_requests(ConsentRequest.customer_id == customer_id, channel, address)
    latest = find_latest(customer_id, channel, address)
    if latest is None or latest.answer != "given":
        return False
    _add(MarketingConsent(
        customer_id=customer_id, channel=channel, address=address, answer="withdrawn", source=source, author_id=author_id,
    ))  # fmt: skip
    return True


def withdraw_address(channel: str, address: str, *, source: Source, author_id: str | None = None) -> int:
    """Withdraw the consent of everybody with this address, as only one of those who share it can be told apart; how many."""
    _end_requests(ConsentRequest.company_id == current_company_id(), channel, address)
    owners = select(MarketingConsent.customer_id).where(MarketingConsent.channel == channel, MarketingConsent.address == address)
    return sum(
        withdraw_consent(owner, channel, address, source=source, author_id=author_id)
        for owner in db.session.scalars(owners.distinct()).all()
    )


def is_withdrawn(channel: str, address: str) -> bool:
    """Whether everybody with this address who ever answered has withdrawn."""
    answers = select(MarketingConsent.customer_id, MarketingConsent.answer)
    answers = answers.where(MarketingConsent.channel == channel, MarketingConsent.address == address).order_by(MarketingConsent.id)
    latest = {row.customer_id: row.answer for row in db.session.execute(answers)}
    return bool(latest) and "given" not in latest.values()


def list_customers_with_consent() -> list[str]:
    """List the customers whose latest answer about any address is a yes; whether it may be written to is decided for each."""
    latest = select(func.max(MarketingConsent.id)).group_by(
        MarketingConsent.customer_id, MarketingConsent.channel, MarketingConsent.address
    )
    given = select(MarketingConsent.customer_id).where(MarketingConsent.id.in_(latest), MarketingConsent.answer == "given")
    return sorted(set(db.session.scalars(given)))


def create_withdrawal_link(channel: str, address: str) -> str:
    """Create the token of a link with which whoever reads the message at this address withdraws the consent."""
    token = generate_token()
    db.session.add(WithdrawalLink(token_hash=hash_token(token), channel=channel, address=address))
    db.session.flush()
    return token


def find_withdrawal_link(token: str) -> WithdrawalLink | None:
    """Find the link of this token across companies; the token identifies it."""
    if not may_be_token(token):
        return None
    with unscoped():
        return db.session.scalars(select(WithdrawalLink).where(WithdrawalLink.token_hash == hash_token(token))).first()


def delete_old_withdrawal_links(limit: int) -> int:
    """Delete links that nobody needs any more, the oldest first; inside unscoped(). Gives the number of links.

    One is needed for LINK_RETENTION, but no longer than UNUSED_LINK_RETENTION where nobody with its address has consented any more.
    """
    latest = select(func.max(MarketingConsent.id)).group_by(
        MarketingConsent.company_id, MarketingConsent.customer_id, MarketingConsent.channel, MarketingConsent.address
    )
    standing = exists().where(
        MarketingConsent.company_id == WithdrawalLink.company_id, MarketingConsent.channel == WithdrawalLink.channel,
        MarketingConsent.address == WithdrawalLink.address, MarketingConsent.answer == "given", MarketingConsent.id.in_(latest),
    )  # fmt: skip
    unused = and_(WithdrawalLink.created_at <= now() - UNUSED_LINK_RETENTION, ~standing)
    old = select(WithdrawalLink.token_hash).where(or_(WithdrawalLink.created_at <= now() - LINK_RETENTION, unused))
    hashes = list(db.session.scalars(old.order_by(WithdrawalLink.created_at).limit(limit)))
    if hashes:
        deleting = delete(WithdrawalLink).where(WithdrawalLink.token_hash.in_(hashes))
        db.session.execute(deleting.execution_options(synchronize_session=False))
    return len(hashes)


def _end_requests(condition: ColumnElement[bool], channel: str, address: str) -> None:
    waiting = (ConsentRequest.channel == channel, ConsentRequest.address == address, ConsentRequest.consent_id.is_(None))
    ending = update(ConsentRequest).where(condition, *waiting, ConsentRequest.ended_at.is_(None)).values(ended_at=now())
    db.session.execute(ending)


def _add(row: MarketingConsent) -> MarketingConsent:
    db.session.add(row)
    db.session.flush()
    action = "marketing_consent_given" if row.answer == "given" else "marketing_consent_withdrawn"
    record(action, subject=f"customer:{row.customer_id}", data={"channel": row.channel, "source": row.source})
    return row


def list_addresses(customer: Customer) -> list[tuple[Channel, str]]:
    """List the numbers and mail addresses on the customer's record."""
    kinds = {kind: channel for channel, kind in KINDS.items()}
    return [(kinds[identifier.kind], identifier.value) for identifier in customer.identifiers if identifier.kind in kinds]
