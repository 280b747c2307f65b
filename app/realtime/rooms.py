"""Names of Socket.IO rooms and the events they receive; only the server joins them."""

from collections.abc import Mapping
from typing import Any

from app.realtime.connections import SocketUser


def get_company_room(company_id: str) -> str:
    return f"company:{company_id}"


def get_branch_room(company_id: str, branch_id: str) -> str:
    return f"company:{company_id}:branch:{branch_id}"


def get_call_room(call_id: str) -> str:
    return f"call:{call_id}"


def get_line_check_room(check_id: str) -> str:
    return f"line_check:{check_id}"


def get_user_room(user_id: str) -> str:
    return f"user:{user_id}"


def get_event_rooms(row: Mapping[str, Any]) -> list[str]:
    """Get the rooms that an event goes to; a socket in several of them receives it once. `row` has the columns of live_events."""
    rooms = [get_company_room(row["company_id"])]
    if row["branch_id"]:
        rooms.append(get_branch_room(row["company_id"], row["branch_id"]))
    if row["call_id"]:
        rooms.append(get_call_room(row["call_id"]))
    if row["name"] == "line_check.arrived":
        rooms.append(get_line_check_room(row["data"]["check"]))
    return rooms


def get_subscriber_rooms(subscriber: SocketUser) -> list[str]:
    """Get the subscriber's rooms: the own one, and the company or the branches the user is limited to; for a line check its own room."""
    if subscriber.check_id:
        return [get_line_check_room(subscriber.check_id)]
    branch_rooms = [get_branch_room(subscriber.company_id, branch_id) for branch_id in subscriber.branch_ids]
    return [get_user_room(subscriber.user_id), *(branch_rooms or [get_company_room(subscriber.company_id)])]
