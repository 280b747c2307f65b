"""Functions about what the business offers: list_services, get_service_info, get_opening_hours, answer_question."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.opening_hours_lookup import find_opening_after, get_hours
from app.domain.agents.tools.argument_resolution import parse_day
from app.domain.agents.tools.clarification import MissingArgument, get_question
from app.domain.agents.tools.context import ToolContext, ToolResult, reject, succeed
from app.domain.agents.tools.faq import find_answer
from app.domain.agents.tools.phrasing import say_when
from app.domain.agents.tools.registry import ToolArgs, tool
from app.domain.agents.tools.service_descriptions import build_service_data, build_total, list_matching_services, say_service, say_services
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
        return succeed(say_service(context, services[0]), service=build_service_data(context, services[0], in_full=True))
    rows = [build_service_data(context, service, in_full=True) for service in services]
    return succeed(say_services(context, services), service=build_total(context, services), services=rows)


class GetOpeningHoursArgs(ToolArgs):
    branch: str | None = Field(None, description="Another branch than the one that was called.")
    date: str | None = Field(None, description="The day, as said; without one today.")


@tool("get_opening_hours", GetOpeningHoursArgs, is_general=True, runs_in_emergency=True)
def get_opening_hours(context: ToolContext, args: GetOpeningHoursArgs) -> ToolResult:
    """Tells when the business is open on a day."""
    branch = resolve_branch(context, args.branch)
    when = parse_day(context, args.date, branch.timezone)
    hours = get_hours(branch, when.day or when.day_from or context.to_local(context.now, branch.timezone).date())
    day = capitalise(say_day(hours.day, context.language, today=context.today))
    if hours.spans:
        say = _("%(day)s ist %(hours)s geöffnet.", day=_add_comma(day), hours=say_hours(hours.clock_spans, context.language))
    elif hours.holiday:
        say = _("%(day)s ist wegen des Feiertags (%(holiday)s) geschlossen.", day=_add_comma(day), holiday=hours.holiday)
    else:
        day_after = datetime.combine(hours.day + timedelta(days=1), time(), ZoneInfo(branch.timezone))
        is_today = hours.day == context.to_local(context.now, branch.timezone).date()
        opens_at = find_opening_after(branch, context.now if is_today else day_after)
        if opens_at:
            next_time = say_when(context, opens_at, branch.timezone)
            say = _("%(day)s ist geschlossen, wieder geöffnet ist %(next)s.", day=_add_comma(day), next=next_time)
        else:
            say = _("%(day)s ist geschlossen.", day=_add_comma(day))
    return succeed(
        say,
        open=bool(hours.spans),
        spans=[[opens.strftime("%H:%M"), closes.strftime("%H:%M")] for opens, closes in hours.clock_spans],
        date=hours.day.isoformat(),
        branch=branch.name,
        **({"holiday": hours.holiday} if hours.holiday else {}),
    )


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
    fact = find_answer(context, args.question)
    if fact is None:
        return reject("not_known", _("Das weiß ich leider nicht sicher. Soll ich einen Rückruf notieren?"), sources=[])
    return succeed(fact.text, answer=fact.text, sources=list(fact.sources))
