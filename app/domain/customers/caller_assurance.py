"""How surely we know who calls, rung by rung, and what each rung allows: to hear, to change, to cancel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import bindparam, func, select

from app.core.clock import now
from app.core.encryption import keyring
from app.core.extensions import db
from app.core.phone import normalise
from app.domain.customers import matching
from app.domain.customers.name_matching import name_fits, same_name
from app.models import Call, CallerVerification, Company, Customer

Rung = Literal["none", "number", "name", "verified", "code"]
Right = Literal["hear", "change", "cancel", "book"]
# `alike`: a name that is not theirs and sounds like it; it proves nothing and counts as a try
Proof = Literal["name", "alike", "birth_date", "booking", "code"]
RUNGS: tuple[Rung, ...] = ("none", "number", "name", "verified", "code")
RUNG_OF: dict[str, Rung] = {"name": "name", "birth_date": "verified", "booking": "verified", "code": "code"}
# from which step on; a company may set others
DEFAULT_RIGHTS: dict[Right, Rung] = {"hear": "number", "change": "name", "cancel": "verified", "book": "none"}
# wrong tries after which nothing more is believed: in one call, of those names; in a day from one number
TRIES_IN_A_CALL = 3
NAMES_IN_A_CALL = 5
TRIES_A_DAY = 10
# and about one customer, whoever tries: a day of a booking is one of few, so that guessing goes on over many calls
TRIES_ABOUT_SOMEBODY = 6
TRIES_COUNT_FOR = timedelta(days=30)
PROOFS = select(CallerVerification).where(CallerVerification.call_id == bindparam("call")).order_by(CallerVerification.id)


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
    def is_verified(self) -> bool:
        return RUNGS.index(self.certainty) >= RUNGS.index("verified")

    @property
    def needed_to_hear_all(self) -> Rung:
        """From which rung on the caller hears of their appointments what they have not said: a company may choose another than ours."""
        return self.needed_for("hear") if (self.company_rights or {}).get("hear") in RUNGS else "verified"

    @property
    def hears_all(self) -> bool:
        return self.may("hear") and RUNGS.index(self.certainty) >= RUNGS.index(self.needed_to_hear_all)

    @property
    def rights(self) -> list[Right]:
        """A withheld number, a person we cannot name and whoever only guesses may book anew and nothing else."""
        if self.is_withheld or not self.is_known or (self.is_locked and not self.is_verified):
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
        is_locked=_guesses(proofs),
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


def _guesses(proofs: Sequence[CallerVerification]) -> bool:
    wrong = [proof.kind for proof in proofs if not proof.ok]
    names = sum(kind in ("name", "alike") for kind in wrong)
    return len(wrong) - names >= TRIES_IN_A_CALL or names >= NAMES_IN_A_CALL


def named(name: str, customers: Sequence[Customer]) -> list[Customer]:
    """Those whose name is the one that was said."""
    return [customer for customer in customers if customer.name and same_name(name, customer.name)]


def alike(name: str, customers: Sequence[Customer]) -> list[Customer]:
    """Those whose name sounds like the one that was said, or holds it: reason to ask, never to know."""
    return [customer for customer in customers if customer.name and (name_fits(name, customer.name) or name_fits(customer.name, name))]


def note_proof(call: Call, kind: Proof, *, ok: bool, customer: Customer | None) -> None:
    """Writes down that somebody tried; what was said is not kept."""
    db.session.add(CallerVerification(call_id=call.id, customer_id=customer.id if customer else None, kind=kind, ok=ok))
    db.session.flush()


def may_try(customer: Customer) -> bool:
    """Whether not too many days, dates of birth or codes have been tried about this person of late, by whomever."""
    lately = (
        CallerVerification.customer_id == customer.id,
        CallerVerification.at > now() - TRIES_COUNT_FOR,
        CallerVerification.ok.is_(False),
    )
    wrong = select(func.count()).select_from(CallerVerification).where(*lately, CallerVerification.kind.not_in(("name", "alike")))
    return (db.session.scalar(wrong) or 0) < TRIES_ABOUT_SOMEBODY


def may_try_from(call: Call) -> bool:
    """Whether this number has not tried too often of late, about whomever."""
    since = now() - timedelta(days=1)
    wrong = select(func.count()).select_from(CallerVerification).join(Call, Call.id == CallerVerification.call_id)
    lately = (
        Call.from_number == call.from_number,
        Call.started_at > since,
        CallerVerification.at > since,
        CallerVerification.ok.is_(False),
    )
    return (db.session.scalar(wrong.where(*lately)) or 0) < TRIES_A_DAY


def set_birth_date(customer: Customer, born: date | None) -> None:
    """Keeps the date sealed, and findable by its keyed hash."""
    customer.birth_date = born.isoformat() if born else None
    customer.birth_index = birth_index(born) if born else None


def birth_index(born: date) -> str:
    return keyring().blind_index(f"birth:{born.isoformat()}")


def born_on(born: date, name: str) -> list[Customer]:
    """Customers of this date of birth and name, whatever number they call from."""
    rows = db.session.scalars(select(Customer).where(Customer.birth_index == birth_index(born)).order_by(Customer.id)).all()
    return named(name, rows)
