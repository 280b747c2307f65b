"""Answers what a caller asks of the business's rules: what a cancellation costs and until when it may be, and whether a message comes."""

import re

from flask_babel import gettext as _

from app.core.phone import may_receive_sms
from app.domain.agents.tools.context import ToolContext
from app.domain.companies.policies import Policies, Rules, load_policies
from app.domain.language.spoken_format import say_length, say_price
from app.domain.notifications.sender_accounts import is_set_up
from app.domain.notifications.suppressions import find_suppressed
from app.domain.services.catalogue import list_services, list_staff

_CANCELLING = (
    r"\b(?:absag\w*|abzusagen|abgesagt|stornier\w*|storno\w*|ausfall\w*|nicht (?:kommen?|erschein\w*|auftauch\w*)|cancel\w*|no-?show"
    r"|(?:don'?t|do not|can'?t|cannot) (?:come|show|make it))\b"
)
_FEE = r"\bkost\w*|zahl\w*|gebuehr|berechne\w*|verlang\w*|umsonst|gratis|\bfee\b|\bcharge\w*|\bcosts?\b|\bpay\b|\bfree\b"
_DEADLINE = (
    r"\bbis (?:wann|zuletzt)|wie (?:lange|kurzfristig|spaet|frueh)|\bfrist\b|rechtzeitig"
    r"|(?:until|till) when|how (?:late|long|early)|notice|deadline|policy|bedingung|regel"
)
CANCELLING = re.compile(rf"(?=.*{_CANCELLING})(?=.*(?:{_FEE}|{_DEADLINE}))")
DEADLINE = re.compile(_DEADLINE)
MESSAGE = re.compile(
    r"(?=.*\b(?:nachricht|sms|e-?mail|mail|bestaetigung|bescheid|erinner\w*|text(?: message)?|message|confirmation|remind\w*)\b)"
    r"(?=.*\b(?:krieg\w*|bekomm\w*|kommt|schick\w*|sende\w*|gibt|get|send|receive|there|text|remind)\b)"
)
REMINDER = re.compile(r"erinner|remind")
DEADLINE_MINUTES = ("cancel_minutes", "fee_cents", "fee_within_minutes")


def answer_cancelling(context: ToolContext, folded: str) -> str | None:
    """Say by when, and for how much, an appointment may be cancelled; None where the rules are not set, or not the same for all."""
    policies = load_policies()
    rules = _find_common_rules(context, policies)
    if rules is None:
        return None
    is_fee_set = policies.origin("fee_cents", branch_id=context.branch.id) != "default" or bool(rules.fee_cents)
    by_when = _say_deadline(context, rules) if DEADLINE.search(folded) else None
    said = [by_when, _say_fee(context, rules) if is_fee_set and (rules.fee_cents or not by_when) else None]
    return " ".join(filter(None, said)) or None


def answer_message(context: ToolContext, folded: str) -> str | None:
    """Say whether a message confirms a booking, and over which way: as it would leave for the number that calls."""
    if REMINDER.search(folded):
        return None
    call, has_sms, has_email = context.call, is_set_up("sms"), is_set_up("email")
    number = call.from_number if call.caller_kind == "number" else None
    if has_sms and number and may_receive_sms(number) and ("sms", number) not in find_suppressed([number]):
        return _("Ja, die Bestätigung kommt in der Regel als SMS an Ihre Nummer.")
    if has_sms:
        other = _("Wenn Sie mir eine Handynummer oder E-Mail-Adresse nennen, kommt die Bestätigung dorthin.")
        mobile = _("Wenn Sie mir eine Handynummer nennen, kommt die Bestätigung dorthin.")
        return other if has_email else mobile
    return _("Die Bestätigung kommt als E-Mail, wenn Sie mir Ihre Adresse nennen.") if has_email else None


def _find_common_rules(context: ToolContext, policies: Policies) -> Rules | None:
    """Find the rules of cancelling at this branch, where they are the same for every service and person."""
    branch_id = context.branch.id
    services = [service.id for service in list_services(limit=100)] or [None]
    people = [person.id for person in list_staff(limit=100, branch_id=branch_id)] or [None]
    found = [policies.rules(branch_id=branch_id, service_id=service, staff_id=person) for service in services for person in people]
    kinds = {tuple(getattr(rules, name) for name in DEADLINE_MINUTES) for rules in found}
    return found[0] if len(kinds) == 1 else None


def _say_deadline(context: ToolContext, rules: Rules) -> str:
    if not rules.cancel_minutes:
        return _("Absagen geht bis zum Beginn des Termins.")
    return _("Absagen geht bis %(time)s vorher.", time=say_length(rules.cancel_minutes, context.language))


def _say_fee(context: ToolContext, rules: Rules) -> str:
    if not rules.fee_cents:
        return _("Absagen kostet bei uns nichts.")
    price = say_price(rules.fee_cents, context.language)
    if not rules.fee_within_minutes:
        return _("Absagen kostet nichts, wer nicht kommt, zahlt %(price)s.", price=price)
    time = say_length(rules.fee_within_minutes, context.language)
    return _("Bis %(time)s vorher kostet das Absagen nichts, danach oder ohne Absage werden %(price)s berechnet.", time=time, price=price)
