"""Where answers to mails go: to the address of the branch, else to that of the company, else to the sender of the mail."""

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import email_address
from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.tenancy import current_company_id
from app.domain.audit.log import record
from app.models import Branch, Company

# the company's own, beside the ids of branches
COMPANY = "company"


def find_reply_address(branch_id: str | None) -> str | None:
    """Find the address for answers to a mail of this branch; None: they go to the sender."""
    addresses = load_reply_addresses()
    return addresses.get(branch_id or "") or addresses.get(COMPANY)


def load_reply_addresses() -> dict[str, str]:
    """Load the addresses of the company and its branches; whoever has none is left out."""
    company = db.session.scalar(select(Company.reply_email).where(Company.id == current_company_id()))
    branches = db.session.execute(select(Branch.id, Branch.reply_email).where(Branch.reply_email.is_not(None))).all()
    return {row.id: row.reply_email for row in branches} | ({COMPANY: company} if company else {})


def save_reply_addresses(addresses: Mapping[str, str]) -> None:
    """Save them by "company" and the ids of branches; an empty one inherits. Raises InvalidInput."""
    parsed = {key: email_address.normalise(text) if text.strip() else None for key, text in addresses.items()}
    wrong = {key for key, text in addresses.items() if text.strip() and not parsed[key]}
    if wrong:
        raise InvalidInput(fields={key: _("Das ist keine E-Mail-Adresse, zum Beispiel: termine@salon-lindgren.de") for key in wrong})
    if COMPANY in parsed:
        db.session.get_one(Company, current_company_id()).reply_email = parsed[COMPANY]
    for branch in db.session.scalars(select(Branch).where(Branch.id.in_(parsed))):
        branch.reply_email = parsed[branch.id]
    db.session.flush()
    record("reply_addresses_saved")
