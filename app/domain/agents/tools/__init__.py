"""The agent's tools by subject; importing the package fills the registry."""

from app.domain.agents.tools import (
    availability as availability,
    bookings as bookings,
    caller_info as caller_info,
    consent as consent,
    emergency as emergency,
    holds as holds,
    messages as messages,
    services as services,
    waitlist as waitlist,
)
