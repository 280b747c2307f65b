"""The functions that the agent may call, one a file; whoever imports this package makes them known to the toolbox."""

from app.domain.agents.toolbox import TOOLS as TOOLS
from app.domain.agents.tools import (
    answer_question as answer_question,
    book_appointment as book_appointment,
    cancel_appointment as cancel_appointment,
    check_availability as check_availability,
    check_customer as check_customer,
    find_next_available as find_next_available,
    get_alternatives as get_alternatives,
    get_context as get_context,
    get_opening_hours as get_opening_hours,
    get_service_info as get_service_info,
    hold_slot as hold_slot,
    identify_customer as identify_customer,
    join_waitlist as join_waitlist,
    list_services as list_services,
    parse_date as parse_date,
    query_appointments as query_appointments,
    release_hold as release_hold,
    report_emergency as report_emergency,
    request_callback as request_callback,
    reschedule_appointment as reschedule_appointment,
    send_link as send_link,
    set_consent as set_consent,
    take_message as take_message,
    transfer_call as transfer_call,
)
