"""Functions about what the business offers: list_services, get_service_info, get_opening_hours, answer_question."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.opening_hours import hours_on, opening_after
from app.domain.agents.tools.argument_parsing import Missing, asks_for, read_branch, read_time_of
from app.domain.agents.tools.context import Situation
from app.domain.agents.tools.faq import find_answer
from app.domain.agents.tools.phrasing import say_when
from app.domain.agents.tools.registry import Arguments, tool
from app.domain.agents.tools.result import Answer, done, refused
from app.domain.agents.tools.service_catalogue import fitting_services, say_service, service_data
from app.domain.language.spoken_format import all_of, begun, say_day, say_hours
from app.domain.services.matching import get_services

MOST_SAID = 5


class Query(Arguments):
    query: str | None = Field(None, description="Only what fits these words.")


@tool("list_services", Query)
def list_services(situation: Situation, given: Query) -> Answer:
    """Lists what the business offers."""
    services = fitting_services(situation, given.query)
    if not services:
        return done(_("Dazu finde ich nichts in unserem Angebot."), services=[])
    names = [service.name for service in services]
    if len(names) > MOST_SAID:
        say = _("Wir bieten unter anderem %(names)s an.", names=all_of(names[:MOST_SAID], situation.language))
    else:
        say = _("Wir bieten %(names)s an.", names=all_of(names, situation.language))
    return done(say, services=[service_data(situation, service) for service in services])


class Named(Arguments):
    service: str | None = Field(None, description="The service, in the caller's words.")


@tool("get_service_info", Named)
def get_service_info(situation: Situation, given: Named) -> Answer:
    """Tells how long a service takes and what it costs."""
    if given.service is None:
        raise Missing(asks_for("service"), fields=["service"])
    service = get_services(given.service)[0]
    return done(say_service(situation, service), service=service_data(situation, service, in_full=True))


class Day(Arguments):
    branch: str | None = Field(None, description="Another branch than the one that was called.")
    date: str | None = Field(None, description="The day, as said; without one today.")


@tool("get_opening_hours", Day, general=True)
def get_opening_hours(situation: Situation, given: Day) -> Answer:
    """Tells when the business is open on a day."""
    branch = read_branch(situation, given.branch)
    when = read_time_of(situation, date=given.date, time=None, zone=branch.zone)
    hours = hours_on(branch, when.day or when.day_from or situation.local(situation.moment, branch.zone).date())
    day = begun(say_day(hours.day, situation.language, today=situation.today))
    if hours.spans:
        say = _("%(day)s ist %(hours)s geöffnet.", day=_comma(day), hours=say_hours(hours.clock_spans, situation.language))
    elif hours.holiday:
        say = _("%(day)s ist wegen des Feiertags (%(holiday)s) geschlossen.", day=_comma(day), holiday=hours.holiday)
    else:
        day_after = datetime.combine(hours.day + timedelta(days=1), time(), ZoneInfo(branch.zone))
        is_today = hours.day == situation.local(situation.moment, branch.zone).date()
        opens_at = opening_after(branch, situation.moment if is_today else day_after)
        if opens_at:
            next_time = say_when(situation, opens_at, branch.zone)
            say = _("%(day)s ist geschlossen, wieder geöffnet ist %(next)s.", day=_comma(day), next=next_time)
        else:
            say = _("%(day)s ist geschlossen.", day=_comma(day))
    return done(
        say,
        open=bool(hours.spans),
        spans=[[opens.strftime("%H:%M"), closes.strftime("%H:%M")] for opens, closes in hours.clock_spans],
        date=hours.day.isoformat(),
        branch=branch.name,
        **({"holiday": hours.holiday} if hours.holiday else {}),
    )


def _comma(day: str) -> str:
    """ "Am Donnerstag, dem 3. Dezember," before the verb."""
    return f"{day}," if "," in day else day


class Question(Arguments):
    question: str | None = Field(None, description="What the caller wants to know, in their words.")


@tool("answer_question", Question)
def answer_question(situation: Situation, given: Question) -> Answer:
    """Answers questions about the business: hours, address, services, prices, people."""
    if given.question is None:
        raise Missing(asks_for("question"), fields=["question"])
    found = find_answer(situation, given.question)
    if found is None:
        return refused("not_known", _("Das weiß ich leider nicht sicher. Soll ich einen Rückruf notieren?"), sources=[])
    return done(found.text, answer=found.text, sources=list(found.sources))
