"""parse_date: what the caller's words about time mean."""

from flask_babel import gettext as _
from pydantic import Field

from app.domain.agents.answers import Answer, done
from app.domain.agents.situation import Situation
from app.domain.agents.toolbox import Arguments, tool
from app.domain.language.reading import read_when
from app.domain.language.saying import begun, say_day, say_moment, say_time
from app.domain.language.when import When, instant


class Words(Arguments):
    text: str | None = Field(None, description="What the caller said about day and time.")


@tool("parse_date", Words, general=True)
def parse_date(situation: Situation, given: Words) -> Answer:
    """Turns words about a day or time into a date; asks back where they leave something open."""
    when = read_when(given.text or "", situation.moment, situation.zone, situation.language)
    return done(when.question or _said(situation, when), **when.as_data())


def _said(situation: Situation, when: When) -> str:
    """The day and time once more, so that the caller hears what was understood."""
    language, today = situation.language, situation.today
    if when.day and when.at is not None:
        return begun(say_moment(situation.local(instant(when.day, when.at, situation.zone)), language, today=today)) + "."
    if when.day:
        return begun(say_day(when.day, language, today=today)) + "."
    if when.at is not None:
        return _("Um %(time)s.", time=say_time(when.at, language))
    if when.day_from and when.day_to and when.day_to.year < 9999:
        first, last = say_day(when.day_from, language, case="until"), say_day(when.day_to, language, case="until")
        return _("Zwischen %(first)s und %(last)s.", first=first, last=last)
    return _("Gut, ich sehe nach.")
