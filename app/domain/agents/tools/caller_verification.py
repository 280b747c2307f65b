"""Verifies a caller step by step: name, date of birth or of a booking, one-time code."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from pydantic import Field

from app.core import metrics
from app.core.errors import TooManyRequests
from app.domain.agents.tools.clarification import MissingArgument, get_question
from app.domain.agents.tools.context import ToolContext, ToolResult, reject, succeed
from app.domain.agents.tools.registry import ToolArgs
from app.domain.agents.tools.spelled_arguments import SPELLING_REQUEST, was_spelling_asked
from app.domain.agents.tools.verification_fallbacks import ask_again, find_code_number, list_fallbacks, reject_unverified
from app.domain.customers import one_time_codes
from app.domain.customers.caller_assurance import (
    IdentifiedCaller,
    filter_same_name,
    filter_similar_name,
    find_by_birth_date,
    hash_birth_date,
    is_number_within_attempts,
    is_within_attempts,
)
from app.domain.customers.name_matching import find_first_name
from app.domain.customers.provable_days import get_provable_days
from app.domain.language.birth_dates import parse_birth_date
from app.domain.language.parser import parse_time_expression
from app.domain.language.spelling import needs_spelling, read_name
from app.domain.language.spoken_format import join_or
from app.models import Customer


class IdentifyCustomerArgs(ToolArgs):
    name: str | None = Field(None, description="The caller's full name as they said it.")
    birth_date: str | None = Field(None, description="Date of birth as said.")
    booking_date: str | None = Field(None, description="The day of one of their bookings, as said by the caller.")
    code: str | None = Field(None, description='The digits of the code that was sent, or "send" to send one.')


def describe_caller(context: ToolContext, *, is_named: bool = False) -> ToolResult:
    """Describe the caller as far as identified, with level and permissions."""
    return succeed(_say_thanks(context.caller, is_named=is_named), **_build_caller_data(context.caller))


def verify(context: ToolContext, args: IdentifyCustomerArgs) -> ToolResult:
    """Verify the caller with the given evidence; a rejection does not reveal what would match."""
    caller = context.caller
    if caller.is_withheld or caller.is_locked or not is_number_within_attempts(context.call):
        return reject_unverified(context, **_build_caller_data(caller))
    is_spelled = False
    if args.name:
        reading = read_name(args.name, context.language)
        if reading.text is None:
            return ask_again(context, _ask_for_letters(), **_build_caller_data(caller))
        is_spelled = reading.is_spelled
        args = args.model_copy(update={"name": reading.text})
        if problem := _verify_name(context, reading.text, args.birth_date):
            return problem
    for proof in (_verify_birth_date, _verify_booking_date, _verify_code):
        if problem := proof(context, args):
            return problem
    if args.name and not is_spelled and _may_be_misheard(context, args.name):
        question = _("Danke. Wie schreibt sich der Name, Buchstabe für Buchstabe?")
        return succeed(question, **_build_caller_data(context.caller), **SPELLING_REQUEST)
    return describe_caller(context, is_named=args.name is not None)


def _may_be_misheard(context: ToolContext, name: str) -> bool:
    """Whether nobody of this name is found at the number, for which the letters are asked for once in a call."""
    caller = context.caller
    is_found = caller.is_known and caller.certainty != "number"
    return not is_found and (bool(caller.candidates) or needs_spelling(name)) and not was_spelling_asked(context)


def _ask_for_letters() -> str:
    return _("Buchstabieren Sie mir bitte den Vor- und den Nachnamen")


def _verify_name(context: ToolContext, name: str, birth_date: str | None) -> ToolResult | None:
    """Verify the name: only the same name counts; a similar one is asked for again, spelled."""
    caller = context.caller
    same = filter_same_name(name, caller.candidates)
    if len(same) > 1 and birth_date and (born := parse_birth_date(birth_date, context.today)):
        same = [customer for customer in same if customer.birth_index == hash_birth_date(born)] or same
    if len(same) > 1:
        return ask_again(context, _("Nennen Sie mir bitte auch Ihr Geburtsdatum"), **_build_caller_data(caller))
    if same:
        context.record_verification("name", ok=True, customer=same[0])
    elif close := filter_similar_name(name, caller.candidates):
        context.record_verification("alike", ok=False, customer=_find_only(close))
        return ask_again(context, _ask_for_letters(), **_build_caller_data(caller), **SPELLING_REQUEST)
    elif any(customer.name for customer in caller.candidates):
        context.record_verification("name", ok=False, customer=_find_only(caller.candidates))
    return None


def _verify_birth_date(context: ToolContext, args: IdentifyCustomerArgs) -> ToolResult | None:
    if not args.birth_date:
        return None
    born = parse_birth_date(args.birth_date, context.today)
    if born is None:
        raise MissingArgument(_("Wie lautet Ihr Geburtsdatum, mit Tag, Monat und Jahr?"), fields=["birth_date"])
    customer = context.caller.customer if context.caller.is_known else None
    if customer is None and args.name:
        customer = _find_only(find_by_birth_date(born, args.name))
        if customer is None:
            context.record_verification("birth_date", ok=False, customer=None)
            if was_spelling_asked(context) or context.caller.is_locked:
                return reject_unverified(context, **_build_caller_data(context.caller))
            return reject_unverified(context, _ask_for_letters(), **_build_caller_data(context.caller), **SPELLING_REQUEST)
    if customer is None:
        raise MissingArgument(get_question("name"), fields=["name"])
    return _record_attempt(context, "birth_date", customer, customer.birth_index == hash_birth_date(born))


def _verify_booking_date(context: ToolContext, args: IdentifyCustomerArgs) -> ToolResult | None:
    """Verify the day of a booking, beside the full name; only days never disclosed count."""
    caller = context.caller
    if not args.booking_date or caller.is_verified:
        return None
    if caller.customer is None or not caller.is_known:
        return reject_unverified(context, **_build_caller_data(caller))
    if caller.certainty == "number":
        raise MissingArgument(get_question("name"), fields=["name"])
    when = parse_time_expression(args.booking_date, context.now, context.timezone, context.language)
    if when.day is None:
        return reject(
            "ambiguous", when.question or _("An welchem Tag ist Ihr Termin?"), options=list(when.options), **_build_caller_data(caller)
        )
    problem = _record_attempt(context, "booking", caller.customer, when.day in get_provable_days(context.call, caller.customer))
    # the same answer whether the day was wrong or is no proof
    return _describe_rights(context) if problem and context.caller.has_permission("change") else problem


def _describe_rights(context: ToolContext) -> ToolResult:
    """Tell the caller who was recognised by name what is possible now, and the ways for what is not."""
    caller, ways = context.caller, list_fallbacks(context)
    thanks = _say_thanks(caller, is_named=True).rstrip(".")
    if caller.has_permission("cancel"):
        say = _("%(thanks)s. Verschieben und absagen kann ich gern für Sie.", thanks=thanks)
    elif ways:
        named = join_or(list(ways.values()), context.language)
        say = _("%(thanks)s. Verschieben kann ich gern für Sie, zum Absagen kann ich %(ways)s.", thanks=thanks, ways=named)
    else:
        say = _("%(thanks)s. Verschieben kann ich gern für Sie, absagen geht am Telefon leider nicht.", thanks=thanks)
    return succeed(say, ways=list(ways), **_build_caller_data(caller))


def _verify_code(context: ToolContext, args: IdentifyCustomerArgs) -> ToolResult | None:
    if not args.code:
        return None
    if not any(letter.isdigit() for letter in args.code):
        return send_code(context)
    customer = one_time_codes.redeem_code(context.call, args.code)
    context.record_verification("code", ok=customer is not None, customer=customer or context.caller.customer)
    if customer:
        return None
    if context.caller.is_locked:
        return reject_unverified(context, **_build_caller_data(context.caller))
    return reject("wrong_code", _("Der Code stimmt leider nicht. Welche Ziffern lesen Sie?"), **_build_caller_data(context.caller))


def send_code(context: ToolContext) -> ToolResult:
    """Send a one-time code to the mobile number on record, else offer the fallbacks."""
    caller, number = context.caller, find_code_number(context)
    if caller.customer is None or number is None:
        metrics.IDENTITY_MESSAGES.labels("code", "none", "not_possible").inc()
        return reject_unverified(context, **_build_caller_data(caller))
    try:
        code = one_time_codes.create_code(context.call, caller.customer, number)
    except TooManyRequests:
        metrics.IDENTITY_MESSAGES.labels("code", "sms", "limited").inc()
        return reject_unverified(context, **_build_caller_data(caller))
    metrics.IDENTITY_MESSAGES.labels("code", "sms", "sent").inc()
    return succeed(
        _("Ich habe Ihnen einen Code geschickt. Welche Ziffern lesen Sie?"), notification_id=code.id, **_build_caller_data(caller)
    )


def _record_attempt(context: ToolContext, kind: str, customer: Customer, fits: bool) -> ToolResult | None:
    fits = fits and is_within_attempts(customer)
    context.record_verification("birth_date" if kind == "birth_date" else "booking", ok=fits, customer=customer)
    return None if fits else reject_unverified(context, **_build_caller_data(context.caller))


def _find_only(customers: Sequence[Customer]) -> Customer | None:
    return customers[0] if len(customers) == 1 else None


def _build_caller_data(caller: IdentifiedCaller) -> dict[str, Any]:
    return {"known": caller.is_known, "certainty": caller.certainty, "rights": caller.rights}


def _say_thanks(caller: IdentifiedCaller, *, is_named: bool) -> str:
    """Thank the caller; only a name they gave is said."""
    if caller.is_withheld:
        return _("Einen neuen Termin kann ich gern eintragen.")
    if not caller.is_known or caller.customer is None or caller.certainty == "number":
        return _("Danke, was darf ich für Sie tun?") if is_named else _("Auf welchen Namen darf ich nachsehen?")
    first = find_first_name(caller.customer.name)
    return _("Danke, %(name)s.", name=first) if first else _("Danke.")
