"""Extracts consent and refusals from callers' own words, in German and English, without a language model.

A missed refusal breaks a promise, a false one costs a transcript. A refusal by words needs a subject, named by the
caller or by the agent just before, and words of opposition close by (answer_vocabulary, refusal_vocabulary,
ai_refusal_vocabulary). A sentence classifier adds the probability of a refusal.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.privacy import ai_refusal_vocabulary as ai_words, answer_vocabulary, refusal_vocabulary as words
from app.domain.privacy.human_requests import INSTEAD, is_person_request
from app.domain.privacy.refusal_classifier import get_refusal_probabilities
from app.domain.privacy.refusal_evidence import bears_evidence
from app.domain.privacy.refusal_vocabulary import ConsentKind, YesNo

# an objection comes at once; later words concern something else
ANSWER_LENGTH, OBJECTION_LENGTH = 90, 150
# characters on each side that belong to the named subject
CONTEXT_LENGTH = 70
# of a longer turn only its beginning and end are read
MAX_PART_LENGTH = 1500
STORAGE_KINDS: tuple[ConsentKind, ...] = ("recording", "transcript")
KINDS: tuple[ConsentKind, ...] = (*STORAGE_KINDS, "ai")
# Probabilities required with words of refusal, and without them.
MIN_PROBABILITY_WITH_WORDS, MIN_PROBABILITY = 0.15, 0.5


@dataclass(frozen=True, slots=True)
class DialogueTurn:
    """A turn of the conversation."""

    position: int
    is_agent: bool
    text: str


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """The caller's yes or no to a kind of consent, with its turn."""

    what: ConsentKind
    answer: YesNo
    turn: int


def extract_answers(lines: Iterable[DialogueTurn], *, since: int = 0) -> list[ConsentAnswer]:
    """Extract the caller's answers from turn `since` on, in order; in one turn a no overrides a yes."""
    answers: list[ConsentAnswer] = []
    agent: list[str] = []
    for line in lines:
        if line.is_agent:
            agent.append(line.text)
            continue
        if line.position < since:
            agent = []
            continue
        text = line.text if len(line.text) <= 2 * MAX_PART_LENGTH else f"{line.text[:MAX_PART_LENGTH]}. {line.text[-MAX_PART_LENGTH:]}"
        agent_text = _fold(" ".join(agent)[-MAX_PART_LENGTH:])
        given = dict.fromkeys(_find_allowed(agent_text, _fold_without_marks(text)), "yes")
        given |= dict.fromkeys(_find_refused(agent_text, text), "no")
        answers += [ConsentAnswer(what, answer, line.position) for what, answer in given.items()]  # type: ignore[arg-type]
        agent = []
    return answers


def find_refusals(text: str) -> set[ConsentKind]:
    """Find what these words refuse, without a preceding question."""
    return set(_find_refused("", text))


def find_plain_answer(what: ConsentKind, question: str, text: str) -> YesNo | None:
    """Find the yes or no that the words themselves say to the question; what only sounds unwilling is none."""
    if what in set(_find_refused_by_words(_fold(question), text)):
        return "no"
    return "yes" if what in set(_find_allowed(_fold(question), _fold_without_marks(text))) else None


def _find_allowed(agent_text: str, caller_text: str) -> Iterator[ConsentKind]:
    topics, begun = _find_topics(agent_text), caller_text[:ANSWER_LENGTH]
    if not topics:
        return
    agrees = answer_vocabulary.NO_PROBLEM.search(begun) is not None
    if answer_vocabulary.is_negated_question(agent_text):
        agrees = agrees or (answer_vocabulary.NO.match(caller_text) is not None and not words.OBJECTION.search(begun))
    else:
        agrees = agrees or (answer_vocabulary.YES.match(caller_text) is not None and not words.OPPOSITION.search(begun))
    if agrees:
        yield from topics


def _find_refused(agent_text: str, text: str) -> list[ConsentKind]:
    """Find refusals by words, unless improbable, and probable ones without words."""
    by_words, allowed = set(_find_refused_by_words(agent_text, text)), set(_find_allowed(agent_text, _fold_without_marks(text)))
    chances = get_refusal_probabilities(agent_text, text)
    if chances["ai"] >= MIN_PROBABILITY and "ai" not in by_words and _is_only_person_request(agent_text, text):
        chances["ai"] = 0.0
    return [
        what
        for what in KINDS
        if chances[what] >= (MIN_PROBABILITY_WITH_WORDS if what in by_words else MIN_PROBABILITY)
        and (what in by_words or bears_evidence(what, agent_text, _fold(text)))
        and what not in allowed - by_words
    ]


def _is_only_person_request(agent_text: str, text: str) -> bool:
    """Whether each sentence that might refuse the AI is only a request for a person."""
    doubtful = [
        sentence
        for sentence, _is_question in _split_sentences(text)
        if get_refusal_probabilities(agent_text, sentence)["ai"] >= MIN_PROBABILITY_WITH_WORDS
    ]
    return bool(doubtful) and all(is_person_request(agent_text, sentence) for sentence in doubtful) and not INSTEAD.search(_fold(text))


def _find_refused_by_words(agent_text: str, text: str) -> Iterator[ConsentKind]:
    folded = _fold_without_marks(text)
    topics = _find_topics(agent_text)
    if topics and not answer_vocabulary.is_negated_question(agent_text):
        opposes = answer_vocabulary.NO.match(folded) or words.OPPOSITION.search(folded[:ANSWER_LENGTH])
        if opposes and not answer_vocabulary.NO_PROBLEM.search(folded[:ANSWER_LENGTH]):
            yield from topics
    elif topics and words.OBJECTION.search(folded[:ANSWER_LENGTH]):
        yield from topics
    else:
        yield from _find_objections(agent_text, folded)
    for sentence, is_question in _split_sentences(text) if words.HINTS.search(_fold(text)) else ():
        yield from _find_sentence_refusals(sentence, is_question=is_question)


def _find_topics(agent_text: str) -> list[ConsentKind]:
    """Find the subjects of the agent's question, or of a notice with an opt-out."""
    if not agent_text:
        return []
    last = re.findall(r"[^.!?]+[.!?]*", agent_text)[-1]
    offers = answer_vocabulary.OPT_OUT_OFFER.search(agent_text) is not None
    if not (last.rstrip().endswith("?") or offers):
        return []
    place = agent_text if offers or answer_vocabulary.PERMISSION.search(last) else last
    return [what for what in STORAGE_KINDS if words.TOPICS[what].search(place)]


def _find_objections(agent_text: str, caller_text: str) -> Iterator[ConsentKind]:
    """Find objections to a notice without a question."""
    if not agent_text:
        return
    for what in STORAGE_KINDS:
        if words.TOPICS[what].search(agent_text) and words.OBJECTION.search(caller_text[:OBJECTION_LENGTH]):
            yield what
    if words.TOPICS["ai"].search(agent_text) and ai_words.AI_OBJECTION.search(caller_text[:OBJECTION_LENGTH]):
        yield "ai"


def _find_sentence_refusals(sentence: str, *, is_question: bool) -> Iterator[ConsentKind]:
    """Find refusals that name their subject."""
    for what in STORAGE_KINDS:
        if _is_refusal(what, sentence, is_question=is_question):
            yield what
    if not is_question and any(pattern.search(sentence) for pattern in ai_words.AI_REFUSALS):
        yield "ai"


def _is_refusal(what: ConsentKind, sentence: str, *, is_question: bool) -> bool:
    if words.UNRELATED.search(sentence):
        return False
    if any(pattern.search(sentence) for pattern in words.REFUSALS[what]):
        return not is_question or words.REQUEST_QUESTION.search(sentence) is not None
    for match in words.UNAMBIGUOUS_TOPICS[what].finditer(sentence):
        near = sentence[max(0, match.start() - CONTEXT_LENGTH) : match.end() + CONTEXT_LENGTH]
        if words.OPPOSITION.search(near) and not words.AGREEMENT.search(near):
            return not is_question or words.REQUEST_QUESTION.search(near) is not None
    return False


def _split_sentences(text: str) -> Iterator[tuple[str, bool]]:
    """Split into folded sentences without end marks, and whether each is a question."""
    plain = re.sub(r"\b([ka])\.\s?i\.?(?![a-zäöüß])", r"\1i", _fold(text))
    for part in re.findall(r"[^.!?;…]+[.!?;…]*", plain):
        if sentence := part.strip(" .!?;…-–—\"„“”'"):
            yield sentence, part.rstrip().endswith("?")


def _fold_without_marks(text: str) -> str:
    return " ".join(re.findall(r"[\w'-]+", _fold(text)))


def _fold(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").casefold().replace("i'm ", "i am ").replace("i'd ", "i would ").split())
