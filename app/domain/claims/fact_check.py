"""Checks claims against the evidence; each difference becomes a mismatch with both sides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Literal

from app.domain.claims.entities import AppointmentMention
from app.domain.claims.evidence import AppointmentEvidence, AppointmentState, Evidence
from app.domain.claims.extraction import Claim
from app.domain.language.times import ClockTime

DetailMismatch = Literal["other_day", "other_weekday", "other_time", "other_person", "other_service"]
MismatchKind = Literal[
    "not_made", "not_moved", "not_cancelled", "not_confirmed", "other_day", "other_weekday", "other_time", "other_person",
    "other_service", "other_price",
]  # fmt: skip
MISSING_KINDS: dict[str, MismatchKind] = {"booked": "not_made", "stands": "not_made", "moved": "not_moved", "cancelled": "not_cancelled"}
TOOL_BY_CLAIM = {
    "booked": "book_appointment",
    "stands": "book_appointment",
    "moved": "reschedule_appointment",
    "cancelled": "cancel_appointment",
}
# weights of differences, to find the nearest appointment
WEIGHTS: dict[DetailMismatch, int] = {"other_day": 4, "other_time": 3, "other_person": 2, "other_service": 2, "other_weekday": 1}
MAX_SUMMED_PRICES = 6


@dataclass(slots=True)
class Mismatch:
    """A false claim with its turn, and the actual appointment, price or missing tool call."""

    kind: MismatchKind
    position: int
    quote: str
    appointment: AppointmentEvidence | None = None
    state: AppointmentState | None = None
    cents: int | None = None
    service_id: str | None = None
    # the tool for the action, its rejection code, and whether it was called
    tool: str | None = None
    rejection: str | None = None
    was_used: bool = False


def check_claims(claims: Sequence[Claim], evidence: Evidence) -> list[Mismatch]:
    """Check claims; gives mismatches that were not corrected later, in order."""
    judged = [(claim, _check_claim(claim, evidence)) for claim in claims if not claim.retracted]
    found = []
    for place, (claim, mismatches) in enumerate(judged):
        later = judged[place + 1 :]
        found += [mismatch for mismatch in mismatches if not _is_corrected_later(claim, mismatch, later)]
    return _deduplicate(found)


def _is_corrected_later(claim: Claim, mismatch: Mismatch, later: Sequence[tuple[Claim, list[Mismatch]]]) -> bool:
    """Check whether a later correct claim corrects this one; for prices another price."""
    is_price = claim.kind == "price"
    return any(
        other.corrects and not wrong and (other.kind == "price") == is_price and other.position - claim.position <= 8
        for other, wrong in later
    )


def _deduplicate(found: Iterable[Mismatch]) -> list[Mismatch]:
    """Keep one mismatch for each subject and turn."""
    first: dict[tuple[int, str, str | None], Mismatch] = {}
    for mismatch in found:
        first.setdefault((mismatch.position, mismatch.kind, mismatch.appointment.id if mismatch.appointment else mismatch.quote), mismatch)
    return list(first.values())


def _check_claim(claim: Claim, evidence: Evidence) -> list[Mismatch]:
    if claim.kind == "price":
        return _check_price(claim, evidence)
    if claim.kind == "booked" and claim.held_only and evidence.holds and _matches_hold(claim, evidence):
        return []
    mentions = [mention for mention in claim.mentions if mention.has_time or mention.staff or mention.unknown_name] or [
        AppointmentMention()
    ]
    return [mismatch for mention in mentions for mismatch in _check_mention(claim, mention, evidence)]


def _matches_hold(claim: Claim, evidence: Evidence) -> bool:
    timed = [mention for mention in claim.mentions if mention.has_time]
    return not timed or all(any(not _list_differences(mention, state, evidence) for state in evidence.holds) for mention in timed)


def _check_mention(claim: Claim, mention: AppointmentMention, evidence: Evidence) -> list[Mismatch]:
    done = _list_actions(claim, evidence)
    candidates = (
        done
        if not mention.has_time
        else [*done, *(appointment for appointment in _list_existing(claim, evidence) if appointment not in done)]
    )
    if not candidates:
        return [_build_missing(claim, evidence)]
    appointment, state, differs = _find_nearest(claim, mention, candidates, evidence)
    if claim.kind != "stands" and appointment not in done and not _is_already_true(claim, appointment, differs):
        return [_build_missing(claim, evidence)]
    if "other_day" in differs and "other_time" in differs and claim.kind != "moved":
        return [_build_missing(claim, evidence)]
    if differs:
        return [_build_mismatch(differs[0], claim, appointment=appointment, state=state)]
    if claim.kind in ("booked", "moved") and appointment.is_pending and not claim.tentative:
        return [_build_mismatch("not_confirmed", claim, appointment=appointment, state=state)]
    return []


def _list_actions(claim: Claim, evidence: Evidence) -> list[AppointmentEvidence]:
    """List the appointments on which this call performed the claimed action."""
    match claim.kind:
        case "booked":
            return [
                appointment
                for appointment in evidence.appointments
                if (appointment.was_created or appointment.was_moved) and (appointment.is_active or appointment.was_cancelled)
            ]
        case "moved":
            moved = [appointment for appointment in evidence.appointments if appointment.was_moved]
            return moved or [
                appointment
                for appointment in evidence.appointments
                if appointment.was_created
                and appointment.is_active
                and any(appointment.was_cancelled for appointment in evidence.appointments)
            ]
        case "cancelled":
            return [appointment for appointment in evidence.appointments if appointment.was_cancelled]
    return [appointment for appointment in evidence.appointments if appointment.is_active or appointment.was_cancelled]


def _list_existing(claim: Claim, evidence: Evidence) -> list[AppointmentEvidence]:
    """List the appointments that already are as claimed, whoever changed them."""
    if claim.kind == "cancelled":
        return [appointment for appointment in evidence.appointments if not appointment.is_active]
    return [appointment for appointment in evidence.appointments if appointment.is_active]


def _is_already_true(claim: Claim, appointment: AppointmentEvidence, differs: Sequence[DetailMismatch]) -> bool:
    return not differs and (claim.kind in ("booked", "moved", "cancelled"))


def _find_nearest(
    claim: Claim, mention: AppointmentMention, candidates: Sequence[AppointmentEvidence], evidence: Evidence
) -> tuple[AppointmentEvidence, AppointmentState, list[DetailMismatch]]:
    rated = [
        (appointment, state, _list_differences(mention, state, evidence))
        for appointment in candidates
        for state in (
            appointment.states if claim.kind in ("moved", "cancelled") else [s for s in appointment.states if _was_valid_at(s, claim)]
        )
    ]
    return min(rated, key=lambda each: sum(WEIGHTS[differ] for differ in each[2]))


def _was_valid_at(state: AppointmentState, claim: Claim) -> bool:
    """Check whether the state was valid when the claim was made."""
    return state.until_turn is None or claim.position <= state.until_turn


def _list_differences(mention: AppointmentMention, state: AppointmentState, evidence: Evidence) -> list[DetailMismatch]:
    found: list[DetailMismatch] = []
    day = state.starts_at.date()
    if mention.days is not None and not _matches_day(mention, day):
        found.append("other_day")
    elif mention.weekday is not None and mention.weekday != day.weekday():
        found.append("other_weekday")
    if mention.clock is not None and not _matches_time(mention.clock, state):
        found.append("other_time")
    if (mention.staff and state.staff_id not in mention.staff) or (mention.unknown_name and not mention.staff):
        found.append("other_person")
    if mention.services and not mention.services & state.service_ids:
        found.append("other_service")
    return found


def _matches_day(mention: AppointmentMention, day: date) -> bool:
    """Match the day; a bare weekday is the next or the one after, a range any of its days."""
    days = mention.days
    if days is None:
        return True
    if days.weekday is not None and days.first == days.last:
        return day.weekday() == days.weekday and 0 <= (day - days.first).days <= 7
    return days.first <= day <= days.last


def _matches_time(clock: ClockTime, state: AppointmentState) -> bool:
    said, so = clock.on(None), state.starts_at.time()
    return (said.hour, said.minute) == (so.hour, so.minute) or (
        clock.loose and clock.hour % 12 == so.hour % 12 and clock.minute == so.minute
    )


def _check_price(claim: Claim, evidence: Evidence) -> list[Mismatch]:
    price = claim.price
    assert price is not None
    if price.cents in evidence.quoted_prices:
        return []
    prices = {offer.id: offer.prices for offer in evidence.offers}
    if price.together:
        named = list(dict.fromkeys(service for services in price.of for service in services if prices.get(service)))[:MAX_SUMMED_PRICES]
        sums = {sum(min(prices[each]) for each in several) for count in range(2, len(named) + 1) for several in combinations(named, count)}
        return [] if not sums or price.cents in sums else [_build_mismatch("other_price", claim, cents=max(sums))]
    right = {cents for services in price.of for service in services for cents in prices.get(service, ())}
    if not right or price.cents in right:
        return []
    return [_build_mismatch("other_price", claim, cents=min(right), service_id=sorted(price.of[0])[0])]


def _build_missing(claim: Claim, evidence: Evidence) -> Mismatch:
    tool = TOOL_BY_CLAIM[claim.kind]
    mismatch = _build_mismatch(MISSING_KINDS[claim.kind], claim)
    mismatch.tool, mismatch.rejection, mismatch.was_used = tool, evidence.rejections.get(tool), tool in evidence.used_tools
    return mismatch


def _build_mismatch(
    kind: MismatchKind, claim: Claim, *, appointment: AppointmentEvidence | None = None, state: AppointmentState | None = None,
    cents: int | None = None, service_id: str | None = None,
) -> Mismatch:  # fmt: skip
    return Mismatch(kind, claim.position, claim.quote, appointment, state, cents, service_id)
