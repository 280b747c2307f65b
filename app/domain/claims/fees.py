"""What the agent says a cancellation costs, and whether a tool said so: "das kostet Sie nichts"."""

# ruff: noqa: E501  (patterns are read in one line)

import re

from app.domain.claims.claim_types import Claim
from app.domain.claims.clauses import CONDITION_INSIDE, Clause
from app.domain.claims.evidence_types import Evidence
from app.domain.claims.false_claim import FalseClaim, build_mismatch
from app.domain.claims.prices import PRICE, read_cents, replace_numbers
from app.domain.language.vocabulary import fold

FEE = re.compile(
    r"\b(?:gebuehr\w*|storno\w*|ausfall\w*|absage\w*|stornier\w*|faellig|auf sie zu|in rechnung|fee|charge[ds]?|cancel+ing|cancel+ation|due)\b"
)
NO_FEE = re.compile(
    r"\b(?:kostenlos|kostenfrei|gebuehrenfrei|umsonst|gratis|free of charge|at no (?:cost|charge)|without (?:a |any )?(?:fee|charge|cost))\b"
    r"|\b(?:ohne|keine?(?:rlei)?) (?:\w+ )?(?:gebuehr\w*|kosten|stornokosten|ausfallgebuehr)\b|\bkostet (?:sie |dich |das |es |jetzt |auch )*nichts\b|\bnichts (?:zu zahlen|zu bezahlen|berechnet|faellig)\b"
    r"|\b(?:no|not|n't|nothing|without)\b.{0,30}\b(?:fee|charge[ds]?|charging|to pay|cost|costs|owe)\b|\bfree\b(?= to cancel)|\bwon't cost you\b|\bcosts? (?:you )?nothing\b"
)
OTHER_SUBJECT = re.compile(r"\b(?:verschieb\w*|verleg\w*|umbuch\w*|mov(?:e|ing)|reschedul\w*|park\w*|anruf\w*|call\w*|kaffee|coffee)\b")


def read_fee(clause: Clause, *, is_cancelled: bool) -> Claim | None:
    """Read what a clause says that the cancellation costs, in cents; `is_cancelled`: this call cancelled an appointment."""
    sentence = fold(clause.sentence)
    if clause.act in ("question", "condition", "echo", "general") or clause.has_tag or OTHER_SUBJECT.search(sentence):
        return None
    if CONDITION_INSIDE.search(sentence):
        return None
    if is_cancelled and NO_FEE.search(clause.plain):
        return Claim("fee", clause.position, clause.sentence, fact=0)
    amounts = list(PRICE.finditer(replace_numbers(clause.plain)))
    if len(amounts) == 1 and FEE.search(clause.plain) and not clause.negated:
        return Claim("fee", clause.position, clause.sentence, fact=read_cents(amounts[0]))
    return None


def check_fee(claim: Claim, evidence: Evidence) -> list[FalseClaim] | None:
    """Check a fee; None where no tool has said one."""
    if not evidence.quoted_fees:
        return None
    if claim.fact in evidence.quoted_fees | (evidence.quoted_prices if claim.fact else frozenset()):
        return []
    return [build_mismatch("other_fee", claim, cents=max(evidence.quoted_fees))]
