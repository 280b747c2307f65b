"""Notes of the team about a customer: several, with author and time, and pinned where everybody should see them first."""

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.audit.log import find_acting_user_id, record
from app.models import Customer, CustomerNote

MAX_NOTE_LENGTH = 4000


def add_note(customer: Customer, body: str, *, is_pinned: bool = False) -> CustomerNote:
    note = CustomerNote(customer_id=customer.id, body=body, is_pinned=is_pinned, author_id=find_acting_user_id(), created_at=now())
    db.session.add(note)
    db.session.flush()
    record("customer_note_added", subject=customer.id, data={"note_id": note.id})
    db.session.expire(customer, ["notes"])
    return note


def find_note(customer: Customer, note_id: int) -> CustomerNote | None:
    """Find a note of this customer; that of another one is none."""
    rows = select(CustomerNote).where(CustomerNote.id == note_id, CustomerNote.customer_id == customer.id)
    return db.session.scalars(rows).first()


def delete_note(note: CustomerNote) -> None:
    record("customer_note_deleted", subject=note.customer_id, data={"note_id": note.id})
    db.session.delete(note)
