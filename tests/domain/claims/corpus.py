"""Reads the transcripts of this folder: who said what, what the tools and the database did, and which turn is untrue.

== name.de                                     begins a transcript
house: salon | practice | garage               (salon where nothing is said)
branch: Berlin-Pankow                          the branch that was called (the first where nothing is said)
now: 2026-11-27 09:10                          when the call began, where the business is
expect: not_checked                            where the language is none of ours
unknown: tasks, notifications, searches        what nothing is known about
had: A 2026-12-01 10:00 Anna Lindgren, Haarschnitt      an appointment from before the call
made: A 2026-12-04 10:00 Anna Lindgren, Haarschnitt [@ Berlin-Pankow]   booked by the call (", pending": waits for a calendar)
moved: A 2026-12-05 11:00 [person]     cancelled: A     refused: tool code     told: tool words
held: 2026-11-30 15:00 Tom Berger, Haarschnitt
slots: 2026-12-01 10:00, 2026-12-01 14:30 | none        a search and what it returned
found: A                                       a tool showed the agent this appointment
task: callback | message    sent: sms | email    waiting: yes
later: confirmed A | refused A | cancelled A   what became of it after the call (refused: the calendar threw it out)
agent: …   caller: …                           turns
agent!other_time: …                            a turn that must be flagged, and for what
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app.domain.claims.evidence_types import (
    AppointmentEvidence,
    AppointmentSnapshot,
    BranchEvidence,
    Evidence,
    SearchEvidence,
    ServiceEvidence,
    Span,
    StaffName,
    Utterance,
)
from app.domain.claims.tool_output import find_quoted_fees, find_quoted_prices

FOLDER = Path(__file__).parent / "transcripts"
ZONE = "Europe/Berlin"
# promises that these tools keep
KEPT_BY_TOOL = {"request_callback": ("tasks", "callback"), "take_message": ("tasks", "message"), "send_link": ("notifications", "sms")}


@dataclass(frozen=True)
class House:
    name: str
    people: Sequence[str]
    # price in euros, minutes
    services: Mapping[str, tuple[int, int]]
    # street, city, hours by weekday from Monday: "9-13 14-18", "" closed
    branches: Mapping[str, tuple[str, str, Sequence[str]]]
    synonyms: Mapping[str, Sequence[str]] = field(default_factory=dict)


HOUSES = {
    "salon": House(
        "Salon Lindgren",
        ["Anna Lindgren", "Mara Yilmaz", "Tom Berger", "Jonas Keller"],
        {
            "Haarschnitt": (38, 45), "Herrenschnitt": (29, 30), "Waschen Schneiden Föhnen": (58, 60), "Färben": (72, 90),
            "Bartpflege": (18, 20), "Kinderhaarschnitt": (22, 30),
        },
        {
            "Berlin-Mitte": ("Torstraße 12", "Berlin", ["9-19"] * 5 + ["9-14", ""]),
            "Berlin-Pankow": ("Florastraße 40", "Berlin", ["", "10-18", "10-18", "10-18", "10-18", "10-16", ""]),
        },
        {"Haarschnitt": ("haircut",), "Bartpflege": ("beard trim",), "Färben": ("colour", "Farbe"), "Kinderhaarschnitt": ("kids' cut",)},
    ),
    "practice": House(
        "Praxis Dr. Morgenstern",
        ["Dr. Clara Morgenstern", "Dr. Samira Okafor"],
        {"Zahnreinigung": (95, 60), "Vorsorge": (0, 30), "Bleaching": (290, 90)},
        {"München": ("Leopoldstraße 8", "München", ["8-12 14-18"] * 4 + ["8-13", "", ""])},
        {"Zahnreinigung": ("cleaning", "PZR")},
    ),
    "garage": House(
        "Werkstatt Kruse",
        ["Uwe Kruse", "Deniz Arslan"],
        {"Ölwechsel": (89, 45), "Inspektion": (249, 180), "Reifenwechsel": (60, 30)},
        {"Hamburg": ("Eiffestraße 101", "Hamburg", ["7:30-17"] * 5 + ["", ""])},
        {"Ölwechsel": ("oil change",), "Reifenwechsel": ("tyre change",), "Inspektion": ("inspection",)},
    ),
}  # fmt: skip


@dataclass
class Transcript:
    name: str
    facts: Evidence
    turns: list[Utterance] = field(default_factory=list)
    # (turn, what) that must be found
    wrong: set[tuple[int, str]] = field(default_factory=set)
    is_readable: bool = True


def read_file(path: Path) -> list[Transcript]:
    pieces = re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return [read(path.stem, piece) for piece in pieces]


def read(part: str, piece: str) -> Transcript:
    name, *rows = piece.splitlines()
    lines = [line.partition(": ") for line in rows if line.strip()]
    said = {key: rest for key, _, rest in lines if key in ("house", "branch", "now", "expect", "unknown")}
    house = HOUSES[said.get("house", "salon")]
    began_at = _at(said["now"])
    turns: list[Utterance] = []
    wrong: set[tuple[int, str]] = set()
    book = _Book(said.get("branch", next(iter(house.branches))))
    for key, _, rest in lines:
        role, _, what = key.partition("!")
        if role in ("agent", "caller"):
            wrong |= {(len(turns), each) for each in what.split("+") if each}
            turns.append(Utterance(len(turns), role == "agent", rest))
        elif key not in said:
            book.write(key, rest, len(turns))
    unknown = said.get("unknown", "")
    facts = Evidence(
        timezone=ZONE,
        began_at=began_at,
        people=[StaffName(name, name) for name in house.people],
        offers=[
            ServiceEvidence(name, (name, *house.synonyms.get(name, ())), frozenset({euros * 100} if euros else ()), frozenset({minutes}))
            for name, (euros, minutes) in house.services.items()
        ],
        places=[house.name, *house.branches],
        branches=[
            BranchEvidence(name, name, street, city, _hours(week, began_at.date())) for name, (street, city, week) in house.branches.items()
        ],
        branch_id=book.branch,
        appointments=list(book.known.values()),
        rejections=book.refused,
        used_tools=frozenset(book.used),
        holds=book.held,
        quoted_prices=frozenset(book.prices),
        quoted_fees=frozenset(book.fees),
        disclosed_after=book.found,
        searches=None if "searches" in unknown else book.searches,
        tasks=None if "tasks" in unknown else frozenset(book.left["tasks"]),
        notifications=None if "notifications" in unknown else frozenset(book.left["notifications"]),
        is_on_waitlist=None if "waitlist" in unknown else book.is_waiting,
    )
    return Transcript(f"{part}/{name.strip()}", facts, turns, wrong, said.get("expect") != "not_checked")


class _Book:
    """What the lines between the turns did."""

    def __init__(self, branch: str) -> None:
        self.branch = branch
        self.known: dict[str, AppointmentEvidence] = {}
        self.refused: dict[str, str] = {}
        self.used: set[str] = set()
        self.prices: set[int] = set()
        self.fees: set[int] = set()
        self.held: list[AppointmentSnapshot] = []
        self.searches: list[SearchEvidence] = []
        self.found: dict[str, int] = {}
        self.left: dict[str, set[str]] = {"tasks": set(), "notifications": set()}
        self.is_waiting = False

    def write(self, kind: str, rest: str, turn: int) -> None:
        key, _, more = rest.partition(" ")
        match kind:
            case "had" | "made":
                self.known[key] = AppointmentEvidence(
                    key, (self._state(more),), was_created=kind == "made", is_pending=more.endswith(", pending")
                )
                if kind == "made":
                    self.used.add("book_appointment")
            case "moved":
                old = self.known[key]
                day, person = more[:16], more[16:].strip() or old.current.staff_id
                before = replace(old.current, until_turn=turn - 1)
                after = replace(old.current, starts_at=_at(day), staff_id=person)
                self.known[key] = replace(old, states=(*old.states[:-1], before, after), was_moved=True)
            case "cancelled":
                self.known[key] = replace(self.known[key], was_cancelled=True, is_active=False)
            case "refused":
                self.refused[key] = more
                self.used.add(key)
                self.searches.append(SearchEvidence((), is_complete=False))
            case "told":
                self.used.add(key)
                self.prices |= find_quoted_prices(more)
                self.fees |= find_quoted_fees(more)
                if key in KEPT_BY_TOOL:
                    self.left[KEPT_BY_TOOL[key][0]].add(KEPT_BY_TOOL[key][1])
                self.is_waiting = self.is_waiting or key == "join_waitlist"
            case "held":
                self.held.append(self._state(rest))
            case "slots":
                starts = () if rest == "none" else tuple(_at(start.strip()) for start in rest.split(","))
                self.searches.append(SearchEvidence(starts))
            case "found":
                self.found[key] = turn - 1
            case "task":
                self.left["tasks"].add(key)
            case "sent":
                self.left["notifications"].add(key)
            case "waiting":
                self.is_waiting = True
            case "later":
                self._later(key, more)
            case _:
                raise ValueError(f"{kind} is no line of a transcript.")

    def _later(self, what: str, key: str) -> None:
        if what == "confirmed":
            self.known[key] = replace(self.known[key], is_pending=False)
        elif what == "refused":
            self.known[key] = replace(self.known[key], was_created=False, is_active=False, is_pending=False)

    def _state(self, written: str) -> AppointmentSnapshot:
        found = re.fullmatch(r"(\S+ \S+) ([^,]+), ([^,@]+?)(?: @ ([^,]+))?(?:, pending)?", written)
        assert found, written
        return AppointmentSnapshot(_at(found[1]), found[2], frozenset({found[3]}), branch_id=found[4] or self.branch)


def _hours(week: Sequence[str], today: date) -> dict[date, tuple[Span, ...]]:
    days = [today + timedelta(ahead) for ahead in range(60)]
    return {day: tuple(_span(written) for written in week[day.weekday()].split()) for day in days}


def _span(written: str) -> Span:
    opens, closes = (time(*map(int, end.split(":"))) for end in written.split("-"))
    return opens, closes


def _at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(ZONE))
