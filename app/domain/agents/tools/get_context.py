"""get_context: where the call came in, what time it is there, and who calls."""

from flask_babel import gettext as _

from app.domain.agents.answers import Answer, done
from app.domain.agents.opening import opening_now
from app.domain.agents.situation import Situation
from app.domain.agents.toolbox import Arguments, tool
from app.domain.customers.naming import first_name
from app.domain.language.saying import say_day, say_time


@tool("get_context", general=True)
def get_context(situation: Situation, _given: Arguments) -> Answer:
    """Tells the business and branch, today's date, whether it is open, and whether the caller is known."""
    caller, now = situation.caller, situation.local(situation.moment)
    is_open, opens_at = opening_now(situation.branch, situation.moment)
    today = say_day(now.date(), situation.language, case="the")
    first = first_name(caller.customer.name) if caller.customer and situation.tells_first_name else None
    return done(
        _("Heute ist %(day)s, es ist %(time)s.", day=today, time=say_time(now.time().replace(second=0, microsecond=0), situation.language)),
        company=situation.company.name,
        branch=situation.branch.name,
        now=now.isoformat(timespec="seconds"),
        today_spoken=today,
        language=situation.language,
        open_now=is_open,
        next_opening=situation.local(opens_at).isoformat() if opens_at else None,
        caller={"known": caller.is_known, "certainty": caller.certainty} | ({"first_name": first} if first else {}),
    )
