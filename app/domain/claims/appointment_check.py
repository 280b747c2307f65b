"""Checks claims about appointments against those of the call and its caller."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from app.domain.claims.action_vocabulary import BOTH, BOTH_APPOINTMENTS
from app.domain.claims.appointment_mentions import AppointmentMention
from app.domain.claims.claim_types import Claim
from app.domain.claims.evidence_types import AppointmentEvidence, AppointmentSnapshot, Evidence
from app.domain.claims.false_claim import DetailMismatch, FalseClaim, MismatchKind, build_mismatch
from app.domain.claims.promises import NOT_KEPT, check_promise
from app.domain.claims.visit_ends import ENDS, is_end
from app.domain.language.times import ClockTime
from app.domain.language.vocabulary import fold

MISSING_KINDS: dict[str, MismatchKind] = {"booked": "not_made", "stands": "not_made", "moved": "not_moved", "cancelled": "not_cancelled"}
TOOL_BY_CLAIM = {
    "booked": "book_appointment",
    "stands": "book_appointment",
    "moved": "reschedule_appointment",
    "cancelled": "cancel_appointment",
}
WRITTEN_DOWN = re.compile(r"\b(?:aufgeschrieben|notiert|weitergegeben|jotted|noted|written (?:it |that )?down)\b")
ARRIVES = re.compile(
    r"\b(?:kommen sie|komm|kommst du|seien sie|da zu sein|da sein|vor ort|einfinden|eintreffen)\b.*\b(?:schon|vorher|frueher|gern\w*|ruhig|bitte|rechtzeitig|etwas)\b|\b(?:bitte|gern\w*|ruhig) (?:schon|etwas frueher)\b"
    r"|\b(?:please|feel free to|you can|you might|best to|do) (?:\w+ )?(?:come|arrive|be here|be there|turn up|pop in|get here)\b"
)
MAX_EARLY_MINUTES = 30
# beside the time that an appointment was moved to: "der alte Termin ist damit weg", "the nine o'clock is gone"
FORMER = re.compile(
    r"\b(?:alte[rns]?|bisherige[rns]?|urspruengliche[rns]?|vorige[rns]?|morgige[rns]?|heutige[rns]?|old|former|previous|original|earlier)\b"
)
GONE = re.compile(r"\b(?:gone|cancelled|canceled|off|weg|raus|gestrichen|geloescht|frei|hinfaellig)\b")
APPROXIMATELY = timedelta(minutes=15)
# weights of differences, to find the nearest appointment
WEIGHTS: dict[DetailMismatch, int] = {
    "other_day": 5, "other_time": 4, "other_branch": 2, "other_person": 2, "other_service": 2, "other_weekday": 1,
}  # fmt: skip


def check_appointment(claim: Claim, evidence: Evidence) -> list[FalseClaim] | None:
    """Check a claim; gives its mismatches, or None where it cannot be verified."""
    if claim.kind == "denied":
        return _check_denial(claim, evidence)
    if claim.kind == "cancelled" and (mismatches := _check_kept(claim, evidence)):
        return mismatches
    if claim.kind == "booked" and _is_about_existing(evidence):
        claim = replace(claim, kind="stands")
    if claim.kind == "booked" and evidence.tasks and WRITTEN_DOWN.search(fold(claim.quote)):
        # a message may name a time
        return []
    if claim.kind == "booked" and claim.held_only and evidence.holds and _matches_hold(claim, evidence):
        return []
    mentions = [mention for mention in claim.mentions if mention.has_detail] or [AppointmentMention()]
    checked = [(mention, _check_mention(claim, mention, evidence)) for mention in mentions]
    is_one_right = any(not mismatches and mention.clock is not None for mention, mismatches in checked)
    found = [
        mismatch
        for mention, mismatches in checked
        for mismatch in mismatches
        # "um halb zwölf, und um zwölf rollen Sie weiter"
        if not (is_one_right and mismatch.kind == "other_time" and not mention.staff and is_end(mention, evidence))
    ]
    return found or ([_build_missing(claim, evidence)] if claim.kind == "booked" and _lacks_one(claim, evidence) else [])


def _lacks_one(claim: Claim, evidence: Evidence) -> bool:
    """ "Beide Termine sind gebucht", where only one is."""
    plain = fold(claim.quote)
    several = len({mention.clock for mention in claim.mentions if mention.clock is not None}) > 1
    says_both = BOTH_APPOINTMENTS.search(plain) or (several and BOTH.search(plain))
    return bool(says_both) and len([each for each in evidence.appointments if each.is_active]) == 1


def _check_kept(claim: Claim, evidence: Evidence) -> list[FalseClaim]:
    """ "Die Reifen sind raus, die Inspektion bleibt": what is said to stay must not be what was cancelled."""
    cancelled = [each for each in evidence.appointments if each.was_cancelled]
    return [
        build_mismatch("not_cancelled", claim, appointment=each, state=each.current)
        for mention in claim.kept
        for each in cancelled
        if (mention.has_time or mention.services) and not _list_differences(mention, each.current, evidence)
    ][:1]


def _is_about_existing(evidence: Evidence) -> bool:
    """Check that the call only looked up what stood before it: "Sie sind am Freitag eingetragen"."""
    changed = any(each.was_created or each.was_moved for each in evidence.appointments)
    return bool(evidence.disclosed_after) and not changed and "book_appointment" not in evidence.used_tools


def _check_denial(claim: Claim, evidence: Evidence) -> list[FalseClaim]:
    """A denied appointment must not be one that a tool had shown the agent."""
    seen = [
        each
        for each in evidence.appointments
        if each.is_active and not each.was_created and evidence.disclosed_after.get(each.id, claim.position) < claim.position
    ]
    for mention in claim.mentions or [AppointmentMention()]:
        for appointment in seen:
            if not _list_differences(mention, appointment.current, evidence):
                return [build_mismatch("denied", claim, appointment=appointment, state=appointment.current)]
    return []


def check_vague_claim(claim: Claim, evidence: Evidence) -> list[FalseClaim] | None:
    """ "Ist notiert": whatever the call left behind may be meant."""
    if any(mention.has_time for mention in claim.mentions):
        mismatches = check_appointment(claim, evidence)
        has_left = evidence.tasks is None or evidence.tasks or evidence.is_on_waitlist or evidence.holds
        return None if mismatches and has_left else mismatches
    changed = any(each.was_created or each.was_moved or each.was_cancelled for each in evidence.appointments)
    if changed or evidence.holds or evidence.tasks or evidence.is_on_waitlist or evidence.notifications:
        return []
    return (
        None if evidence.tasks is None else check_promise(claim, evidence) if claim.kind in NOT_KEPT else [_build_missing(claim, evidence)]
    )


def _matches_hold(claim: Claim, evidence: Evidence) -> bool:
    timed = [mention for mention in claim.mentions if mention.has_time]
    return not timed or all(any(not _list_differences(mention, state, evidence) for state in evidence.holds) for mention in timed)


def _check_mention(claim: Claim, mention: AppointmentMention, evidence: Evidence) -> list[FalseClaim]:
    done = _list_actions(claim, evidence)
    candidates = (
        done
        if not mention.has_time
        else [*done, *(appointment for appointment in _list_existing(claim, evidence) if appointment not in done)]
    )
    if claim.kind == "cancelled" and not done and (_was_left(mention, evidence) or _speaks_of_former(claim, evidence)):
        return []
    if claim.kind == "stands" and GONE.search(fold(claim.quote)) and _was_left(mention, evidence):
        return []
    if not candidates:
        return [_build_missing(claim, evidence)]
    appointment, state, differs = _find_nearest(claim, mention, candidates, evidence)
    is_other_time = "other_day" in differs or "other_time" in differs
    if claim.kind != "stands" and appointment not in done and not _is_already_true(claim, differs) and is_other_time:
        return [_build_missing(claim, evidence)]
    if "other_day" in differs and "other_time" in differs and claim.kind != "moved":
        return [_build_missing(claim, evidence)]
    if differs[:1] == ["other_time"] and (
        (ENDS.search(claim.quote) and is_end(mention, evidence))
        or (ARRIVES.search(fold(claim.quote)) and _is_shortly_before(mention, state))
    ):
        return []
    if differs:
        return [build_mismatch(differs[0], claim, appointment=appointment, state=state)]
    if claim.kind in ("booked", "moved") and appointment.is_pending and not claim.tentative:
        return [build_mismatch("not_confirmed", claim, appointment=appointment, state=state)]
    return []


def _is_shortly_before(mention: AppointmentMention, state: AppointmentSnapshot) -> bool:
    """ "Kommen Sie gern schon zwanzig nach drei": before half past three."""
    steps = range(5, MAX_EARLY_MINUTES + 1, 5)
    return mention.clock is not None and any(
        _matches_time(mention.clock, replace(state, starts_at=state.starts_at - timedelta(minutes=minutes)), timedelta(0))
        for minutes in steps
    )


def _was_left(mention: AppointmentMention, evidence: Evidence) -> bool:
    """ "Der erste gilt damit nicht mehr": the time that a moved appointment had before."""
    left = [state for each in evidence.appointments if each.was_moved for state in each.states[:-1]]
    return any(not _list_differences(mention, state, evidence) for state in left)


def _speaks_of_former(claim: Claim, evidence: Evidence) -> bool:
    """ "Jetzt ist es Samstag um zehn, Ihr alter Termin ist damit weg." """
    return any(each.was_moved for each in evidence.appointments) and FORMER.search(fold(claim.quote)) is not None


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
    """List the appointments already in the claimed state, changed by anyone."""
    if claim.kind == "cancelled":
        return [appointment for appointment in evidence.appointments if not appointment.is_active]
    return [appointment for appointment in evidence.appointments if appointment.is_active]


def _is_already_true(claim: Claim, differs: Sequence[DetailMismatch]) -> bool:
    return not differs and (claim.kind in ("booked", "moved", "cancelled"))


def _find_nearest(
    claim: Claim, mention: AppointmentMention, candidates: Sequence[AppointmentEvidence], evidence: Evidence
) -> tuple[AppointmentEvidence, AppointmentSnapshot, list[DetailMismatch]]:
    rated = [
        (appointment, state, _list_differences(mention, state, evidence))
        for appointment in candidates
        for state in (
            appointment.states if claim.kind in ("moved", "cancelled") else [s for s in appointment.states if _was_valid_at(s, claim)]
        )
    ]
    return min(rated, key=lambda each: sum(WEIGHTS[differ] for differ in each[2]))


def _was_valid_at(state: AppointmentSnapshot, claim: Claim) -> bool:
    """Check whether the state was valid when the claim was made."""
    return state.until_turn is None or claim.position <= state.until_turn


def _list_differences(mention: AppointmentMention, state: AppointmentSnapshot, evidence: Evidence) -> list[DetailMismatch]:
    differences: list[DetailMismatch] = []
    day = state.starts_at.date()
    if mention.days is not None and not _matches_day(mention, day):
        differences.append("other_day")
    elif mention.weekday is not None and mention.weekday != day.weekday():
        differences.append("other_weekday")
    if mention.clock is not None and not _matches_time(mention.clock, state, APPROXIMATELY if mention.is_approximate else timedelta(0)):
        differences.append("other_time")
    if mention.branches and state.branch_id is not None and state.branch_id not in mention.branches:
        differences.append("other_branch")
    if (mention.staff and state.staff_id not in mention.staff) or (mention.unknown_name and not mention.staff):
        differences.append("other_person")
    if mention.services and not mention.services & state.service_ids:
        differences.append("other_service")
    return differences


def _matches_day(mention: AppointmentMention, day: date) -> bool:
    """Match the day; a bare weekday is the next or the one after, a range any of its days."""
    days = mention.days
    if days is None:
        return True
    if days.weekday is not None and days.first == days.last:
        return day.weekday() == days.weekday and 0 <= (day - days.first).days <= 7
    return days.first <= day <= days.last


def _matches_time(clock: ClockTime, state: AppointmentSnapshot, tolerance: timedelta) -> bool:
    claimed, so = clock.on(None), state.starts_at
    hours = {claimed.hour, clock.hour % 12, clock.hour % 12 + 12} if clock.loose else {claimed.hour}
    return any(abs(so.replace(hour=hour, minute=claimed.minute) - so) <= tolerance for hour in hours)


def _build_missing(claim: Claim, evidence: Evidence) -> FalseClaim:
    tool = TOOL_BY_CLAIM.get(claim.kind, "book_appointment")
    mismatch = build_mismatch(MISSING_KINDS.get(claim.kind, "not_made"), claim)
    mismatch.tool, mismatch.rejection, mismatch.was_used = tool, evidence.rejections.get(tool), tool in evidence.used_tools
    return mismatch
