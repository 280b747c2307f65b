"""Recognizes emergencies: a table of signs gives the kind, a sentence classifier the probability.

Urgent matters that can wait during opening hours count only out of hours (`EmergencyKind.is_out_of_hours`).

Needs no model, database or network; takes a fraction of a millisecond.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

from app.domain.emergencies.classifier import UNCLEAR_KIND, classify_kind, get_probabilities
from app.domain.emergencies.phrase_matcher import MAX_TEXT_LENGTH, Span, TokenizedText, tokenize
from app.domain.emergencies.signs import EmergencyKind, EmergencySign, EmergencySignTable, load_table
from app.domain.emergencies.signs.danger_words import DANGER, SUICIDE, find_danger_words
from app.domain.emergencies.vehicle_symptoms import can_wait, strip_symptoms

# Below the first, a match of the table is dropped; from the second on no match is needed. Found by cross-validation over
# the corpus: a missed emergency costs more than a needless sentence, but false alarms annoy.
DOUBT, SURE = 0.25, 0.6
# What the classifier hears alone is believed by the words that bear it out (signs/danger_words.txt): a farewell for good soonest, other
# danger, then nothing but everyday words such as of the body, and last what it knows no kind for. By cross-validation it still hears 1,265
# of 1,434 emergencies without the table, and 69 of 10,865 others instead of 189.
SURE_OF_SUICIDE, SURE_OF_DANGER, SURE_OF_HINT, SURE_OF_UNCLEAR = 0.5, 0.6, 0.85, 0.95
# overriding a kind that can wait needs a higher probability
OVERRIDE_PROBABILITY = 0.8
# texts this short lack context: only the table decides. The second counts every word, ignored ones too.
SHORT_TEXT_WORDS, FEW_WORDS = 5, 7
# the area of signs for each industry, besides the general ones
AREAS = {
    "medical_practice": "medical", "physiotherapy": "medical", "psychotherapy": "medical", "dental_practice": "dental", "vet": "vet",
    "garage": "car", "plumbing": "house", "electrician": "house",
}  # fmt: skip
# the kind of an urgent matter without a match, by area
BREAKDOWN = "breakdown"
WAITING_KINDS = {"medical": "urgent", "dental": "toothache", "house": "no_heating", "car": BREAKDOWN}
ALL_AREAS = frozenset(AREAS.values())
UNKNOWN_INDUSTRIES = frozenset({"other", ""})
NEGATIONS = frozenset((
    "nicht", "keine", "ohne", "weder", "no", "not", "without", "never", "neither", "nor", "dont", "doesnt", "didnt", "isnt",
    "niemand", "nobody", "none",
))  # fmt: skip
INABILITY_WORDS = frozenset((
    "kann", "cant", "will", "darf", "could", "wont",
))  # fmt: skip
CONJUNCTIONS = frozenset((
    "oder", "or", "nor", "noch", "und", "and",
))  # fmt: skip
# words skipped between a negation and its object
SKIPPED_WORDS = frozenset((
    "anzeichen", "zeichen", "symptome", "signs", "symptoms", "sign", "von", "of", "sort", "art", "form", "kind", "mehr", "any",
    "in", "am", "im", "zu", "unter",
))  # fmt: skip
# contexts that cancel a sign: always, for a weak sign, and unless it happens now
EXCLUDING_CONTEXTS = ("figure", "if")
WEAK_EXCLUDING_CONTEXTS = ("admin", "shop", "maybe", "trade_word")
PAST_CONTEXTS = ("past", "fiction", "drill")
RECENT_PAST_CONTEXTS = ("days_ago", "chronic")
# contexts beside which the classifier has to be surer, unless it happens now
NARRATIVE_CONTEXTS = (*PAST_CONTEXTS, "moves_on")
# reach of a negation in words: plain, along a list, backwards, including ignored words
DENIES_AHEAD, DENIES_ALONG, DENIES_BACK, DENIES_SPOKEN = 2, 6, 2, 4
PAST_REACH, FAR = 9, 1000
NEGATION_ENDS = frozenset((
    "und", "and", "aber", "but", "sondern", "weil", "because",
))  # fmt: skip


def recognise_emergency(text: str, industry: str, phrases: Sequence[str] = ()) -> EmergencyKind | None:
    """Recognize the gravest emergency described as happening now; None without one.

    `phrases` are the business's own and add to the general table.
    """
    kind = _recognise(text, industry, phrases)
    if kind is None or AREAS.get(industry) != "car":
        return kind
    if (bare := strip_symptoms(text)) != text:
        kind = _recognise(bare, industry, phrases)
    return None if kind and kind.name == BREAKDOWN and can_wait([text]) else kind


def _recognise(text: str, industry: str, phrases: Sequence[str]) -> EmergencyKind | None:
    table = load_table()
    tokens = tokenize(text, table.vocabulary.spelling)
    if not tokens.words:
        return None
    text, kind = text[:MAX_TEXT_LENGTH], _match_signs(table, tokens, get_areas(industry))
    (chance, waiting), is_short = get_probabilities(text), len(tokens.words) <= SHORT_TEXT_WORDS
    has_few_words = is_short and len(text.split()) <= FEW_WORDS
    if kind is not None and kind.is_out_of_hours and chance >= OVERRIDE_PROBABILITY and waiting < SURE:
        kind = table.kinds[classify_kind(text)]
    if kind is not None and (chance >= DOUBT or has_few_words or (kind.is_out_of_hours and waiting >= DOUBT)):
        return kind
    if _contains_phrase(tokens, phrases, table):
        return table.kinds["own"]
    if waiting >= SURE and waiting > chance and len(tokens.words) > 1:
        return table.kinds.get(WAITING_KINDS.get(AREAS.get(industry, ""), ""))
    name = None if is_short else _classify_with_evidence(text, tokens, chance)
    return table.kinds[name] if name else None


def resembles_emergency(text: str, industry: str) -> bool:
    """Whether people should read it before anything else: it may be an emergency, though no alarm is raised for it."""
    table = load_table()
    kind = _match_signs(table, tokenize(text, table.vocabulary.spelling), get_areas(industry))
    return (kind is not None and not kind.is_out_of_hours) or get_probabilities(text)[0] >= SURE


def recognise_in_texts(texts: Iterable[str], industry: str, phrases: Sequence[str] = ()) -> EmergencyKind | None:
    """Recognize the gravest emergency in any of the texts, or in all together; harmless ones add nothing to others."""
    listed = list(texts)
    bearing = [text for text in listed if find_danger_words(text)]
    combined = [". ".join(bearing)] if len(bearing) > 1 else []
    kinds = [kind for text in (*listed, *combined) if (kind := recognise_emergency(text, industry, phrases))]
    if AREAS.get(industry) == "car" and can_wait(listed):
        kinds = [kind for kind in kinds if kind.name != BREAKDOWN]
    return min(kinds, key=lambda kind: (kind.is_out_of_hours, kind.order), default=None)


def _classify_with_evidence(text: str, tokens: TokenizedText, chance: float) -> str | None:
    """Classify what no sign of the table was heard in; None unless words that can mean it are there."""
    if chance < SURE_OF_SUICIDE:
        return None
    evidence, name = find_danger_words(text), classify_kind(text)
    if not evidence or chance < _get_required_probability(name, evidence, is_narrated=_is_narrated(tokens)):
        return None
    return name if name != "suicide" or SUICIDE in evidence else UNCLEAR_KIND


def _get_required_probability(name: str, evidence: Collection[str], *, is_narrated: bool) -> float:
    if name == UNCLEAR_KIND:
        return SURE_OF_UNCLEAR
    if is_narrated:
        return SURE_OF_HINT
    if name == "suicide":
        return SURE_OF_SUICIDE if SUICIDE in evidence else SURE_OF_HINT
    return SURE_OF_DANGER if DANGER in evidence else SURE_OF_HINT


def _is_narrated(tokens: TokenizedText) -> bool:
    """Check whether it is spoken of as over, or as a matter of moving on, and not as happening now."""
    table = load_table()
    spans = table.vocabulary.find(tokens)
    return table.contexts["now"] not in spans and any(table.contexts[name] in spans for name in NARRATIVE_CONTEXTS)


def _match_signs(table: EmergencySignTable, tokens: TokenizedText, areas: frozenset[str]) -> EmergencyKind | None:
    spans = table.vocabulary.find(tokens)
    matcher = _SignMatcher(table, tokens, spans)
    signs = {id(sign): sign for term in spans for sign in table.signs.get(term, ()) if not areas.isdisjoint(sign.kind.areas)}
    kinds = {sign.kind for sign in signs.values() if matcher.holds(sign)}
    return _select_gravest(kinds, matcher) if kinds else None


def _contains_phrase(tokens: TokenizedText, phrases: Sequence[str], table: EmergencySignTable) -> bool:
    text = f" {' '.join(tokens.words)} "
    own = (" ".join(tokenize(phrase, table.vocabulary.spelling).words) for phrase in phrases)
    return any(f" {phrase} " in text for phrase in own if phrase)


@lru_cache(maxsize=64)
def get_areas(industry: str) -> frozenset[str]:
    if industry in UNKNOWN_INDUSTRIES:
        return ALL_AREAS | {"everywhere"}
    return frozenset({"everywhere", *filter(None, [AREAS.get(industry)])})


def _select_gravest(kinds: set[EmergencyKind], matcher: "_SignMatcher") -> EmergencyKind:
    """Select the gravest kind; between an animal's and a person's the context decides."""
    ranked = sorted(kinds, key=lambda kind: (kind.is_out_of_hours, kind.order))
    of_animals = [kind for kind in ranked if "vet" in kind.areas]
    if of_animals and (matcher.mentions("pet") or not matcher.mentions("person")):
        return of_animals[0]
    return ranked[0]


class _SignMatcher:
    """Matches the signs of the table in one utterance."""

    def __init__(self, table: EmergencySignTable, tokens: TokenizedText, spans: dict[int, list[Span]]) -> None:
        self.tokens, self.spans, self.table = tokens, spans, table
        self._denials: list[int] | None = None

    def mentions(self, context: str) -> bool:
        return self.table.contexts[context] in self.spans

    def holds(self, sign: EmergencySign) -> bool:
        if sign.needed < len(sign.terms):
            return self._adds_up(sign)
        if any(term not in self.spans for term in sign.terms):
            return False
        return any(self._counts(sign, spans) for spans in self._meetings(sign))

    def _adds_up(self, sign: EmergencySign) -> bool:
        """Check whether enough different terms occur, each of them valid by itself."""
        numbers: dict[int, int] = {}
        for number, term in enumerate(sign.terms):
            for span in self.spans.get(term, ()):
                if span[0] not in numbers and self._counts(sign, (span,)):
                    numbers[span[0]] = number
                    break
        places = sorted(self.tokens.places[start] for start in numbers)
        return any(places[n + sign.needed - 1] - places[n] <= sign.reach for n in range(len(places) - sign.needed + 1))

    def _meetings(self, sign: EmergencySign) -> Iterator[tuple[Span, ...]]:
        """Find where all terms occur close together."""
        for first in self.spans[sign.terms[0]]:
            spans = (first, *(self._nearest(term, first) for term in sign.terms[1:]))
            begins, ends = min(start for start, _end in spans), max(end for _start, end in spans) - 1
            if self.tokens.places[ends] - self.tokens.places[begins] <= sign.reach and len(set(spans)) == len(spans):
                yield spans

    def _nearest(self, term: int, first: Span) -> Span:
        others = [span for span in self.spans[term] if span[1] <= first[0] or span[0] >= first[1]]
        return min(others or self.spans[term], key=lambda span: abs(span[0] - first[0]))

    def _counts(self, sign: EmergencySign, spans: tuple[Span, ...]) -> bool:
        at = spans[0][0]
        if any(self._in_sentence(term, at) for term in sign.unless):
            return False
        if any(self._denied(span, spans) for span in spans):
            return False
        if any(
            self._in_sentence(self.table.contexts[name], at) for name in EXCLUDING_CONTEXTS + (WEAK_EXCLUDING_CONTEXTS if sign.weak else ())
        ):
            return False
        return not self._is_over(sign, at)

    def _is_over(self, sign: EmergencySign, at: int) -> bool:
        names = PAST_CONTEXTS + (RECENT_PAST_CONTEXTS if sign.kind.is_over_soon else ())
        over = min((self._distance(self.table.contexts[name], at) for name in names), default=FAR)
        if over > PAST_REACH:
            return False
        return not self._in_clause(self.table.contexts["now"], at, nearer_than=over)

    def _in_sentence(self, term: int, at: int) -> bool:
        sentences = self.tokens.sentences
        return term in self.spans and any(sentences[start] == sentences[at] for start, _end in self.spans[term])

    def _in_clause(self, term: int, at: int, *, nearer_than: int) -> bool:
        clauses = self.tokens.clauses
        return any(clauses[start] == clauses[at] and abs(start - at) < nearer_than for start, _end in self.spans.get(term, ()))

    def _distance(self, term: int, at: int) -> int:
        """Get the distance in words within the same sentence."""
        sentences = self.tokens.sentences
        return min((abs(start - at) for start, _end in self.spans.get(term, ()) if sentences[start] == sentences[at]), default=FAR)

    def _denied(self, span: Span, spans: tuple[Span, ...]) -> bool:
        """Check for a negation; a sign that is one itself ("keine Luft") is not negated again: "koa Luft ned"."""
        if not NEGATIONS.isdisjoint(self.tokens.words[span[0] : span[1]]):
            return False
        outside = (place for place in self._denying_words() if not any(start <= place < end for start, end in spans))
        return any(self._denies(place, span) for place in outside)

    def _denying_words(self) -> list[int]:
        """List negations, except those that are part of a sign, as in "does not breathe"."""
        if self._denials is None:
            words = self.tokens.words
            own = {place for spans in self.spans.values() for start, end in spans if end - start > 1 for place in range(start, end)}
            self._denials = [
                place for place, word in enumerate(words)
                if word in NEGATIONS and place not in own and not (place and words[place - 1] in INABILITY_WORDS)
            ]  # fmt: skip
        return self._denials

    def _denies(self, denial: int, span: Span) -> bool:
        words, clauses = self.tokens.words, self.tokens.clauses
        start, end = span
        if denial < start:
            between = words[denial + 1 : start]
            if self.tokens.sentences[denial] != self.tokens.sentences[start] or not NEGATION_ENDS.isdisjoint(between):
                return False
            if clauses[denial] != clauses[start] and CONJUNCTIONS.isdisjoint(between):
                return False
            counted = sum(word not in SKIPPED_WORDS for word in between)
            if self.tokens.spoken[start] - self.tokens.spoken[denial] - (
                len(between) - counted
            ) > DENIES_SPOKEN and CONJUNCTIONS.isdisjoint(between):
                return False
            return counted < DENIES_AHEAD or (counted < DENIES_ALONG and not CONJUNCTIONS.isdisjoint(between))
        if denial < end or clauses[denial] != clauses[end - 1] or words[denial] not in ("nicht", "not", "keine"):
            return False
        return denial - end < DENIES_BACK and self._closes(denial)

    def _closes(self, denial: int) -> bool:
        """Check whether the negation ends the clause: "die Brust schmerzt nicht mehr"."""
        words, clauses = self.tokens.words, self.tokens.clauses
        after = denial + 1
        while after < len(words) and words[after] == "mehr":
            after += 1
        return after >= len(words) or clauses[after] != clauses[denial]
