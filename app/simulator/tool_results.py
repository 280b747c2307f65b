"""What a conversation learns from the answers of its tools: the time that is free, who has it, what the agent is to say."""

from datetime import datetime
from typing import Any

from app.simulator.callers import WEEKDAYS, speak_day, speak_time

DialogueValues = dict[str, str]


def update_values(words: DialogueValues, told: dict[str, Any]) -> None:
    """Takes over the sentence, and of free times, of a booking or of several the first one."""
    words["say"] = str(told.get("say") or words.get("say", ""))
    data = told.get("data") or {}
    found: dict[str, Any] = next(iter(data.get("slots") or data.get("bookings") or [data]), {})
    if found.get("starts_at"):
        _update_time(words, datetime.fromisoformat(found["starts_at"]))
    for name in ("staff", "service", "booking_id", "branch"):
        if found.get(name):
            words[name] = str(found[name])
    if data.get("number"):
        words["desk"] = str(data["number"])
    if found.get("staff"):
        words["staff_spoken"] = words["staff"]


def _update_time(words: DialogueValues, starts_at: datetime) -> None:
    language = words["language"]
    words |= {
        "date": starts_at.date().isoformat(),
        "time": f"{starts_at:%H:%M}",
        "starts_at": starts_at.isoformat(),
        "weekday": WEEKDAYS[language][starts_at.weekday()],
        "day_spoken": speak_day(starts_at, language),
        "time_spoken": speak_time(starts_at, language),
    }
