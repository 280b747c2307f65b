"""Lays claims beside what is so: what does not hold becomes a finding, with both sides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Literal

from app.domain.claims.entities import Detail
from app.domain.claims.evidence import Facts, Known, State
from app.domain.claims.extraction import Claim
from app.domain.language.times import Clock

Differs = Literal["other_day", "other_weekday", "other_time", "other_person", "other_service"]
What = Literal[
    "not_made", "not_moved", "not_cancelled", "not_confirmed", "other_day", "other_weekday", "other_time", "other_person",
    "other_service", "other_price",
]  # fmt: skip
MISSING: dict[str, What] = {"booked": "not_made", "stands": "not_made", "moved": "not_moved", "cancelled": "not_cancelled"}
TOOLS = {"booked": "book_appointment", "stands": "book_appointment", "moved": "reschedule_appointment", "cancelled": "cancel_appointment"}
# how far apart two appointments are taken to be, so that the nearest one is what was meant
WEIGHTS: dict[Differs, int] = {"other_day": 4, "other_time": 3, "other_person": 2, "other_service": 2, "other_weekday": 1}
MOST_SUMMED = 6


@dataclass(slots=True)
class Finding:
    """What was said in which turn, and what is so: the appointment meant, the price, or why there is none."""

    what: What
    position: int
    said: str
    known: Known | None = None
    state: State | None = None
    cents: int | None = None
    service_id: str | None = None
    # the tool that would have done it, what it refused with, or None where it was not even asked
    tool: str | None = None
    refused: str | None = None
    asked: bool = False


def judge(claims: Sequence[Claim], facts: Facts) -> list[Finding]:
    """The claims that do not hold and were not put right later, in the order of the talk."""
    judged = [(claim, _judge(claim, facts)) for claim in claims if not claim.retracted]
    found = []
    for place, (claim, findings) in enumerate(judged):
        later = judged[place + 1 :]
        found += [finding for finding in findings if not _put_right(claim, finding, later)]
    return _once(found)


def _put_right(claim: Claim, finding: Finding, later: Sequence[tuple[Claim, list[Finding]]]) -> bool:
    """A later claim that corrects and holds takes the earlier one back; of prices another price."""
    is_price = claim.kind == "price"
    return any(
        other.corrects and not wrong and (other.kind == "price") == is_price and other.position - claim.position <= 8
        for other, wrong in later
    )


def _once(found: Iterable[Finding]) -> list[Finding]:
    """One finding for each thing and turn."""
    first: dict[tuple[int, str, str | None], Finding] = {}
    for finding in found:
        first.setdefault((finding.position, finding.what, finding.known.id if finding.known else finding.said), finding)
    return list(first.values())


def _judge(claim: Claim, facts: Facts) -> list[Finding]:
    if claim.kind == "price":
        return _judge_price(claim, facts)
    if claim.kind == "booked" and claim.held_only and facts.held and _was_held(claim, facts):
        return []
    details = [detail for detail in claim.details if detail.says_when or detail.staff or detail.stranger] or [Detail()]
    return [finding for detail in details for finding in _judge_detail(claim, detail, facts)]


def _was_held(claim: Claim, facts: Facts) -> bool:
    timed = [detail for detail in claim.details if detail.says_when]
    return not timed or all(any(not _differs(detail, state, facts) for state in facts.held) for detail in timed)


def _judge_detail(claim: Claim, detail: Detail, facts: Facts) -> list[Finding]:
    done = _done(claim, facts)
    candidates = done if not detail.says_when else [*done, *(known for known in _others(claim, facts) if known not in done)]
    if not candidates:
        return [_missing(claim, facts)]
    known, state, differs = _nearest(claim, detail, candidates, facts)
    if claim.kind != "stands" and known not in done and not _already_so(claim, known, differs):
        return [_missing(claim, facts)]
    if "other_day" in differs and "other_time" in differs and claim.kind != "moved":
        return [_missing(claim, facts)]
    if differs:
        return [_finding(differs[0], claim, known=known, state=state)]
    if claim.kind in ("booked", "moved") and known.is_pending and not claim.tentative:
        return [_finding("not_confirmed", claim, known=known, state=state)]
    return []


def _done(claim: Claim, facts: Facts) -> list[Known]:
    """The appointments with which this call did what is claimed; of one that just stands, those that stand."""
    match claim.kind:
        case "booked":
            return [known for known in facts.known if (known.made or known.moved) and (known.stands or known.cancelled)]
        case "moved":
            moved = [known for known in facts.known if known.moved]
            return moved or [known for known in facts.known if known.made and known.stands and any(k.cancelled for k in facts.known)]
        case "cancelled":
            return [known for known in facts.known if known.cancelled]
    return [known for known in facts.known if known.stands or known.cancelled]


def _others(claim: Claim, facts: Facts) -> list[Known]:
    """What is so already, whoever did it: the claim may tell of it."""
    if claim.kind == "cancelled":
        return [known for known in facts.known if not known.stands]
    return [known for known in facts.known if known.stands]


def _already_so(claim: Claim, known: Known, differs: Sequence[Differs]) -> bool:
    return not differs and (claim.kind in ("booked", "moved", "cancelled"))


def _nearest(claim: Claim, detail: Detail, candidates: Sequence[Known], facts: Facts) -> tuple[Known, State, list[Differs]]:
    rated = [
        (known, state, _differs(detail, state, facts))
        for known in candidates
        for state in (known.states if claim.kind in ("moved", "cancelled") else [s for s in known.states if _held_at(s, claim)])
    ]
    return min(rated, key=lambda each: sum(WEIGHTS[differ] for differ in each[2]))


def _held_at(state: State, claim: Claim) -> bool:
    """What was said before a change is laid beside how it stood before."""
    return state.until is None or claim.position <= state.until


def _differs(detail: Detail, state: State, facts: Facts) -> list[Differs]:
    found: list[Differs] = []
    day = state.starts_at.date()
    if detail.days is not None and not _is_day(detail, day):
        found.append("other_day")
    elif detail.weekday is not None and detail.weekday != day.weekday():
        found.append("other_weekday")
    if detail.clock is not None and not _is_time(detail.clock, state):
        found.append("other_time")
    if (detail.staff and state.staff_id not in detail.staff) or (detail.stranger and not detail.staff):
        found.append("other_person")
    if detail.services and not detail.services & state.service_ids:
        found.append("other_service")
    return found


def _is_day(detail: Detail, day: date) -> bool:
    """A bare weekday means the next one or the one after; in a stretch any day of it."""
    days = detail.days
    if days is None:
        return True
    if days.weekday is not None and days.first == days.last:
        return day.weekday() == days.weekday and 0 <= (day - days.first).days <= 7
    return days.first <= day <= days.last


def _is_time(clock: Clock, state: State) -> bool:
    said, so = clock.on(None), state.starts_at.time()
    return (said.hour, said.minute) == (so.hour, so.minute) or (
        clock.loose and clock.hour % 12 == so.hour % 12 and clock.minute == so.minute
    )


def _judge_price(claim: Claim, facts: Facts) -> list[Finding]:
    price = claim.price
    assert price is not None
    if price.cents in facts.told_prices:
        return []
    prices = {offer.id: offer.prices for offer in facts.offers}
    if price.together:
        named = list(dict.fromkeys(service for services in price.of for service in services if prices.get(service)))[:MOST_SUMMED]
        sums = {sum(min(prices[each]) for each in several) for count in range(2, len(named) + 1) for several in combinations(named, count)}
        return [] if not sums or price.cents in sums else [_finding("other_price", claim, cents=max(sums))]
    right = {cents for services in price.of for service in services for cents in prices.get(service, ())}
    if not right or price.cents in right:
        return []
    return [_finding("other_price", claim, cents=min(right), service_id=sorted(price.of[0])[0])]


def _missing(claim: Claim, facts: Facts) -> Finding:
    tool = TOOLS[claim.kind]
    finding = _finding(MISSING[claim.kind], claim)
    finding.tool, finding.refused, finding.asked = tool, facts.refused.get(tool), tool in facts.used
    return finding


def _finding(
    what: What, claim: Claim, *, known: Known | None = None, state: State | None = None, cents: int | None = None,
    service_id: str | None = None,
) -> Finding:  # fmt: skip
    return Finding(what, claim.position, claim.said, known, state, cents, service_id)
