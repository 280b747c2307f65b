"""Callers who act for somebody else, as that person has confirmed: a mother for her son, from her own number.

Rights are asked before anything is looked at: the answer is the same whether there is such a person, such a permission, or neither.
"""

from flask_babel import gettext as _

from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.verification_fallbacks import VerificationRequired, list_fallbacks, require_permission
from app.domain.audit.log import record
from app.domain.customers.caller_assurance import Permission
from app.domain.customers.name_matching import find_first_name, is_same_name, split_name
from app.domain.customers.proxies import ProxyRight, list_rights, load_confirmed
from app.domain.language.spoken_format import join_or
from app.models import Booking, Customer, CustomerProxy

# whoever moves or cancels an appointment hears when it is
DISCLOSURE_RIGHTS: tuple[ProxyRight, ...] = ("change", "cancel")


def is_for_other(context: ToolContext, name: str | None) -> bool:
    """Whether the name is another one than that of the caller; of a caller who is not told apart yet it may be their own."""
    customer = context.caller.customer
    return bool(name and customer and customer.name and not _may_be_own(name, customer.name))


def require_represented(context: ToolContext, right: Permission, name: str) -> Customer:
    """Get the person of this name for whom the caller may do this. Raises VerificationRequired."""
    require_permission(context, right)
    person = find_represented(context, right, name)
    if person is None:
        raise _build_refusal(context)
    return person


def find_represented(context: ToolContext, right: Permission, name: str) -> Customer | None:
    """Find the person of this name, or first name, who has confirmed that the caller may do this; notes that it was used."""
    matches = [(row, person) for row, person in _list_allowed(context, right) if person.name and _is_meant(name, person.name)]
    same = [(row, person) for row, person in matches if is_same_name(name, person.name or "")] or matches
    if len(same) != 1:
        return None
    row, person = same[0]
    record("proxy_used", subject=person.id, data={"proxy_id": row.id, "right": right, "call_id": context.call.id})
    return person


def is_represented(context: ToolContext, booking: Booking) -> bool:
    """Whether the booking is that of somebody for whom the caller acts, and not their own or made in this call."""
    customer = context.caller.customer
    if customer is None or booking.customer_id == customer.id or booking.call_id == context.call.id:
        return False
    return booking.customer_id in {person.id for _row, person in load_confirmed(customer)}


def represents(context: ToolContext, booking: Booking, right: Permission) -> bool:
    """Whether the caller may do this with a booking of somebody else."""
    return any(person.id == booking.customer_id for _row, person in _list_allowed(context, right))


def list_heard_ids(context: ToolContext) -> set[str]:
    """The persons of whose appointments the caller may hear as of their own."""
    return {person.id for _row, person in _list_allowed(context, "hear")}


def _list_allowed(context: ToolContext, right: Permission) -> list[tuple[CustomerProxy, Customer]]:
    """List whom the caller may do this for: recognised as far as for themselves, and calling from their own number."""
    caller = context.caller
    if caller.customer is None or not caller.has_permission(right) or caller.is_withheld:
        return []
    if all(each.id != caller.customer.id for each in caller.candidates):
        return []
    needed = DISCLOSURE_RIGHTS if right == "hear" else (right,)
    return [(row, person) for row, person in load_confirmed(caller.customer) if set(needed) & set(list_rights(row))]


def _may_be_own(said: str, name: str) -> bool:
    """Whether the caller says their own name, or only a part of it: "Frau Lohse"."""
    return is_same_name(said, name) or set(split_name(said)) <= set(split_name(name))


def _is_meant(said: str, name: str) -> bool:
    first = find_first_name(name)
    return is_same_name(said, name) or (first is not None and is_same_name(said, first))


def _build_refusal(context: ToolContext) -> VerificationRequired:
    ways = list_fallbacks(context)
    sentence = _("Für jemand anderen darf ich das am Telefon nur, wenn die Person es uns vorher bestätigt hat.")
    if ways:
        named = join_or(list(ways.values()), context.language)
        sentence = _("%(sentence)s Ich kann %(ways)s.", sentence=sentence, ways=named)
    return VerificationRequired(sentence, ways=list(ways), certainty=context.caller.certainty)
