"""What a caller must verify next, and the fallbacks: a link to the address on record, a callback, a transfer."""

from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import NotAllowed
from app.core.extensions import db
from app.core.phone import may_receive_sms
from app.domain.agents.opening_hours_lookup import get_opening_status
from app.domain.agents.tools.context import ToolContext, ToolResult, reject
from app.domain.customers.caller_assurance import AssuranceLevel, Permission
from app.domain.customers.one_time_codes import can_send
from app.domain.customers.provable_days import get_provable_days
from app.domain.language.spoken_format import join_or
from app.domain.notifications.notification_queue import find_recipient
from app.domain.notifications.sender_accounts import is_set_up
from app.domain.notifications.suppressions import find_suppressed
from app.models import Customer
from app.providers.messaging.base import Channel

Fallback = Literal["link", "callback", "desk"]


class VerificationRequired(NotAllowed):
    """The assurance level is too low; the message asks for what is missing and names the fallbacks."""

    code = "not_verified"


def require_permission(context: ToolContext, right: Permission, *, is_told: bool = False) -> None:
    """Raise VerificationRequired. Must run before any lookup, so that a rejection reveals nothing.

    `is_told` says that it is about an appointment that was set by phone from this number, and of which the caller hears.
    """
    if not context.caller.has_permission(right):
        raise build_verification_error(context, context.caller.required_level(right), right=right, is_told=is_told)


def build_verification_error(
    context: ToolContext, needed: AssuranceLevel, *, right: Permission | None = None, is_told: bool = False
) -> VerificationRequired:
    """Build the error; `right` and `is_told` as in require_permission."""
    question = None if is_told and not _may_prove_more(context, needed) else _find_question(context, needed)
    if question is None and right == "cancel" and not context.caller.is_withheld and not _count_refusals(context):
        sentence, ways = _build_sentence_to_cancel(context)
    else:
        sentence, ways = _build_sentence(context, question)
    return VerificationRequired(sentence, ways=ways, certainty=context.caller.certainty, needed=needed)


def reject_unverified(context: ToolContext, question: str | None = None, **data: Any) -> ToolResult:
    """Build the rejected result for insufficient evidence; `question` asks for better."""
    sentence, ways = _build_sentence(context, question)
    return reject("not_verified", sentence, ways=ways, **data)


def ask_again(context: ToolContext, question: str, **data: Any) -> ToolResult:
    """Build the result that asks again who is meant, with the fallbacks."""
    sentence, ways = _build_sentence(context, question)
    return reject("ambiguous", sentence, ways=ways, **data)


def list_fallbacks(context: ToolContext) -> dict[Fallback, str]:
    """List the fallbacks available now, in words."""
    allows, ways = context.config.allows, dict[Fallback, str]()
    if allows("send_link") and (recipient := find_link_recipient(context)):
        ways["link"] = (
            _("Ihnen einen Link an Ihre hinterlegte E-Mail-Adresse schicken")
            if recipient[1] == "email"
            else _("Ihnen einen Link an Ihre hinterlegte Nummer schicken")
        )
    if allows("request_callback"):
        ways["callback"] = _("einen Rückruf notieren")
    if allows("transfer_call") and find_transfer_number(context) and get_opening_status(context.branch, context.now)[0]:
        ways["desk"] = _("Sie mit dem Team verbinden")
    return ways


def find_link_recipient(context: ToolContext) -> tuple[Customer, Channel, str] | None:
    """Find the recipient of a link: the identified customer at the address on record."""
    caller = context.caller
    if caller.customer is None or not caller.is_known or caller.is_withheld:
        return None
    way = find_recipient(caller.customer)
    return (caller.customer, *way) if way and is_set_up(way[0]) and can_send(way[1]) else None


def find_code_number(context: ToolContext) -> str | None:
    """Find the mobile number on record for a code, the calling one first."""
    customer = context.caller.customer
    if customer is None or context.caller.is_withheld or not is_set_up("sms"):
        return None
    numbers = [identifier.value for identifier in customer.identifiers if identifier.kind == "phone" and may_receive_sms(identifier.value)]
    suppressed = find_suppressed(numbers)
    numbers = [number for number in numbers if ("sms", number) not in suppressed]
    numbers.sort(key=lambda number: number != context.call.from_number)
    return next((number for number in numbers if can_send(number)), None)


def find_transfer_number(context: ToolContext) -> str | None:
    """Find the transfer number, if the configuration allows a transfer now."""
    when = context.config.forward_when
    is_time = when == "always" or (when == "opening_hours" and get_opening_status(context.branch, context.now)[0])
    return (context.config.forward_number or context.branch.forward_number) if is_time else None


def _find_question(context: ToolContext, needed: AssuranceLevel) -> str | None:
    """Find the question for the next evidence; None where nothing more can be verified by voice."""
    caller = context.caller
    if caller.is_withheld or caller.is_locked:
        return None
    if not any(customer.name for customer in caller.candidates) and not caller.is_known:
        return _("Unter dieser Nummer ist niemand eingetragen, nennen Sie mir bitte Ihren vollen Namen und Ihr Geburtsdatum")
    if not caller.is_known or caller.certainty == "number":
        return _("Nennen Sie mir bitte den vollen Namen, auf den der Termin läuft")
    can_send_code = find_code_number(context) is not None
    if needed == "code" and caller.is_verified:
        return _("Ich kann Ihnen zur Sicherheit einen Code als SMS schicken") if can_send_code else None
    assert caller.customer is not None
    if caller.customer.birth_index:
        return _("Nennen Sie mir zur Sicherheit bitte Ihr Geburtsdatum")
    if get_provable_days(context.call, caller.customer):
        return _("Nennen Sie mir zur Sicherheit bitte den Tag Ihres Termins")
    return _("Ich kann Ihnen zur Sicherheit einen Code als SMS schicken") if can_send_code else None


def _may_prove_more(context: ToolContext, needed: AssuranceLevel) -> bool:
    """Check whether a caller of whom the number is known may come further with the name: the company knows dates of birth, or sends codes.

    Asked of the company, and of nobody's record, which would be told by the answer. The day of an appointment set by phone proves nothing.
    """
    if needed == "name" or context.caller.certainty != "number" or is_set_up("sms"):
        return True
    return db.session.scalar(select(Customer.id).where(Customer.birth_index.is_not(None)).limit(1)) is not None


def _build_sentence(context: ToolContext, question: str | None) -> tuple[str, list[Fallback]]:
    """Build the sentence with the question and the fallbacks; gives the fallbacks too."""
    open_now, refused = list_fallbacks(context), _count_refusals(context)
    ways = join_or(list(open_now.values()), context.language)
    if not ways:
        sentence = f"{question}." if question else _("Das kann ich am Telefon leider nicht für Sie tun.")
    elif question and refused == 1:
        sentence = _("Das reicht mir leider noch nicht. %(question)s, oder soll ich %(ways)s?", question=question, ways=ways)
    elif question and refused == 2:
        sentence = _("Anders geht es am Telefon leider nicht. %(question)s, oder soll ich %(ways)s?", question=question, ways=ways)
    elif question and not refused:
        sentence = _("%(question)s, sonst kann ich %(ways)s.", question=question, ways=ways)
    elif refused == 1:
        sentence = _("Das bleibt leider so, auch mit weiteren Angaben. Soll ich %(ways)s?", ways=ways)
    elif refused:
        sentence = _("Mehr darf ich am Telefon nicht tun. Darf ich denn %(ways)s?", ways=ways)
    elif context.caller.is_withheld:
        sentence = _("Bei unterdrückter Nummer darf ich nur neue Termine eintragen, aber ich kann %(ways)s.", ways=ways)
    else:
        sentence = _("Ich kann Sie am Telefon leider nicht sicher genug erkennen, aber ich kann %(ways)s.", ways=ways)
    return sentence, list(open_now)


def _build_sentence_to_cancel(context: ToolContext) -> tuple[str, list[Fallback]]:
    """Build the sentence for who wants to cancel and cannot prove more: with the link they cancel themselves."""
    open_now = list_fallbacks(context)
    if "link" in open_now:
        sentence = _(
            "Selbst darf ich hier nicht absagen, aber ich kann %(link)s, damit sagen Sie selbst ab. Soll ich?", link=open_now["link"]
        )
    elif open_now:
        ways = join_or(list(open_now.values()), context.language)
        sentence = _("Selbst darf ich hier leider nicht absagen, aber ich kann dafür %(ways)s.", ways=ways)
    else:
        sentence = _("Das kann ich am Telefon leider nicht für Sie tun.")
    return sentence, list(open_now)


def _count_refusals(context: ToolContext) -> int:
    """Count how often this call was refused so, for nobody likes to hear the same sentence again."""
    return sum(isinstance(use.result, dict) and use.result.get("code") == VerificationRequired.code for use in context.earlier_uses)
