"""When a visit ends: "bis halb zwölf", "um sechs sind Sie wieder draußen"; such a time is no start."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from datetime import datetime, timedelta

from app.domain.claims.appointment_mentions import AppointmentMention
from app.domain.claims.evidence_types import AppointmentSnapshot, Evidence

ENDS = re.compile(
    r"\b(?:bis|(?<=\w )(?<!alles )fertig|draußen|draussen|durch|ende[nt]?|vorbei|raus|von dannen|abhol\w*|holen|zurück|zurueck|entlassen|nach ?hause|heim|wieder|weiter"
    r"|until|till?|(?<=\w )(?<!all )(?<!that's )(?<!is )done|finish\w*|(?<!sort you )out|ready|collect|pick\w* (?:it |her |him )?up|through|end\w*|over|back|respectively|on your way|leave|home)\b",
    re.IGNORECASE,
)
LEAVES = re.compile(
    r"\b(?:fertig|draußen|draussen|durch|entlassen|done|finished|out (?:again|of here|the door)|out by|ready|on your way)\b", re.IGNORECASE
)
MAX_VISIT = timedelta(hours=6)
TOLERANCE_MINUTES = 10
TOLERANCE = timedelta(minutes=TOLERANCE_MINUTES)


def find_visit_length(mention: AppointmentMention, evidence: Evidence) -> tuple[AppointmentSnapshot, int] | None:
    """Find the appointment of this call that a time would end, and the minutes that it would have taken."""
    if mention.clock is None:
        return None
    own = [each.current for each in evidence.appointments if (each.was_created or each.was_moved) and each.is_active]
    said = mention.clock.on(None)
    hours = (said.hour, said.hour + 12) if mention.clock.loose and said.hour < 12 else (said.hour,)
    for state in own:
        for hour in hours:
            length = state.starts_at.replace(hour=hour, minute=said.minute) - state.starts_at
            if timedelta(0) < length <= MAX_VISIT:
                return state, int(length.total_seconds()) // 60
    return None


def is_end(mention: AppointmentMention, evidence: Evidence) -> bool:
    """Check that a clock time is when an appointment, a hold or a free time with some service would end, give or take ten minutes."""
    if mention.clock is None:
        return False
    minutes = {offer.id: max(offer.minutes, default=0) for offer in evidence.offers}
    states = [each.current for each in evidence.appointments] + list(evidence.holds)
    ends = [state.starts_at + timedelta(minutes=sum(minutes.get(service, 0) for service in state.service_ids)) for state in states]
    # of a free time nobody has chosen yet, any service may be meant
    ends += (
        []
        if states
        else [
            start + timedelta(minutes=length)
            for search in evidence.searches or ()
            for start in search.starts
            for length in {*minutes.values(), *evidence.quoted_minutes}
        ]
    )
    return any(_is_near(mention, end) for end in ends)


def _is_near(mention: AppointmentMention, end: datetime) -> bool:
    clock = mention.clock
    assert clock is not None
    said = clock.on(None)
    hours = (said.hour, said.hour + 12, said.hour - 12) if clock.loose else (said.hour,)
    times = [end.replace(hour=hour, minute=said.minute) for hour in hours if 0 <= hour < 24]
    return any(abs(time - end) <= TOLERANCE for time in times)
