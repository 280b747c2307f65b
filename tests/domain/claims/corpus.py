"""Reads the transcripts of this folder: who said what, what the tools and the database did, and which turn is untrue.

house: salon | practice | garage               (salon where nothing is said)
now: 2026-11-27 09:10                          when the call began, where the business is
expect: not_checked                            where the language is none of ours
had: A 2026-12-01 10:00 Anna Lindgren, Haarschnitt      an appointment from before the call
made: A 2026-12-04 10:00 Anna Lindgren, Haarschnitt     booked by the call (", pending": waits for a calendar)
moved: A 2026-12-05 11:00 [person]     cancelled: A     refused: tool code     told: tool words
later: confirmed A | refused A | cancelled A   what became of it after the call (refused: the calendar threw it out)
agent: …   caller: …                           turns
agent!other_time: …                            a turn that must be flagged, and for what
"""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app.domain.claims.evidence import AppointmentEvidence, AppointmentState, Evidence, ServiceOffer, StaffName, Utterance
from app.domain.claims.tool_output import find_quoted_prices

FOLDER = Path(__file__).parent / "transcripts"
ZONE = "Europe/Berlin"
HOUSES: dict[str, tuple[list[str], dict[str, int], list[str]]] = {
    "salon": (
        ["Anna Lindgren", "Mara Yilmaz", "Tom Berger", "Jonas Keller"],
        {"Haarschnitt": 38, "Herrenschnitt": 29, "Waschen Schneiden Föhnen": 58, "Färben": 72, "Bartpflege": 18, "Kinderhaarschnitt": 22},
        ["Salon Lindgren", "Berlin-Mitte", "Berlin-Pankow"],
    ),
    "practice": (
        ["Dr. Clara Morgenstern", "Dr. Samira Okafor"], {"Zahnreinigung": 95, "Vorsorge": 0}, ["Praxis Dr. Morgenstern", "München"],
    ),
    "garage": (["Uwe Kruse", "Deniz Arslan"], {"Ölwechsel": 89, "Inspektion": 249}, ["Werkstatt Kruse", "Hamburg"]),
}  # fmt: skip


@dataclass
class Transcript:
    name: str
    facts: Evidence
    turns: list[Utterance] = field(default_factory=list)
    # (turn, what) that must be found
    wrong: set[tuple[int, str]] = field(default_factory=set)
    is_readable: bool = True


def read_all(half: str) -> list[Transcript]:
    return [read(path) for path in sorted((FOLDER / half).glob("*.txt"))]


def read(path: Path) -> Transcript:
    lines = [line.partition(": ") for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    said = {key: rest for key, _, rest in lines if key in ("house", "now", "expect")}
    people, services, places = HOUSES[said.get("house", "salon")]
    turns: list[Utterance] = []
    wrong: set[tuple[int, str]] = set()
    book = _Book(people)
    for key, _, rest in lines:
        role, _, what = key.partition("!")
        if role in ("agent", "caller"):
            if what:
                wrong.add((len(turns), what))
            turns.append(Utterance(len(turns), role == "agent", rest))
        elif key not in said:
            book.write(key, rest, len(turns))
    facts = Evidence(
        zone=ZONE,
        began_at=datetime.fromisoformat(said["now"]).replace(tzinfo=ZoneInfo(ZONE)),
        people=[StaffName(name, name) for name in people],
        offers=[ServiceOffer(name, (name,), frozenset({price * 100} if price else ())) for name, price in services.items()],
        places=places,
        appointments=list(book.known.values()),
        rejections=book.refused,
        used_tools=frozenset(book.used),
        holds=book.held,
        quoted_prices=frozenset(book.prices),
    )
    return Transcript(f"{path.parent.name}/{path.stem}", facts, turns, wrong, said.get("expect") != "not_checked")


class _Book:
    """What the lines between the turns did."""

    def __init__(self, people: list[str]) -> None:
        self.people = people
        self.known: dict[str, AppointmentEvidence] = {}
        self.refused: dict[str, str] = {}
        self.used: set[str] = set()
        self.prices: set[int] = set()
        self.held: list[AppointmentState] = []

    def write(self, kind: str, rest: str, turn: int) -> None:
        key, _, more = rest.partition(" ")
        match kind:
            case "had" | "made":
                self.known[key] = AppointmentEvidence(
                    key, (_state(more),), was_created=kind == "made", is_pending=more.endswith(", pending")
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
            case "told":
                self.used.add(key)
                self.prices |= find_quoted_prices(more)
                if key == "hold_slot":
                    self.held.append(AppointmentState(_at("2026-11-30 15:00"), "Tom Berger", frozenset({"Haarschnitt"})))
            case "later":
                self._later(key, more)
            case _:
                raise ValueError(f"{kind} is no line of a transcript.")

    def _later(self, what: str, key: str) -> None:
        if what == "confirmed":
            self.known[key] = replace(self.known[key], is_pending=False)
        elif what == "refused":
            self.known[key] = replace(self.known[key], was_created=False, is_active=False, is_pending=False)


def _state(written: str) -> AppointmentState:
    found = re.fullmatch(r"(\S+ \S+) ([^,]+), ([^,]+)(?:, pending)?", written)
    assert found, written
    return AppointmentState(_at(found[1]), found[2], frozenset({found[3]}))


def _at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(ZONE))
