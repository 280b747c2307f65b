"""Merges two records that are one person. People decide that, never a likeness of names; for 30 days it can be taken back.

The record that goes is deleted; what takes the merge back is kept with it, encrypted (`CustomerMerge.snapshot`).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import and_, delete, func, or_, select, tuple_

from app.core.clock import now
from app.core.errors import Conflict
from app.core.extensions import db
from app.domain.audit.log import find_acting_user_id, record
from app.domain.customers import merge_snapshot
from app.domain.customers.merge_references import REFERENCES, CustomerReference, Shown
from app.domain.customers.merge_snapshot import RawRow
from app.models import Customer, CustomerMerge, MarketingConsent

UNDO_PERIOD = timedelta(days=30)
# empty ones are filled from the record that goes; the two of the birthday belong together
FILLED = (
    ("name", "name_words", "name_sounds"),
    ("birth_index", "birth_date"),
    ("language",),
    ("preferred_channel",),
    ("preferred_staff_id",),
)
NameOf = Literal["kept", "merged"]


class MergeImpossible(Conflict):
    code = "merge_impossible"


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What goes over to the kept record, by what the page calls it."""

    moved: dict[Shown, int]
    # of the two birthdays that differ the kept record's stays
    has_other_birthday: bool
    # addresses at which the one has withdrawn what the other has given: the withdrawal wins
    withdrawn: list[tuple[str, str]]


def preview_merge(kept: Customer, merged: Customer) -> MergePreview:
    _require_two(kept, merged)
    moved: Counter[Shown] = Counter()
    for reference in REFERENCES:
        if reference.shown:
            moved[reference.shown] += len(_list_moved(reference, kept.id, merged.id))
    has_other_birthday = bool(kept.birth_index and merged.birth_index and kept.birth_index != merged.birth_index)
    return MergePreview({name: count for name, count in moved.items() if count}, has_other_birthday, _list_withdrawn(kept.id, merged.id))


def merge_customers(kept: Customer, merged: Customer, *, name_of: NameOf = "kept") -> CustomerMerge:
    """Move everything to the kept record and delete the other one. Raises MergeImpossible."""
    _require_two(kept, merged)
    kept_id, merged_id = kept.id, merged.id
    _lock(kept_id, merged_id)
    withdrawn = _list_withdrawn(kept_id, merged_id)
    before = _read_customer(kept_id)
    gone = _read_customer(merged_id)
    ranked = _rank_contacts(kept, merged)
    removed: list[tuple[str, RawRow]] = []
    moved: dict[str, list[Any]] = {}
    for reference in REFERENCES:
        removed += _remove_same(reference, kept_id, merged_id)
        keys = merge_snapshot.list_keys(reference.model, getattr(reference.model, reference.column) == merged_id)
        if keys:
            merge_snapshot.reassign(reference.model, reference.column, keys, old=merged_id, new=kept_id)
            moved[reference.name] = keys
    added = [_withdraw(kept_id, channel, address) for channel, address in withdrawn]
    after = before | _combine(before, gone, name_of)
    changed = {name: [before[name], value] for name, value in after.items() if value != before[name]}
    if changed:
        merge_snapshot.update_row(Customer, kept_id, {name: values[1] for name, values in changed.items()})
    db.session.execute(delete(Customer).where(Customer.id == merged_id).execution_options(synchronize_session=False))
    snapshot = {"kept": kept_id, "gone": gone, "removed": removed, "moved": moved, "added": added, "changed": changed, "ranked": ranked}
    row = CustomerMerge(
        kept_id=kept_id, merged_id=merged_id, author_id=find_acting_user_id(), snapshot=merge_snapshot.dump(snapshot), created_at=now()
    )
    db.session.expunge(merged)
    db.session.expire_all()
    db.session.add(row)
    db.session.flush()
    record("customers_merged", subject=kept_id, data={"merged_id": merged_id, "merge_id": row.id})
    return row


def find_kept_id(customer_id: str) -> str | None:
    """Find the record that a merged one has become part of."""
    merges = select(CustomerMerge.kept_id).where(CustomerMerge.merged_id == customer_id, CustomerMerge.undone_at.is_(None))
    return db.session.scalar(merges.order_by(CustomerMerge.created_at.desc()).limit(1))


def list_merges(customer: Customer) -> list[CustomerMerge]:
    """List the merges into this record that still hold, the newest first."""
    rows = select(CustomerMerge).where(CustomerMerge.kept_id == customer.id, CustomerMerge.undone_at.is_(None))
    return list(db.session.scalars(rows.order_by(CustomerMerge.created_at.desc(), CustomerMerge.id.desc())))


def _require_two(kept: Customer, merged: Customer) -> None:
    if kept.id == merged.id:
        raise MergeImpossible(_("Das ist dieselbe Karteikarte."))


def _lock(*customer_ids: str) -> None:
    """Lock the records, in one order whichever is kept; what would reference them waits."""
    rows = select(Customer.id).where(Customer.id.in_(customer_ids)).order_by(Customer.id).with_for_update()
    if len(db.session.scalars(rows).all()) != len(customer_ids):
        raise MergeImpossible(_("Eine der beiden Karteikarten gibt es nicht mehr."))


def _read_customer(customer_id: str) -> RawRow:
    return merge_snapshot.read_rows(Customer, Customer.id == customer_id)[0]


def _list_moved(reference: CustomerReference, kept_id: str, merged_id: str) -> list[Any]:
    same = {key for _model, key in _list_same(reference, kept_id, merged_id)}
    keys = merge_snapshot.list_keys(reference.model, getattr(reference.model, reference.column) == merged_id)
    return [key for key in keys if key not in same]


def _list_same(reference: CustomerReference, kept_id: str, merged_id: str) -> list[tuple[Any, Any]]:
    """List (model, key) of the rows that the kept record has already, or that would name it twice."""
    model = reference.model
    column, conditions = getattr(model, reference.column), []
    if reference.same:
        parts = [getattr(model, name) for name in reference.same]
        conditions.append(tuple_(*parts).in_(select(*parts).where(column == kept_id)))
    if reference.other:
        conditions.append(getattr(model, reference.other) == kept_id)
    keys = merge_snapshot.list_keys(model, column == merged_id, or_(*conditions)) if conditions else []
    return [(model, key) for key in keys]


def _remove_same(reference: CustomerReference, kept_id: str, merged_id: str) -> list[tuple[str, RawRow]]:
    keys = [key for _model, key in _list_same(reference, kept_id, merged_id)]
    if not keys:
        return []
    is_same = merge_snapshot.get_key(reference.model).in_(keys)
    rows = merge_snapshot.read_rows(reference.model, is_same)
    db.session.execute(delete(reference.model).where(is_same).execution_options(synchronize_session=False))
    return [(reference.name, row) for row in rows]


def _rank_contacts(kept: Customer, merged: Customer) -> list[tuple[int, bool]]:
    """Let the kept record's first number and address stay first; gives (id, whether it was) of those that changed."""
    changed = []
    for kind in ("phone", "email"):
        own = [one for one in kept.identifiers if one.kind == kind]
        added = [one for one in merged.identifiers if one.kind == kind]
        for one, is_first in ((one, place < 0) for place, one in enumerate((*own[:1], *added), -1)) if own and added else ():
            if one.is_first != is_first:
                changed.append((one.id, one.is_first))
                one.is_first = is_first
    db.session.flush()
    return changed


def _combine(kept: RawRow, gone: RawRow, name_of: NameOf) -> RawRow:
    """The columns of the kept record as they become."""
    filled = {
        name: gone[name]
        for names in FILLED
        if kept[names[0]] is None or (names[0] == "name" and name_of == "merged" and gone["name"])
        for name in names
    }
    calls = [at for at in (kept["last_call_at"], gone["last_call_at"]) if at]
    return filled | {"last_call_at": max(calls, default=None), "created_at": min(kept["created_at"], gone["created_at"])}


def _list_withdrawn(kept_id: str, merged_id: str) -> list[tuple[str, str]]:
    """List (channel, address) at which one of the two has withdrawn last, and the other has not."""
    latest = select(func.max(MarketingConsent.id)).where(MarketingConsent.customer_id.in_((kept_id, merged_id)))
    latest = latest.group_by(MarketingConsent.customer_id, MarketingConsent.channel, MarketingConsent.address)
    answers: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for row in db.session.scalars(select(MarketingConsent).where(MarketingConsent.id.in_(latest))):
        answers.setdefault((row.channel, row.address), []).append((row.id, row.answer))
    # where the last one of all is a withdrawal already, nothing needs to be added
    return sorted(
        address for address, given in answers.items() if max(given)[1] == "given" and any(answer == "withdrawn" for _id, answer in given)
    )


def _withdraw(customer_id: str, channel: str, address: str) -> int:
    row = MarketingConsent(
        customer_id=customer_id, channel=channel, address=address, answer="withdrawn", source="merge", author_id=find_acting_user_id()
    )
    db.session.add(row)
    db.session.flush()
    record("marketing_consent_withdrawn", subject=f"customer:{customer_id}", data={"channel": channel, "source": "merge"})
    return row.id


def has_later_merge(row: CustomerMerge) -> bool:
    """Whether another record was merged into the same one since; what it changed stands on this merge."""
    later = or_(CustomerMerge.created_at > row.created_at, and_(CustomerMerge.created_at == row.created_at, CustomerMerge.id > row.id))
    rows = select(CustomerMerge.id).where(CustomerMerge.kept_id == row.kept_id, CustomerMerge.undone_at.is_(None), later)
    return db.session.scalar(rows.limit(1)) is not None
