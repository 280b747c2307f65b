"""get_opening_hours: when a branch is open on a day."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.answers import Answer, done
from app.domain.agents.opening import hours_on, opening_after
from app.domain.agents.situation import Situation
from app.domain.agents.telling import say_when
from app.domain.agents.toolbox import Arguments, tool
from app.domain.agents.wanting import read_branch, read_time_of
from app.domain.language.saying import begun, say_day, say_hours


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
