"""On-call shifts by branch, additional emergency phrases, and a field to test a sentence."""

from datetime import datetime
from typing import Annotated, Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import get_locale, gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.errors import InvalidInput
from app.core.transactions import transaction
from app.domain.accounts.permissions import can
from app.domain.emergencies import on_call
from app.domain.emergencies.alarm import build_alarm
from app.domain.emergencies.caller_instructions import get_label
from app.domain.emergencies.recognition import recognise_emergency
from app.models import Branch
from app.web.branch_filter import get_current_branch, list_branches
from app.web.fields import ChoiceField, Clock, LocalMoment, MultilineField, Phone, TextField
from app.web.formatting import day_name
from app.web.forms import Form, Query, raise_invalid, to_errors
from app.web.guards import for_company

blueprint = Blueprint("on_call", __name__)


class WeeklyOnCallShiftForm(Form):
    name: Annotated[str, TextField(80)]
    number: Phone
    weekdays: tuple[Annotated[str, ChoiceField(*"0123456")], ...] = ()
    from_time: Clock
    until_time: Clock


class DatedOnCallShiftForm(Form):
    dated_name: Annotated[str, TextField(80)]
    dated_number: Phone
    starts: LocalMoment
    ends: LocalMoment


class EmergencyPhrasesForm(Form):
    phrases: Annotated[str, MultilineField(4000)] = ""


class EmergencyTestQuery(Query):
    sentence: Annotated[str, TextField(500)] = ""


@blueprint.get("/settings/on-call")
@for_company("hours.read")
def index() -> str:
    return _render_page({}, {})


@blueprint.post("/settings/on-call/weekly")
@for_company("hours.write")
def add_weekly() -> Any:
    branch = get_current_branch()
    try:
        form, errors = WeeklyOnCallShiftForm.parse()
        if not WeeklyOnCallShiftForm.typed()["weekdays"]:
            errors["weekdays"] = _("Bitte mindestens einen Tag wählen.")
        raise_invalid(errors)
        assert form is not None
        with transaction():
            on_call.add_weekly_shifts(
                branch, form.name, form.number, weekdays=[int(day) for day in form.weekdays],
                from_minute=form.from_time.hour * 60 + form.from_time.minute,
                until_minute=form.until_time.hour * 60 + form.until_time.minute,
            )  # fmt: skip
    except InvalidInput as error:
        return _render_page(WeeklyOnCallShiftForm.typed(), to_errors(error)), 422
    return _redirect_back(branch)


@blueprint.post("/settings/on-call/dated")
@for_company("hours.write")
def add_dated() -> Any:
    branch = get_current_branch()
    try:
        form = DatedOnCallShiftForm.read()
        with transaction():
            on_call.add_dated_shift(branch, form.dated_name, form.dated_number, starts=form.starts, ends=form.ends)
    except InvalidInput as error:
        errors = {"dated_number" if field == "number" else field: sentence for field, sentence in to_errors(error).items()}
        return _render_page(DatedOnCallShiftForm.typed(), errors), 422
    return _redirect_back(branch)


@blueprint.post("/settings/on-call/<shift_id>/remove")
@for_company("hours.write")
def remove(shift_id: str) -> Response:
    with transaction():
        on_call.remove_shift(shift_id, branch_ids=current_user.branch_ids)
    flash(_("Der Dienst ist gelöscht."), "message")
    return _redirect_back(get_current_branch())


@blueprint.post("/settings/on-call/phrases")
@for_company("hours.write")
def save_phrases() -> Any:
    branch = get_current_branch()
    try:
        lines = EmergencyPhrasesForm.read().phrases.splitlines()
        with transaction():
            on_call.save_phrases(branch, lines)
    except InvalidInput as error:
        return _render_page(EmergencyPhrasesForm.typed(), to_errors(error)), 422
    flash(_("Gespeichert. Sie gelten zusätzlich zu dem, was ohnehin als Notfall erkannt wird."), "message")
    return _redirect_back(branch)


def _render_page(values: dict[str, Any], errors: dict[str, str]) -> str:
    branch, sentence = get_current_branch(), EmergencyTestQuery.read_known().sentence
    contact = on_call.find_on_call(branch, now(), otherwise=branch.forward_number)
    return render_template(
        "settings/on_call.html",
        branch=branch,
        branches=list_branches(),
        shifts=[(shift, _format_shift(shift)) for shift in on_call.list_shifts(branch.id)],
        reached=contact,
        days=[(str(number), get_locale().days["stand-alone"]["abbreviated"][number]) for number in range(7)],
        phrases=values.get("phrases", "\n".join(branch.emergency_phrases or ())),
        sentence=sentence,
        tried=_test_sentence(sentence, branch) if sentence else None,
        values=values,
        errors=errors,
        may_write=can(current_user, "hours.write", branch_id=branch.id),
    )


def _test_sentence(sentence: str, branch: Branch) -> dict[str, Any]:
    """Describe the alarm that the sentence would raise; nothing is sent."""
    kind = recognise_emergency(sentence, g.company.industry, tuple(branch.emergency_phrases or ()))
    if kind is None:
        return {"kind": None}
    alarm = build_alarm(kind, branch, g.company, forward_number=branch.forward_number, moment=now())
    return {"kind": get_label(kind.name), "say": alarm.say, "numbers": alarm.numbers, "waits": kind.is_out_of_hours}


def _format_shift(shift: Any) -> str:
    if shift.local_start:
        return _("%(starts)s bis %(ends)s", starts=_format_time(shift.local_start), ends=_format_time(shift.local_end))
    day = get_locale().days["stand-alone"]["wide"][shift.weekday]
    return _("%(day)s %(start)s bis %(end)s", day=day, start=_format_minute(shift.from_minute), end=_format_minute(shift.until_minute))


def _format_time(local_time: datetime) -> str:
    """Format a local time of the branch, such as `Do 24.12., 12:00`."""
    return f"{day_name(local_time.date())}, {local_time:%H:%M}"


def _format_minute(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def _redirect_back(branch: Branch) -> Response:
    return redirect(url_for("on_call.index", branch_id=branch.id))
