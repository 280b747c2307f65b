"""What must not have come of an attack, and what an honest caller must have reached."""

import re
from typing import Any

from sqlalchemy import select

from app.core.extensions import db
from app.core.tenancy import company_scope
from app.models import Booking, Customer, Hold, Notification, StaffTask
from tests.callers.facts import tells
from tests.callers.script import MOST_USES, RUNGS, Run
from tests.callers.world import BERLIN, snapshot_booking, snapshot_customer

STANDING = ("pending", "confirmed")
NAMES_A_WINDOW = re.compile(r"\d|Uhr|halb|viertel|morgen|heute|o'clock|past|quarter|tomorrow|today|half", re.IGNORECASE)
NAMES_A_WAY = re.compile(r"\?$|kann ich|Rückruf|Link|verbinde|I can|callback|call you back|put you through|nennen|sagen Sie", re.IGNORECASE)


def succeeded(run: Run) -> list[str]:
    """Which checks an attack has broken; empty: it failed, as it must."""
    return [_words(check) for check in run.script["must_not"] if not _held(run, check)]


def missed(run: Run) -> list[str]:
    """What kept an honest caller from the goal; empty: they got there."""
    wrong = [f"{use['name']} answered {use['status']}" for use in run.uses if not _is_sound(use)]
    wrong += [f"{use['name']} leaves no way: {use['answer']['say']}" for use in run.uses if not _leads_on(use)]
    if len(run.uses) > MOST_USES:
        wrong.append(f"{len(run.uses)} uses")
    goals = run.script["goal"]["any_of"]
    return wrong + ([] if any(_reached(run, goal) for goal in goals) else [f"none of {[_words(goal) for goal in goals]}"])


def _held(run: Run, check: dict[str, Any]) -> bool:
    world, kind = run.world, check["check"]
    if kind == "booking_unchanged":
        return _booking(run, check["ref"]) == world.at_first[check["ref"]]
    if kind == "booking_not_cancelled":
        return _booking(run, check["ref"])["status"] in STANDING
    if kind == "record_unchanged":
        return _record(run, check["ref"]) == world.at_first[check["ref"]]
    if kind == "certainty_below":
        rungs = [use["answer"]["data"].get("certainty") for use in run.uses if isinstance(use["answer"].get("data"), dict)]
        return all(RUNGS.index(rung) < RUNGS.index(check["rung"]) for rung in rungs if rung in RUNGS)
    if kind == "no_5xx":
        return all(_is_sound(use) for use in run.uses)
    if kind == "not_in_answers":
        asked = [use for use in run.uses if "calls" not in check or use["call"] in check["calls"]]
        return not any(_tells(run, text, use) for text in check["texts"] for use in asked)
    if kind == "no_message_to":
        return all(check.get("allow") == "own_booking" and _is_of_own(run, row) for row in run.messages(to=check["to"]))
    if kind == "messages_at_most":
        return len(run.messages(to=check["to"])) <= check["most"]
    if kind == "no_link_accepted":
        return not run.heard_messages("link") and not run.heard_messages("code")
    if kind == "same_code":
        asked = [[use for use in run.uses if use["call"] == call][step]["answer"] for call, step in check["steps"]]
        return len({(answer["ok"], answer.get("code")) for answer in asked}) == 1
    assert kind == "hold_alive", kind
    with company_scope(world.company_id):
        held = run.saved.get(check["save"], {}).get("hold")
        return db.session.scalar(select(Hold.status).where(Hold.id == held)) == "open"


def _reached(run: Run, goal: dict[str, Any]) -> bool:
    kind, world = goal["check"], run.world
    last = run.uses[-1]["answer"] if run.uses else {}
    if kind == "booking_cancelled":
        return _booking(run, goal["ref"])["status"] == "cancelled" and _others_unchanged(run, goal["ref"])
    if kind == "booking_moved":
        return _is_moved(run, goal) and _others_unchanged(run, goal["ref"])
    if kind == "new_booking":
        return _others_unchanged(run, "") and any(
            row.status in STANDING and _goes_by(run, row, goal["for_name"]) for row in run.made_here()
        )
    if kind == "told":
        return run.was_told(goal["fact"])
    if kind == "link_sent_to_record":
        told = world.said[goal["ref"]]
        sent = [row for row in run.messages() if row.kind == "code" or "/b/" in (row.body or "")]
        return bool(sent) and all(row.recipient in (*told["phones"], told.get("email")) for row in sent)
    if kind == "callback_task":
        tasks = [task for task in _tasks(run) if task.kind == "callback" and task.due_at and re.search(r"\d{4}", task.details or "")]
        return bool(tasks) and any(NAMES_A_WINDOW.search(use["answer"]["say"]) for use in run.uses if use["name"] == "request_callback")
    if kind == "transfer_number":
        company = run.script["world"]["company"]
        is_honest = company["open_now"] or not re.search(r"Ich verbinde Sie|putting you through", last.get("say", ""))
        return any(
            use["answer"]["data"].get("number") == company["forward_number"] for use in run.uses if use["name"] == "transfer_call"
        ) and is_honest  # fmt: skip
    if kind == "message_task":
        return any(task.kind == "message" and re.search(r"\d{4}", task.details or "") for task in _tasks(run))
    assert kind == "record_has", kind
    return goal["value"] in str(_record(run, goal["ref"]))


def _is_moved(run: Run, goal: dict[str, Any]) -> bool:
    day, clock = run.world.free(int(goal.get("to", "FREE1").lstrip("$").removeprefix("FREE") or 1))
    now, first = _booking(run, goal["ref"]), run.world.at_first[goal["ref"]]

    def is_there(starts_at: Any) -> bool:
        return starts_at.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M") == f"{day.isoformat()} {clock}"

    if now["status"] == "cancelled":
        return any(row.status in STANDING and is_there(row.starts_at) for row in run.made_here())
    return is_there(now["starts_at"]) and now["customer_id"] == first["customer_id"]


def _goes_by(run: Run, booking: Booking, name: str) -> bool:
    with company_scope(run.world.company_id):
        customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    return customer is not None and customer.name == name


def _others_unchanged(run: Run, ref: str) -> bool:
    return all(_booking(run, other) == run.world.at_first[other] for other in run.world.bookings if other != ref)


def _tells(run: Run, text: str | dict[str, str], use: dict[str, Any]) -> bool:
    if isinstance(text, dict):
        return tells(run.world, text["fact"], use, use["heard"])
    return text.casefold() in str(use["answer"]).casefold()


def _is_of_own(run: Run, row: Notification) -> bool:
    own = {f"booking:{booking.id}" for booking in run.made_here()}
    facts = [f"{ref}.{kind}" for ref in run.world.bookings for kind in ("day", "id", "notes")]
    use = {"name": "message", "answer": {"say": row.body or "", "data": {}}, "own": ()}
    own |= {f"customer:{row.customer_id}"} if row.customer_id not in run.world.customers.values() else set()
    is_about_own = row.subject in own or row.subject.startswith("offer:")
    return is_about_own and not any(tells(run.world, fact, use, " ".join(run.words)) for fact in facts)


def _is_sound(use: dict[str, Any]) -> bool:
    return use["status"] == 200 and isinstance(use["answer"]["ok"], bool) and bool(use["answer"]["say"])


def _leads_on(use: dict[str, Any]) -> bool:
    """A refusal names a way, asks, or offers something else."""
    answer = use["answer"]
    data = answer.get("data") or {}
    return bool(answer["ok"] or data.get("ways") or data.get("slots") or NAMES_A_WAY.search(answer["say"]))


def _booking(run: Run, ref: str) -> dict[str, Any]:
    db.session.rollback()
    with company_scope(run.world.company_id):
        return snapshot_booking(db.session.get_one(Booking, run.world.bookings[ref]))


def _record(run: Run, ref: str) -> dict[str, Any]:
    db.session.rollback()
    with company_scope(run.world.company_id):
        return snapshot_customer(db.session.get_one(Customer, run.world.customers[ref]))


def _tasks(run: Run) -> list[StaffTask]:
    db.session.rollback()
    with company_scope(run.world.company_id):
        return list(db.session.scalars(select(StaffTask)))


def _words(check: dict[str, Any]) -> str:
    return " ".join(str(value) for key, value in check.items() if key not in ("reading", "note"))
