"""Match spoken words to staff: by id, full, first or last name, or approximately."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.domain.customers.name_matching import to_phonetic
from app.domain.language.indifference import is_indifferent
from app.domain.language.parsed_time import Language
from app.domain.language.spoken_choices import parse_choice, split_alternatives
from app.domain.language.spoken_format import join_or
from app.domain.services.fuzzy_text import fold, get_similarity, strip_titles
from app.models import StaffBranch, StaffMember

MIN_CERTAINTY = 60
# words and letters that sound alike so far are asked about
MIN_ALIKE, MIN_SOUND = 0.75, 4
# what is longer is a reason
MAX_NAME_WORDS = 2
# somebody in particular, whom the words do not name; and anybody who does the work
_ASKED_ROLES = "chef chefin boss inhaber inhaberin owner meister meisterin manager managerin leiter leiterin leitung geschaftsfuhrer"
_ANY_ROLES = """
    friseur friseurin friseuse stylist stylistin hairdresser barber mechaniker mechanikerin mechanic arzt arztin doktor doktorin doctor
    mitarbeiter mitarbeiterin kollege kollegin team
"""
_ARTICLES = "der die den dem das ein eine einen einem einer the a an irgend irgendein bei beim mit with"
ASKED_ROLES, ANY_ROLES, ARTICLES = (frozenset(words.split()) for words in (_ASKED_ROLES, _ANY_ROLES, _ARTICLES))


class UnknownStaff(InvalidInput):
    code = "unknown_staff"


class AmbiguousStaff(InvalidInput):
    """Several people share the name that was said; the message is the question, `options` their names."""

    code = "ambiguous"


@dataclass(frozen=True, slots=True)
class StaffSelection:
    """The person who is wanted, or None for anybody but the excluded."""

    person: StaffMember | None = None
    excluded: tuple[StaffMember, ...] = ()


def select_staff(text: str, *, branch_id: str | None = None, language: Language = "de") -> StaffSelection:
    """Select the active people named, by id, name or approximately: "Mara", "Mara oder Tom" (all others are excluded), "nicht Tom".

    Raises UnknownStaff, also for somebody who is not wanted, and AmbiguousStaff.
    """
    people = list_people(branch_id)
    choice = parse_choice(text)
    excluded = tuple(_get_named(name, people, language) for name in choice.excluded)
    if choice.wanted is None or is_indifferent(choice.wanted) or _names_any_role(choice.wanted):
        return StaffSelection(None, excluded)
    if excluded and len(strip_titles(choice.wanted)) > MAX_NAME_WORDS and not _find_named(choice.wanted, people):
        # "nicht bei Mara, die ist mir zu teuer"
        return StaffSelection(None, excluded)
    names = [name for name in split_alternatives(choice.wanted) if not is_indifferent(name)]
    wanted = {_get_named(name, people, language) for name in names or [choice.wanted]} - set(excluded)
    if not wanted:
        return StaffSelection(None, excluded)
    if len(wanted) == 1:
        return StaffSelection(wanted.pop())
    return StaffSelection(None, tuple(person for person in people if person not in wanted))


def find_staff(text: str, *, branch_id: str | None = None) -> StaffMember | None:
    """Find the active staff member by id, full name, first or last name, or approximately; of several the first."""
    return next(iter(_find_named(text, list_people(branch_id))), None)


def get_staff(text: str, *, branch_id: str | None = None) -> StaffMember:
    """Get the one person named; raises UnknownStaff, also where none or several are meant, and AmbiguousStaff."""
    if person := select_staff(text, branch_id=branch_id).person:
        return person
    raise build_unknown_staff(text)


def build_unknown_staff(text: str) -> UnknownStaff:
    return UnknownStaff(_("„%(words)s“ arbeitet nicht hier.", words=text[:80]), staff=text[:80])


def list_people(branch_id: str | None) -> Sequence[StaffMember]:
    statement = select(StaffMember).where(StaffMember.is_active).order_by(StaffMember.position, StaffMember.name)
    if branch_id:
        statement = statement.join(StaffBranch, StaffBranch.staff_id == StaffMember.id).where(StaffBranch.branch_id == branch_id)
    return db.session.scalars(statement).all()


def _names_any_role(text: str) -> bool:
    """Check whether somebody is named only by the work: "ein Friseur", "the doctor"."""
    words = set(strip_titles(text)) - ARTICLES
    return bool(words) and words <= ANY_ROLES


def _get_named(text: str, people: Sequence[StaffMember], language: Language) -> StaffMember:
    found = _find_named(text, people)
    if not found and not (words := strip_titles(text)):
        # "Herr Doktor": somebody in particular
        found = [person for person in people if strip_titles(person.name) != fold(person.name).split()] or list(people)
    elif not found and ASKED_ROLES.intersection(words):
        found = list(people)
    elif not found:
        alike = [person.name for person in people if _sounds_like(text, person.name)]
        if alike:
            raise AmbiguousStaff(_("Meinen Sie %(names)s?", names=join_or(alike, language)), options=alike)
        raise build_unknown_staff(text)
    if len(found) > 1:
        names = [person.name for person in found]
        raise AmbiguousStaff(_("Wen meinen Sie: %(names)s?", names=join_or(names, language)), options=names)
    return found[0]


def _sounds_like(text: str, name: str) -> bool:
    """Check whether a word sounds like one of the name: "Eileen" and "Aylin". A reason to ask, and no other."""
    said, known = ([to_phonetic(word) for word in strip_titles(words) if len(word) >= MIN_SOUND] for words in (text, name))
    return any(SequenceMatcher(None, one, other).ratio() >= MIN_ALIKE for one in said for other in known)


def _find_named(text: str, people: Sequence[StaffMember]) -> list[StaffMember]:
    """Find the person of this name; several who have it alike."""
    name = " ".join(strip_titles(text))
    ratings = {person: _rate_name(text, name, person) for person in people}
    best = max(ratings.values(), default=0)
    return [person for person, rating in ratings.items() if rating == best] if best >= MIN_CERTAINTY else []


def _rate_name(text: str, name: str, person: StaffMember) -> int:
    words = strip_titles(person.name)
    whole = 100 if person.id == text.strip() else get_similarity(name, " ".join(words))
    return max([whole, *(get_similarity(name, word) - 5 for word in words)])
