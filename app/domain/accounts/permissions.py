"""Permissions as a table: a line per action, a letter per role."""

from typing import Any

# o owner · m manager · f front desk · s staff · r read only
COMPANY_ROLE_LETTERS = {"owner": "o", "manager": "m", "front_desk": "f", "staff": "s", "read_only": "r"}
COMPANY_ACTIONS = {
    "calls.read":         "o m f s r",
    "calls.listen":       "o m f    ",
    "tasks.read":         "o m f s r",
    "tasks.write":        "o m f s  ",
    "bookings.read":      "o m f s r",
    "bookings.write":     "o m f s  ",
    "absences.write":     "o m f    ",
    "customers.read":     "o m f s r",
    "customers.write":    "o m f    ",
    "services.read":      "o m f s r",
    "services.write":     "o m      ",
    "hours.read":         "o m f s r",
    "hours.write":        "o m      ",
    "knowledge.read":     "o m f s r",
    "knowledge.write":    "o m      ",
    "agents.read":        "o m f    ",
    "agents.write":       "o m      ",
    "agents.preview":     "o m      ",
    "reports.read":       "o m     r",
    "settings.read":      "o m      ",
    "settings.write":     "o m      ",
    "line.check":         "o m      ",
    "users.read":         "o m      ",
    "users.write":        "o        ",
    "api_keys.write":     "o        ",
    "connections.read":   "o m      ",
    "connections.write":  "o        ",
    "privacy.write":      "o        ",
}  # fmt: skip

# s support · a admin
PLATFORM_ROLE_LETTERS = {"support": "s", "admin": "a"}
PLATFORM_ACTIONS = {
    "support.unassigned":   "s a",
    "support.webhooks":     "s a",
    "support.replay":       "s a",
    "support.line":         "s a",
    "support.companies":    "s a",
    "support.calls":        "s a",
    "support.queues":       "s a",
    "support.schedule":     "s a",
    "support.health":       "s a",
    "support.audit":        "s a",
    "support.users":        "  a",
    "support.flags":        "  a",
}  # fmt: skip

ACTIONS = COMPANY_ACTIONS | PLATFORM_ACTIONS
# the roles of a company, the highest first
RANKS = tuple(COMPANY_ROLE_LETTERS)


def can(user: Any, action: str, *, company_id: str | None = None, branch_id: str | None = None) -> bool:
    """Check whether the user's role allows the action, optionally in this company and branch.

    Anonymous and blocked users have no permissions. An unknown action raises KeyError.
    """
    allowed = ACTIONS[action]
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return False
    letter = PLATFORM_ROLE_LETTERS.get(user.role) if action in PLATFORM_ACTIONS else COMPANY_ROLE_LETTERS.get(user.role)
    if letter is None or letter not in allowed:
        return False
    if company_id is not None and not user.is_platform and user.company_id != company_id:
        return False
    return branch_id is None or not user.branch_ids or branch_id in user.branch_ids


def may_grant(own_role: str, role: str) -> bool:
    """Whether somebody of a company may give this role: nobody gives a higher one than their own."""
    return own_role in RANKS and role in RANKS and RANKS.index(own_role) <= RANKS.index(role)
