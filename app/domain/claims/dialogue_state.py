"""Follows a conversation: what was asked last, which services it is about, and whether the caller objected."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections.abc import Collection, Sequence

from app.domain.claims.appointment_mentions import AppointmentMention, MentionReader
from app.domain.claims.clauses import MAX_TEXT_LENGTH, Clause
from app.domain.claims.dialogue_topics import FACTS, Topic, asks_for, find_topic
from app.domain.claims.evidence_types import Evidence
from app.domain.claims.hours_mentions import mark_hours
from app.domain.claims.self_corrections import OBJECTION
from app.domain.language.marked_text import Scanner
from app.domain.language.vocabulary import fold

# for so many turns of the agent a question may still be answered
OPEN_FOR_TURNS = 2
# a question about what was spoken of before: "und was kostet das?"
POINTS_BACK = re.compile(
    r"\b(?:das|dies\w*|es|der (?:termin|spass|besuch|preis)|die behandlung|alles|insgesamt|beides|zusammen|da|dafuer|denn|it|that|this|the (?:appointment|price|cost|total|whole)|both|in total|altogether)\b|^(?:und )?(?:\S+ ){0,4}\S+$"
)
# a question after which nothing is open any more, and its answer
CLOSING_QUESTION = re.compile(
    r"\b(?:sonst noch|noch (?:etwas|was)|weiterhelfen|behilflich|anything else|something else|else (?:i|we) can|help you with)\b"
)
NOTHING_ELSE = re.compile(r"^(?:(?:oh|ach|aeh|hm+|er|um),? )*(?:nein|nee|ne|noe|no|nope|nah)\b[,.! ]*")
DECLINED = re.compile(
    r"\b(?:dann (?:lieber )?nicht|nein,? danke|nee,? danke|lass mal|lassen (?:sie|wir) (?:es|das|mal)|lieber (?:gar )?nicht|vergess\w* sie|ueberleg\w*|meld\w* mich|ruf\w*\b.{0,25}\b(?:spaeter|noch mal|nochmal|wieder)|no,? thanks?(?: you)?|leave it|never ?mind|forget it|think about it|call (?:again|back later)|not (?:right )?now)\b"
)


class Conversation:
    """The state between two turns."""

    def __init__(self, evidence: Evidence, reader: MentionReader) -> None:
        self.evidence, self.names, self.reader = evidence, reader.names, reader
        self.topic: Topic | None = None
        self.objected = self.has_declined = False
        # the caller's last words, folded, and marked where they ask for hours
        self.question, self._raw_question = "", ""
        self.asked_days: Scanner | None = None
        # appointments spoken of so far that have a time
        self.times: list[AppointmentMention] = []
        # those that the caller named
        self.times_heard: list[AppointmentMention] = []
        self.earlier_services: list[frozenset[str]] = []
        self._services: list[frozenset[str]] = []
        self._open: dict[Topic, int] = {}
        # "kann ich sonst noch etwas tun?": a no to that objects to nothing
        self._has_asked_for_more = False
        # asked of something that is no known service
        self._unknown_subjects: set[Topic] = set()

    def hear_caller(self, text: str) -> None:
        plain = fold(text[:MAX_TEXT_LENGTH])
        self.question, self._raw_question = plain, text[:MAX_TEXT_LENGTH]
        answer = NOTHING_ELSE.sub("", plain[:400]) if self._has_asked_for_more else plain[:400]
        self.objected = OBJECTION.search(answer) is not None and not any(asks_for(fact, plain) for fact in ("price", "duration", "address"))
        # what was offered is off the table
        self.has_declined = DECLINED.search(answer) is not None
        self.topic = None if DECLINED.search(plain) else find_topic(plain) or self._find_topic_of_times(text) or self.topic
        for topic in FACTS:
            if asks_for(topic, plain):
                self._open[topic] = OPEN_FOR_TURNS
                self._unknown_subjects.discard(topic)
                if not self.names.list_meant_services(plain) and not POINTS_BACK.search(plain):
                    self._unknown_subjects.add(topic)
        if asks_for("hours", plain):
            self.asked_days = mark_hours(text[:MAX_TEXT_LENGTH], self.evidence)
        self._hear_services(self.names.list_meant_services(plain))
        self._hear_times(text)
        self.times_heard += self.reader.find_timed(text)

    def mark_question(self) -> Scanner:
        """Mark the days in the caller's last words, whatever they asked."""
        return mark_hours(self._raw_question, self.evidence)

    def hear_agent(self, clause: Clause) -> None:
        self._has_asked_for_more = clause.asks and CLOSING_QUESTION.search(clause.plain) is not None
        if clause.act in ("question", "offer") and (topic := find_topic(clause.plain)) and topic not in FACTS:
            self.topic = topic
        self._hear_services([services for _place, services in self.names.locate_services(clause.plain)])
        if clause.act in ("question", "offer", "statement"):
            self._hear_times(clause.raw)

    def reopen(self, stated: Collection[str]) -> None:
        """What was just stated is corrected: the question is open again."""
        for topic in FACTS & set(stated):
            self._open.setdefault(topic, 1)

    def end_turn(self, stated: Collection[str]) -> None:
        """End a turn of the agent: what it stated is no longer asked."""
        self._open = {topic: turns - 1 for topic, turns in self._open.items() if turns > 1 and topic not in stated}
        if not self.is_asked("hours"):
            self.asked_days = None

    def is_asked(self, topic: Topic) -> bool:
        return topic in self._open

    def list_services(self, topic: Topic) -> Sequence[frozenset[str]]:
        """List the services a fact without a name may belong to: those named last, else those booked in this call.

        None where something else was asked about, or nothing was asked.
        """
        if topic in self._unknown_subjects:
            return []
        booked = [each.current.service_ids for each in self.evidence.appointments if each.was_created and each.is_active]
        return self._services or booked

    def _hear_services(self, services: Sequence[set[str]]) -> None:
        if named := list(map(frozenset, services)):
            self._services = list(dict.fromkeys(named))
            self.earlier_services += named

    def _hear_times(self, text: str) -> None:
        self.times += self.reader.find_timed(text)

    def _find_topic_of_times(self, text: str) -> Topic | None:
        return "booked" if self.reader.find_timed(text) else None
