"""The agent's tools by subject; importing the package fills the registry."""

from app.domain.agents.tools import (
    appointment_list as appointment_list,
    availability as availability,
    bookings as bookings,
    business_info as business_info,
    caller_info as caller_info,
    consent as consent,
    emergency as emergency,
    handoff as handoff,
    holds as holds,
    spelling as spelling,
    waitlist as waitlist,
)
