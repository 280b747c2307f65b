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


def get_calendar_room(company_id: str, staff_id: str) -> str:
    return f"company:{company_id}:calendar:{staff_id}"


def get_limited_room(room: str) -> str:
    """The room beside it, for those who see the appointments of one person only."""
    return f"{room}:limited"


def get_event_rooms(row: Mapping[str, Any]) -> list[str]:
    """Get the rooms that a whole event goes to; a socket in several of them receives it once. `row` has the columns of live_events."""
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
    shared_rooms = branch_rooms or [get_company_room(subscriber.company_id)]
    if subscriber.calendar is not None:
        own_room = get_calendar_room(subscriber.company_id, subscriber.calendar)
        shared_rooms = [own_room, *(get_limited_room(room) for room in shared_rooms)]
    return [get_user_room(subscriber.user_id), *shared_rooms]


def get_watched_room(subscriber: SocketUser, call_id: str) -> str:
    room = get_call_room(call_id)
    return room if subscriber.calendar is None else get_limited_room(room)
