"""Checks claims against the evidence; each difference becomes a mismatch with both sides."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.domain.claims.addresses import check_address
from app.domain.claims.appointment_check import check_appointment, check_vague_claim
from app.domain.claims.availability import check_free_time, check_full
from app.domain.claims.claim_types import APPOINTMENT_KINDS, Claim, ClaimKind
from app.domain.claims.durations import check_duration
from app.domain.claims.evidence_types import Evidence
from app.domain.claims.false_claim import FalseClaim
from app.domain.claims.fees import check_fee
from app.domain.claims.opening_hours import check_hours
from app.domain.claims.prices import check_price
from app.domain.claims.promises import check_promise

# None: the evidence says nothing about it
Check = Callable[[Claim, Evidence], list[FalseClaim] | None]
CHECKS: dict[str, Check] = {
    **dict.fromkeys(APPOINTMENT_KINDS, check_appointment),
    **dict.fromkeys(("callback", "message", "waitlist", "notification"), check_promise),
    "price": check_price,
    "duration": check_duration,
    "hours": check_hours,
    "address": check_address,
    "fee": check_fee,
    "free": check_free_time,
    "full": check_full,
}
CORRECTED_WITHIN_TURNS = 8


@dataclass(slots=True)
class FactCheck:
    """The mismatches in order, how many claims were checked, and the counts by kind and result: true, false or unverified."""

    false_claims: list[FalseClaim]
    claim_count: int
    counts: Counter[tuple[ClaimKind, str]]


def check_claims(claims: Sequence[Claim], evidence: Evidence) -> list[FalseClaim]:
    """Check claims; gives mismatches that were not corrected later, in order."""
    return check_facts(claims, evidence).false_claims


def check_facts(claims: Sequence[Claim], evidence: Evidence) -> FactCheck:
    """Check claims against the evidence; those about which nothing is known are only counted."""
    judged = [
        (claim, (check_vague_claim if claim.is_vague else CHECKS[claim.kind])(claim, evidence)) for claim in claims if not claim.retracted
    ]
    known = [(claim, mismatches) for claim, mismatches in judged if mismatches is not None]
    false_claims = []
    for place, (claim, mismatches) in enumerate(known):
        later = known[place + 1 :]
        false_claims += [mismatch for mismatch in mismatches if not _is_corrected_later(claim, later)]
    counts = Counter(
        (claim.kind, "unverified" if mismatches is None else "false" if mismatches else "true") for claim, mismatches in judged
    )
    return FactCheck(_deduplicate(false_claims), len(known), counts)


def _is_corrected_later(claim: Claim, later: Sequence[tuple[Claim, list[FalseClaim]]]) -> bool:
    """Check whether a later correct claim of the same sort corrects this one."""
    return any(
        other.corrects and not wrong and _get_sort(other) == _get_sort(claim) and other.position - claim.position <= CORRECTED_WITHIN_TURNS
        for other, wrong in later
    )


def _get_sort(claim: Claim) -> str:
    return "appointment" if claim.kind in APPOINTMENT_KINDS else claim.kind


def _deduplicate(false_claims: Iterable[FalseClaim]) -> list[FalseClaim]:
    """Keep one mismatch for each subject and turn."""
    first: dict[tuple[int, str, str | None], FalseClaim] = {}
    for mismatch in false_claims:
        first.setdefault((mismatch.position, mismatch.kind, mismatch.appointment.id if mismatch.appointment else mismatch.quote), mismatch)
    return list(first.values())
