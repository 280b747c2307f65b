"""Extracts the agent's claims from a conversation, with later corrections."""

import re
from collections.abc import Iterable, Mapping, Sequence

from app.domain.claims import appointment_claims, availability, promises
from app.domain.claims.action_vocabulary import FAREWELL, find_action
from app.domain.claims.appointment_mentions import AppointmentMention, MentionReader
from app.domain.claims.claim_types import APPOINTMENT_KINDS, Claim
from app.domain.claims.clauses import PENDING, UNAVAILABLE, Clause, split_clauses
from app.domain.claims.dialogue_state import CLOSING_QUESTION, Conversation
from app.domain.claims.dialogue_topics import FACTS
from app.domain.claims.evidence_types import Evidence, Utterance
from app.domain.claims.fact_extraction import FactReader, names_time
from app.domain.claims.name_index import NameIndex
from app.domain.claims.self_corrections import AGREEMENT, CORRECTION, RETRACTION, SLIP_OF_TONGUE
from app.domain.claims.sentence_review import SentenceReviewer
from app.domain.claims.visit_ends import ENDS, is_end
from app.domain.language.detection import FUNCTION_WORDS
from app.domain.language.marked_text import Scanner
from app.domain.language.vocabulary import fold

# texts in other languages have hardly any German or English function words
MIN_WORDS, MIN_KNOWN_SHARE = 12, 0.06
MORE_GERMAN = "sind wird werden um zu im am den dem ihr ihnen ihre hab habe hat wurde zum zur uns dann also klar gern"
MORE_ENGLISH = "are we're our you're your from at then to of they there we'll i'll i've until was were"
SUPPORTED_WORDS = frozenset((*MORE_GERMAN.split(), *MORE_ENGLISH.split())).union(*FUNCTION_WORDS.values())
CORRECTED_WITHIN_TURNS = 3
# what is said of an appointment that was to be moved: "jetzt am Freitag", "auf Freitag", "bis Freitag"
MOVED_TO = re.compile(r"\b(?:jetzt|nun|now|dann)\b|\b(?:auf|to|bis|on) (?:den |dem |the )?<[dt]")
FACTS_CORRECTED = ("hours", "price", "duration", "address", "free", "full", "fee")
FACTS_OF_GREETING = ("hours", "address", "price", "duration")
# "Oder halb fünf bei Anna": what was named before is one of several offers
OTHERWISE = re.compile(r"^(?:oder|alternativ|ansonsten|sonst|or|alternatively|otherwise)\b")
REGRET = re.compile(r"\b(?:leider|bedaure|unfortunately|afraid)\b")
APOLOGY = re.compile(r"\b(?:tut mir leid|sorry|schade)\b")


def is_supported_language(turns: Sequence[Utterance]) -> bool:
    """Check whether the agent speaks German or English, by function words."""
    words = re.findall(r"[\w']+", " ".join(turn.text for turn in turns if turn.is_agent).casefold())
    known_words = sum(word in SUPPORTED_WORDS for word in words)
    return len(words) < MIN_WORDS or known_words >= MIN_KNOWN_SHARE * len(words)


def extract_claims(turns: Sequence[Utterance], evidence: Evidence) -> list[Claim]:
    """Extract the claims of the agent's turns, in order."""
    return _ClaimExtractor(evidence).read(turns)


class _ClaimExtractor:
    def __init__(self, evidence: Evidence) -> None:
        self.evidence, self.names = evidence, NameIndex(evidence)
        self.reader = MentionReader(self.names, evidence.began_at, evidence.timezone)
        self.conversation = Conversation(evidence, self.reader)
        self.review = SentenceReviewer(self.reader, evidence)
        self.facts = FactReader(self.conversation, self.review)
        self.has_caller_spoken = False
        # one that the agent made, changed or was shown
        self.has_appointment = any(
            each.was_created or each.was_moved or each.id in evidence.disclosed_after for each in evidence.appointments
        )
        self.claims: list[Claim] = []
        self.order = 0
        # clauses after which an acceptance is not the last word about it
        self.reopened: list[int] = []
        # turn and clause where a slip of the tongue is noticed
        self.slips: list[tuple[int, int]] = []

    def read(self, turns: Sequence[Utterance]) -> list[Claim]:
        for turn in turns:
            if turn.is_agent:
                if self.conversation.objected:
                    self.reopened.append(self.order - 1)
                self._read_turn(turn)
            else:
                self.conversation.hear_caller(turn.text)
                if self.conversation.has_declined:
                    self.reopened.append(self.order - 1)
                self.has_caller_spoken = True
        last = max(self.reopened, default=-1)
        for claim in self.claims:
            claim.retracted = claim.retracted or (claim.is_weak and claim.order <= last)
        return self.claims

    def _read_turn(self, turn: Utterance) -> None:
        corrects = False
        before: Clause | None = None
        orders: dict[str, int] = {}
        for place, clause in enumerate(split_clauses(turn.position, turn.text)):
            corrects = corrects or CORRECTION.search(clause.plain) is not None
            if corrects:
                self.conversation.reopen({claim.kind for claim in self.claims if turn.position - 2 <= claim.position <= turn.position})
            found = self._read_clause(clause, before, first=place == 0, corrects=corrects or self.conversation.objected)
            for claim in found:
                claim.order = self.order
            self.claims += found
            if self._reopens(clause, found):
                # what the same clause accepts is not reopened by it
                self.reopened.append(self.order if clause.asks else self.order - 1)
            self.conversation.hear_agent(clause)
            orders[clause.sentence] = self.order
            self.order += 1
            before = clause
        if self.has_caller_spoken:
            self._review(turn.position, orders)
        else:
            # a greeting promises nothing
            self.claims = [claim for claim in self.claims if claim.kind in FACTS_OF_GREETING]
        self._retract_slips()
        if appointment_claims.STILL_PENDING.search(fold(turn.text)):
            for claim in self.claims:
                claim.tentative = claim.tentative or (claim.position == turn.position and claim.kind in ("booked", "moved"))
        self.conversation.end_turn({claim.kind for claim in self.claims if claim.position == turn.position})
        self.claims = promises.remove_settled(self.claims)
        called_back = {claim.quote for claim in self.claims if claim.kind == "callback"}
        # "I tell him that he shall call you" is one promise
        self.claims = [claim for claim in self.claims if claim.kind != "message" or claim.quote not in called_back]

    def _review(self, position: int, orders: Mapping[str, int]) -> None:
        """Let the classifier add to what was read in a turn's sentences, and take from it; `orders` places each sentence."""
        heard = list(self.conversation.times_heard)
        asks_end = ENDS.search(self.conversation.question) is not None
        for sentence, order in orders.items():
            own = [claim for claim in self.claims if claim.position == position and claim.quote == sentence]
            if asks_end:
                own_kept = [
                    claim
                    for claim in own
                    if not (
                        claim.kind in APPOINTMENT_KINDS
                        and claim.mentions
                        and all(is_end(mention, self.evidence) for mention in claim.mentions)
                    )
                ]
                self.claims = [claim for claim in self.claims if claim not in own] + own_kept
                own = own_kept
            reviewed = self.review.review(sentence, own, heard, position=position, topic=self.conversation.topic)
            for claim in reviewed:
                claim.order = claim.order if claim in own else order
            self.claims = [claim for claim in self.claims if claim not in own] + reviewed

    def _read_clause(self, clause: Clause, before: Clause | None, *, first: bool, corrects: bool) -> list[Claim]:
        if RETRACTION.search(clause.plain) and not clause.asks:
            self._retract()
        if (before is None or before.sentence != clause.sentence) and SLIP_OF_TONGUE.search(fold(clause.sentence)):
            self.slips.append((clause.position, self.order))
        facts = self.facts.read(clause, before, corrects=corrects)
        promise = promises.read_promise(clause, self.conversation.topic, sentence=fold(clause.sentence))
        if promise is not None or any(claim.kind == "hours" for claim in facts):
            return [*([promise] if promise else []), *facts]
        if any(claim.kind in ("price", "duration") for claim in facts) and not names_time(clause, self.reader):
            return facts
        scanner = self.reader.mark(clause.raw)
        timed = self.reader.find_timed(availability.remove_taken(clause.raw)) or (
            self.reader.find_timed(before.raw) if before is not None and not availability.NEGATIVE.search(before.plain) else []
        )
        free = availability.read_free_times(clause, scanner, timed)
        if free is not None:
            return [free, *facts]
        claim = self._read_appointment(clause, scanner, before, corrects=corrects, first=first)
        return [claim, *facts] if claim is not None else facts

    def _read_appointment(self, clause: Clause, scanner: Scanner, before: Clause | None, *, corrects: bool, first: bool) -> Claim | None:
        talk = self.conversation
        if FAREWELL.search(scanner.text) and not self._is_arranging():
            # "bis Donnerstag" to somebody who is late, asked for the hours, or calls again
            return None
        claim = appointment_claims.read_action(clause, self.reader, talk.topic)
        if claim is not None and claim.kind == "stands" and talk.is_asked("hours") and not talk.objected:
            # "bis zwei" answers how long it is open
            claim = None
        if claim is not None and appointment_claims.may_mean_topic(claim, clause, self.conversation.topic):
            claim.kind, claim.is_vague = talk.topic, True  # type: ignore[assignment]
            return claim
        if claim is not None and not any(mention.has_time for mention in claim.mentions) and before is not None:
            self._take_over_mentions(claim, before)
        if claim is not None and claim.kind in ("stands", "booked") and talk.topic == "moved" and MOVED_TO.search(scanner.text):
            claim.kind = "moved"
        claim = claim or self._read_correction(clause, scanner, corrects=corrects, first=first)
        claim = claim or appointment_claims.read_announcement(clause, self.reader)
        if claim is None and talk.topic == "hours":
            # an hour accepted is one to come by
            return appointment_claims.read_denial(clause, self.reader)
        claim = claim or appointment_claims.read_acceptance(
            clause, self.reader, talk.topic, has_appointment=self.has_appointment, question=talk.question
        )
        claim = claim or appointment_claims.read_denial(clause, self.reader)
        if claim is not None:
            claim.corrects = claim.corrects or corrects
        return claim or self._read_detail(clause, scanner) or appointment_claims.read_agreement(clause, self.reader, talk.topic, talk.times)

    def _is_arranging(self) -> bool:
        """Check that the conversation is about an appointment."""
        if self.conversation.topic in FACTS:
            return self.has_appointment or bool(self.evidence.searches)
        return self.conversation.topic not in (None, "message")

    def _take_over_mentions(self, claim: Claim, before: Clause) -> None:
        """ "Freitag um zehn bei Anna. Ist eingetragen." """
        if before.act not in ("statement", "future", "offer") or before.negated:
            return
        scanner = self.reader.mark(before.raw)
        if find_action(before.plain, scanner.text) is not None:
            return
        earlier = self.reader.find(before.raw)
        if any(mention.has_time for mention in earlier):
            for mention in claim.mentions[:1]:
                earlier[0].staff |= mention.staff
                earlier[0].services |= mention.services
                earlier[0].branches |= mention.branches
            claim.mentions = earlier

    def _read_correction(self, clause: Clause, scanner: Scanner, *, corrects: bool, first: bool) -> Claim | None:
        """Read a bare day or time that corrects an earlier claim: "Entschuldigung, um elf", "Natürlich, Donnerstag"."""
        earlier = next((claim for claim in reversed(self.claims) if claim.kind in APPOINTMENT_KINDS and not claim.is_vague), None)
        agrees = self.conversation.objected and first and AGREEMENT.search(clause.plain)
        if earlier is None or clause.asks or not (corrects or agrees) or earlier.position < clause.position - CORRECTED_WITHIN_TURNS:
            return None
        if clause.act not in ("statement", "future") or clause.negated:
            return None
        mentions = self.reader.find(clause.raw) or [AppointmentMention(staff=self.names.find_bare_staff(clause.plain))]
        if not any(mention.has_time or mention.staff for mention in mentions):
            return None
        for mention in mentions:
            if earlier.mentions:
                mention.fill_from(earlier.mentions[-1])
        return Claim("stands", clause.position, clause.sentence, mentions, corrects=True)

    def _read_detail(self, clause: Clause, scanner: Scanner) -> Claim | None:
        """Read who or where, said of the appointment just made: "Anna freut sich auf Sie", "das ist dann in Pankow"."""
        if clause.negated or clause.act not in ("statement", "future"):
            return None
        own = [each for each in self.evidence.appointments if each.was_created or each.was_moved]
        if not own:
            return None
        earlier = next((claim for claim in reversed(self.claims) if claim.kind in ("booked", "moved", "stands")), None)
        mentions = self.reader.find(clause.raw)
        if len(mentions) != 1 or mentions[0].has_time or len(earlier.mentions if earlier else own) > 1:
            return None
        says_who = self.names.has_host(scanner.text) or find_action(clause.plain, scanner.text)
        if not mentions[0].branches and not (mentions[0].staff and says_who):
            return None
        for mention in earlier.mentions if earlier else ():
            mentions[0].fill_from(mention)
        return Claim("stands", clause.position, clause.sentence, mentions)

    def _reopens(self, clause: Clause, found: Iterable[Claim]) -> bool:
        """Check whether an acceptance before this clause is not the last word about the appointment."""
        if clause.asks:
            return not CLOSING_QUESTION.search(clause.plain)
        if OTHERWISE.match(clause.plain):
            return True
        if any(claim.kind in (*APPOINTMENT_KINDS, "free") and not claim.is_vague and _names_time(claim) for claim in found):
            return True
        if PENDING.search(clause.plain) or UNAVAILABLE.search(clause.plain) or REGRET.search(clause.plain):
            return True
        if APOLOGY.search(clause.plain) and clause.negated:
            return True
        return clause.act in ("offer", "condition") and bool(self.reader.find_timed(clause.raw))

    def _retract(self) -> None:
        for claim in self.claims:
            claim.retracted = claim.retracted or claim.kind in ("booked", "moved", "cancelled", "stands", "notification")

    def _retract_slips(self) -> None:
        """Retract the facts before a slip of the tongue: "Halt, vier Uhr ist unsere Filiale in Pankow"."""
        for position, order in self.slips:
            for claim in self.claims:
                claim.retracted = claim.retracted or (
                    claim.kind in FACTS_CORRECTED and claim.position >= position - 2 and claim.order < order
                )


def _names_time(claim: Claim) -> bool:
    return claim.kind in ("moved", "cancelled", "denied") or any(mention.clock is not None for mention in claim.mentions)
