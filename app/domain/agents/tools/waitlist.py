"""join_waitlist: adds the caller to the waiting list for a time that may become free."""

from datetime import date, time, timedelta

from flask_babel import gettext as _
from pydantic import Field

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.domain.agents.opening_hours_lookup import LOOKAHEAD_DAYS, list_hours, say_closed
from app.domain.agents.tools.argument_resolution import resolve_slot_query
from app.domain.agents.tools.bookings_of_this_call import has_asked
from app.domain.agents.tools.caller_contact import find_or_create_customer, resolve_contact, resolve_phone
from app.domain.agents.tools.clarification import ClarificationNeeded, MissingArgument, get_question, require_arguments
from app.domain.agents.tools.context import ToolContext, ToolResult, reject, succeed
from app.domain.agents.tools.phrasing import MAX_SPOKEN_SLOTS, build_slots_data, say_free_slots
from app.domain.agents.tools.registry import ToolArgs, tool
from app.domain.agents.tools.slot_search import build_wish_data, search
from app.domain.agents.tools.spelled_arguments import add_read_back
from app.domain.agents.tools.visit_resolution import resolve_visit
from app.domain.bookings.waitlist import join_waitlist as join
from app.domain.customers.caller_assurance import filter_same_name
from app.domain.language.clarification_questions import PART_WORDS
from app.domain.language.parsed_time import PART_SPANS
from app.domain.language.spoken_format import join_or, say_day, say_time
from app.domain.scheduling.types import SlotQuery
from app.domain.services.spoken_names import get_spoken_name
from app.models import Branch

# in a result's data: the caller was asked whether to wait although a time is free
WAITING_REQUEST = {"asked": "waiting"}


class ClosedThen(InvalidInput):
    code = "closed"


class JoinWaitlistArgs(ToolArgs):
    answers = frozenset({"anyway"})

    service: str | None = Field(None, description="What is wanted, in the caller's words.")
    date: str | None = Field(None, description="The day, where it is only one.")
    time: str | None = Field(None, description="The time, where only one suits.")
    date_from: str | None = Field(None, description="The first day that suits.")
    date_to: str | None = Field(None, description="The last day that suits.")
    part_of_day: str | None = Field(None, description="morning, noon, afternoon or evening.")
    staff: str | None = Field(None, description="Who it should be with, if the caller said so.")
    branch: str | None = Field(None, description="Another branch than the one that was called.")
    name: str | None = Field(None, description="The full name.")
    phone: str | None = Field(None, description="Another number than the one that calls.")
    anyway: str | None = Field(None, description="yes, where the caller wants to wait although you have told what is free.")


@tool("join_waitlist", JoinWaitlistArgs, has_effect=True, sets_a_time=True)
def join_waitlist(context: ToolContext, args: JoinWaitlistArgs) -> ToolResult:
    """Puts the caller on the waitlist for a service."""
    require_arguments(args, "service", "name")
    query = resolve_slot_query(context, **args.model_dump(exclude={"name", "phone", "anyway"}))
    services = resolve_visit(context, service=args.service, staff=args.staff, branch=args.branch).services
    if len(services) > 1:
        names = [get_spoken_name(service, context.language) for service in services]
        question = _(
            "Auf die Warteliste geht es für eine Leistung. Welche soll es sein: %(services)s?", services=join_or(names, context.language)
        )
        raise ClarificationNeeded(question, options=[service.name for service in services])
    if query.excluded_staff:
        raise ClarificationNeeded(_("Auf die Warteliste geht es bei einer bestimmten Person oder bei allen. Was möchten Sie?"))
    _require_open(context, query)
    contact = resolve_contact(context, args.name or "", phone=args.phone)
    if resolve_phone(context, args.phone) is None:
        # nobody could be told that a time is free
        raise MissingArgument(get_question("phone"), fields=["phone"])
    names_days = query.day is not None or (args.date_from and args.date_to)
    is_told = args.anyway or has_asked(context, WAITING_REQUEST)
    if names_days and not is_told and (offer := _offer_free(context, query)):
        return offer
    is_known = bool(filter_same_name(contact.name, context.caller.candidates))
    customer = find_or_create_customer(context, contact)
    entry = join(
        customer.id,
        services[0].id,
        window_from=query.starts_from,
        window_until=query.starts_before,
        branch_id=query.branch_id,
        staff_id=query.staff_id,
        day_from=query.clock[0],
        day_until=query.clock[1],
        call_id=context.call.id,
        contact_phone=contact.phone,
    )
    say = _(
        "Ich habe Sie für %(days)s auf die Warteliste gesetzt und sage Bescheid, sobald etwas frei wird.", days=_say_days(context, query)
    )
    return add_read_back(context, succeed(say, waitlist_id=entry.id), args, contact, is_known=is_known)


def _require_open(context: ToolContext, query: SlotQuery) -> None:
    """Raise ClosedThen where the branch is closed on all the days; names the next ones on which it is open."""
    branch, (first, last) = _get_branch(query), _get_days(context, query)
    days = list_hours(branch, first, (last - first).days + 1)
    if any(day.spans for day in days):
        return
    ahead = [day.day for day in list_hours(branch, last + timedelta(days=1), LOOKAHEAD_DAYS) if day.spans][:MAX_SPOKEN_SLOTS]
    why = say_closed(days[0], today=context.today).rstrip(".")
    if not ahead:
        raise ClosedThen(f"{why}.", options=[])
    named = join_or([say_day(day, context.language, today=context.today) for day in ahead], context.language)
    raise ClosedThen(
        _("%(why)s, geöffnet ist wieder %(days)s. Welcher Tag passt Ihnen?", why=why, days=named),
        options=[day.isoformat() for day in ahead],
    )


def _offer_free(context: ToolContext, query: SlotQuery) -> ToolResult | None:
    """Offer what is free at the wished time, before anybody waits for it."""
    result = search(query)
    if not result.slots or result.reason:
        return None
    slots = build_slots_data(context, result.slots, result.facts)
    question = _(
        "Frei ist es %(times)s. Passt das, oder soll ich Sie trotzdem auf die Warteliste setzen?", times=say_free_slots(context, slots)
    )
    return reject("is_free", question, slots=slots, **build_wish_data(context, query), **WAITING_REQUEST)


def _say_days(context: ToolContext, query: SlotQuery) -> str:
    """ "Dienstag, den 8. Dezember, bis Freitag, den 11. Dezember, vormittags" """
    language, days = context.language, dict.fromkeys(_get_days(context, query))
    comma = "," if language == "de" else ""
    named = [say_day(day, language, today=context.today, case="until") for day in days]
    said = [f"{day}{comma}" if "," in day else day for day in named]
    text = _("%(first)s bis %(last)s", first=said[0], last=said[1]) if len(said) > 1 else said[0]
    low, high = query.clock
    part = next((part for part, span in PART_SPANS.items() if span == query.clock), None)
    if part:
        return f"{text} {PART_WORDS[language][part]}"
    if high - low == 1:
        return _("%(day)s um %(time)s", day=text, time=say_time(time(low // 60, low % 60), language))
    return text


def _get_days(context: ToolContext, query: SlotQuery) -> tuple[date, date]:
    zone = _get_branch(query).timezone
    last = max(query.starts_before - timedelta(minutes=1), query.starts_from)
    return context.to_local(query.starts_from, zone).date(), context.to_local(last, zone).date()


def _get_branch(query: SlotQuery) -> Branch:
    return db.session.get_one(Branch, query.branch_id)
