"""Functions about what the business offers: list_services, get_service_info, get_opening_hours, answer_question."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.opening_hours_lookup import DayHours, find_opening_after, get_hours, list_hours
from app.domain.agents.tools.alternative_days import list_chosen_days
from app.domain.agents.tools.argument_resolution import parse_day
from app.domain.agents.tools.clarification import ClarificationNeeded, MissingArgument, get_question
from app.domain.agents.tools.context import ToolContext, ToolResult, reject, succeed
from app.domain.agents.tools.declined_questions import decline_question
from app.domain.agents.tools.faq import find_answer
from app.domain.agents.tools.hours_answers import MAX_DAYS, say_days
from app.domain.agents.tools.phrasing import say_when
from app.domain.agents.tools.registry import ToolArgs, tool
from app.domain.agents.tools.service_descriptions import (
    build_service_data,
    build_total,
    list_matching_services,
    say_scope,
    say_service,
    say_services,
)
from app.domain.agents.tools.visit_resolution import resolve_branch
from app.domain.language.spoken_format import capitalise, join_and, say_day, say_hours
from app.domain.services.requested_services import get_services
from app.domain.services.spoken_names import get_spoken_name

MAX_SPOKEN_NAMES = 5


class ListServicesArgs(ToolArgs):
    query: str | None = Field(None, description="Only what fits these words.")


@tool("list_services", ListServicesArgs)
def list_services(context: ToolContext, args: ListServicesArgs) -> ToolResult:
    """Lists what the business offers."""
    services = list_matching_services(context, args.query)
    if not services:
        return succeed(_("Dazu finde ich nichts in unserem Angebot."), services=[])
    names = [get_spoken_name(service, context.language) for service in services]
    if len(names) > MAX_SPOKEN_NAMES:
        say = _("Wir bieten unter anderem %(names)s an.", names=join_and(names[:MAX_SPOKEN_NAMES], context.language))
    else:
        say = _("Wir bieten %(names)s an.", names=join_and(names, context.language))
    return succeed(say, services=[build_service_data(context, service) for service in services])


class GetServiceInfoArgs(ToolArgs):
    service: str | None = Field(None, description="The service, in the caller's words.")


@tool("get_service_info", GetServiceInfoArgs)
def get_service_info(context: ToolContext, args: GetServiceInfoArgs) -> ToolResult:
    """Tells how long a service takes and what it costs; of several each, and all together."""
    if args.service is None:
        raise MissingArgument(get_question("service"), fields=["service"])
    services = get_services(args.service, language=context.language)
    if len(services) == 1:
        say = " ".join(filter(None, (say_service(context, services[0]), say_scope(args.service, services[0]))))
        return succeed(say, service=build_service_data(context, services[0], in_full=True))
    rows = [build_service_data(context, service, in_full=True) for service in services]
    return succeed(say_services(context, services), service=build_total(context, services), services=rows)


class GetOpeningHoursArgs(ToolArgs):
    branch: str | None = Field(None, description="Another branch than the one that was called.")
    date: str | None = Field(None, description="The day, as said; without one today.")


@tool("get_opening_hours", GetOpeningHoursArgs, is_general=True, runs_in_emergency=True)
def get_opening_hours(context: ToolContext, args: GetOpeningHoursArgs) -> ToolResult:
    """Tells when the business is open on a day."""
    branch = resolve_branch(context, args.branch)
    here = context.at_branch(branch)
    days = _list_days(here, args.date)
    say = _say_day(here, days[0]) if len(days) == 1 else say_days(here, days)
    told = [_build_day_data(hours) for hours in days]
    return succeed(say, **told[0], branch=branch.name, **({"days": told} if len(told) > 1 else {}))


def _list_days(context: ToolContext, words: str | None) -> list[DayHours]:
    """List the hours of the day, or of each of the days that are asked for; without words of today."""
    try:
        when = parse_day(context, words, context.timezone)
    except ClarificationNeeded as error:
        # "Samstag oder Sonntag": both are told
        days = list_chosen_days(words or "", error.data.get("options", ()))
        if not days:
            raise
        context.named_days |= set(days)
        return [get_hours(context.branch, day) for day in days]
    first = when.day or when.day_from or context.to_local(context.now).date()
    last = when.day_to if when.day_to and not when.day else first
    hours = list_hours(context.branch, first, min((last - first).days + 1, MAX_DAYS))
    return [each for each in hours if each.day not in when.excluded_days] or hours


def _say_day(context: ToolContext, hours: DayHours) -> str:
    day, branch = _add_comma(capitalise(say_day(hours.day, context.language, today=context.today))), context.branch
    if hours.spans:
        opened = say_hours(hours.clock_spans, context.language)
        if hours.unchanged_eve:
            usual = _add_comma(say_day(hours.day, context.language, today=context.today))
            return _(
                "Für %(eve)s ist nichts Besonderes eingetragen, regulär ist %(day)s %(hours)s geöffnet.",
                eve=hours.unchanged_eve, day=usual, hours=opened,
            )  # fmt: skip
        return _("%(day)s ist %(hours)s geöffnet.", day=day, hours=opened)
    if hours.holiday:
        return _("%(day)s ist wegen des Feiertags (%(holiday)s) geschlossen.", day=day, holiday=hours.holiday)
    day_after = datetime.combine(hours.day + timedelta(days=1), time(), ZoneInfo(branch.timezone))
    is_today = hours.day == context.to_local(context.now).date()
    opens_at = find_opening_after(branch, context.now if is_today else day_after)
    if opens_at:
        return _("%(day)s ist geschlossen, wieder geöffnet ist %(next)s.", day=day, next=say_when(context, opens_at, branch.timezone))
    return _("%(day)s ist geschlossen.", day=day)


def _build_day_data(hours: DayHours) -> dict[str, Any]:
    return {
        "open": bool(hours.spans),
        "spans": [[opens.strftime("%H:%M"), closes.strftime("%H:%M")] for opens, closes in hours.clock_spans],
        "date": hours.day.isoformat(),
        **({"holiday": hours.holiday} if hours.holiday else {}),
    }


def _add_comma(day: str) -> str:
    """ "Am Donnerstag, dem 3. Dezember," before the verb."""
    return f"{day}," if "," in day else day


class AnswerQuestionArgs(ToolArgs):
    question: str | None = Field(None, description="What the caller wants to know, in their words.")


@tool("answer_question", AnswerQuestionArgs)
def answer_question(context: ToolContext, args: AnswerQuestionArgs) -> ToolResult:
    """Answers questions about the business: hours, address, services, prices, people."""
    if args.question is None:
        raise MissingArgument(get_question("question"), fields=["question"])
    if declined := decline_question(context, args.question):
        return declined
    fact = find_answer(context, args.question)
    if fact is None:
        return reject("not_known", _("Das weiß ich leider nicht sicher. Soll ich einen Rückruf notieren?"), sources=[])
    return succeed(fact.text, answer=fact.text, sources=list(fact.sources))
