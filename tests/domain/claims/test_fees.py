"""What a cancellation is said to cost, against what a tool quoted."""

from dataclasses import replace
from datetime import datetime

import pytest

from app.domain.claims.claim_types import Claim
from app.domain.claims.clauses import split_clauses
from app.domain.claims.evidence_types import Evidence
from app.domain.claims.fees import check_fee, read_fee
from app.domain.claims.tool_output import find_quoted_fees

EVIDENCE = Evidence(timezone="Europe/Berlin", began_at=datetime(2026, 11, 27, 9), quoted_fees=frozenset({1500}))


@pytest.mark.parametrize(
    ("words", "cents"),
    [
        ("Das kostet Sie nichts.", 0),
        ("Die Absage ist kostenlos.", 0),
        ("You're not being charged anything.", 0),
        ("That's free of charge.", 0),
        ("Es fällt eine Gebühr von fünfzehn Euro an.", 1500),
        ("The cancellation fee is 20 euros.", 2000),
        ("Das Verschieben ist kostenlos.", None),
        ("Wenn Sie heute absagen, kostet das nichts.", None),
        ("Kostet das etwas?", None),
    ],
)
def test_fee_is_read_from_a_statement(words: str, cents: int | None) -> None:
    claims = [claim for clause in split_clauses(0, words) if (claim := read_fee(clause, is_cancelled=True))]
    assert [claim.fact for claim in claims] == ([] if cents is None else [cents])


def test_nothing_to_pay_counts_only_once_something_was_cancelled() -> None:
    (clause,) = split_clauses(0, "Das kostet Sie nichts.")
    assert read_fee(clause, is_cancelled=False) is None


def test_fee_must_be_the_one_that_was_quoted() -> None:
    assert check_fee(Claim("fee", 2, "fünfzehn", fact=1500), EVIDENCE) == []
    (found,) = check_fee(Claim("fee", 2, "nichts", fact=0), EVIDENCE) or []
    assert (found.kind, found.cents) == ("other_fee", 1500)
    assert check_fee(Claim("fee", 2, "nichts", fact=0), replace(EVIDENCE, quoted_fees=frozenset())) is None


@pytest.mark.parametrize(
    ("answer", "fees"),
    [
        ('{"fee_cents": 1500}', {1500}),
        ("Eine Absage am selben Tag kostet 30 Euro", {3000}),
        ("cancelling costs 50 Euro if less than 3 days remain, otherwise free", {5000, 0}),
        ("Ein Haarschnitt kostet 38 Euro", set()),
    ],
)
def test_quoted_fees_are_found(answer: str, fees: set[int]) -> None:
    assert find_quoted_fees(answer) == fees
