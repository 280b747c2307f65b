"""Resolves what a caller wishes to have done, by whom and at which branch; asks where it is open."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.domain.agents.tools.clarification import ClarificationNeeded, MissingArgument, get_question
from app.domain.agents.tools.context import ToolContext
from app.domain.bookings.booking_request import BookingRequest, resolve_parts
from app.domain.language.indifference import is_indifferent
from app.domain.language.spelling import read_street
from app.domain.language.spoken_choices import parse_choice, split_alternatives
from app.domain.language.spoken_format import join_and, join_or
from app.domain.scheduling.types import VisitPart
from app.domain.services.catalogue import list_staff
from app.domain.services.fuzzy_text import get_similarity, list_significant_words
from app.domain.services.matching import EXACT_CERTAINTY, find_service
from app.domain.services.requested_services import get_requested_services
from app.domain.services.staff_matching import StaffSelection, UnknownStaff, list_people, select_staff
from app.models import Branch, Hold, Service

MIN_SIMILARITY = 60
MAX_NAMES = 6
# the branch that was called ("hier bei Ihnen"), and the one that was not ("in der anderen")
_THIS_BRANCH = "hier dieser diese diesem gleichen gleiche derselben dieselbe selben ihnen euch here this same"
_BRANCH_WORDS = "in bei at der die den the filiale salon standort branch location one bitte please zur zu"
THIS_BRANCH = frozenset(_THIS_BRANCH.split())
OTHER_BRANCH = frozenset({"andere", "anderen", "andern", "other"})
BRANCH_WORDS = frozenset(_BRANCH_WORDS.split())
# words before a person or a branch
NAMES_MORE = re.compile(r"\b(?:bei|beim|mit|zu|von|in|nicht|außer|ausser|with|by|at|not|except|but)\b", re.IGNORECASE)
# "bei Gerlinde": somebody, whoever it is; "bei Ihnen": nobody
UNKNOWN_PERSON = re.compile(r"\b(?:bei|with)\s+(?:(?:der|dem|frau|Frau|Herrn?|Dr\.?|Mrs?\.?|Ms\.?)\s+)*([A-ZÄÖÜ][a-zäöüß-]+)")
NO_PERSON = ("Ihnen", "Euch", "Bedarf", "Gelegenheit")
BESIDE_NAME = r"(?:(?:der|dem|den|die|the|frau|herrn?|dr\.?|mrs?\.?|ms\.?|filiale|branch)\s+)*"


class UnknownBranch(InvalidInput):
    code = "unknown_branch"


@dataclass(frozen=True, slots=True)
class Visit:
    """What is wished: the services with the person, where one was named, the branch, and who is not wanted."""

    services: tuple[Service, ...]
    parts: tuple[VisitPart, ...]
    branch: Branch
    excluded_staff: frozenset[str] = frozenset()
    # the longest wait in minutes between two services
    max_gap: int = 0
    # what was said beside the services: "nüchtern"
    remark: str | None = None

    def at(self, context: ToolContext, starts_at: datetime) -> BookingRequest:
        """Build this caller's request for a time; the customer is added when it is booked."""
        return build_booking_request(
            context, self.parts, starts_at, branch_id=self.branch.id, max_gap=self.max_gap, excluded_staff=self.excluded_staff,
            remark=self.remark,
        )  # fmt: skip


def build_booking_request(
    context: ToolContext,
    parts: tuple[VisitPart, ...],
    starts_at: datetime,
    *,
    branch_id: str,
    max_gap: int = 0,
    hold: Hold | None = None,
    excluded_staff: frozenset[str] = frozenset(),
    remark: str | None = None,
) -> BookingRequest:
    return BookingRequest(
        parts, starts_at, branch_id, "call", context.actor,
        call_id=context.call.id, is_anonymous=context.call.caller_kind == "withheld", hold=hold, max_gap=max_gap,
        excluded_staff=excluded_staff, notes=remark,
    )  # fmt: skip


def resolve_visit(context: ToolContext, *, service: str | None, staff: str | None, branch: str | None) -> Visit:
    """Resolve the arguments; people and a branch that stand in the words for the service count where their own argument is empty.

    Raises MissingArgument, ClarificationNeeded, UnknownService, AmbiguousService, UnknownStaff, AmbiguousStaff and UnknownBranch.
    """
    if service is None or not list_significant_words(service):
        raise MissingArgument(get_question("service"), fields=["service"])
    place, person, service = _split_service(context, service, branch)
    try:
        selection = _resolve_both(context, staff, person, branch_id=place.id)
        wish = get_requested_services(service, language=context.language, about=context.person_remarks)
        parts = resolve_parts(wish.services, selection.person)
    except UnknownStaff as error:
        raise _name_people(context, error, service, branch_id=place.id) from error
    gap = max(found.max_gap_minutes for found in wish.services) if len(parts) > 1 else 0
    return Visit(wish.services, parts, place, frozenset(person.id for person in selection.excluded), gap, wish.remark)


def _split_service(context: ToolContext, service: str, branch: str | None) -> tuple[Branch, str | None, str]:
    """Split branch and person off the words for a service: "Herrenschnitt bei Mara in Pankow"."""
    if not NAMES_MORE.search(service) or ((exact := find_service(service)) and exact.certainty >= EXACT_CERTAINTY):
        return resolve_branch(context, branch), None, service
    named_branch, service = _split_off(service, _list_branch_names(), r"in|at|bei")
    place = resolve_branch(context, branch or named_branch)
    person, service = _split_off(service, _list_staff_names(), r"bei|beim|mit|zu|von|with|by")
    if not list_significant_words(service):
        raise MissingArgument(get_question("service"), fields=["service"])
    unknown = UNKNOWN_PERSON.search(service)
    if unknown and unknown[1] not in (*NO_PERSON, *context.company.name.split()) and find_service(unknown[1]) is None:
        return place, person or unknown[1], service
    return place, person, service


def _name_people(context: ToolContext, error: UnknownStaff, service: str, *, branch_id: str) -> UnknownStaff:
    """Add to the error who does the service there."""
    if not context.config.can_disclose("staff_names"):
        return error
    with suppress(InvalidInput):
        services = get_requested_services(service, language=context.language, about=context.person_remarks).services
        people = [list_staff(limit=MAX_NAMES, branch_id=branch_id, service_id=each.id) for each in services]
        names = [person.name for person in people[0] if all(person in others for others in people)]
        if names:
            say = _("%(sorry)s Das machen bei uns %(names)s.", sorry=error.message, names=join_and(names, context.language))
            return UnknownStaff(say, **error.details() | {"options": names})
    return error


def _resolve_both(context: ToolContext, staff: str | None, person: str | None, *, branch_id: str) -> StaffSelection:
    """Resolve the people of their own argument and of the words for the service; asks where these are two."""
    selection, other = (resolve_staff(context, words, branch_id=branch_id) for words in (staff, person))
    if selection.person and other.person and selection.person != other.person:
        names = [selection.person.name, other.person.name]
        raise ClarificationNeeded(_("Wen meinen Sie: %(names)s?", names=join_or(names, context.language)), options=names)
    return StaffSelection(selection.person or other.person, (*selection.excluded, *other.excluded))


def resolve_staff(context: ToolContext, words: str | None, *, branch_id: str) -> StaffSelection:
    """Resolve the people of a branch; without words anybody. Raises UnknownStaff and AmbiguousStaff."""
    return select_staff(words, branch_id=branch_id, language=context.language) if words else StaffSelection()


def resolve_branch(context: ToolContext, words: str | None) -> Branch:
    """Resolve a branch by id, name, city or street; without words the one that was called.

    Raises UnknownBranch, and ClarificationNeeded where several are left: "Mitte oder Pankow", "nicht Mitte".
    """
    if words is None or _names_only(words, THIS_BRANCH):
        return context.branch
    street = read_street(words, context.language)
    words = street.text if street.is_spelled and street.text else words
    branches = list(db.session.scalars(select(Branch).where(Branch.is_active).order_by(Branch.name)))
    if _names_only(words, OTHER_BRANCH):
        return _get_only(context, [branch for branch in branches if branch.id != context.branch.id])
    choice = parse_choice(words)
    excluded = [_get_branch(context, name, branches) for name in choice.excluded]
    left = [branch for branch in branches if branch not in excluded]
    if choice.wanted is None or is_indifferent(choice.wanted):
        return _get_only(context, left)
    return _get_only(context, [_get_branch(context, name, left) for name in split_alternatives(choice.wanted) or [choice.wanted]])


def _names_only(words: str, markers: frozenset[str]) -> bool:
    """Check whether the words point to a branch by these, and name none."""
    named = set(re.findall(r"\w+", words.casefold())) - BRANCH_WORDS
    return bool(named) and named <= markers


def _get_branch(context: ToolContext, words: str, branches: Sequence[Branch]) -> Branch:
    query = " ".join(list_significant_words(words))

    def rate(branch: Branch) -> int:
        names = [branch.name, branch.name.rpartition("-")[2], branch.slug, branch.city or "", branch.street or ""]
        return 100 if words == branch.id else max(get_similarity(query, " ".join(list_significant_words(name))) for name in names)

    best = max(branches, key=lambda branch: (rate(branch), branch.id == context.branch.id), default=None)
    if best is None or rate(best) < MIN_SIMILARITY:
        raise UnknownBranch(_("Diese Filiale kenne ich nicht."), branches=[branch.name for branch in branches])
    return best


def _get_only(context: ToolContext, branches: Iterable[Branch]) -> Branch:
    found = list(dict.fromkeys(branches))
    if len(found) == 1:
        return found[0]
    names = [branch.name for branch in found]
    if not names:
        raise UnknownBranch(_("Diese Filiale kenne ich nicht."), branches=names)
    raise ClarificationNeeded(_("Welche Filiale meinen Sie: %(branches)s?", branches=join_or(names, context.language)), options=names)


def _split_off(words: str, known: Iterable[str], prepositions: str) -> tuple[str | None, str]:
    """Split "bei Mara" or "aber nicht bei Mara" off "Herrenschnitt bei Mara": gives it and the rest."""
    alternatives = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    no = r"(?:(?:aber|bitte|nur|bloß|but)\s+)*(?:nicht|not|außer|ausser|except|but)\s+"
    name = rf"{BESIDE_NAME}(?:{alternatives})\b"
    names = rf"{name}(?:\s*(?:,|\b(?:oder|or|und|and|noch|nor)\b)\s*(?:(?:{prepositions})\s+)?{name})*"
    pattern = rf"[,;]?\s*\b((?:{no}(?:(?:{prepositions})\s+)?|(?:wieder\s+)?(?:{prepositions})\s+){names})[,;]?"
    found = re.search(pattern, words, re.IGNORECASE) if alternatives else None
    if not found:
        return None, words
    return found[1], " ".join(f"{words[: found.start()]} {words[found.end() :]}".split()).strip(" ,;")


def _list_staff_names() -> set[str]:
    """List the names of people at all branches, so that one who works at another is not overheard."""
    return {name for person in list_people(None) for name in (person.name, *person.name.split()) if len(name) > 2}


def _list_branch_names() -> set[str]:
    return {each for name in db.session.scalars(select(Branch.name).where(Branch.is_active)) for each in (name, name.rpartition("-")[2])}
