"""The template values of a dialogue, updated from tool results: free slot, staff member, and the agent's next sentence."""

from datetime import datetime
from typing import Any

from app.simulator.callers import WEEKDAYS, speak_day, speak_time

DialogueValues = dict[str, str]


def update_values(values: DialogueValues, result: dict[str, Any]) -> None:
    """Take over the sentence and the first slot or booking of the result."""
    values["say"] = str(result.get("say") or values.get("say", ""))
    data = result.get("data") or {}
    first: dict[str, Any] = next(iter(data.get("slots") or data.get("bookings") or [data]), {})
    if first.get("starts_at"):
        _update_time(values, datetime.fromisoformat(first["starts_at"]))
    for name in ("staff", "service", "booking_id", "branch"):
        if first.get(name):
            values[name] = str(first[name])
    if data.get("number"):
        values["desk"] = str(data["number"])
    if first.get("staff"):
        values["staff_spoken"] = values["staff"]


def _update_time(values: DialogueValues, starts_at: datetime) -> None:
    language = values["language"]
    values |= {
        "date": starts_at.date().isoformat(),
        "time": f"{starts_at:%H:%M}",
        "starts_at": starts_at.isoformat(),
        "weekday": WEEKDAYS[language][starts_at.weekday()],
        "day_spoken": speak_day(starts_at, language),
        "time_spoken": speak_time(starts_at, language),
    }
