"""Who hears what: rooms are named here, and joined by the server alone."""

from collections.abc import Mapping
from typing import Any

from app.realtime.connections import Visitor


def of_company(company_id: str) -> str:
    return f"company:{company_id}"


def of_branch(company_id: str, branch_id: str) -> str:
    return f"company:{company_id}:branch:{branch_id}"


def of_call(call_id: str) -> str:
    return f"call:{call_id}"


def of_check(check_id: str) -> str:
    return f"line_check:{check_id}"


def for_event(row: Mapping[str, Any]) -> list[str]:
    """The rooms that an event goes to; whoever is in several of them hears it once. `row` has the columns of live_events."""
    rooms = [of_company(row["company_id"])]
    if row["branch_id"]:
        rooms.append(of_branch(row["company_id"], row["branch_id"]))
    if row["call_id"]:
        rooms.append(of_call(row["call_id"]))
    if row["name"] == "line_check.arrived":
        rooms.append(of_check(row["data"]["check"]))
    return rooms


def for_visitor(visitor: Visitor) -> list[str]:
    """Where a visitor listens: the company, or only the branches that he or she is limited to; a line check only its own arrival."""
    if visitor.check_id:
        return [of_check(visitor.check_id)]
    limited = [of_branch(visitor.company_id, branch_id) for branch_id in visitor.branch_ids]
    return limited or [of_company(visitor.company_id)]
