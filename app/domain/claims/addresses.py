"""Stated addresses of the business, and whether they are right."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from dataclasses import dataclass

from app.domain.claims.claim_types import Claim
from app.domain.claims.clauses import Clause
from app.domain.claims.evidence_types import BranchEvidence, Evidence
from app.domain.claims.false_claim import FalseClaim, build_mismatch
from app.domain.claims.name_index import NameIndex
from app.domain.language.vocabulary import fold, replace_number_words

STREET = re.compile(
    r"\b(?:(\d{1,4}) )?((?:(?!der |die |unser|einer |ihrer |dieser |eine |meine )[a-z-]+(?:er|e|-) (?=[a-z]+ (?:nummer )?\d|strasse|platz|allee)|[a-z-]{2,})(?:strasse|str\.?|weg|platz|allee|gasse|ring|damm|ufer|chaussee|markt|stieg|promenade|twiete|street|road|avenue|lane|square))(?:,? (?:nummer |hausnummer |number |no\.? )?(\d{1,4})\b ?([a-h]\b)?)?"
)
NUMBER_ONLY = re.compile(r"\b(?:nummer|hausnummer|number|no\.?) (\d{1,4})\b")
# these name a street without a number too
NAMED = re.compile(r"(?:strasse|str\.?|allee|gasse|damm|street|road)$")
OURS = re.compile(
    r"\b(?:wir|uns|unser\w*|adresse|salon|praxis|werkstatt|filiale|laden|studio|sie finden|finden sie|we|us|our|address|find)\b"
)
OTHER_PLACE = re.compile(
    r"\b(?:park\w*|tiefgarage|bus\w*|bahn\w*|u-bahn|s-bahn|haltestelle|tram|station|nahe|naehe|neben|gegenueber|ecke|hinter|near|next to|opposite|corner|behind|ihre adresse|your address|wohnen|you live|gleich am|direkt am|gleich bei|richtung|von der|ab der|ueber die|abbiegen|turn)\b"
)


@dataclass(frozen=True, slots=True)
class AddressMention:
    street: str
    number: str | None
    branches: frozenset[str]


def find_address(clause: Clause, names: NameIndex, evidence: Evidence, *, answers: bool, asked: str) -> AddressMention | None:
    """Find the address a clause gives for the business; `asked` is the folded question before it."""
    if clause.negated or clause.act not in ("statement", "offer", "general", "future"):
        return None
    text = replace_number_words(clause.plain)
    street = _find_street(text)
    if street is None and answers and (number := NUMBER_ONLY.search(text)) and (known := _find_street(asked)) is not None:
        # "Nummer zwölf" answers at which number of the street
        return AddressMention(_normalise(known[2]), number[1], frozenset())
    if (
        street is None
        or not (answers or OURS.search(text) or _is_known(street[2], evidence))
        or ((other := OTHER_PLACE.search(text)) and other.start() < street.start())
    ):
        return None
    branches = _find_named(text, names) or _find_named(asked, names)
    return AddressMention(_normalise(street[2]), _get_number(street), frozenset(branches))


def _find_street(text: str) -> re.Match[str] | None:
    return next((match for match in STREET.finditer(text) if match[3] or NAMED.search(match[2])), None)


def check_address(claim: Claim, evidence: Evidence) -> list[FalseClaim] | None:
    """Check an address; None where none is known."""
    mention: AddressMention = claim.fact
    known = [branch for branch in evidence.branches if branch.street]
    candidates = [branch for branch in known if branch.id in mention.branches] or known
    if not candidates:
        return None
    if any(_is_at(mention, branch) for branch in candidates):
        return []
    branch = next((branch for branch in candidates if branch.id == evidence.branch_id), candidates[0])
    return [build_mismatch("other_address", claim, branch_id=branch.id)]


def _is_known(street: str, evidence: Evidence) -> bool:
    return any(_normalise(street) in _normalise(fold(branch.street)) for branch in evidence.branches if branch.street)


def _find_named(text: str, names: NameIndex) -> set[str]:
    return names.find_branches(STREET.sub(" ", text))


def _is_at(mention: AddressMention, branch: BranchEvidence) -> bool:
    street = STREET.search(replace_number_words(fold(branch.street or "")))
    if street is None:
        # an address of another form cannot be compared
        return True
    number = _get_number(street)
    return _normalise(street[2]) == mention.street and (mention.number is None or number is None or mention.number == number)


def _get_number(street: re.Match[str]) -> str | None:
    return f"{street[3]}{street[4] or ''}" if street[3] else street[1]


def _normalise(street: str) -> str:
    return re.sub(r"[^a-z]", "", re.sub(r"str\.?$", "strasse", street))
