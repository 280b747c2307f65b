"""Free times that are searched beyond the days that were wished."""

import pytest
from flask_sqlalchemy import SQLAlchemy

from tests.support.agent_call import AgentCall

# in the night nobody works
NIGHT = "zwischen 22 und 23 Uhr"


@pytest.mark.parametrize(
    ("wished", "offered"),
    [
        # a stretch of more than a month is searched in part
        (f"vom 11. Mai bis zum 20. Juni {NIGHT}", ["2026-06-11", "2026-06-12", "2026-06-13"]),
        (f"vom 11. Mai bis zum 20. Juni, nur nicht am 11. Juni, {NIGHT}", ["2026-06-12", "2026-06-13", "2026-06-15"]),
        (f"von Donnerstag bis Freitag, aber nicht Freitag, {NIGHT}", ["2026-05-09", "2026-05-11", "2026-05-12"]),
    ],
)
def test_days_that_do_not_suit_are_not_offered_instead(db: SQLAlchemy, agent_call: AgentCall, wished: str, offered: list[str]) -> None:
    result = agent_call.use("check_availability", service="Haarschnitt", date=wished)
    assert result["ok"], result
    assert [slot["starts_at"][:10] for slot in result["data"]["slots"]] == offered
