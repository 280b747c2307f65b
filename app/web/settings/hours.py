"""Opening hours and shifts: the week, single dates, public holidays and closures, of a branch or of a person."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.errors import InvalidInput, NotFound
from app.core.transactions import transaction
from app.domain.accounts.permissions import can
from app.domain.agents.opening import hours_from
from app.domain.bookings.affected import affected_by
from app.domain.calendar import opening
from app.domain.calendar.holidays import GERMAN_STATES, public_holidays
from app.domain.companies.policies import load_policies
from app.domain.services import catalogue
from app.models import Branch
from app.web.dashboard.booking_access import shown_branch
from app.web.guards import for_company
from app.web.reader import branches
from app.web.settings.filling import Filled, errors_of

MOST = 200
# days whose hours are shown as they follow from all that is entered
PREVIEWED = 14
KINDS = ("closure", "vacation", "sick")

blueprint = Blueprint("hours", __name__)


@blueprint.get("/settings/hours")
@for_company("hours.read")
def index() -> str:
    return _page({}, {})


@blueprint.post("/settings/hours")
@for_company("hours.write")
def save() -> Any:
    branch, staff_id = _of()
    filled = Filled(request.form)
    week = [filled.read(f"day{weekday}", opening.read_spans, []) for weekday in range(7)]
    try:
        filled.check()
    except InvalidInput as error:
        return _page(dict(request.form), errors_of(error)), 422
    with transaction():
        opening.save_week(branch.id, staff_id, week)
    flash(_("Zeiten gespeichert. Freie Termine richten sich ab jetzt danach."), "message")
    return _back(branch, staff_id)


@blueprint.post("/settings/hours/season")
@for_company("hours.write")
def save_season() -> Any:
    branch, staff_id = _of()
    filled = Filled(request.form)
    first, last = filled.read("season_from", date.fromisoformat), filled.read("season_until", date.fromisoformat)
    week = [filled.read(f"season{weekday}", opening.read_spans, []) for weekday in range(7)]
    try:
        filled.check()
        with transaction():
            opening.save_season(branch.id, staff_id, opening.Season(first, last, filled.text("season_name", most=80), week))
    except InvalidInput as error:
        return _page(dict(request.form), errors_of(error)), 422
    flash(_("Eingetragen. In dieser Zeit gelten diese Zeiten statt der üblichen."), "message")
    return _back(branch, staff_id)


@blueprint.post("/settings/hours/season/remove")
@for_company("hours.write")
def remove_season() -> Response:
    branch, staff_id = _of()
    filled = Filled(request.form)
    first, last = filled.read("season_from", date.fromisoformat), filled.read("season_until", date.fromisoformat)
    if first and last:
        with transaction():
            opening.remove_season(branch.id, staff_id, first, last)
        flash(_("In dieser Zeit gilt wieder die normale Woche."), "message")
    return _back(branch, staff_id)


@blueprint.post("/settings/hours/state")
@for_company("hours.write")
def save_state() -> Response:
    branch, staff_id = _of()
    with transaction():
        opening.save_state(branch, request.form.get("state", ""))
    flash(_("Gespeichert. Die Feiertage richten sich danach."), "message")
    return _back(branch, staff_id)


@blueprint.post("/settings/hours/day")
@for_company("hours.write")
def save_day() -> Any:
    branch, staff_id = _of()
    filled = Filled(request.form)
    day = filled.read("special_day", date.fromisoformat)
    spans = filled.read("special_spans", opening.read_spans, [])
    try:
        filled.check()
    except InvalidInput as error:
        return _page(dict(request.form), errors_of(error)), 422
    with transaction():
        opening.save_special_day(branch.id, staff_id, day, spans, filled.text("special_name", most=80))
    flash(_("Der Tag ist eingetragen."), "message")
    return _back(branch, staff_id)


@blueprint.post("/settings/hours/day/remove")
@for_company("hours.write")
def remove_day() -> Response:
    branch, staff_id = _of()
    day = Filled(request.form).read("special_day", date.fromisoformat)
    if day is not None:
        with transaction():
            opening.remove_special_day(branch.id, staff_id, day)
        flash(_("An diesem Tag gilt wieder die normale Woche."), "message")
    return _back(branch, staff_id)


@blueprint.post("/settings/hours/closures")
@for_company("hours.write")
def close() -> Any:
    branch, staff_id = _of()
    filled = Filled(request.form)
    try:
        wanted = _closure(filled)
        filled.check()
        with transaction():
            # who is ill or away is so everywhere
            where = None if staff_id or filled.yes("everywhere") else branch.id
            closure = opening.add_closure(where, staff_id, **wanted)
            in_the_way = len(affected_by(closure))
    except InvalidInput as error:
        return _page(dict(request.form), errors_of(error)), 422
    if in_the_way:
        flash(_("Eingetragen. Diese Termine liegen noch in der Zeit."), "message")
        return redirect(url_for("absences.show", closure_id=closure.id))
    flash(_("Eingetragen. In dieser Zeit wird nichts mehr gebucht."), "message")
    return _back(branch, staff_id)


def _closure(filled: Filled) -> dict[str, Any]:
    """Whole days, or from one time of day to another."""
    first, last = filled.read("starts", date.fromisoformat), filled.read("ends", date.fromisoformat)
    from_time = filled.read("from_time", _time)
    to_time = filled.read("to_time", _time)
    until = filled.read("until", lambda text: date.fromisoformat(text) if text else None)
    filled.check()
    end = datetime.combine(last, to_time) if to_time else datetime.combine(last, time()) + timedelta(days=1)
    return {
        "starts": datetime.combine(first, from_time or time()), "ends": end, "kind": request.form.get("kind", "closure"),
        "repeats": request.form.get("repeats", "never"), "until": until, "name": filled.text("closure_name", most=120),
    }  # fmt: skip


def _time(text: str) -> time | None:
    return time.fromisoformat(text) if text else None


@blueprint.post("/settings/hours/closures/<closure_id>/remove")
@for_company("hours.write")
def reopen(closure_id: str) -> Response:
    branch, staff_id = _of()
    with transaction():
        opening.remove_closure(closure_id)
    flash(_("Die Schließung ist gelöscht."), "message")
    return _back(branch, staff_id)


def _of() -> tuple[Branch, str | None]:
    """Whose hours are shown; raises NotFound for people of other companies."""
    branch, staff_id = shown_branch(), request.values.get("staff_id") or None
    if staff_id and staff_id not in {person.id for person in catalogue.list_staff(limit=MOST, branch_id=branch.id)}:
        raise NotFound(_("Das gibt es hier nicht."))
    return branch, staff_id


def _page(values: dict[str, str], errors: dict[str, str]) -> str:
    branch, staff_id = _of()
    today = now().astimezone(ZoneInfo(branch.zone)).date()
    week = [opening.write_spans(spans) for spans in opening.week_of(branch.id, staff_id)]
    specials = opening.special_days(branch.id, staff_id, today)
    return render_template(
        "settings/hours.html",
        branch=branch,
        branches=branches(),
        staff_id=staff_id,
        people=[(person.id, person.name) for person in catalogue.list_staff(limit=MOST, branch_id=branch.id)],
        days=[(number, name, values.get(f"day{number}", week[number])) for number, name in enumerate(_weekdays())],
        follows=staff_id is not None and not any(week),
        seasons=[(one, [opening.write_spans(spans) for spans in one.week]) for one in opening.seasons_of(branch.id, staff_id, today)],
        preview=[] if staff_id else hours_from(branch, today, PREVIEWED),
        states=[("", _("nur bundesweite")), *sorted(GERMAN_STATES.items(), key=lambda row: row[1])] if g.company.country == "DE" else [],
        specials=[(day, opening.write_spans(spans), name) for day, (spans, name) in specials.items()],
        closures=opening.closures_of(branch.id, staff_id, datetime.combine(today, time())),
        holidays=[] if staff_id else _holidays(branch, today, specials),
        state=GERMAN_STATES.get(branch.state or "", branch.state),
        keeps=load_policies().rules(branch_id=branch.id).keeps_holidays,
        repeats=[("never", _("einmal")), ("weekly", _("jede Woche")), ("yearly", _("jedes Jahr"))],
        kinds=[("closure", _("Geschlossen")), ("vacation", _("Urlaub")), ("sick", _("Krank"))],
        values=values,
        errors=errors,
        may_write=can(current_user, "hours.write", branch_id=branch.id),
        day_length=timedelta(days=1),
    )


def _holidays(branch: Branch, today: date, specials: dict[date, Any]) -> list[tuple[date, str, bool]]:
    """The public holidays of the coming year; the last says whether that day has hours of its own."""
    found = {
        **public_holidays(g.company.country, branch.state, today.year),
        **public_holidays(g.company.country, branch.state, today.year + 1),
    }
    coming = [(day, name) for day, name in sorted(found.items()) if today <= day < today + timedelta(days=365)]
    return [(day, name, day in specials) for day, name in coming]


def _weekdays() -> list[str]:
    names = get_locale().days["stand-alone"]["wide"]
    return [names[number] for number in range(7)]


def _back(branch: Branch, staff_id: str | None) -> Response:
    return redirect(url_for("hours.index", branch_id=branch.id, staff_id=staff_id))
