"""Finds words that can mean danger, without which the classifier raises no alarm."""

from dataclasses import dataclass, field
from functools import cache

from app.domain.emergencies.phrase_matcher import PhraseVocabulary, TokenizedText, WordNormalization, tokenize
from app.domain.emergencies.signs.table import load_table, read_lines

SUICIDE, DANGER, HINT = "suicide", "danger", "hint"
# as said: "nicht mehr da" would lose all but "nicht"
UNCHANGED = WordNormalization(frozenset(), {})


@dataclass(slots=True)
class DangerVocabulary:
    """`phrases` and `classes` hold the section of each of their terms."""

    vocabulary: PhraseVocabulary = field(default_factory=lambda: PhraseVocabulary(UNCHANGED))
    phrases: list[str] = field(default_factory=list)
    classes: list[tuple[str, str]] = field(default_factory=list)


def find_danger_words(text: str) -> set[str]:
    """Find what the words can mean: `suicide`, another `danger`, or a `hint` of one."""
    evidence, table = _load_danger_words(), load_table()
    said = evidence.vocabulary.find(tokenize(text, UNCHANGED))
    classes = {table.classes[term] for term in table.vocabulary.find(_tokenize_for_table(text)) if term in table.classes}
    return {evidence.phrases[term] for term in said} | {section for section, name in evidence.classes if name in classes}


def _tokenize_for_table(text: str) -> TokenizedText:
    return tokenize(text, load_table().vocabulary.spelling)


@cache
def _load_danger_words() -> DangerVocabulary:
    evidence, section = DangerVocabulary(), ""
    for line in read_lines("danger_words"):
        if line.startswith("["):
            section = line.strip("[]")
            continue
        for phrase in map(str.strip, line.split(",")):
            if phrase.startswith("<"):
                evidence.classes.append((section, phrase))
            else:
                evidence.vocabulary.add(len(evidence.phrases), phrase)
                evidence.phrases.append(section)
    evidence.vocabulary.seal()
    return evidence
