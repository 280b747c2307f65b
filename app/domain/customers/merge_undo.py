"""Takes a merge back: byte for byte where nothing has changed since; what has changed stays as it is now, and is named before."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from app.core.clock import now
from app.core.errors import NotFound
from app.core.extensions import db
from app.domain.audit.log import record
from app.domain.customers import merge_snapshot
from app.domain.customers.merge import UNDO_PERIOD, MergeImpossible, has_later_merge
from app.domain.customers.merge_references import REFERENCES, Shown
from app.models import Customer, CustomerIdentifier, CustomerMerge, MarketingConsent

REFERENCES_BY_NAME = {reference.name: reference for reference in REFERENCES}


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What stays with the kept record. All empty: it becomes as it was, byte for byte."""

    # came to the kept record since the merge
    new: dict[Shown, int] = field(default_factory=dict)
    # was moved by the merge, and is gone or somebody else's now
    lost: dict[Shown, int] = field(default_factory=dict)
    # columns of the kept record that were changed since
    changed: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        return not (self.new or self.lost or self.changed)


def is_undoable(row: CustomerMerge) -> bool:
    return row.undone_at is None and row.created_at > now() - UNDO_PERIOD


def get_merge(customer: Customer, merge_id: str) -> CustomerMerge:
    """Get a merge into this record. Raises NotFound."""
    rows = select(CustomerMerge).where(
        CustomerMerge.id == merge_id, CustomerMerge.kept_id == customer.id, CustomerMerge.undone_at.is_(None)
    )
    row = db.session.scalars(rows).first()
    if row is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return row


def get_merged_name(row: CustomerMerge) -> str | None:
    """The name on the record that is gone; None where it had none, or can no longer be brought back."""
    return merge_snapshot.load(row.snapshot)["gone"]["name"] if row.snapshot else None


def plan_undo(row: CustomerMerge) -> UndoPlan:
    """Raises MergeImpossible."""
    snapshot = _load(row)
    new: Counter[Shown] = Counter()
    lost: Counter[Shown] = Counter()
    for reference in REFERENCES:
        keys, column = set(snapshot["moved"].get(reference.name, ())), getattr(reference.model, reference.column)
        standing = set(merge_snapshot.list_keys(reference.model, column == row.kept_id)) if keys else set()
        if missing := len(keys - standing):
            lost[reference.shown or "contacts"] += missing
        if reference.shown and reference.since:
            came = select(func.count()).select_from(reference.model).where(column == row.kept_id)
            added = set(snapshot["added"]) if reference.model is MarketingConsent else set()
            fresh = came.where(getattr(reference.model, reference.since) > row.created_at)
            fresh = fresh.where(merge_snapshot.get_key(reference.model).not_in(keys | added)) if keys | added else fresh
            new[reference.shown] += db.session.scalar(fresh) or 0
    return UndoPlan({name: count for name, count in new.items() if count}, dict(lost), _list_changed(row.kept_id, snapshot))


def undo_merge(row: CustomerMerge) -> UndoPlan:
    """Bring the other record back, with all that was its own; what could not be taken back is returned. Raises MergeImpossible."""
    kept_id, merged_id = row.kept_id, row.merged_id
    locked = select(CustomerMerge).where(CustomerMerge.id == row.id).with_for_update().execution_options(populate_existing=True)
    db.session.scalars(locked).one()
    db.session.scalars(select(Customer.id).where(Customer.id == kept_id).with_for_update()).one()
    plan, snapshot = plan_undo(row), _load(row)
    before = {name: values[0] for name, values in snapshot["changed"].items() if name not in plan.changed}
    if before:
        merge_snapshot.update_row(Customer, kept_id, before)
    merge_snapshot.insert_row(Customer, snapshot["gone"])
    for name, values in snapshot["removed"]:
        _put_back(name, values)
    for name, keys in snapshot["moved"].items():
        reference = REFERENCES_BY_NAME[name]
        merge_snapshot.reassign(reference.model, reference.column, keys, old=kept_id, new=merged_id)
    for key, was_first in snapshot["ranked"]:
        merge_snapshot.update_row(CustomerIdentifier, key, {"is_first": was_first})
    if snapshot["added"]:
        withdrawals = delete(MarketingConsent).where(MarketingConsent.id.in_(snapshot["added"]))
        db.session.execute(withdrawals.execution_options(synchronize_session=False))
    row.undone_at, row.snapshot = now(), None
    db.session.flush()
    db.session.expire_all()
    record("customers_unmerged", subject=kept_id, data={"merged_id": merged_id, "merge_id": row.id})
    return plan


def forget_snapshots(limit: int) -> int:
    """Delete what takes merges back that can no longer be taken back; inside unscoped(). Gives the number of merges."""
    old = select(CustomerMerge).where(CustomerMerge.created_at <= now() - UNDO_PERIOD, CustomerMerge.snapshot.is_not(None))
    rows = list(db.session.scalars(old.order_by(CustomerMerge.created_at).limit(limit)))
    for row in rows:
        row.snapshot = None
    db.session.flush()
    return len(rows)


def _load(row: CustomerMerge) -> Any:
    if not is_undoable(row) or row.snapshot is None:
        raise MergeImpossible(_("Das Zusammenführen lässt sich nur 30 Tage lang zurücknehmen."))
    snapshot = merge_snapshot.load(row.snapshot)
    if snapshot["kept"] != row.kept_id or has_later_merge(row):
        raise MergeImpossible(_("Danach wurde noch einmal zusammengeführt. Bitte nehmen Sie zuerst das spätere zurück."))
    if db.session.scalar(select(Customer.id).where(Customer.id == row.merged_id)) is not None:
        raise MergeImpossible(_("Die frühere Karteikarte ist durch einen neuen Anruf schon wieder entstanden."))
    return snapshot


def _list_changed(kept_id: str, snapshot: Any) -> list[str]:
    """List the columns that no longer hold what the merge wrote; a name and its index words count as one."""
    current = merge_snapshot.read_rows(Customer, Customer.id == kept_id)[0]
    changed = [name for name, values in snapshot["changed"].items() if current[name] != values[1]]
    together = [names for names in (("name", "name_words", "name_sounds"), ("birth_date", "birth_index")) if set(names) & set(changed)]
    return sorted(set(changed).union(*(set(names) & snapshot["changed"].keys() for names in together)))


def _put_back(name: str, values: Any) -> None:
    """Insert a row that both records had, unless it names somebody who is no longer on record."""
    reference = REFERENCES_BY_NAME[name]
    other_id = values[reference.other] if reference.other else None
    if other_id is None or db.session.scalar(select(Customer.id).where(Customer.id == other_id)) is not None:
        merge_snapshot.insert_row(reference.model, values)
