"""Extracts what the agent states of prices, durations, hours, addresses and fees, by what was asked and what the classifier says."""

import re

from app.domain.claims.addresses import find_address
from app.domain.claims.appointment_mentions import MentionReader
from app.domain.claims.claim_types import Claim
from app.domain.claims.clauses import Clause
from app.domain.claims.dialogue_state import Conversation
from app.domain.claims.durations import find_durations
from app.domain.claims.fees import read_fee
from app.domain.claims.hours_mentions import mark_hours
from app.domain.claims.opening_hours import find_hours
from app.domain.claims.prices import ADDED, CURRENCY, TOTAL, find_prices
from app.domain.claims.sentence_review import SentenceReviewer
from app.domain.language.marked_text import Scanner
from app.domain.language.vocabulary import CARDINALS

CLOCK_WORD = re.compile(r"\b(?:uhr|um|(?<!looking )at|o'clock|[ap]\.?m|halb|viertel|quarter|past|noon)\b|\d[:.]\d\d\b(?! ?(?:euro|€))")
# without these a clause does not say how long it takes, and is not worth a second reading
NUMBER = re.compile(r"\d|\b(?:" + "|".join(CARDINALS) + r")\b|hundert|hundred|\bzwo")
FACT_VALUES = {
    "price": NUMBER,
    "duration": re.compile(r"stunde|minute|hour|\bmin\b"),
    "hours": re.compile(
        rf"{NUMBER.pattern}|tags?\b|days?\b|heute|morgen|today|tonight|tomorrow|woche|week|mittag|noon|abend|evening|morning"
    ),
}


class FactReader:
    """Reads the facts of one call."""

    def __init__(self, conversation: Conversation, review: SentenceReviewer) -> None:
        self.conversation, self.review = conversation, review
        self.evidence, self.reader = conversation.evidence, conversation.reader

    def read(self, clause: Clause, before: Clause | None, *, corrects: bool) -> list[Claim]:
        """Read the facts that a clause states; `before` is the clause before it."""
        talk, names = self.conversation, self.conversation.names
        found: list[Claim] = []
        has_times = names_time(clause, self.reader)
        for price in find_prices(
            clause,
            names,
            context=self._list_services_before(clause, before) or talk.list_services("price"),
            earlier=talk.earlier_services,
            answers=talk.is_asked("price"),
            is_certain=self._states("price", clause),
            has_times=has_times,
            reads_back=any(each.was_created and each.is_active for each in self.evidence.appointments),
            asks_total=TOTAL.search(talk.question) is not None or ADDED.search(talk.question) is not None,
        ):
            found.append(Claim("price", clause.position, clause.sentence, fact=price))
        for duration in find_durations(
            clause,
            names,
            context=talk.list_services("duration"),
            answers=talk.is_asked("duration"),
            is_certain=self._states("duration", clause),
        ):
            found.append(Claim("duration", clause.position, clause.sentence, fact=duration))
        is_hours = not CURRENCY.search(clause.plain) and self._states("hours", clause)
        asked = self._mark_days(clause, before) or talk.asked_days or (talk.mark_question() if is_hours else None)
        for hours in find_hours(
            clause, names, self.evidence, answers=talk.is_asked("hours"), is_certain=is_hours, question=talk.question, asked=asked
        ):
            found.append(Claim("hours", clause.position, clause.sentence, fact=hours))
        if address := find_address(clause, names, self.evidence, answers=talk.is_asked("address"), asked=talk.question):
            found.append(Claim("address", clause.position, clause.sentence, fact=address))
        if fee := self._read_fee(clause):
            found.append(fee)
        for claim in found:
            claim.corrects = corrects
        return found

    def _list_services_before(self, clause: Clause, before: Clause | None) -> list[frozenset[str]]:
        """List the services named earlier in a sentence: "Reifen wechseln wir dann nicht, das wäre ein eigener Termin für 60 Euro"."""
        if before is None or before.sentence != clause.sentence:
            return []
        names = self.conversation.names
        return [frozenset(services) for match in names.service.finditer(before.plain) if (services := names.find_services(match[0]))]

    def _mark_days(self, clause: Clause, before: Clause | None) -> Scanner | None:
        """Mark the days named earlier in a sentence: "freitags ist das kein Problem, da haben wir bis eins geöffnet"."""
        if before is None or before.sentence != clause.sentence or not any(each.days for each in self.reader.find(before.raw)):
            return None
        return mark_hours(before.raw, self.evidence)

    def _read_fee(self, clause: Clause) -> Claim | None:
        if not self.evidence.quoted_fees:
            return None
        return read_fee(clause, is_cancelled=any(each.was_cancelled for each in self.evidence.appointments))

    def _states(self, fact: str, clause: Clause) -> bool:
        """Check that the sentence states a fact, though nothing asked for it and no rule knows its words."""
        return FACT_VALUES[fact].search(clause.plain) is not None and self.review.states_fact(clause.sentence, clause.raw, fact)


def names_time(clause: Clause, reader: MentionReader) -> bool:
    """Check for a day, or a time that is more than a number."""
    return CLOCK_WORD.search(clause.plain) is not None or any(mention.days is not None for mention in reader.find(clause.raw))
