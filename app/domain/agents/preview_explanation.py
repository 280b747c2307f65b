"""Explains a preview: the number, the caller, the interpreted arguments, and why a time is free or not."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import phone
from app.core.errors import AppError
from app.core.extensions import db
from app.domain.agents.opening_hours_lookup import get_branch_day
from app.domain.agents.tools.argument_resolution import parse_time, parse_window, resolve_slot_query, to_instant
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.phrasing import DisplayNames, say_when
from app.domain.agents.tools.slot_search import search
from app.domain.customers.caller_assurance import IdentifiedCaller
from app.domain.emergencies.caller_instructions import get_label
from app.domain.emergencies.detections import find_kind
from app.domain.language.parsed_time import TimeExpression
from app.domain.language.spoken_format import join_or, say_day, say_hours, say_time
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.types import SlotQuery
from app.domain.scheduling.unavailability_reasons import explain_unavailable, format_reason
from app.models import BlockedCaller, Call, PhoneNumber


@dataclass(frozen=True, slots=True)
class PreviewExplanationStep:
    """One step of the explanation; `good` is None where it is neither good nor bad."""

    about: str
    says: str
    good: bool | None = None


ExplanationSteps = tuple[PreviewExplanationStep, ...]


def explain_call(context: ToolContext, number: PhoneNumber) -> ExplanationSteps:
    """Explain number, branch and agent, the local time, the caller and their permissions."""
    agent = context.agent.name if context.agent else _("keine Assistentin")
    where = _(
        "%(number)s führt zu %(branch)s, es antwortet: %(agent)s",
        number=phone.display(number.e164),
        branch=context.branch.name,
        agent=agent,
    )
    local = context.to_local(context.now)
    hours, is_open, _opens_at = get_branch_day(context.branch, context.now)
    day = say_day(local.date(), context.language, case="the")
    spans = say_hours(hours.clock_spans, context.language) if hours.spans else hours.holiday or _("geschlossen")
    when = _("%(day)s, %(time)s; an diesem Tag: %(spans)s", day=day, time=local.strftime("%H:%M"), spans=spans)
    return (
        PreviewExplanationStep(_("Rufnummer"), where, number.is_active and context.branch.is_active),
        PreviewExplanationStep(_("Zeit dort"), when, is_open or None),
        _explain_caller(context),
    )


def explain_emergency(call: Call) -> ExplanationSteps:
    """Explain the emergency that was detected."""
    kind = find_kind(call)
    if kind is None:
        return ()
    says = _("%(what)s: die Antwort nennt die Notrufnummer, alles andere ruht", what=get_label(kind.name))
    return (PreviewExplanationStep(_("Notfall"), says, False),)


def _explain_caller(context: ToolContext) -> PreviewExplanationStep:
    caller = context.caller
    if context.call.from_number and _is_blocked(context.call.from_number):
        return PreviewExplanationStep(_("Anrufer"), _("steht auf der Sperrliste: der Anruf wird gar nicht erst angenommen"), False)
    return PreviewExplanationStep(_("Anrufer"), f"{_describe_caller(caller)}; {_describe_permissions(caller)}", caller.is_known or None)


def _describe_caller(caller: IdentifiedCaller) -> str:
    if caller.is_withheld:
        return _("Nummer unterdrückt")
    if caller.is_ambiguous_caller:
        return _("mehrere Personen haben diese Nummer: %(names)s", names=", ".join(person.name or "?" for person in caller.candidates))
    if caller.is_known and caller.customer:
        return _("an der Nummer erkannt: %(name)s", name=caller.customer.name)
    return _("unbekannte Nummer")


def _describe_permissions(caller: IdentifiedCaller) -> str:
    words = {"hear": _("Termine hören"), "change": _("verschieben"), "cancel": _("absagen"), "book": _("buchen")}
    return _("darf %(rights)s", rights=", ".join(words[right] for right in words if right in caller.rights))


def _is_blocked(e164: str) -> bool:
    return db.session.scalar(select(BlockedCaller.id).where(BlockedCaller.number == e164)) is not None


def explain_arguments(context: ToolContext, given: Mapping[str, str]) -> ExplanationSteps:
    """Explain the service, person, branch, day and time that were understood."""
    steps = []
    if given.get("service"):
        steps.append(_explain_services(context, given))
    if _join_time_words(given) or given.get("text"):
        steps.append(_explain_date(context, given))
    return tuple(steps)


def _explain_services(context: ToolContext, given: Mapping[str, str]) -> PreviewExplanationStep:
    try:
        query = _resolve_services(context, given)
    except AppError as error:
        return PreviewExplanationStep(_("Leistung"), str(error.message), False)
    ids = [part.service_id for part in query.parts]
    names = DisplayNames(staff={query.staff_id, *query.excluded_staff}, services=ids, branches={query.branch_id or ""})
    what = " + ".join(names.services.get(service_id, "?") for service_id in ids)
    who = names.staff.get(query.staff_id, "") if query.staff_id else _("egal bei wem")
    if query.excluded_staff:
        excluded = join_or(sorted(names.staff[staff_id] for staff_id in query.excluded_staff), context.language)
        who = _("nicht bei %(names)s", names=excluded)
    said, where = given.get("service", ""), names.branches[query.branch_id or ""]
    return PreviewExplanationStep(
        _("Leistung"), _("„%(said)s“ heißt: %(what)s, %(who)s, %(where)s", said=said, what=what, who=who, where=where), True
    )


def _resolve_services(context: ToolContext, given: Mapping[str, str]) -> SlotQuery:
    return resolve_slot_query(context, service=given.get("service"), staff=given.get("staff"), branch=given.get("branch"))


def _join_time_words(given: Mapping[str, str]) -> str:
    return " ".join(given[name] for name in ("date", "time", "new_date", "new_time", "date_from", "date_to", "when") if given.get(name))


def _explain_date(context: ToolContext, given: Mapping[str, str]) -> PreviewExplanationStep:
    said = _join_time_words(given) or given.get("text", "")
    try:
        when = _parse_time(context, given)
    except AppError as error:
        return PreviewExplanationStep(_("Datum"), _("„%(said)s“ lässt etwas offen: %(question)s", said=said, question=error.message), False)
    told = _describe_time(context, when)
    return PreviewExplanationStep(
        _("Datum"),
        _("„%(said)s“ heißt: %(told)s", said=said, told=told) if told else _("„%(said)s“ nennt keinen Tag", said=said),
        bool(told),
    )


def _parse_time(context: ToolContext, given: Mapping[str, str]) -> TimeExpression:
    date, time = given.get("new_date") or given.get("date"), given.get("new_time") or given.get("time")
    if given.get("text") or given.get("when"):
        date = given.get("text") or given.get("when")
    if not (date or time) and (given.get("date_from") or given.get("date_to")):
        return parse_window(context, first=given.get("date_from"), last=given.get("date_to"), part=given.get("part_of_day"))
    return parse_time(context, date=date, time=time, part=given.get("part_of_day"))


def _describe_time(context: ToolContext, when: TimeExpression) -> str:
    language = context.language
    parts = []
    if when.day:
        parts.append(say_day(when.day, language, case="the"))
    if when.day_from:
        parts.append(_("ab %(day)s", day=say_day(when.day_from, language, case="until")))
    if when.day_to:
        parts.append(_("bis %(day)s", day=say_day(when.day_to, language, case="until")))
    if when.at:
        parts.append(say_time(when.at, language))
    parts += [_("ab %(time)s", time=say_time(when.at_from, language))] if when.at_from else []
    parts += [_("bis %(time)s", time=say_time(when.at_to, language))] if when.at_to else []
    words = {"morning": _("vormittags"), "noon": _("mittags"), "afternoon": _("nachmittags"), "evening": _("abends")}
    return ", ".join([*parts, *([words[when.part]] if when.part in words else [])])


def explain_availability(context: ToolContext, given: Mapping[str, str]) -> ExplanationSteps:
    """Explain whether an exact time is free, and for each person why not."""
    if not given.get("service"):
        return ()
    try:
        query = _resolve_services(context, given)
        timezone = DisplayNames(branches={query.branch_id or ""}).zones[query.branch_id or ""]
        starts_at = to_instant(_parse_time(context, given), timezone)
    except AppError:
        return ()
    about = say_when(context, starts_at, timezone)
    query = query.at(starts_at)
    if starts_at >= query.now and search(query).requested_free:
        return (PreviewExplanationStep(_("Kalender"), _("%(when)s ist frei", when=about), True),)
    facts = load_scheduling_data(query, for_callers=True)
    names = {person.id: person.name for person in facts.people}
    return tuple(
        PreviewExplanationStep(_("Kalender"), _("%(when)s: %(reason)s", when=about, reason=format_reason(reason, names)), False)
        for reason in explain_unavailable(query, facts, starts_at)
    )
