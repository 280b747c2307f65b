"""What callers answer to being recorded, written down or talking with an AI, in their own words: German and English, without a model.

A missed no breaks a promise, a wrong one costs a business a transcript. A refusal by words needs a thing that is refused, named by the
caller or by the agent just before, and words against it close by: "nein danke" to anything else is none (answer_words, refusal_words,
refusal_words_ai). Beside the words a classifier of sentences says how likely a refusal is.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.privacy import ai_refusal_vocabulary as ai_words, answer_vocabulary, refusal_vocabulary as words
from app.domain.privacy.person_requests import INSTEAD, is_request_for_somebody
from app.domain.privacy.refusal_classifier import chances_of_refusal
from app.domain.privacy.refusal_vocabulary import What, YesNo

# an objection to what was asked or told comes at once; later the caller speaks of something else
ANSWER_LENGTH, OBJECTION_LENGTH = 90, 150
# so many characters on each side belong to the thing that is named
CLOSE = 70
# a longer speech is heard at its beginning and its end
HEARD = 1500
KEEPING: tuple[What, ...] = ("recording", "transcript")
KINDS: tuple[What, ...] = (*KEEPING, "ai")
# Chances below which words of refusal are taken for something else, and from which on it is one without them.
DOUBT, SURE = 0.15, 0.6


@dataclass(frozen=True, slots=True)
class Line:
    """A turn of the conversation."""

    position: int
    is_agent: bool
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """Which turn of the caller said yes or no to what."""

    what: What
    answer: YesNo
    turn: int


def answers_in(lines: Iterable[Line], *, since: int = 0) -> list[Answered]:
    """Every answer of the caller from that turn on, in the order in which they were given; a turn that says both means the no."""
    found: list[Answered] = []
    agent: list[str] = []
    for line in lines:
        if line.is_agent:
            agent.append(line.text)
            continue
        if line.position < since:
            agent = []
            continue
        text = line.text if len(line.text) <= 2 * HEARD else f"{line.text[:HEARD]}. {line.text[-HEARD:]}"
        asked = _folded(" ".join(agent)[-HEARD:])
        said = dict.fromkeys(_allowed(asked, _bare(text)), "yes")
        said |= dict.fromkeys(_refused(asked, text), "no")
        found += [Answered(what, answer, line.position) for what, answer in said.items()]  # type: ignore[arg-type]
        agent = []
    return found


def refused_in(text: str) -> set[What]:
    """What these words refuse whoever was asked before."""
    return set(_refused("", text))


def _allowed(asked: str, said: str) -> Iterator[What]:
    topics, begun = _asked_about(asked), said[:ANSWER_LENGTH]
    if not topics:
        return
    agrees = answer_vocabulary.NO_PROBLEM.search(begun) is not None
    if answer_vocabulary.is_turned_round(asked):
        agrees = agrees or (answer_vocabulary.NO.match(said) is not None and not words.OBJECTS.search(begun))
    else:
        agrees = agrees or (answer_vocabulary.YES.match(said) is not None and not words.AGAINST.search(begun))
    if agrees:
        yield from topics


def _refused(asked: str, text: str) -> list[What]:
    """What the words name, unless the whole makes it unlikely, and what it makes likely without naming it."""
    by_words, allowed = set(_refused_by_words(asked, text)), set(_allowed(asked, _bare(text)))
    chances = chances_of_refusal(asked, text)
    if chances["ai"] >= SURE and "ai" not in by_words and _only_asks_for_somebody(asked, text):
        chances["ai"] = 0.0
    return [what for what in KINDS if chances[what] >= (DOUBT if what in by_words else SURE) and what not in allowed - by_words]


def _only_asks_for_somebody(asked: str, text: str) -> bool:
    """Every sentence that could refuse the AI is a request for a person, and none says more than that."""
    doubtful = [told for told, _is_question in _sentences(text) if chances_of_refusal(asked, told)["ai"] >= DOUBT]
    return bool(doubtful) and all(is_request_for_somebody(asked, told) for told in doubtful) and not INSTEAD.search(_folded(text))


def _refused_by_words(asked: str, text: str) -> Iterator[What]:
    said = _bare(text)
    topics = _asked_about(asked)
    if topics and not answer_vocabulary.is_turned_round(asked):
        opposes = answer_vocabulary.NO.match(said) or words.AGAINST.search(said[:ANSWER_LENGTH])
        if opposes and not answer_vocabulary.NO_PROBLEM.search(said[:ANSWER_LENGTH]):
            yield from topics
    elif topics and words.OBJECTS.search(said[:ANSWER_LENGTH]):
        yield from topics
    else:
        yield from _objections(asked, said)
    for sentence, is_question in _sentences(text) if words.HINTS.search(_folded(text)) else ():
        yield from _refusals(sentence, is_question=is_question)


def _asked_about(asked: str) -> list[What]:
    """What the agent's last words asked for, or told with an offer to say no."""
    if not asked:
        return []
    last = re.findall(r"[^.!?]+[.!?]*", asked)[-1]
    offers = answer_vocabulary.SAY_NO.search(asked) is not None
    if not (last.rstrip().endswith("?") or offers):
        return []
    place = asked if offers or answer_vocabulary.PERMISSION.search(last) else last
    return [what for what in KEEPING if words.NAMED[what].search(place)]


def _objections(asked: str, said: str) -> Iterator[What]:
    """To what the agent has just told without asking."""
    if not asked:
        return
    for what in KEEPING:
        if words.NAMED[what].search(asked) and words.OBJECTS.search(said[:OBJECTION_LENGTH]):
            yield what
    if words.NAMED["ai"].search(asked) and ai_words.NOT_WITH_IT.search(said[:OBJECTION_LENGTH]):
        yield "ai"


def _refusals(sentence: str, *, is_question: bool) -> Iterator[What]:
    """What is named and refused in the same breath."""
    for what in KEEPING:
        if _refuses(what, sentence, is_question=is_question):
            yield what
    if not is_question and any(pattern.search(sentence) for pattern in ai_words.NO_AI):
        yield "ai"


def _refuses(what: What, sentence: str, *, is_question: bool) -> bool:
    if words.NOT_MEANT.search(sentence):
        return False
    if any(pattern.search(sentence) for pattern in words.NONE_OF[what]):
        return not is_question or words.ASKS_FOR_IT.search(sentence) is not None
    for found in words.CLEAR[what].finditer(sentence):
        near = sentence[max(0, found.start() - CLOSE) : found.end() + CLOSE]
        if words.AGAINST.search(near) and not words.AGREES.search(near):
            return not is_question or words.ASKS_FOR_IT.search(near) is not None
    return False


def _sentences(text: str) -> Iterator[tuple[str, bool]]:
    """Folded, without its end mark, and whether it was a question."""
    plain = re.sub(r"\b([ka])\.\s?i\.?(?![a-zäöüß])", r"\1i", _folded(text))
    for part in re.findall(r"[^.!?;…]+[.!?;…]*", plain):
        if told := part.strip(" .!?;…-–—\"„“”'"):
            yield told, part.rstrip().endswith("?")


def _bare(text: str) -> str:
    return " ".join(re.findall(r"[\w'-]+", _folded(text)))


def _folded(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").casefold().replace("i'm ", "i am ").replace("i'd ", "i would ").split())
