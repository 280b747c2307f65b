"""Reads a choice as people say it: what is wanted, and what is not ("nicht Tom", "anyone but Tom", "Mara statt Tom")."""

import re
from dataclasses import dataclass

from app.domain.language.indifference import is_indifferent

# hesitations and remarks that say nothing, and words that break off: "Damen- äh Herrenschnitt"
HESITATION = re.compile(
    r"[\s,]*(?<!\w)(?:ä+h+m*|ö+h+m*|ehm?|hm+|u+h+m*|um|erm|also|tja|naja|sag(?:en)? (?:ich|wir) mal"
    r"|glaub(?:e)? ich|ich glaube?|denk ich|ich denke|i think|i guess|i suppose|you know|let's say)\b[\s,]*"
    r"|\b\w+-(?=[\s,])(?!\s*(?:und|oder|and|or)\b)\s*",
    re.IGNORECASE,
)
# what was said before these words is taken back
CORRECTION = re.compile(
    r"(?:^|[\s,;.–-])(?:nein|nee|nö|quatsch|moment|korrektur|vielmehr|beziehungsweise|ich mein(?:e|te)|doch eher"
    r"|(?:doch )?lieber(?! mit\b| nicht\b| als\b)"
    r"|no wait|wait|actually|i mean(?:t)?|make that|scratch that|correction|sorry|rather(?! than))\b[\s,;.]*",
    re.IGNORECASE,
)
# "wenn's geht", "if she's free"; "nicht nur" and "warum nicht" exclude nothing
CONDITION = re.compile(
    r"[\s,(]*\b(?:wenn'?s?|falls|sofern|if)\b(?: (?:es|das|sie|er|it|that|she|he|noch|irgend|überhaupt|at all|'s|is|has|kann))*"
    r"(?:'s|'s)? ?(?:geht|ginge|möglich|passt|frei|zeit|da|possible|free|available|works|okay|ok|time|kann|can)"
    r"(?: ist| hat| wäre| geht| is| for you)?\b[\s,)]*",
    re.IGNORECASE,
)
NO_EXCLUSION = re.compile(r"\b(?:nicht nur|warum nicht|wieso nicht|not (?:only|just)|why not)\b\s*", re.IGNORECASE)
# "niemand außer Mara" wants Mara
ONLY = re.compile(
    r"\b(?:niemand(?:en|em)?|kein(?:e[nmrs]?)?(?: ander\w+)?|nobody|no ?one|none)\s+(?:anderes? |else )?"
    r"(?:außer|ausser|als|but|except(?: for)?|other than)\s+(?P<wanted>.+)",
    re.IGNORECASE,
)
# "any hairdresser but Tom", "not Tom but Mara"
ANY_BUT = re.compile(r"\b((?:any|every|all)\w*(?: \w+){0,2}) but (?!not\b)", re.IGNORECASE)
PREFERENCE = re.compile(r"\b(?:lieber|eher|rather)\s+(?P<wanted>[^,;.]+?)\s+(?:als|than)\s+.+$", re.IGNORECASE)
# "Tom, nein"
TRAILING_NO = re.compile(r"\s*[,;–-]\s*(?:nein|nee|nö|no)\W*$", re.IGNORECASE)
CLAUSES = re.compile(
    r"\s*(?:[,;]|(?<!\bDr)(?<!\bProf)\.)\s+|\s*[,;.]$|\s(?=(?:sondern|aber|dafür|stattdessen|but|instead|(?:doch )?lieber(?! nicht))\b)",
    re.IGNORECASE,
)
NEGATION = re.compile(
    r"\b(?:auf keinen fall|unter keinen umständen|(?:gar|bloß|bloss|nur|lieber|bitte|möglichst|auch) nicht"
    r"|nicht(?: mehr| wieder| gerade| unbedingt)?|weder"
    r"|kein(?:e[nmrs]?)?|außer|ausser|ohne|(?:anderer?s?|anders|andere[nm]|sonst) als|(?:an)?statt|anstelle von"
    r"|not|never|no(?! ?one| ?body)|neither|except(?: for)?|other than|apart from|without|instead of|rather than|excluding|avoid"
    r"|(?:don'?t|do not) want)\b",
    re.IGNORECASE,
)
ALTERNATIVES = re.compile(r"\s*(?:,|/|\b(?:oder|or|und|and|noch|nor)\b)\s*", re.IGNORECASE)
# words at both ends of a thing that do not belong to it
_BESIDE = """
    bei beim zu zum zur von vom mit in im an am nach der die das den dem einer einem einen eine ein with by to at the an a sondern
    aber dafür stattdessen lieber dann doch eher gern gerne instead but rather please bitte und and oder or ja ach also ich möchte
    will mag hätte geht kann soll auch hauptsache i want would like ist das it jemand jemanden jemandem someone somebody somebody's
    woanders irgendwo nur bloß bloss halt eben only just
"""
BESIDE = frozenset(_BESIDE.split())


@dataclass(frozen=True, slots=True)
class SpokenChoice:
    """`wanted` is what is left of the words, or None; `excluded` are the things that are not wanted."""

    wanted: str | None
    excluded: tuple[str, ...] = ()


def parse_choice(text: str) -> SpokenChoice:
    """Parse the words: without a no or a correction they are wanted as they are; what was corrected counts only as corrected."""
    text = HESITATION.sub(" ", text).strip() or text if HESITATION.search(text) else text
    text = NO_EXCLUSION.sub("", CONDITION.sub(" ", text)).strip() or text
    words = ONLY.sub(r"\g<wanted>", PREFERENCE.sub(r"\g<wanted>", TRAILING_NO.sub(" nicht", text)))
    words = ANY_BUT.sub(r"\1 except ", [piece for piece in CORRECTION.split(words) if piece.strip(" ,;.")][-1:][0] if words.strip() else "")
    if not NEGATION.search(words):
        return SpokenChoice(words.strip(" ,;.") if words != text else text)
    wanted: list[str] = []
    excluded: list[str] = []
    for clause in CLAUSES.split(words):
        negation = NEGATION.search(clause)
        before, after = (_trim(clause[: negation.start()]), _trim(clause[negation.end() :])) if negation else (_trim(clause), "")
        if negation and after:
            excluded += split_alternatives(after)
        elif negation and (before or wanted):
            # "Tom lieber nicht", "Tom, bitte nicht"
            excluded += split_alternatives(before or wanted.pop())
            continue
        if before and not is_indifferent(before):
            wanted.append(before)
    return SpokenChoice(", ".join(wanted) or None, tuple(dict.fromkeys(excluded)))


def split_alternatives(text: str) -> list[str]:
    """Split "Mara oder Tom" into the things named."""
    return [piece for part in ALTERNATIVES.split(text) if (piece := _trim(part))]


def _trim(text: str) -> str:
    words = text.split()
    while words and words[0].casefold().strip(",.;") in BESIDE:
        words.pop(0)
    while words and words[-1].casefold().strip(",.;") in BESIDE:
        words.pop()
    return " ".join(words).strip(" ,;.")
