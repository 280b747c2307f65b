"""Who is on call at a moment: the night that runs past midnight, the single date before the week, the branch's own number last."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.domain.emergencies.on_call import OnCallContact, find_on_call
from app.models import Branch
from tests.factories.companies import BranchFactory, CompanyFactory, OnCallShiftFactory

DESK, JONAS, MIRIAM = "+493023125177", "+491713920060", "+491713920061"


@pytest.fixture
def branch(db: SQLAlchemy) -> Branch:
    with company_scope(CompanyFactory().id):
        branch = BranchFactory()
        # Fridays from six in the evening until eight on Saturday
        OnCallShiftFactory(branch_id=branch.id, name="Jonas", number=JONAS, weekday=4, from_minute=18 * 60, until_minute=32 * 60)
        OnCallShiftFactory(
            branch_id=branch.id, name="Miriam", number=MIRIAM, weekday=None, from_minute=None, until_minute=None,
            local_start=datetime(2026, 5, 8, 20), local_end=datetime(2026, 5, 9, 6),
        )  # fmt: skip
        return branch


@pytest.mark.parametrize(
    ("moment", "reached"),
    [
        ("2026-05-01T17:59", OnCallContact(DESK)),
        ("2026-05-01T18:00", OnCallContact(JONAS, "Jonas")),
        ("2026-05-02T07:59", OnCallContact(JONAS, "Jonas")),
        ("2026-05-02T08:00", OnCallContact(DESK)),
        ("2026-05-08T19:59", OnCallContact(JONAS, "Jonas")),
        ("2026-05-08T20:00", OnCallContact(MIRIAM, "Miriam")),
        ("2026-05-09T06:00", OnCallContact(JONAS, "Jonas")),
    ],
)
def test_who_is_reached(branch: Branch, moment: str, reached: OnCallContact) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    with company_scope(branch.company_id):
        assert find_on_call(branch, at, otherwise=DESK) == reached
        if reached.name is None:
            assert find_on_call(branch, at, otherwise=None) is None
