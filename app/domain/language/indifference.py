"""Recognises answers that wish for nothing in particular: "egal", "no preference", "wer gerade frei ist"."""

import re

from app.domain.language.vocabulary import fold

# a whole answer that wishes for nothing; yes-or-no arguments read it themselves
REFUSALS = frozenset(["nein", "nee", "nö", "no", "nope", "kein", "keine", "keinen", "keiner", "keins", "keines", "nichts", "nothing"])
# words of indifference; those that mean it only behind a no ("keine Präferenz", "doesn't matter"); those of whoever is free first
INDIFFERENT = re.compile(
    r"egal|wurscht|wurst|schnuppe|gleichgueltig|beliebig\w*|irgend\w*|jederzeit|ueberall|jede[rnms]?|alle[ns]?|offen|flexibel"
    r"|any(?:one|body|thing|time|where)?|some(?:one|body)|(?:who|which|what|when|where)ever|every(?:one|body|where)|all|flexible|open|unspecified|optional"
)
IRRELEVANT = re.compile(
    r"praeferenz(?:en)?|wunsch|wuensche|vorliebe|vorgabe|angaben?|rolle|wichtig|noetig|zutreffend|besonder\w*|bestimmt\w*|speziell\w*"
    r"|angegeben|genannt|bekannt|gesagt|spezifiziert|festgelegt|preferences?|particular|special|specific|matter|mind|care|important"
    r"|given|provided|specified|known|applicable|mentioned|set|needed|required"
)
FREE = re.compile(r"frei\w*|verfuegbar\w*|zeit|dran|da|free|available|there")
_NEGATIONS = """
    nicht kein keine keinen keiner keinem keines ohne niemand niemanden no not none nobody without doesn't don't didn't
"""
NEGATIONS = frozenset(_NEGATIONS.split())
SOONEST = re.compile(r"wer|who|whoever|(?:zu)?erst\w*|first|next|naechst\w*|schnellst\w*|soonest|gerade")
# words beside them that add nothing
_BESIDE = """
    ist is es it das dem der die den the mir uns me us i ich habe hab have bin am are we wir ganz voellig total eigentlich really
    totally ja ach also naja well bitte please gern gerne da dann sonst halt eben one eine einen einem einer ein wen wem welche
    welcher welchen welches wann which when bei mit with von in an zu zum zur to at of on for fuer spielt macht hat does do fine okay
    ok gar als wenn if you can kann hauptsache just mitarbeiter mitarbeiterin kollege kollegin person friseur friseurin staff member
    stylist employee hairdresser barber arzt aerztin doctor mechaniker filiale standort salon branch location tag day days uhrzeit
    time times termin
"""
BESIDE = frozenset(_BESIDE.split())


def is_indifferent(text: str) -> bool:
    """Check whether somebody says that nothing in particular is wished: "ist mir egal", "keine Präferenz", "wer gerade frei ist"."""
    words = re.findall(r"[\w']+", re.sub(r"'s\b", "", fold(text)))
    is_negated, is_soonest = not NEGATIONS.isdisjoint(words), any(SOONEST.fullmatch(word) for word in words)

    def wishes_nothing(word: str) -> bool:
        means_nothing = (is_negated and IRRELEVANT.fullmatch(word)) or (is_soonest and FREE.fullmatch(word))
        return bool(means_nothing or INDIFFERENT.fullmatch(word))

    rest = [word for word in words if not wishes_nothing(word)]
    return len(rest) < len(words) and all(word in BESIDE or word in NEGATIONS or SOONEST.fullmatch(word) for word in rest)


def is_refusal(text: str) -> bool:
    """Check whether a whole text is a no: to "Haben Sie einen Wunsch?" it wishes for nothing."""
    return text.strip(" .,!").casefold() in REFUSALS
