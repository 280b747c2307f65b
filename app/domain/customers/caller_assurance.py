"""Assurance levels of a caller's identity, and the permissions of each: hear, change, cancel, book."""

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
from app.domain.customers.name_matching import is_same_name, is_similar_name
from app.models import Call, Company, Customer, VerificationAttempt

AssuranceLevel = Literal["none", "number", "name", "verified", "code"]
Permission = Literal["hear", "change", "cancel", "book"]
# `alike`: a similar name; it verifies nothing and counts as an attempt
VerificationMethod = Literal["name", "alike", "birth_date", "booking", "code"]
ASSURANCE_LEVELS: tuple[AssuranceLevel, ...] = ("none", "number", "name", "verified", "code")
LEVEL_BY_METHOD: dict[str, AssuranceLevel] = {"name": "name", "birth_date": "verified", "booking": "verified", "code": "code"}
# the lowest level for each; a company may set others
DEFAULT_PERMISSIONS: dict[Permission, AssuranceLevel] = {"hear": "number", "change": "name", "cancel": "verified", "book": "none"}
# failed attempts that lock verification: in one call, of those names; in a day from one number
MAX_ATTEMPTS_PER_CALL = 3
MAX_NAMES_PER_CALL = 5
MAX_ATTEMPTS_PER_DAY = 10
# and about one customer from any number: the day of a booking can be guessed over many calls
MAX_ATTEMPTS_PER_CUSTOMER = 6
ATTEMPT_WINDOW = timedelta(days=30)
VERIFICATIONS_OF_CALL = select(VerificationAttempt).where(VerificationAttempt.call_id == bindparam("call")).order_by(VerificationAttempt.id)


@dataclass(frozen=True, slots=True)
class IdentifiedCaller:
    """The caller as identified so far. `candidates` are all customers with this number; `customer` is the speaker."""

    certainty: AssuranceLevel
    customer: Customer | None
    candidates: tuple[Customer, ...] = ()
    is_withheld: bool = False
    is_locked: bool = False
    company_rights: dict[str, Any] | None = None

    @property
    def is_known(self) -> bool:
        return self.customer is not None and self.customer.name is not None

    @property
    def is_ambiguous_caller(self) -> bool:
        """Whether several customers share the number and none is identified yet."""
        return self.customer is None and len(self.candidates) > 1

    @property
    def is_verified(self) -> bool:
        return ASSURANCE_LEVELS.index(self.certainty) >= ASSURANCE_LEVELS.index("verified")

    @property
    def level_to_hear_all(self) -> AssuranceLevel:
        """The level from which everything about own appointments may be disclosed; a company may set another."""
        return self.required_level("hear") if (self.company_rights or {}).get("hear") in ASSURANCE_LEVELS else "verified"

    @property
    def can_hear_all(self) -> bool:
        return self.has_permission("hear") and ASSURANCE_LEVELS.index(self.certainty) >= ASSURANCE_LEVELS.index(self.level_to_hear_all)

    @property
    def rights(self) -> list[Permission]:
        """The permissions; withheld, unknown and locked callers may only book."""
        if self.is_withheld or not self.is_known or (self.is_locked and not self.is_verified):
            return ["book"]
        return [
            right
            for right in DEFAULT_PERMISSIONS
            if ASSURANCE_LEVELS.index(self.certainty) >= ASSURANCE_LEVELS.index(self.required_level(right))
        ]

    def has_permission(self, right: Permission) -> bool:
        return right in self.rights

    def required_level(self, right: Permission) -> AssuranceLevel:
        chosen = (self.company_rights or {}).get(right)
        return chosen if chosen in ASSURANCE_LEVELS else DEFAULT_PERMISSIONS[right]


def identify_caller(call: Call, company: Company) -> IdentifiedCaller:
    """Identify the caller by the number and this call's verifications."""
    customers = find_customers_of_call(call)
    proofs = db.session.scalars(VERIFICATIONS_OF_CALL, {"call": call.id}).all()
    customer = customers[0] if len(customers) == 1 else None
    certainty: AssuranceLevel = "number" if customers else "none"
    for proof in proofs:
        if proof.kind == "name" and not proof.ok:
            # another person speaks on this number
            customer, certainty = None, "number" if customers else "none"
        elif proof.ok and (customer is None or proof.customer_id != customer.id):
            customer, certainty = db.session.get(Customer, proof.customer_id), LEVEL_BY_METHOD[proof.kind]
        elif proof.ok:
            certainty = max(certainty, LEVEL_BY_METHOD[proof.kind], key=ASSURANCE_LEVELS.index)
    return IdentifiedCaller(
        certainty,
        customer,
        tuple(customers),
        is_withheld=call.caller_kind == "withheld",
        is_locked=_is_locked(proofs),
        company_rights=company.caller_rights,
    )


def find_customers_of_call(call: Call) -> list[Customer]:
    """Find the customers with the caller's number; none for a withheld or invalid number."""
    if call.caller_kind != "number" or not call.from_number:
        return []
    return find_customers_by_number(call.company_id, normalise(call.from_number, source="e164").identity)


def find_customers_by_number(company_id: str, number: str | None) -> list[Customer]:
    """Find a company's customers with this E.164 number, oldest first."""
    return matching.find_customers_by_numbers([(company_id, number)])[company_id, number] if number else []


def _is_locked(proofs: Sequence[VerificationAttempt]) -> bool:
    wrong = [proof.kind for proof in proofs if not proof.ok]
    names = sum(kind in ("name", "alike") for kind in wrong)
    return len(wrong) - names >= MAX_ATTEMPTS_PER_CALL or names >= MAX_NAMES_PER_CALL


def filter_same_name(name: str, customers: Sequence[Customer]) -> list[Customer]:
    """Filter customers with the same name."""
    return [customer for customer in customers if customer.name and is_same_name(name, customer.name)]


def filter_similar_name(name: str, customers: Sequence[Customer]) -> list[Customer]:
    """Filter customers with a similar name, which is a reason to repeat the question but never evidence."""
    return [
        customer
        for customer in customers
        if customer.name and (is_similar_name(name, customer.name) or is_similar_name(customer.name, name))
    ]


def record_verification(call: Call, kind: VerificationMethod, *, ok: bool, customer: Customer | None) -> None:
    """Record a verification attempt, without the spoken words."""
    db.session.add(VerificationAttempt(call_id=call.id, customer_id=customer.id if customer else None, kind=kind, ok=ok))
    db.session.flush()


def is_within_attempts(customer: Customer) -> bool:
    """Check the limit of failed attempts about this customer, from any number."""
    lately = (
        VerificationAttempt.customer_id == customer.id,
        VerificationAttempt.occurred_at > now() - ATTEMPT_WINDOW,
        VerificationAttempt.ok.is_(False),
    )
    wrong = select(func.count()).select_from(VerificationAttempt).where(*lately, VerificationAttempt.kind.not_in(("name", "alike")))
    return (db.session.scalar(wrong) or 0) < MAX_ATTEMPTS_PER_CUSTOMER


def is_number_within_attempts(call: Call) -> bool:
    """Check the limit of failed attempts from this number, about any customer."""
    wrong = select(func.count()).select_from(VerificationAttempt).join(Call, Call.id == VerificationAttempt.call_id)
    lately = (
        Call.from_number == call.from_number,
        Call.started_at > now() - timedelta(days=1),
        VerificationAttempt.ok.is_(False),
    )
    return (db.session.scalar(wrong.where(*lately)) or 0) < MAX_ATTEMPTS_PER_DAY


def set_birth_date(customer: Customer, born: date | None) -> None:
    """Set the date of birth, encrypted, with its keyed hash for lookups."""
    customer.birth_date = born.isoformat() if born else None
    customer.birth_index = hash_birth_date(born) if born else None


def hash_birth_date(born: date) -> str:
    return keyring().blind_index(f"birth:{born.isoformat()}")


def find_by_birth_date(born: date, name: str) -> list[Customer]:
    """Find customers by date of birth and name, with any number."""
    rows = db.session.scalars(select(Customer).where(Customer.birth_index == hash_birth_date(born)).order_by(Customer.id)).all()
    return filter_same_name(name, rows)
