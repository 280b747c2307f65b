"""Explain why a time is not free: codes for programs, sentences for people."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from flask_babel import gettext as _

from app.domain.scheduling.free_busy import FreeBusyGrid, list_work_intervals
from app.domain.scheduling.minute_bits import MinuteAxis
from app.domain.scheduling.types import SchedulingBranch, SchedulingData, ServiceTiming, SlotQuery, StaffServiceOffer, VisitPart

ReasonCode = Literal[
    "in_the_past", "too_soon", "too_far", "policy", "holiday", "closure", "closed",
    "not_offered", "nobody_on_shift", "full", "booked", "buffer", "room_taken",
]  # fmt: skip
# somebody or something is merely taken; without it the visit could be
TAKEN_CODES = ("full", "booked", "buffer", "room_taken")
BRANCH_CODES = ("in_the_past", "too_soon", "too_far", "policy", "holiday", "closure", "closed", "not_offered", "nobody_on_shift")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; about one person when `staff_id` is set, else about all staff. `detail` is a policy's key or a room's kind."""

    code: ReasonCode
    branch_id: str | None = None
    staff_id: str | None = None
    service_id: str | None = None
    detail: str | None = None


def explain_unavailable(query: SlotQuery, data: SchedulingData, starts_at: datetime) -> list[Reason]:
    """Explain why the visit cannot start at this time; empty when it can (the grid is not a reason).

    One free branch is enough among several, one free person among several. A visit of several services
    is explained by the first part that cannot be done.
    """
    free_busy = FreeBusyGrid(query.at(starts_at), data)
    reasons: list[Reason] = []
    for branch in free_busy.list_branches():
        branch_reasons = _explain_branch(free_busy, branch)
        if not branch_reasons:
            return []
        reasons += [reason for reason in branch_reasons if reason not in reasons]
    if not reasons:
        return [Reason("not_offered", service_id=query.parts[0].service_id)]
    past = [reason for reason in reasons if reason.code == "in_the_past"]
    return past[:1] or reasons


def _explain_branch(free_busy: FreeBusyGrid, branch: SchedulingBranch) -> list[Reason]:
    reached = {free_busy.axis.index_at(free_busy.query.starts_from)}
    for part in free_busy.query.parts:
        offers = free_busy.list_offers(part, branch)
        ends = {
            start + free_busy.get_timing(offer).minutes
            for start in reached
            for offer in offers
            if free_busy.possible_starts(offer, branch) >> start & 1
        }
        if not ends:
            return _explain_part(free_busy, branch, part, min(reached))
        reached = {end + wait for end in ends for wait in range(free_busy.query.max_gap + 1)}
    return []


def _explain_part(free_busy: FreeBusyGrid, branch: SchedulingBranch, part: VisitPart, at: int) -> list[Reason]:
    """One reason for each offer; a reason common to all and not about a person is given once."""
    offers = free_busy.list_offers(part, branch)
    if not offers:
        return [Reason("not_offered", branch.id, part.staff_id, part.service_id)]
    offer_reasons = [_explain_offer(free_busy, branch, offer, at) for offer in offers]
    reasons: list[Reason] = []
    for reason in offer_reasons:
        same_for_all = all((other.code, other.detail) == (reason.code, reason.detail) for other in offer_reasons)
        if same_for_all and reason.code in BRANCH_CODES and part.staff_id is None:
            reason = replace(reason, staff_id=None)
        if reason not in reasons:
            reasons.append(reason)
    return reasons


def _explain_offer(free_busy: FreeBusyGrid, branch: SchedulingBranch, offer: StaffServiceOffer, at: int) -> Reason:
    code, detail = _find_code(free_busy, branch, offer, at)
    staff_id = None if code in ("in_the_past", "holiday", "closure", "closed") else offer.staff_id
    return Reason(code, branch.id, staff_id, offer.service_id, detail)


def _find_code(free_busy: FreeBusyGrid, branch: SchedulingBranch, offer: StaffServiceOffer, at: int) -> tuple[ReasonCode, str | None]:
    """The first thing in the way, the most general first."""
    timing, service = free_busy.get_timing(offer), free_busy.services[offer.service_id]
    if free_busy.axis.instant_at(at) < free_busy.query.now:
        return "in_the_past", None
    if offer.restriction:
        return "policy", offer.restriction
    if not free_busy.permitted_starts(offer) >> at & 1:
        soon = free_busy.axis.instant_at(at) < free_busy.query.now + timedelta(minutes=free_busy.get_notice_minutes(offer))
        return ("too_soon" if soon else "too_far"), None
    if not free_busy.open_starts(branch, timing.minutes) >> at & 1:
        return _get_closed_code(free_busy, branch, timing, at), None
    if not free_busy.shift_starts(offer, branch) >> at & 1:
        return "nobody_on_shift", None
    if service.capacity < free_busy.query.seats:
        return "not_offered", None
    if free_busy.is_full(offer, at):
        return "full", None
    if not free_busy.unbooked_starts(offer) >> at & 1:
        return _get_booked_code(free_busy, offer, at), None
    for kind in service.room_kinds:
        if not free_busy.list_rooms(branch, kind, free_busy.query.seats):
            return "not_offered", kind
    return "room_taken", next(kind for kind in service.room_kinds if not _has_free_room(free_busy, branch, kind, timing, at))


def _get_closed_code(free_busy: FreeBusyGrid, branch: SchedulingBranch, timing: ServiceTiming, at: int) -> ReasonCode:
    opening = free_busy.get_opening(branch)
    missing = free_busy.axis.interval_mask(at, at + timing.minutes) & ~opening.open
    if missing & opening.holiday:
        return "holiday"
    return "closure" if missing & opening.closure else "closed"


def _get_booked_code(free_busy: FreeBusyGrid, offer: StaffServiceOffer, at: int) -> ReasonCode:
    """Booked when the work itself meets other work; else only buffers are in the way."""
    work = _build_mask(free_busy.axis, at, list_work_intervals(free_busy.get_timing(offer)))
    return "booked" if work & free_busy.work_mask(offer.staff_id) else "buffer"


def _build_mask(axis: MinuteAxis, at: int, stretches: list[tuple[int, int]]) -> int:
    mask = 0
    for start, end in stretches:
        mask |= axis.interval_mask(at + start, at + end)
    return mask


def _has_free_room(free_busy: FreeBusyGrid, branch: SchedulingBranch, kind: str, timing: ServiceTiming, at: int) -> bool:
    return any(free_busy.room_starts(room, timing) >> at & 1 for room in free_busy.list_rooms(branch, kind, free_busy.query.seats))


def format_reason(reason: Reason, names: Mapping[str, str] | None = None) -> str:
    """One reason as a sentence; `names` gives the names of people and branches by id."""
    who = (names or {}).get(reason.staff_id or "")
    if who:
        about = {
            "nobody_on_shift": _("%(who)s arbeitet zu dieser Zeit nicht.", who=who),
            "booked": _("%(who)s hat dann schon einen Termin.", who=who),
            "buffer": _("%(who)s braucht die Zeit vor oder nach einem anderen Termin.", who=who),
            "not_offered": _("%(who)s bietet diese Leistung hier nicht an.", who=who),
        }
        if reason.code in about:
            return about[reason.code]
    return {
        "in_the_past": _("Dieser Zeitpunkt liegt in der Vergangenheit."),
        "too_soon": _("So kurzfristig kann nicht gebucht werden."),
        "too_far": _("So weit im Voraus kann noch nicht gebucht werden."),
        "policy": _("Diese Termine vergibt nur der Empfang."),
        "holiday": _("An diesem Feiertag ist geschlossen."),
        "closure": _("Zu dieser Zeit ist außerplanmäßig geschlossen."),
        "closed": _("Zu dieser Zeit ist geschlossen."),
        "not_offered": _("Diese Leistung wird hier nicht angeboten."),
        "nobody_on_shift": _("Zu dieser Zeit arbeitet niemand, der das macht."),
        "full": _("Alle Plätze sind vergeben."),
        "booked": _("Diese Zeit ist schon vergeben."),
        "buffer": _("Diese Zeit wird vor oder nach einem anderen Termin gebraucht."),
        "room_taken": _("Der Raum oder das Gerät dafür ist dann belegt."),
    }[reason.code]
