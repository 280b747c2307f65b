"""The table of permissions, role by role."""

from types import SimpleNamespace

import pytest

from app.domain.accounts.permissions import ACTIONS, COMPANY_ACTIONS, COMPANY_ROLE_LETTERS, PLATFORM_ACTIONS, PLATFORM_ROLE_LETTERS, can
from app.models.user import COMPANY_ROLES, PLATFORM_ROLES
from tests.support.tables import each_row


def user(role: str, **values: object) -> SimpleNamespace:
    facts = {"is_authenticated": True, "is_active": True, "company_id": "salon", "branch_ids": [], "is_platform": role in PLATFORM_ROLES}
    return SimpleNamespace(role=role, **facts | values)


EXPECTED = {
    "owner": set(COMPANY_ACTIONS),
    "manager": set(COMPANY_ACTIONS) - {"users.write", "api_keys.write", "connections.write", "privacy.write"},
    "front_desk": {
        "calls.read", "calls.listen", "tasks.read", "tasks.write", "bookings.read", "bookings.write", "absences.write", "customers.read",
        "customers.write", "services.read", "hours.read", "knowledge.read", "agents.read",
    },
    "staff": {
        "calls.read", "tasks.read", "tasks.write", "bookings.read", "bookings.write", "customers.read", "services.read", "hours.read",
        "knowledge.read",
    },
    "read_only": {
        "calls.read", "tasks.read", "bookings.read", "customers.read", "services.read", "hours.read", "knowledge.read", "reports.read",
    },
    "support": set(PLATFORM_ACTIONS) - {"support.users", "support.flags"},
    "admin": set(PLATFORM_ACTIONS),
}  # fmt: skip


@pytest.mark.parametrize("role", EXPECTED)
def test_each_role_may_exactly_this(role: str) -> None:
    assert {action for action in ACTIONS if can(user(role), action)} == EXPECTED[role]


def test_the_table_knows_every_role_and_only_those() -> None:
    assert set(COMPANY_ROLE_LETTERS) == set(COMPANY_ROLES) and set(PLATFORM_ROLE_LETTERS) == set(PLATFORM_ROLES)
    assert all(set(letters.split()) <= set(COMPANY_ROLE_LETTERS.values()) for letters in COMPANY_ACTIONS.values())
    assert all(set(letters.split()) <= set(PLATFORM_ROLE_LETTERS.values()) for letters in PLATFORM_ACTIONS.values())
    assert "owner" in COMPANY_ROLE_LETTERS and all("o" in letters for letters in COMPANY_ACTIONS.values())


@each_row("action", ACTIONS)
def test_nobody_and_the_blocked_may_nothing(action: str) -> None:
    assert not can(SimpleNamespace(is_authenticated=False), action)
    assert not can(None, action)
    for role in EXPECTED:
        assert not can(user(role, is_active=False), action)
        assert not can(user("thief"), action)


def test_only_in_the_own_company_and_the_own_branches() -> None:
    assert can(user("owner"), "calls.read", company_id="salon", branch_id="mitte")
    assert not can(user("owner"), "calls.read", company_id="praxis")
    limited = user("staff", branch_ids=["mitte"])
    assert can(limited, "calls.read", branch_id="mitte")
    assert not can(limited, "calls.read", branch_id="pankow")
    assert can(user("support"), "support.calls", company_id="salon")
    assert not can(user("support"), "calls.read", company_id="salon")


def test_a_misspelt_action_is_an_error_and_not_a_no() -> None:
    with pytest.raises(KeyError):
        can(user("owner"), "calls.raed")
