"""Notes about appointments that still stand in an absence, or whose person, service or branch is gone: for the pages around them."""

from collections.abc import Collection
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _, ngettext
from flask_login import current_user
from sqlalchemy import select

from app.core.extensions import db
from app.domain.bookings.closure_conflicts import list_open_closures
from app.domain.bookings.orphaned_bookings import count_orphaned
from app.models import Closure, StaffMember


@dataclass(frozen=True, slots=True)
class AbsenceNote:
    """`sentence` says who is away and how many appointments stand, `count` only the latter."""

    closure_id: str
    sentence: str
    count: str
    href: str


def list_absence_lines(branch_ids: Collection[str]) -> list[tuple[str, str, str]]:
    """All notes as lines above a page: (state, sentence, URL)."""
    return [*(("warn", note.sentence, note.href) for note in list_absence_notes(branch_ids)), *list_orphaned_lines()]


def list_orphaned_lines() -> list[tuple[str, str, str]]:
    """A line about the bookings that are left to nobody, as far as the reader may see them; none where there are none."""
    count = count_orphaned(branch_ids=current_user.branch_ids)
    if not count:
        return []
    sentence = ngettext(
        "Ein Termin braucht eine Lösung: Person, Leistung oder Filiale ist nicht mehr da.",
        "%(num)s Termine brauchen eine Lösung: Person, Leistung oder Filiale ist nicht mehr da.",
        count,
    )
    return [("warn", sentence, url_for("absences.orphaned"))]


def list_absence_notes(branch_ids: Collection[str]) -> list[AbsenceNote]:
    """List a note per absence, as long as appointments stand in it."""
    open_closures = list_open_closures(branch_ids)
    ids = {row.closure.staff_id for row in open_closures if row.closure.staff_id}
    people = {row.id: row.name for row in db.session.execute(select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(ids)))}
    return [_build_note(row.closure, row.booking_count, people) for row in open_closures]


def _build_note(closure: Closure, count: int, people: dict[str, str]) -> AbsenceNote:
    counted = ngettext("ein Termin steht noch", "%(num)s Termine stehen noch", count)
    sentence = f"{_describe(closure, people)}: {counted}."
    return AbsenceNote(closure.id, sentence, counted, url_for("absences.show", closure_id=closure.id))


def _describe(closure: Closure, people: dict[str, str]) -> str:
    """Who or what is away."""
    name = people.get(closure.staff_id or "")
    if name is None:
        return closure.name or _("Geschlossen")
    if closure.kind == "sick":
        return _("%(name)s ist krank", name=name)
    return _("%(name)s ist im Urlaub", name=name) if closure.kind == "vacation" else _("%(name)s ist nicht da", name=name)
