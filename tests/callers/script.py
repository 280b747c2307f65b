"""Runs a script: whole calls through the real door, each step with what earlier answers gave away, and notes all that was said."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.extensions import db
from app.core.tenancy import company_scope
from app.models import Booking, Notification
from tests.callers.facts import DAYS, spoken_day, tells
from tests.callers.world import BERLIN, CLOSED, OPEN, TODAY, World
from tests.support.agent_call import AgentCall

RUNGS = ("none", "number", "name", "verified", "code")
MOST_USES = 8
PLACEHOLDER = re.compile(r"\$([A-Z]+[0-9]*)((?:\.\w+)*)")


@dataclass
class Run:
    """`uses` are what was asked and answered, with the caller's words up to then and the bookings that the script had made."""

    script: dict[str, Any]
    world: World
    client: FlaskClient
    uses: list[dict[str, Any]] = field(default_factory=list)
    saved: dict[str, Any] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    codes: list[list[str]] = field(default_factory=list)
    wrong_used: int = 0

    @property
    def language(self) -> str:
        return self.script.get("lang", "de")

    def go(self) -> "Run":
        for number, call in enumerate(self.script["calls"]):
            if days := call.get("days_later"):
                self.world.clock.move_to(self._start() + timedelta(days=days))
            elif number:
                self.world.clock.shift(180)
            agent_call = AgentCall(
                self.client, from_number=None if call["from"] == "anonymous" else call["from"], to_number=self.world.number,
                call_id=f"{self.script['id']}_{self.world.number}_{number}", path="/api/retell/function",
            )  # fmt: skip
            self.codes.append([])
            self._steps(call["steps"], agent_call, number)
        return self

    def messages(self, *, to: str | None = None) -> list[Notification]:
        db.session.rollback()
        with company_scope(self.world.company_id):
            rows = db.session.scalars(select(Notification).order_by(Notification.id)).all()
        return [row for row in rows if row.status in ("pending", "sent") and to in (None, row.recipient)]

    def made_here(self) -> list[Booking]:
        """What this script has booked."""
        db.session.rollback()
        with company_scope(self.world.company_id):
            rows = db.session.scalars(select(Booking).order_by(Booking.id)).all()
        return [row for row in rows if row.id not in self.world.bookings.values()]

    def was_told(self, fact: str) -> bool:
        heard = any(tells(self.world, fact, use, use["heard"], minus=False) for use in self.uses)
        return heard or any(self._message_tells(fact, row) for row in self._messages_heard())

    def heard_messages(self, kind: str) -> list[Notification]:
        mark = {"code": "code", "link": "/b/"}[kind]
        return [row for row in self._messages_heard() if mark in row.kind or mark in (row.body or "")]

    def _message_tells(self, fact: str, row: Notification) -> bool:
        use = {"name": "message", "answer": {"say": row.body or "", "data": {}}, "own": ()}
        return tells(self.world, fact, use, "", minus=False)

    def _messages_heard(self) -> list[Notification]:
        holds = self.script.get("holds", [])
        return [row for row in self.messages() if row.recipient in holds]

    def _start(self) -> datetime:
        return datetime.combine(TODAY, OPEN if self.script["world"]["company"]["open_now"] else CLOSED, BERLIN)

    def _steps(self, steps: list[dict[str, Any]], agent_call: AgentCall, call: int) -> None:
        place = 0
        while place < len(steps):
            step = steps[place]
            if "do" not in step and "otherwise" not in step:
                self._use(step, agent_call, call)
                place += 1
                continue
            group = []
            while place < len(steps) and ("do" in steps[place] or "otherwise" in steps[place]):
                group.append(steps[place])
                place += 1
            for each in group:
                if "otherwise" in each or self._holds(each["when"]):
                    self._steps(each.get("otherwise") or each["do"], agent_call, call)
                    break

    def _use(self, step: dict[str, Any], agent_call: AgentCall, call: int) -> None:
        if spoken := step.get("say_caller"):
            self.words.append(self.filled(spoken))
            agent_call.utterances += (
                ["Ja?", self.words[-1]] if not agent_call.utterances or len(agent_call.utterances) % 2 == 0 else [self.words[-1]]
            )
        args = {name: self.filled(value) for name, value in step["args"].items()}
        self.words.append(json.dumps(args, ensure_ascii=False))
        answer = agent_call.post(step["name"], args)
        told = answer.get_json(silent=True) or {}
        self.uses.append({
            "call": call, "name": step["name"], "args": args, "status": answer.status_code, "heard": " ".join(self.words),
            "answer": {"ok": None, "say": "", "data": {}} | told, "own": tuple(row.id for row in self.made_here()),
        })  # fmt: skip
        if step.get("save"):
            self.saved[step["save"]] = told.get("data") or {}
        for row in self.heard_messages("code"):
            if (digits := re.search(r"\b\d{6}\b", row.body or "")) and all(digits[0] not in earlier for earlier in self.codes):
                self.codes[call].append(digits[0])

    def _holds(self, when: dict[str, Any]) -> bool:
        answer = self.uses[-1]["answer"] if self.uses else {"ok": None, "data": {}}
        data = answer.get("data") or {}
        known: dict[str, Any] = {
            "code": lambda want: answer.get("code") in (want if isinstance(want, list) else [want]),
            "ok": lambda want: answer.get("ok") == want,
            "way": lambda want: want in (data.get("ways") or []),
            "ways": lambda want: bool(data.get("ways")) == want,
            "right": lambda want: want in (data.get("rights") or []),
            "certainty_at_least": lambda want: RUNGS.index(data.get("certainty") or "none") >= RUNGS.index(want),
            "code_received": lambda want: bool(self.heard_messages("code")) == want,
            "link_received": lambda want: bool(self.heard_messages("link")) == want,
            "number": lambda want: bool(data.get("number")) == want,
            "found": lambda want: bool(data.get("bookings") or data.get("slots")) == want,
        }
        return all(known[key](want) for key, want in when.items())

    def filled(self, value: Any) -> Any:
        """The value with its placeholders filled: `$B1.date`, `$LAST.bookings.0.booking_id`, `$HEARD.B1.date` …"""
        if not isinstance(value, str):
            return value
        return PLACEHOLDER.sub(lambda found: str(self._placeholder(found[1], [part for part in found[2].split(".") if part])), value)

    def _placeholder(self, name: str, path: list[str]) -> Any:
        kind, number = re.fullmatch(r"([A-Z]+)(\d*)", name).groups()  # type: ignore[union-attr]
        if name in self.world.bookings:
            return self._of_booking(name, path[0])
        if kind in ("FREE", "WRONG"):
            day = self.world.free(int(number))[0] if kind == "FREE" else self.world.wrong_day(int(number))
            return self.world.free(int(number))[1] if path[0] == "time" else self._day(day, path[0])
        if kind == "LAST":
            return _dig(self.uses[-1]["answer"].get("data") if self.uses else {}, path)
        if kind == "SAVED":
            return _dig(self.saved.get(path[0]), path[1:])
        if kind == "HEARD":
            return self._heard(path[0], path[1])
        return self._digits(kind, int(number or 0))

    def _digits(self, kind: str, number: int) -> str:
        sent = [code for codes in self.codes for code in codes]
        if kind == "CODE":
            return sent[-1] if sent else "000000"
        if kind == "OLDCODE":
            return next((codes[-1] for codes in self.codes[:-1] if codes), "000000")
        if kind == "BADCODE":
            return [code for code in (f"{100003 + 7919 * each}" for each in range(40)) if code not in sent][number]
        near = self.world.bookings["B1"]
        return near[:-number] + ("0" if near[-number] != "0" else "1") + near[len(near) - number + 1 :]

    def _of_booking(self, ref: str, what: str) -> str:
        if what in ("id", "time", "staff"):
            return {"id": self.world.bookings[ref], "time": self.world.time_of(ref), "staff": self.world.staff_of(ref)}[what]
        return self._day(self.world.day_of(ref), what)

    def _day(self, day: Any, what: str) -> str:
        spoken = {"date": day.isoformat(), "weekday": DAYS[self.language][day.weekday()], "date_spoken": spoken_day(day, self.language)}
        return spoken[what]

    def _heard(self, ref: str, what: str) -> str:
        """The real value only where the product gave it away, else a wrong one: never a lucky guess."""
        if self.was_told(f"{ref}.{'day' if what == 'date' else what}"):
            return self._of_booking(ref, what)
        if what == "date":
            self.wrong_used += 1
            return self.world.wrong_day(self.wrong_used).isoformat()
        return {"time": "09:05", "id": "unknown", "staff": "Jonas" if self.world.staff_of(ref) == "Carla" else "Carla"}[what]


def _dig(data: Any, path: list[str]) -> Any:
    for part in path:
        try:
            data = data[int(part)] if isinstance(data, list) else data[part]
        except (KeyError, IndexError, TypeError, ValueError):
            return "unknown"
    return data
