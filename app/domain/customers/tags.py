"""Tags of customers: free words, of which those in use are offered again, each in one spelling."""

from collections import defaultdict
from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.domain.audit.log import record
from app.models import Customer, CustomerTag

MAX_TAG_LENGTH = 40
MAX_PER_CUSTOMER = 20
# those in use that pages offer
MAX_OFFERED = 200


def add_tag(customer: Customer, tag: str) -> str:
    """Add the tag, in the spelling in which the company uses it already. Raises InvalidInput for one too many."""
    spelled = next((known for known in list_tags() if known.casefold() == tag.casefold()), tag)
    own = load_tags([customer.id]).get(customer.id, [])
    if spelled in own:
        return spelled
    if len(own) >= MAX_PER_CUSTOMER:
        raise InvalidInput(_("Mehr als %(n)s Schlagwörter passen hier nicht hin.", n=MAX_PER_CUSTOMER))
    db.session.add(CustomerTag(customer_id=customer.id, tag=spelled))
    db.session.flush()
    record("customer_tags_changed", subject=customer.id, data={"added": 1})
    return spelled


def remove_tag(customer: Customer, tag: str) -> bool:
    own = select(CustomerTag).where(CustomerTag.customer_id == customer.id, CustomerTag.tag == tag)
    if (row := db.session.scalars(own.with_for_update()).first()) is None:
        return False
    db.session.delete(row)
    record("customer_tags_changed", subject=customer.id, data={"removed": 1})
    return True


def list_tags() -> list[str]:
    """List the tags in use, the most used first."""
    rows = select(CustomerTag.tag).group_by(CustomerTag.tag).order_by(func.count().desc(), CustomerTag.tag)
    return list(db.session.scalars(rows.limit(MAX_OFFERED)))


def load_tags(customer_ids: Collection[str]) -> dict[str, list[str]]:
    """The tags of each of these customers, in the order of the alphabet."""
    tags: dict[str, list[str]] = defaultdict(list)
    if customer_ids:
        rows = select(CustomerTag.customer_id, CustomerTag.tag).where(CustomerTag.customer_id.in_(customer_ids))
        for customer_id, tag in db.session.execute(rows.order_by(CustomerTag.tag)):
            tags[customer_id].append(tag)
    return tags
