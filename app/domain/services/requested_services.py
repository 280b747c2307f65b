"""What a caller wishes to have done: one service or several named together, and what was said beside them."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from flask_babel import gettext as _

from app.domain.language.parsed_time import Language
from app.domain.language.spoken_choices import SpokenChoice, parse_choice
from app.domain.language.spoken_format import join_or
from app.domain.services.fuzzy_text import MIN_SIMILARITY, list_significant_words
from app.domain.services.matching import (
    EXACT_CERTAINTY,
    MAX_OPTIONS,
    SAME_MEANING,
    AmbiguousService,
    ServiceMatch,
    Term,
    build_unknown_service,
    find_best,
    find_named_trade_words,
    list_terms,
)
from app.domain.services.spoken_names import get_spoken_name
from app.domain.services.vocabulary import KNOWN_TERMS, NOISE, find_audience, parse_terms
from app.models import Service

# a pause or a word behind which a remark may begin, and words that join two services
CLAUSES = re.compile(
    r"\s*[,;:!?]\s*|(?<!\bDr)(?<!\bProf)\.(?:\s+|$)|\s+[–—-]\s+|\s+(?=(?:weil|denn|aber|wegen|because|since|but)\b)"
    r"|\s*\b(?:mit|with)\b\s*",
    re.IGNORECASE,
)
JOINTS = re.compile(r"\s*(?:\+|&|/|\b(?:und|and|plus|sowie)\b)\s*", re.IGNORECASE)
# words of a sentence: who says this behind an "und" remarks something, and names no second service
_SENTENCE_WORDS = """
    bisschen ich du er sie es wir ihr das dass ist bin sind war hat habe hab haben wird werden kann muss soll sollte will möchte bitte
    zwar schnell bald gleich heute morgen lieber sehr so nicht kein keine nur ob wie was wann wer wo gleichzeitig zusammen beide
    i he she it we you they that this is am are was has have had will would can could must should please quickly soon today tomorrow
    very so not no only if how bit what when where who my his her i'm it's he's she's together both
"""
SENTENCE_WORDS = frozenset(_SENTENCE_WORDS.split())
COMPLAINT = re.compile(
    r"\b(?:geh(?:t|en)|funktionier(?:t|en)|läuft|laufen|schließ(?:t|en)|öffne[nt]|startet|spring(?:t|en)|zieht|kühlt|heizt|lädt|bremst|blinkt|fährt)"
    r"\b(?:\s+\w+){0,2}?\s+(?:nicht|nimmer|net|ned)\b"
    r"|\b(?:do(?:es)?n['’]?t|do(?:es)? not|won['’]?t|isn['’]?t|not) (?:work|start|open|close|shut|charg|cool|heat|run|brak|mov)",
    re.IGNORECASE,
)
MIN_COMPOUND = 4
# a service that looks at many things, and how callers tell them
CHECK = re.compile(r"check|vorsorge|untersuchung|physical", re.IGNORECASE)
_CHECKED_WORDS = """
    herz blut lunge lungen kreislauf leber nieren urin zucker augen ohren alles allem ganze ganzen so weiter man macht was dazugehört
    heart blood bloods lung lungs liver kidneys urine sugar eyes ears everything the lot all on
"""
CHECKED = frozenset(_CHECKED_WORDS.split())


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of what was said; `is_joined` where an "und" stands before it and no pause, `is_added` also behind a pause."""

    text: str
    is_joined: bool
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class RequestedServices:
    """The services in the order in which they were named, and the words beside them."""

    services: tuple[Service, ...]
    remark: str | None = None


def get_services(text: str, *, language: Language = "de") -> list[Service]:
    """Get what is wanted. Raises as get_requested_services."""
    return list(get_requested_services(text, language=language).services)


def get_requested_services(text: str, *, language: Language = "de", about: Collection[str] = ()) -> RequestedServices:
    """Get what is wanted: one service, several named together ("Schneiden und Färben"), none of those not wanted.

    What stands behind a pause and is no service is a remark. `about` is what was said of the person elsewhere ("mein Sohn").
    Raises UnknownService, and AmbiguousService where somebody must choose.
    """
    terms = list_terms()
    exact = find_best(text, terms)
    if exact and exact.certainty >= EXACT_CERTAINTY:
        return RequestedServices((exact.service,))
    # "Licht geht nicht": what does not work is no service that is not wanted
    choice = SpokenChoice(text) if COMPLAINT.search(text) else parse_choice(text)
    if choice.wanted is None:
        raise AmbiguousService(_("Was darf es denn sein?"), options=[])
    unwanted = {word: match.service for word in choice.excluded if (match := find_best(word, terms))}
    reader = _RequestParser([term for term in terms if term.service not in unwanted.values()], find_audience(text, *about), language)
    found = reader.read(choice.wanted)
    if found is None and choice.wanted != text and not choice.excluded:
        # what seemed a correction was a remark: "Herrenschnitt, sorry for being late"
        found, choice = reader.read(text), SpokenChoice(text)
    if found is None:
        raise build_unknown_service(next(_split(choice.wanted), Piece(text, False)).text, language)
    services, remarks = found
    return RequestedServices(services, _join_remarks(text, [*remarks, *(word for word in choice.excluded if word not in unwanted)]))


class _RequestParser:
    """Reads pieces among these terms of services, for these people."""

    def __init__(self, terms: Sequence[Term], audience: frozenset[str], language: Language) -> None:
        self.terms, self.audience, self.language = terms, audience, language

    def read(self, text: str) -> tuple[tuple[Service, ...], list[str]] | None:
        """Read the services and the remarks; None where no service is named."""
        whole = self._find(text)
        pieces = list(_split(text))
        if whole and whole.certainty >= SAME_MEANING and not whole.tied and not self._names_another(pieces, whole):
            return (whole.service,), []
        if (check := self._find_check(pieces)) is not None:
            return (check,), [piece.text for piece in pieces[1:]]
        matches = [self._find(piece.text) if parse_terms(piece.text).terms - NOISE else None for piece in pieces]
        certain = [bool(match and self._is_all_of(piece.text, match)) for piece, match in zip(pieces, matches, strict=True)]
        combined = [() if sure else self._combine(piece.text) for piece, sure in zip(pieces, certain, strict=True)]
        is_named = any(certain) or any(combined)
        services: list[Service] = []
        remarks: list[str] = []
        unknown: list[str] = []
        for place, (piece, match) in enumerate(zip(pieces, matches, strict=True)):
            is_sure = match is not None and bool(match.tied or match.certainty >= SAME_MEANING)
            is_beside = (piece.is_joined and not remarks) or (piece.is_added and is_sure)
            if certain[place] or (match and not combined[place] and (not (is_named or services) or is_beside)):
                assert match is not None
                services.append(self._get_one(match))
            elif combined[place]:
                services += [self._get_one(each) for each in combined[place]]
            elif self._is_unknown_service(pieces, place, is_after_remark=bool(remarks)):
                unknown.append(piece.text)
            else:
                remarks.append(piece.text)
        if unknown and (services or len(pieces) > 1):
            raise build_unknown_service(unknown[0], self.language, known=list(dict.fromkeys(services)))
        if services:
            return tuple(dict.fromkeys(services)), remarks
        return ((self._get_one(whole),), []) if whole else None

    def _find(self, text: str) -> ServiceMatch | None:
        return find_best(text, self.terms, self.audience)

    def _find_check(self, pieces: Sequence[Piece]) -> Service | None:
        """Find the check of which only the parts are told: "ein Check mit Herz und Blut und allem" is no blood test."""
        if len(pieces) < 2 or not all(set(re.findall(r"\w+", piece.text.casefold())) <= CHECKED for piece in pieces[1:]):
            return None
        head, checks = pieces[0].text, {term.service for term in self.terms if CHECK.search(term.service.name)}
        match = self._find(head)
        if match and not match.tied:
            return match.service if match.service in checks else None
        named = CHECK.search(head)
        alike = [service for service in checks if named and named[0].casefold() in service.name.casefold()]
        return alike[0] if len(alike) == 1 else None

    def _names_another(self, pieces: Sequence[Piece], whole: ServiceMatch) -> bool:
        """Check whether behind an "und" stands a service of its own: "Strähnchen und Spitzen schneiden"."""
        if whole.certainty >= EXACT_CERTAINTY:
            return False
        others = [match for piece in pieces if piece.is_added and (match := self._find(piece.text)) and match.certainty >= SAME_MEANING]
        return any(whole.service not in (match.service, *match.tied) for match in others)

    def _get_one(self, match: ServiceMatch) -> Service:
        if match.tied:
            services = (match.service, *match.tied)[:MAX_OPTIONS]
            names = [get_spoken_name(service, self.language) for service in services]
            options = [service.name for service in services]
            raise AmbiguousService(_("Was meinen Sie: %(services)s?", services=join_or(names, self.language)), options=options)
        return match.service

    def _is_all_of(self, text: str, match: ServiceMatch) -> bool:
        """Check whether all words that carry meaning belong to the service, and none is a remark."""
        names = [term.text for term in self.terms if term.service in (match.service, *match.tied)]
        own = {word for name in names for word in (*parse_terms(name).terms, *list_significant_words(name))}
        said = parse_terms(text).terms - NOISE
        return all(word in own or any(_is_alike(word, name) for name in own) for word in said)

    def _combine(self, text: str) -> tuple[ServiceMatch, ...]:
        """Find services named without a joining word: "Färben Schneiden Föhnen"; nothing unless they leave no known word over."""
        left, found = parse_terms(text).terms & KNOWN_TERMS, list[ServiceMatch]()
        while left:
            fitting = [
                named & left for term in self.terms if (named := parse_terms(term.text).terms) <= parse_terms(text).terms & KNOWN_TERMS
            ]
            largest = max(fitting, key=len, default=frozenset[str]())
            match = self._find(" ".join(sorted(largest))) if largest else None
            if match is None:
                return ()
            found.append(match)
            left -= largest
        return tuple(found) if len(found) > 1 else ()

    def _is_unknown_service(self, pieces: Sequence[Piece], place: int, *, is_after_remark: bool) -> bool:
        """Check whether something else was asked for: a thing known by name, or one that an "und" sets beside another."""
        piece = pieces[place]
        if not parse_terms(piece.text).terms - NOISE:
            # "für meinen Mann und mich"
            return False
        if find_named_trade_words(piece.text):
            return True
        is_beside = piece.is_joined or any(after.is_joined for after in pieces[place + 1 : place + 2])
        return is_beside and not is_after_remark and not _is_sentence(piece.text)


def _split(text: str) -> Iterator[Piece]:
    for clause in CLAUSES.split(text):
        parts = [(place > 0, part) for place, part in enumerate(JOINTS.split(clause)) if list_significant_words(part)]
        for place, (is_added, part) in enumerate(parts):
            yield Piece(part, is_joined=place > 0, is_added=is_added)


def _is_sentence(text: str) -> bool:
    words = text.split()
    if any(word.casefold() in SENTENCE_WORDS for word in words):
        return True
    # "die Lampe brennt": German nouns have a capital, verbs at the end have none
    return len(words) > 2 and words[-1].islower() and any(word[0].isupper() for word in words[1:-1])


def _is_alike(word: str, name: str) -> bool:
    shorter, longer = sorted((word, name), key=len)
    return (len(shorter) >= MIN_COMPOUND and shorter in longer) or SequenceMatcher(None, word, name).ratio() >= MIN_SIMILARITY


def _join_remarks(text: str, remarks: Sequence[str]) -> str | None:
    """Join the remarks as they were said: the clauses of the text in which they stand."""
    clauses = [clause for clause in re.split(r"\s*[,;]\s*|\.\s+", text) if clause]
    whole = [next((clause for clause in clauses if remark in clause and len(clause) < len(text)), remark) for remark in remarks]
    return ", ".join(dict.fromkeys(whole)) or None
