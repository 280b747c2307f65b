"""Finds a company's staff, services and branches in folded text."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from app.domain.claims.evidence_types import BranchEvidence, Evidence
from app.domain.language.vocabulary import fold, replace_number_words
from app.domain.services.vocabulary import KNOWN_TERMS, TERMS, ServiceTextMeaning, parse_terms

# what makes a name no date: "Frau Sommer" is read as "sommername"
NAME_SUFFIX = "name"
TITLE_WORDS = (
    "dr", "dr.", "prof", "prof.", "frau", "herr", "herrn", "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "miss", "nurse", "schwester", "doctor",
    "doktor", "notar", "notarin", "rechtsanwalt", "rechtsanwaeltin", "tierarzt", "tieraerztin", "meister", "meisterin", "coach",
)  # fmt: skip
TITLE = (
    r"(?:(?:frau|herrn?|dr|doktor|doctor|ms|mrs|mr|prof|der|die|dem|unsere[rm]?|ihre[rm]?|our|your|stylist\w*|friseur\w*|kolleg\w*)\.? )*"
)
STAFF_PREPOSITION = rf"\b(?:bei[m]?|mit|von|zum|zur|zu|with|by|to|see|seeing|namens|ist|heisst|uebernimmt|macht|wartet|nimmt|schneidet|kuemmert sich|freut sich|erwartet sie) (?:(?:weiterhin|weiter|nach wie vor|immer noch|wieder|auch|dann|jetzt|nun|also|still) )*{TITLE}"
STAFF_VERB = r"(?='s (?:your|doing|got|looking|taking|going|expecting|waiting|the one)\b| (?:\w+ )?(?:erwartet|freut|nimmt|kuemmert|macht|uebernimmt|schneidet|begruesst|empfaengt|behandelt|betreut|bedient|faerbt|hat (?:sie|dich)|wird (?:sie|dich)|ist (?:fuer|dann fuer)|steht|wartet|expects?|looks?|looking|takes?|does|cuts|colours|is doing|will (?:be|see|take|look|do|have)|is (?:looking|expecting|going|doing|taking|your)|'ll)\b)"
STAFF_NAME_DE = re.compile(
    r"\b[Bb]ei (?:Frau |Herrn? |Dr\. |Doktor |Notarin |Notar |Rechtsanw\w+ |Schwester )*([A-ZÄÖÜ][a-zäöüß]+)\b(?! (?:Haaren?|Problemen))"
)
STAFF_NAME_EN = re.compile(r"\b[Ww]ith (?:Ms\.? |Mrs\.? |Mr\.? |Dr\.? |Nurse |Doctor )*([A-Z][a-z]+)\b")
BRANCH_CONTEXT = r"\b(?:in|im|nach|von|fuer|at|of|for|filiale|standort|branch|location|salon|praxis|studio|werkstatt|laden|shop|our|unser\w*|der|dem|den|the)[ -](?:(?!und\b|and\b)[\w.]+[ -]){0,2}?"
AND = re.compile(r"\b(?:und|and|plus|mit|with|dazu|oder|or|sowie)\b|\+|&")
# words for services that mean other things as often
AMBIGUOUS_TERMS = frozenset({"change", "class", "consultation", "machine", "root", "check-up"})
AMBIGUOUS_WORDS = frozenset({"shot", "jab", "hu", "ol", "buzz", "rad", "feet", "nail", "nagel"})
COLOURS = frozenset({"colour", "highlights", "root", "tint"})
TERM_WORDS = sorted(
    (word for word, term in TERMS.items() if term not in AMBIGUOUS_TERMS and word not in AMBIGUOUS_WORDS), key=len, reverse=True
)
# the vocabulary has "ae" as "a"
TERM = "|".join(re.sub("([aou])", r"\1e?", word) for word in TERM_WORDS)
STREET_NAME = re.compile(r"(?:strasse|str\.?|weg|platz|allee|gasse|damm|ring|ufer)$")
COMMON_WORDS = frozenset(
    [
        "salon",
        "praxis",
        "filiale",
        "standort",
        "studio",
        "haus",
        "hauptsitz",
        "werkstatt",
        "laden",
        "shop",
        "store",
        "branch",
        "neue",
        "alte",
        "beim",
        "unter",
    ]
)
# "Mitte nächster Woche" is no branch
PART_OF_TIME = r" (?:der|des|dieser|dieses|naechst\w*|kommend\w*|<d|\d|januar|februar|maerz|april|mai|juni|juli|august|september|oktober|november|dezember)"
NON_NAMES = frozenset(
    [
        "fragen",
        "verspaetung",
        "bedarf",
        "verhinderung",
        "problemen",
        "aenderungen",
        "absage",
        "rueckfragen",
        "interesse",
        "krankheit",
        "schnee",
        "uns",
        "ihnen",
        "ihm",
        "ihr",
        "dir",
        "mir",
        "regen",
        "gelegenheit",
        "farbe",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "dem",
        "der",
        "den",
        "einem",
        "einer",
        "unserem",
        "unserer",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "us",
        "you",
    ]
)


class NameIndex:
    """The names of one company, compiled once for a call."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._people: dict[str, set[str]] = {}
        for person in evidence.people:
            words = [word for word in _fold_name(person.name).split() if word not in TITLE_WORDS]
            for name in (" ".join(words), *words, *(f"{word}{NAME_SUFFIX}" for word in words)):
                self._people.setdefault(name, set()).add(person.id)
        self._services: dict[str, set[str]] = {}
        for offer in evidence.offers:
            for name in offer.names:
                self._services.setdefault(_fold_name(name), set()).add(offer.id)
        self._branches = _index_branches(evidence.branches)
        self.words = frozenset(word for name in (*evidence.places, *self._services) for word in _fold_name(name).split())
        self._names = _compile_alternatives(self._people)
        names_of_offers = _compile_alternatives(self._services, glue=r"[ ,]+(?:und |and |& )?")
        # "Damenhaarschnitt", "oil change": other words than the catalogue's
        self._offers = rf"{names_of_offers}|[a-z]*(?:{TERM})(?: (?:{TERM}|change))?"
        self._meanings = [(offer.id, _parse_meaning(name)) for offer in evidence.offers for name in offer.names]
        known = {offer for offer, meaning in self._meanings if meaning.terms & KNOWN_TERMS}
        self._unknown = {offer for offer, _meaning in self._meanings if offer not in known}
        places = _compile_alternatives(map(_fold_name, evidence.places))
        person_pattern = rf"{STAFF_PREPOSITION}(?P<who>{self._names})\b|\b(?P<host>{self._names})\b{STAFF_VERB}"
        self.person = re.compile(person_pattern)
        # a place that is named like somebody is no person
        self.token = re.compile(
            rf"<d(?P<d>\d+)>|<t(?P<t>\d+)>|\b(?:{places})\b|{person_pattern}|\b(?P<what>{self._offers})(?:ing|s?termin(?:s|e|en)?)?\b"
        )
        self.service, self._offer = re.compile(rf"\b(?:{self._offers})\b"), re.compile(rf"\b(?:{names_of_offers})\b")
        self._replaced = re.compile(
            rf"\b(?:statt|anstatt|anstelle|instead of|rather than)(?: (?:von|der|des|dem|den|die|the|your|ihrer|ihres|einer|eines|a|an|bei|mit|with))* {TITLE}"
            rf"(?:(?P<who>{self._names})(?P<when>(?:,? (?:um |at |am |on |den |the )*<[dt]\d+>)*)|(?:{self._offers})\b)"
        )
        self._person_name = re.compile(rf"\b(?:{self._names})\b")
        branches = _compile_alternatives(self._branches)
        streets = _compile_alternatives(name for name in self._branches if STREET_NAME.search(name))
        self._branch = re.compile(
            rf"{BRANCH_CONTEXT}({branches})(?:er|s)?\b|\b(?!(?:{streets})\b)({branches})(?:er|'s)?\b(?!{PART_OF_TIME})"
        )
        self._branch_name = re.compile(rf"\b(?:{branches})\b")

    def find_staff(self, name: str) -> set[str]:
        return self._people.get(name, set())

    def find_services(self, name: str) -> set[str]:
        plain = " ".join(word for word in re.split(r"[ ,&]+", name) if word not in ("und", "and"))
        if plain not in self._services:
            return self._find_by_meaning(plain)
        words = set(plain.split())
        # "Impfung" may mean "Impfung Hund" as well
        return set.union(*(offers for known, offers in self._services.items() if words <= set(known.split())))

    def _find_by_meaning(self, name: str) -> set[str]:
        """Find what may be meant by words that are no name: all haircuts by "cut", and whatever has a name that says nothing to us.

        What is not offered is none of the offers.
        """
        said = _parse_meaning(name)
        if not self._meanings or not said.terms <= KNOWN_TERMS:
            return set()
        meant = {offer for offer, meaning in self._meanings if said.terms & meaning.terms and not said.excludes(meaning)}
        return meant | self._unknown or {f"not offered: {name}"}

    def find_branches(self, plain: str) -> set[str]:
        """Find the branches named in folded text; none where the company has only one."""
        found = [self._branches[match[1] or match[2]] for match in self._branch.finditer(plain)]
        return set.intersection(*found) or set.union(*found) if found else set()

    def locate_branches(self, plain: str) -> list[tuple[int, set[str]]]:
        """Locate branches in folded text."""
        return [(match.start(), self._branches[match[1] or match[2]]) for match in self._branch.finditer(plain)]

    def has_person(self, plain: str) -> bool:
        return self._person_name.search(plain) is not None

    def find_bare_staff(self, plain: str) -> set[str]:
        """Find staff named anywhere in folded text, as in a read-back: "Freitag, drei Uhr, Mara"."""
        found = [self.find_staff(match[0]) for match in self._person_name.finditer(plain)]
        return set.union(*found) if found else set()

    def remove_names(self, plain: str) -> str:
        return self._branch_name.sub(" ", self._person_name.sub(" ", self.token.sub(" ", plain)))

    def has_host(self, plain: str) -> bool:
        """Check whether somebody of the staff does something: "Anna freut sich", "Ihre Friseurin ist Anna"."""
        return any(match["host"] or match[0].startswith(("ist", "heisst", "macht", "uebernimmt")) for match in self.person.finditer(plain))

    def locate_services(self, plain: str) -> list[tuple[int, set[str]]]:
        """Locate services in folded text by their names."""
        return [(match.start(), self.find_services(match[0])) for match in self._offer.finditer(self.remove_replaced(plain))]

    def list_meant_services(self, plain: str) -> list[set[str]]:
        """List the services that folded text names, else the only one that it means in other words."""
        named = [services for _place, services in self.locate_services(plain)]
        meant = [services for match in self.service.finditer(plain) if (services := self.find_services(match[0]))]
        return named or (meant if len(meant) == 1 and not AND.search(plain) else [])

    def remove_replaced(self, plain: str) -> str:
        """Blank who or what another one replaces: "bei Mara statt Tom um vier", "statt der Farbe ein Haarschnitt".

        Only where another time stands before it is his time replaced, too.
        """

        def blank(match: re.Match[str]) -> str:
            is_his = match["when"] is None or "<t" in plain[: match.start()]
            kept = "" if is_his else match["when"]
            return " " * (len(match[0]) - len(kept)) + kept

        return self._replaced.sub(blank, plain)

    def find_unknown_name(self, raw: str) -> str | None:
        """Find a name of a person that nobody of the staff has."""
        for match in (*STAFF_NAME_DE.finditer(raw), *STAFF_NAME_EN.finditer(raw)):
            name = _fold_name(match[1])
            if name not in self._people and name not in NON_NAMES and name not in self.words:
                return match[1]
        return None


def _parse_meaning(name: str) -> ServiceTextMeaning:
    """Parse what a name means; highlights are colour, too."""
    meaning = parse_terms(name)
    return replace(meaning, terms=frozenset("colour" if term in COLOURS else term for term in meaning.terms))


def _index_branches(branches: Iterable[BranchEvidence]) -> dict[str, set[str]]:
    """Index branches by the words that only some of them have in their name, and by their street."""
    words = {branch.id: set(re.split(r"[\s/,()-]+", fold(branch.name))) - {""} for branch in branches}
    counts = Counter(word for each in words.values() for word in each)
    index: dict[str, set[str]] = {}
    for branch in branches:
        street = re.match(r"\D+", fold(branch.street or ""))
        names = {word for word in words[branch.id] if counts[word] < len(words) and len(word) > 3 and word not in COMMON_WORDS} | (
            {street[0].strip(" ,")} if street else set()
        )
        for name in names:
            index.setdefault(name, set()).add(branch.id)
    return index if len(words) > 1 else {}


def _fold_name(name: str) -> str:
    return " ".join(re.split(r"[ ,&/]+", replace_number_words(fold(name)).strip()))


def _compile_alternatives(names: Iterable[str], *, glue: str = r" ") -> str:
    """Compile one pattern for all names, longest first; it matches nothing without names."""
    longest_first = sorted((name for name in names if name), key=len, reverse=True)
    return "|".join(glue.join(map(re.escape, name.split())) for name in longest_first) or r"(?!)"
