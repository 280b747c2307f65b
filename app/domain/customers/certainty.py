"""How surely we know who calls, step by step, and what each step allows: to hear, to change, to cancel."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import bindparam, func, select

from app.core.clock import now
from app.core.encryption import keyring
from app.core.extensions import db
from app.core.phone import normalise
from app.domain.customers import matching
from app.domain.customers.naming import name_fits
from app.models import Call, CallerProof, Company, Customer

Rung = Literal["none", "number", "name", "verified", "code"]
Right = Literal["hear", "change", "cancel", "book"]
Proof = Literal["name", "birth_date", "booking", "code"]
RUNGS: tuple[Rung, ...] = ("none", "number", "name", "verified", "code")
RUNG_OF: dict[str, Rung] = {"name": "name", "birth_date": "verified", "booking": "verified", "code": "code"}
# from which step on; a company may set others
DEFAULT_RIGHTS: dict[Right, Rung] = {"hear": "number", "change": "name", "cancel": "verified", "book": "none"}
# wrong tries after which nothing more is believed: in one call, and about one customer in a day
TRIES_IN_A_CALL = 3
TRIES_ABOUT_SOMEBODY = 10
PROOFS = select(CallerProof).where(CallerProof.call_id == bindparam("call")).order_by(CallerProof.id)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as far as it is known. `sharing` are all who have this number; `customer` is the one who speaks."""

    certainty: Rung
    customer: Customer | None
    sharing: tuple[Customer, ...] = ()
    is_withheld: bool = False
    is_locked: bool = False
    company_rights: dict[str, Any] | None = None

    @property
    def is_known(self) -> bool:
        return self.customer is not None and self.customer.name is not None

    @property
    def is_one_of_several(self) -> bool:
        """The number alone does not say who of a family speaks."""
        return self.customer is None and len(self.sharing) > 1

    @property
    def rights(self) -> list[Right]:
        """A withheld number, and a person we cannot name, may only book anew."""
        if self.is_withheld or self.customer is None:
            return ["book"]
        return [right for right in DEFAULT_RIGHTS if RUNGS.index(self.certainty) >= RUNGS.index(self.needed_for(right))]

    def may(self, right: Right) -> bool:
        return right in self.rights

    def needed_for(self, right: Right) -> Rung:
        chosen = (self.company_rights or {}).get(right)
        return chosen if chosen in RUNGS else DEFAULT_RIGHTS[right]


def recognise(call: Call, company: Company) -> Caller:
    """Who calls, from the number and from what was proved in this call."""
    known = sharing_number(call)
    proofs = db.session.scalars(PROOFS, {"call": call.id}).all()
    customer = known[0] if len(known) == 1 else None
    certainty: Rung = "number" if known else "none"
    for proof in proofs:
        if proof.kind == "name" and not proof.ok:
            # somebody else speaks on this number
            customer, certainty = None, "number" if known else "none"
        elif proof.ok and (customer is None or proof.customer_id != customer.id):
            customer, certainty = db.session.get(Customer, proof.customer_id), RUNG_OF[proof.kind]
        elif proof.ok:
            certainty = max(certainty, RUNG_OF[proof.kind], key=RUNGS.index)
    return Caller(
        certainty,
        customer,
        tuple(known),
        is_withheld=call.caller_kind == "withheld",
        is_locked=sum(not proof.ok and proof.kind != "name" for proof in proofs) >= TRIES_IN_A_CALL,
        company_rights=company.caller_rights,
    )


def sharing_number(call: Call) -> list[Customer]:
    """The customers who have the caller's number; one that is withheld or that no plan knows is nobody's."""
    if call.caller_kind != "number" or not call.from_number:
        return []
    return customers_at(call.company_id, normalise(call.from_number, source="e164").identity)


def customers_at(company_id: str, number: str | None) -> list[Customer]:
    """Who of a company's customers has this E.164 number, the one we know longest first."""
    return matching.candidates([(company_id, number)])[company_id, number] if number else []


def fitting(name: str, customers: tuple[Customer, ...] | list[Customer]) -> list[Customer]:
    """Those whose name is what was said; the whole name before a part of it."""
    exact = [customer for customer in customers if customer.name and matching.folded(customer.name) == matching.folded(name)]
    return exact or [customer for customer in customers if customer.name and name_fits(name, customer.name)]


def note_proof(call: Call, kind: Proof, *, ok: bool, customer: Customer | None) -> None:
    """Writes down that somebody tried; what was said is not kept."""
    db.session.add(CallerProof(call_id=call.id, customer_id=customer.id if customer else None, kind=kind, ok=ok))
    db.session.flush()


def may_try(customer: Customer) -> bool:
    """Whether this person has not been tried too often of late, by whomever."""
    lately = (CallerProof.customer_id == customer.id, CallerProof.at > now() - timedelta(days=1), CallerProof.ok.is_(False))
    return (db.session.scalar(select(func.count()).select_from(CallerProof).where(*lately)) or 0) < TRIES_ABOUT_SOMEBODY


def set_birth_date(customer: Customer, born: date | None) -> None:
    """Keeps the date sealed, and findable by its keyed hash."""
    customer.birth_date = born.isoformat() if born else None
    customer.birth_index = birth_index(born) if born else None


def birth_index(born: date) -> str:
    return keyring().blind_index(f"birth:{born.isoformat()}")


def born_on(born: date, name: str) -> list[Customer]:
    """Customers of this date of birth and name, whatever number they call from."""
    rows = db.session.scalars(select(Customer).where(Customer.birth_index == birth_index(born)).order_by(Customer.id)).all()
    return fitting(name, list(rows))
