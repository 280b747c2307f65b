"""Says why a time is not free, in codes for programs and sentences for people."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from flask_babel import gettext as _

from app.domain.scheduling.free_busy import Board, working_stretches
from app.domain.scheduling.minute_bits import Axis
from app.domain.scheduling.types import Branch, Facts, Offer, Part, Question, Timing

Code = Literal[
    "in_the_past", "too_soon", "too_far", "policy", "holiday", "closure", "closed",
    "not_offered", "nobody_on_shift", "booked", "buffer", "room_taken",
]  # fmt: skip
ABOUT_THE_BRANCH = ("in_the_past", "too_soon", "too_far", "policy", "holiday", "closure", "closed", "not_offered", "nobody_on_shift")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why; about one person when `staff_id` is set, else about all who were asked for. `detail` is a policy's key or a room's kind."""

    code: Code
    branch_id: str | None = None
    staff_id: str | None = None
    service_id: str | None = None
    detail: str | None = None


def why_not(question: Question, facts: Facts, starts_at: datetime) -> list[Reason]:
    """The reasons why the visit cannot start at this time; empty when it can (the grid is no reason).

    With several branches asked for, one free branch is enough; with several people, one free person. A visit of several services
    is explained by the first part that cannot be done.
    """
    asked = replace(question, starts_from=starts_at, starts_before=starts_at + timedelta(minutes=1), any_start=True)
    board = Board(asked, facts)
    reasons: list[Reason] = []
    for branch in board.branches():
        found = _of_branch(board, branch)
        if not found:
            return []
        reasons += [reason for reason in found if reason not in reasons]
    if not reasons:
        return [Reason("not_offered", service_id=question.parts[0].service_id)]
    past = [reason for reason in reasons if reason.code == "in_the_past"]
    return past[:1] or reasons


def _of_branch(board: Board, branch: Branch) -> list[Reason]:
    reached = {board.axis.at(board.question.starts_from)}
    for part in board.question.parts:
        offers = board.offers(part, branch)
        ends = {start + board.timing(offer).minutes for start in reached for offer in offers if board.startable(offer, branch) >> start & 1}
        if not ends:
            return _of_part(board, branch, part, min(reached))
        reached = {end + wait for end in ends for wait in range(board.question.max_gap + 1)}
    return []


def _of_part(board: Board, branch: Branch, part: Part, at: int) -> list[Reason]:
    """One reason for each person who could do the part; said once when it is the same for all and not about a person."""
    offers = board.offers(part, branch)
    if not offers:
        return [Reason("not_offered", branch.id, part.staff_id, part.service_id)]
    found = [_of_offer(board, branch, offer, at) for offer in offers]
    reasons: list[Reason] = []
    for reason in found:
        same_for_all = all((other.code, other.detail) == (reason.code, reason.detail) for other in found)
        if same_for_all and reason.code in ABOUT_THE_BRANCH and part.staff_id is None:
            reason = replace(reason, staff_id=None)
        if reason not in reasons:
            reasons.append(reason)
    return reasons


def _of_offer(board: Board, branch: Branch, offer: Offer, at: int) -> Reason:
    code, detail = _code(board, branch, offer, at)
    staff_id = None if code in ("in_the_past", "holiday", "closure", "closed") else offer.staff_id
    return Reason(code, branch.id, staff_id, offer.service_id, detail)


def _code(board: Board, branch: Branch, offer: Offer, at: int) -> tuple[Code, str | None]:
    """The first thing in the way, the most general first."""
    timing, service = board.timing(offer), board.services[offer.service_id]
    if board.axis.instant(at) < board.question.now:
        return "in_the_past", None
    if offer.barred:
        return "policy", offer.barred
    if not board.in_time(offer) >> at & 1:
        soon = board.axis.instant(at) < board.question.now + timedelta(minutes=board.notice_minutes(offer))
        return ("too_soon" if soon else "too_far"), None
    if not board.open_for(branch, timing.minutes) >> at & 1:
        return _why_closed(board, branch, timing, at), None
    if not board.works(offer, branch) >> at & 1:
        return "nobody_on_shift", None
    if service.capacity < board.question.seats:
        return "not_offered", None
    if not board.unbooked(offer) >> at & 1:
        return _why_booked(board, offer, at), None
    for kind in service.room_kinds:
        if not board.rooms(branch, kind, board.question.seats):
            return "not_offered", kind
    return "room_taken", next(kind for kind in service.room_kinds if not _kind_free(board, branch, kind, timing, at))


def _why_closed(board: Board, branch: Branch, timing: Timing, at: int) -> Code:
    opening = board.opening(branch)
    missing = board.axis.stretch(at, at + timing.minutes) & ~opening.open
    if missing & opening.holiday:
        return "holiday"
    return "closure" if missing & opening.closure else "closed"


def _why_booked(board: Board, offer: Offer, at: int) -> Code:
    """Booked when the work itself meets other work; else only buffers are in the way."""
    work = _minutes(board.axis, at, working_stretches(board.timing(offer)))
    return "booked" if work & board.busy_working(offer.staff_id) else "buffer"


def _minutes(axis: Axis, at: int, stretches: list[tuple[int, int]]) -> int:
    mask = 0
    for start, end in stretches:
        mask |= axis.stretch(at + start, at + end)
    return mask


def _kind_free(board: Board, branch: Branch, kind: str, timing: Timing, at: int) -> bool:
    return any(board.room_free(room, timing) >> at & 1 for room in board.rooms(branch, kind, board.question.seats))


def sentence(reason: Reason, names: Mapping[str, str] | None = None) -> str:
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
        "booked": _("Diese Zeit ist schon vergeben."),
        "buffer": _("Diese Zeit wird vor oder nach einem anderen Termin gebraucht."),
        "room_taken": _("Der Raum oder das Gerät dafür ist dann belegt."),
    }[reason.code]
