"""What an answer to a text message means: only what is said clearly counts, everything else is for people.

Each word is accounted for. An appointment is cancelled by nothing but a yes to the question whether it really should be, and that
yes may hold nothing that could mean anything else.
"""

import re
from dataclasses import dataclass
from typing import Literal

from app.domain.replies.reply_text import list_marks, mark_phrases, normalize_reply
from app.domain.replies.vocabulary import CLEAR_YES, NUMBER_WORDS, Mark

IntentKind = Literal[
    "confirm", "keep", "move", "cancel", "number", "numbers", "both", "others", "thanks", "help", "late", "question", "contradiction",
    "other", "stop",
]  # fmt: skip
HELP_WORDS = {"hilfe", "help", "?", "info", "menu", "menue", "infos"}
HOW_TO_ANSWER = re.compile(
    r"(?:what (?:am i|do i|should i|shall i|can i)(?: supposed to| have to)?"
    r"|was (?:soll|muss|kann) (?:ich|i)(?: (?:hier|jetzt|denn|da|darauf))*)"
    r" (?:reply|answer|write|text|antworten|schreiben|hinschreiben)(?: (?:here|back|now|to this))?(?: \?)?"
)
# may stand beside anything without changing it
ASIDES: frozenset[Mark] = frozenset({"polite", "thanks"})
# a wish for another time may be told at length
MAX_UNKNOWN_WORDS = 8


@dataclass(frozen=True, slots=True)
class Intent:
    """`number` of a choice; `names_time`: a day or a time is named, which the parser of dates reads."""

    kind: IntentKind
    number: int | None = None
    names_time: bool = False


@dataclass(frozen=True, slots=True)
class MarkedReply:
    """The marks of an answer, its numbers, the words that nobody knows, and whether it asks."""

    normalized: str
    marks: frozenset[Mark]
    numbers: tuple[int, ...]
    unknown: tuple[str, ...]
    asks: bool

    @property
    def core(self) -> frozenset[Mark]:
        return self.marks - ASIDES


def read_marks(text: str) -> MarkedReply:
    normalized = normalize_reply(text)
    marked = mark_phrases(normalized)
    numbers, unknown, words = [], [], marked.split()
    for before, word in zip(["", *words], words, strict=False):
        if word == "one" and before in NUMBER_WORDS:
            # "the third one"
            continue
        number = int(word) if word.isdecimal() and len(word) < 4 else NUMBER_WORDS.get(word)
        if number is not None:
            numbers.append(number)
        elif not word.startswith("<") and word not in ("?", "oder", "or"):
            unknown.append(word)
    return MarkedReply(normalized, frozenset(list_marks(marked)), tuple(numbers), tuple(unknown), "?" in normalized)


def read_intent(text: str) -> Intent:
    """Read an answer that stands by itself, with none of our questions open."""
    reply = read_marks(text)
    if reply.normalized in HELP_WORDS or HOW_TO_ANSWER.fullmatch(reply.normalized):
        return Intent("help")
    if "stop" in reply.marks and not reply.unknown and not reply.asks:
        return Intent("stop")
    return _read_number(reply) or _read_wish(reply) or _read_refusal(reply) or _read_agreement(reply) or _read_rest(reply)


def is_clear_yes(text: str) -> bool:
    """Whether this is a yes to "really cancel?" and cannot be anything else: a plain yes, or the wish to cancel once more."""
    reply = read_marks(text)
    return CLEAR_YES.fullmatch(reply.normalized) is not None and reply.marks <= {"yes", "cancel", "polite", "thanks"}


def is_refusal(text: str) -> bool:
    """Whether this is a no to what we have asked, or says that everything stays as it is."""
    reply = read_marks(text)
    if reply.unknown or reply.numbers or {"question", "condition"} & reply.marks:
        return False
    # "nein danke, passt"
    if ("yes" in reply.core or ("agree" in reply.core and "no" not in reply.core)) and not {"keep", "coming"} & reply.core:
        return False
    # "none of those, keep it"
    others = set() if "keep" in reply.core else {"others"}
    return bool({"no", "keep", "coming", "rather_not"} & reply.core) and not ({"cancel", "cannot", "move", "time"} | others) & reply.core


def _read_number(reply: MarkedReply) -> Intent | None:
    """A number by itself; beside other words it may be anything."""
    if not reply.numbers or reply.unknown or reply.core - {"yes", "agree"} or reply.asks:
        return None
    if len(set(reply.numbers)) > 1:
        return Intent("numbers")
    return Intent("number", reply.numbers[0])


def _read_wish(reply: MarkedReply) -> Intent | None:
    """A question, a delay, or another time."""
    marks, names_time = reply.core, "time" in reply.core
    if "late" in marks:
        return Intent("late")
    if "condition" in marks or "defer" in marks:
        return Intent("question")
    if "question" in marks:
        return None if "move" in marks and not {"cancel", "cannot"} & marks else Intent("question")
    if "others" in marks and not reply.unknown and not {"cancel", "cannot"} & marks:
        return Intent("others", names_time=names_time)
    if len(reply.unknown) > MAX_UNKNOWN_WORDS or "keep" in marks:
        return None
    if "move" in marks:
        return Intent("move", names_time=names_time)
    is_other_time = names_time and not {"yes", "agree", "no", "cancel", "cannot", "negation"} & marks
    if is_other_time and ("preference" in marks or not reply.unknown) and (reply.asks or "coming" not in marks):
        return Intent("move", names_time=True)
    return None


def _read_refusal(reply: MarkedReply) -> Intent | None:
    marks = reply.core
    if "rather_not" in marks and "keep" not in marks:
        # not to come after all, or not to cancel after all
        return Intent("other" if reply.unknown else "contradiction")
    if "move" in marks and "keep" not in marks:
        return Intent("move", names_time="time" in marks)
    if "keep" in marks:
        is_plain = not reply.unknown and not {"cancel", "cannot", "question"} & marks
        return Intent("keep" if is_plain and not ({"coming"} & marks and "no" not in marks) else "confirm" if is_plain else "other")
    if {"cancel", "cannot"} & marks:
        if "negation" in marks or "coming" in marks or ("agree" in marks and "cancel" not in marks):
            return Intent("contradiction" if not reply.unknown else "other")
        return Intent("cancel", names_time="time" in marks) if len(reply.unknown) <= MAX_UNKNOWN_WORDS else Intent("other")
    if "no" not in marks:
        return None
    if reply.unknown or "negation" in marks or "time" in marks or "preference" in marks:
        return Intent("other")
    return Intent("contradiction") if {"yes", "agree", "coming"} & marks else Intent("cancel")


def _read_agreement(reply: MarkedReply) -> Intent | None:
    marks = reply.core
    if not {"yes", "agree", "coming", "both"} & marks or reply.unknown or reply.asks or reply.numbers:
        return None
    if {"negation", "question", "preference", "reason"} & marks:
        return None
    if "both" in marks:
        return Intent("both")
    return Intent("confirm", names_time="time" in marks)


def _read_rest(reply: MarkedReply) -> Intent:
    if reply.marks and reply.marks <= {"thanks", "polite"} and "thanks" in reply.marks and not reply.unknown and not reply.numbers:
        return Intent("thanks")
    if reply.numbers and not reply.unknown and not reply.core and not reply.asks:
        return Intent("numbers")
    return Intent("question" if reply.asks or "question" in reply.marks else "other")
