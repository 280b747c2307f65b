"""Functions about the call and its caller: get_context, check_customer, identify_customer."""

from flask_babel import gettext as _

from app.domain.agents.opening_hours import opening_now
from app.domain.agents.tools.caller_verification import Identity, prove, told
from app.domain.agents.tools.context import Situation
from app.domain.agents.tools.registry import Arguments, tool
from app.domain.agents.tools.result import Answer, done
from app.domain.customers.name_matching import first_name
from app.domain.language.spoken_format import say_day, say_time


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


@tool("check_customer", Identity)
def check_customer(situation: Situation, given: Identity) -> Answer:
    """Tells whether the caller is known and what they may hear or change; with a name, for that person."""
    if given.missing("name", "birth_date", "booking_date", "code") == ["name", "birth_date", "booking_date", "code"]:
        return told(situation)
    return prove(situation, given)


@tool("identify_customer", Identity, effect=True)
def identify_customer(situation: Situation, given: Identity) -> Answer:
    """Checks the caller's name, date of birth, the date of a booking or a code that was sent."""
    return prove(situation, given)
