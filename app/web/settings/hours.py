"""Opening hours and shifts: the week, single dates, public holidays and closures, of a branch or of a person."""

from datetime import datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import get_locale, gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.errors import InvalidInput, NotFound
from app.core.transactions import transaction
from app.domain.accounts.permissions import can
from app.domain.agents.opening_hours_lookup import list_hours
from app.domain.bookings.closure_conflicts import list_conflicts
from app.domain.companies.policies import load_policies
from app.domain.scheduling import hours_editor, time_spans
from app.domain.scheduling.holidays import GERMAN_STATES, LOCAL_HOLIDAYS
from app.domain.services import catalogue
from app.models import Branch
from app.models.closure import KINDS, REPEATS
from app.web.branch_filter import get_current_branch, list_branches
from app.web.dashboard.absence_notes import list_absence_notes
from app.web.dashboard.absences import may_handle_absence
from app.web.fields import ChoiceField, Clock, Day, Flag, Id, ParserField, TextField
from app.web.forms import Form, Query, to_errors
from app.web.guards import for_company
from app.web.settings.holiday_view import list_holidays, list_local_choices

MAX_STAFF = 200
# Days for which the resulting opening hours are previewed.
MAX_PREVIEWED_DAYS = 14
Spans = Annotated[time_spans.Spans, ParserField(time_spans.parse_spans, max_length=200)]

blueprint = Blueprint("hours", __name__)


class WeekForm(Form):
    day0: Spans = []
    day1: Spans = []
    day2: Spans = []
    day3: Spans = []
    day4: Spans = []
    day5: Spans = []
    day6: Spans = []


class SpanForm(Form):
    """A span from one day to another."""

    season_from: Day
    season_until: Day


class SeasonForm(SpanForm):
    season_name: Annotated[str, TextField(80)] = ""
    season0: Spans = []
    season1: Spans = []
    season2: Spans = []
    season3: Spans = []
    season4: Spans = []
    season5: Spans = []
    season6: Spans = []


class HolidayRegionForm(Form):
    state: Annotated[str, ChoiceField(*GERMAN_STATES)] = ""
    # the state whose local holidays the page offered; those of another one are not yet decided
    offered_state: Annotated[str, ChoiceField(*GERMAN_STATES)] = ""
    local_holidays: tuple[Annotated[str, ChoiceField(*LOCAL_HOLIDAYS)], ...] = ()

    @property
    def chosen(self) -> tuple[str, ...] | None:
        return self.local_holidays if self.state and self.state == self.offered_state else None


class DayForm(Form):
    special_day: Day


class SpecialDayForm(DayForm):
    special_spans: Spans = []
    special_name: Annotated[str, TextField(80)] = ""


class ClosureForm(Form):
    """A closure of whole days, or from one time of day to another."""

    starts: Day
    ends: Day
    from_time: Clock = time()
    to_time: Clock | None = None
    until: Day | None = None
    kind: Annotated[str, ChoiceField(*KINDS)] = "closure"
    repeats: Annotated[str, ChoiceField(*REPEATS)] = "never"
    closure_name: Annotated[str, TextField(120)] = ""
    everywhere: Flag = False

    @property
    def closure(self) -> dict[str, Any]:
        ends = datetime.combine(self.ends, self.to_time) if self.to_time else datetime.combine(self.ends, time()) + timedelta(days=1)
        return {
            "starts": datetime.combine(self.starts, self.from_time), "ends": ends, "kind": self.kind, "repeats": self.repeats,
            "until": self.until, "name": self.closure_name,
        }  # fmt: skip


class PersonQuery(Query):
    staff_id: Id | None = None


@blueprint.get("/settings/hours")
@for_company("hours.read")
def index() -> str:
    return _render_page({}, {})


@blueprint.post("/settings/hours")
@for_company("hours.write")
def save() -> Any:
    branch, staff_id = _get_target()
    try:
        week = list(WeekForm.read().model_dump().values())
    except InvalidInput as error:
        return _render_page(WeekForm.typed(), to_errors(error)), 422
    with transaction():
        hours_editor.save_week(branch.id, staff_id, week)
    flash(_("Zeiten gespeichert. Freie Termine richten sich ab jetzt danach."), "message")
    return _redirect_back(branch, staff_id)


@blueprint.post("/settings/hours/season")
@for_company("hours.write")
def save_season() -> Any:
    branch, staff_id = _get_target()
    try:
        form = SeasonForm.read()
        week = [getattr(form, f"season{weekday}") for weekday in range(7)]
        with transaction():
            hours_editor.save_season(
                branch.id, staff_id, hours_editor.SeasonalHours(form.season_from, form.season_until, form.season_name, week)
            )
    except InvalidInput as error:
        return _render_page(SeasonForm.typed(), to_errors(error)), 422
    flash(_("Eingetragen. In dieser Zeit gelten diese Zeiten statt der üblichen."), "message")
    return _redirect_back(branch, staff_id)


@blueprint.post("/settings/hours/season/remove")
@for_company("hours.write")
def remove_season() -> Response:
    branch, staff_id = _get_target()
    span = SpanForm.read()
    with transaction():
        hours_editor.remove_season(branch.id, staff_id, span.season_from, span.season_until)
    flash(_("In dieser Zeit gilt wieder die normale Woche."), "message")
    return _redirect_back(branch, staff_id)


@blueprint.post("/settings/hours/state")
@for_company("hours.write")
def save_holiday_region() -> Any:
    branch, staff_id = _get_target()
    try:
        with transaction():
            form = HolidayRegionForm.read()
            hours_editor.save_holiday_region(branch, form.state, form.chosen)
    except InvalidInput as error:
        return _render_page(HolidayRegionForm.typed(), to_errors(error)), 422
    flash(_("Gespeichert. Die Feiertage richten sich danach."), "message")
    return _redirect_back(branch, staff_id)


@blueprint.post("/settings/hours/day")
@for_company("hours.write")
def save_day() -> Any:
    branch, staff_id = _get_target()
    try:
        form = SpecialDayForm.read()
    except InvalidInput as error:
        return _render_page(SpecialDayForm.typed(), to_errors(error)), 422
    with transaction():
        hours_editor.save_special_day(branch.id, staff_id, form.special_day, form.special_spans, form.special_name)
    flash(_("Der Tag ist eingetragen."), "message")
    return _redirect_back(branch, staff_id)


@blueprint.post("/settings/hours/day/remove")
@for_company("hours.write")
def remove_day() -> Response:
    branch, staff_id = _get_target()
    day = DayForm.read().special_day
    with transaction():
        hours_editor.remove_special_day(branch.id, staff_id, day)
    flash(_("An diesem Tag gilt wieder die normale Woche."), "message")
    return _redirect_back(branch, staff_id)


@blueprint.post("/settings/hours/closures")
@for_company("hours.write")
def close() -> Any:
    branch, staff_id = _get_target()
    try:
        form = ClosureForm.read()
        with transaction():
            # A person's absence applies to all branches.
            branch_id = None if staff_id or form.everywhere else branch.id
            closure = hours_editor.add_closure(branch_id, staff_id, **form.closure)
            conflict_count = len(list_conflicts(closure))
    except InvalidInput as error:
        return _render_page(ClosureForm.typed(), to_errors(error)), 422
    if conflict_count:
        flash(_("Eingetragen. Diese Termine liegen noch in der Zeit."), "message")
        return redirect(url_for("absences.show", closure_id=closure.id))
    flash(_("Eingetragen. In dieser Zeit wird nichts mehr gebucht."), "message")
    return _redirect_back(branch, staff_id)


@blueprint.post("/settings/hours/closures/<closure_id>/remove")
@for_company("hours.write")
def reopen(closure_id: str) -> Response:
    branch, staff_id = _get_target()
    with transaction():
        hours_editor.remove_closure(closure_id)
    flash(_("Die Schließung ist gelöscht."), "message")
    return _redirect_back(branch, staff_id)


def _get_target() -> tuple[Branch, str | None]:
    """Get the branch and the staff member of the page. Raises NotFound for staff of other companies."""
    branch, staff_id = get_current_branch(), PersonQuery.read_known().staff_id
    if staff_id and staff_id not in {person.id for person in catalogue.list_staff(limit=MAX_STAFF, branch_id=branch.id)}:
        raise NotFound(_("Das gibt es hier nicht."))
    return branch, staff_id


def _render_page(values: dict[str, str], errors: dict[str, str]) -> str:
    branch, staff_id = _get_target()
    today = now().astimezone(ZoneInfo(branch.timezone)).date()
    week = [time_spans.format_spans(spans) for spans in hours_editor.get_week(branch.id, staff_id)]
    specials = hours_editor.list_special_days(branch.id, staff_id, today)
    return render_template(
        "settings/hours.html",
        branch=branch,
        branches=list_branches(),
        staff_id=staff_id,
        people=[(person.id, person.name) for person in catalogue.list_staff(limit=MAX_STAFF, branch_id=branch.id)],
        days=[(number, name, values.get(f"day{number}", week[number])) for number, name in enumerate(_list_weekdays())],
        follows=staff_id is not None and not any(week),
        seasons=[
            (season, [time_spans.format_spans(spans) for spans in season.week])
            for season in hours_editor.list_seasons(branch.id, staff_id, today)
        ],
        preview=[] if staff_id else list_hours(branch, today, MAX_PREVIEWED_DAYS),
        states=[("", _("nur bundesweite")), *sorted(GERMAN_STATES.items(), key=lambda row: row[1])] if g.company.country == "DE" else [],
        specials=[(day, time_spans.format_spans(spans), name) for day, (spans, name) in specials.items()],
        standing={note.closure_id: note for note in list_absence_notes([key for key, _name in list_branches()])},
        may_report_sick=staff_id is not None and may_handle_absence(staff_id),
        closures=hours_editor.list_closures(branch.id, staff_id, datetime.combine(today, time())),
        holidays=[] if staff_id else list_holidays(branch, today, specials),
        state=GERMAN_STATES.get(branch.state or "", branch.state),
        local_holidays=[] if staff_id else list_local_choices(branch, today),
        keeps=load_policies().rules(branch_id=branch.id).observes_holidays,
        repeats=[("never", _("einmal")), ("weekly", _("jede Woche")), ("yearly", _("jedes Jahr"))],
        kinds=[("closure", _("Geschlossen")), ("vacation", _("Urlaub")), ("sick", _("Krank"))],
        values=values,
        errors=errors,
        may_write=can(current_user, "hours.write", branch_id=branch.id),
        day_length=timedelta(days=1),
    )


def _list_weekdays() -> list[str]:
    names = get_locale().days["stand-alone"]["wide"]
    return [names[number] for number in range(7)]


def _redirect_back(branch: Branch, staff_id: str | None) -> Response:
    return redirect(url_for("hours.index", branch_id=branch.id, staff_id=staff_id))
