"""From which chances on the classifier's word counts: against what the rules read, and for what they have not read."""

# ruff: noqa: E501  (patterns are read in one line)

import re

from app.domain.claims.availability import NEGATIVE
from app.domain.claims.claim_types import APPOINTMENT_KINDS, Claim
from app.domain.claims.clauses import PENDING, split_clauses
from app.domain.claims.self_corrections import SLIP_OF_TONGUE
from app.domain.claims.statement_classifier import ACTS
from app.domain.language.vocabulary import fold

# from so much on an act is stated that no rule has read
CERTAIN: dict[str, float] = {
    "booked": 0.9, "moved": 0.85, "cancelled": 0.85, "denied": 0.9, "free": 0.93, "full": 0.45, "callback": 0.9, "message": 0.8,
    "waitlist": 0.9, "notification": 0.6,
}  # fmt: skip
# enough where the sentence names a time that nobody has named and nothing has returned
LIKELY = 0.5
# below it what a rule has read is not stated
UNLIKELY: dict[str, float] = {"denied": 0.35, "callback": 0.4, "waitlist": 0.1, "free": 0.1, "booked": 0.1, "moved": 0.1}
UNLIKELY_ELSE = 0.06
# what names no time, or is no last word
CERTAIN_ALONE = 0.95
# where there is an appointment that may be cancelled
CERTAIN_OF_EARLIER = 0.75
CERTAIN_UNTIMED = 0.9
# with so much the sentence does something else
OFFERED = 0.8
DOMINANT, DOMINATED = 0.85, 0.3
# what the classifier knows under another name
ACT_OF: dict[str, str] = {"stands": "booked"}
# where it was asked for, so much is enough
CERTAIN_WHERE_REQUESTED: dict[str, float] = {
    "cancelled": 0.35,
    "moved": 0.6,
    "message": 0.6,
    "callback": 0.7,
    "waitlist": 0.6,
    "notification": 0.7,
}
# promises in words that have nothing of these are something else
WORDS = {
    "callback": re.compile(
        r"ruf|\bmeld|kontakt|klingel|telefon|zurueck|\b(?:call|ring|phone|touch|back|hear|shout|bell|buzz|reach|tinkle|bimmel|line)"
    ),
    "message": re.compile(
        r"sag|richt|weiter|nachricht|notiz|info|bescheid|leg|schreib|schrieb|hinterlass|vermerk|notier|wissen|weiss|erfahr|zettel|steck|leite|\b(?:tell|told|know|message|note|pass|word|let|heads|leave|left|drop|put|desk|hear|see|jot|wr[io]t)"
    ),
    "waitlist": re.compile(
        r"list|vorgemerk|vormerk|merk|notier|frei|nachrueck|spring|absag|ersatz|ausfaell|wartend|\b(?:opens|comes|cancel|drops|slot|queue|reserve|standby|first|next|line)"
    ),
}
# "that's gone in for the second"
GONE_IN = re.compile(r"\bgone (?:in|into|through|down|ahead)\b")
NOT_DONE = re.compile(r"\b(?:nicht|kein\w*|not|can't|cannot|won't|haven't|hasn't|couldn't|unable)\b")
UNCERTAIN_ACTS = {"past", "echo", "condition"}
CONTACT = re.compile(r"\b(?:ruf\w*|rueckruf\w*|anruf\w*|meldet|erinnerung|call(?:s|ed|ing)?|ring(?:s|ing)?|reminder|phone)\b")
# what may be said in the same words
ALIKE = {
    "booked": ("moved", "cancelled"), "moved": ("booked",), "cancelled": ("moved",), "callback": ("waitlist", "message"),
    "message": ("callback",), "waitlist": ("callback",),
}  # fmt: skip
ACTIONS = ("booked", "moved", "cancelled")
# from so much on a sentence states a fact in words that no rule knows
CERTAIN_FACT: dict[str, float] = {"hours": 0.45, "price": 0.6, "duration": 0.5, "address": 0.7}
RIVALS = {
    "hours": ("booked", "moved", "free", "full", "callback", "duration", "price"),
    "price": ("free", "fee", "duration", "hours"),
    "duration": ("free", "callback", "hours"),
    "address": ("hours",),
}
HOURS = re.compile(
    r"\b(?:bis|ab|until|till?|from|jemand|wer da|somebody|someone|besetzt|zu|auf|geoeffnet|offen|open\w*|clos\w*|shut|geschlossen|mittag\w*|pause)\b"
)
# what says when it is open, how long it takes and what it costs: neither is a time that is booked or free
FACTS_OF_TIME = ("hours", "duration")


def states_fact(fact: str, clause: str, *, of_sentence: dict[str, float], of_clause: dict[str, float]) -> bool:
    """Check that a sentence, and this clause of it, surely states a fact of this kind and nothing else."""
    limit = CERTAIN_FACT[fact]
    if fact == "hours" and not HOURS.search(fold(clause)):
        limit = DOMINANT
    return of_sentence[fact] >= limit and of_clause[fact] >= max(limit / 2, *(of_clause[each] for each in RIVALS[fact]))


def is_offer(claim: Claim, chances: dict[str, float]) -> bool:
    return claim.kind in APPOINTMENT_KINDS and chances["free"] >= LIKELY > chances["booked"]


def is_ended(claim: Claim, chances: dict[str, float]) -> bool:
    """ "Der erste gilt damit nicht mehr" says of no appointment that it stands."""
    return claim.kind == "stands" and chances["cancelled"] >= DOMINANT and chances["booked"] < DOMINATED


def may_state(kind: str, sentence: str) -> bool:
    """Check that no rule reads the sentence as something else, and that it names its subject."""
    plain = fold(sentence)
    if kind in WORDS and not WORDS[kind].search(plain):
        return False
    clauses = list(split_clauses(0, sentence))
    acts = {clause.act for clause in clauses}
    if kind in (*ACTIONS, "notification") and (acts & UNCERTAIN_ACTS or acts <= {"offer", "question", "general"}):
        return False
    if kind in WORDS and acts <= {"offer", "question", "condition", "general"}:
        return False
    if kind in ACTIONS and (CONTACT.search(plain) or any(clause.is_conditional for clause in clauses)):
        return False
    if kind in ("cancelled", "full") and GONE_IN.search(plain):
        return False
    if kind in ("booked", "moved") and all(clause.negated for clause in clauses):
        return False
    if kind == "full" and SLIP_OF_TONGUE.search(plain):
        return False
    if kind == "free":
        return not (NEGATIVE.search(plain) or PENDING.search(plain)) and not acts <= {"general", "past", "echo"}
    return kind != "cancelled" or not NOT_DONE.search(plain)


def is_unlikely(claim: Claim, chances: dict[str, float]) -> bool:
    if claim.kind == "stands" and not claim.is_weak and any(mention.staff or mention.branches for mention in claim.mentions):
        # who or where, said of what was just booked
        return False
    act = ACT_OF.get(claim.kind, claim.kind)
    if act not in chances:
        return False
    own = max(chances[each] for each in (act, *ALIKE.get(act, ())))
    others = max(chance for each, chance in chances.items() if each in (*ACTS, *FACTS_OF_TIME) and each not in (act, *ALIKE.get(act, ())))
    return own < UNLIKELY.get(act, UNLIKELY_ELSE) or (act in ("booked", "free") and others >= DOMINANT and own < DOMINATED)
