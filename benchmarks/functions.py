"""How fast the agent is answered in mid-call, and the ringing phone, with 50 calls at once, beside a signed function that does nothing.

python -m benchmarks.functions [sqlite|mariadb] [rounds]

Measured twice: as callers speak, each of the 50 asking one or another function every three seconds, and with all 50 asking the same in the
same instant. Both servers take turns.
"""

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from app.core.signatures import sign_retell
from benchmarks import client, servers
from benchmarks.payloads import SENTENCE

CALLS = 50
NUMBER = "+493023125100"
PAUSE_S = 1.0
# a caller listens, thinks and speaks
BETWEEN_QUESTIONS_S = 3.0
# what a caller who books goes through; each asks for another day, so that no answer is a repetition
ASKED = {
    "get_context": {},
    "parse_date": {"text": "nächsten Freitag um halb drei"},
    "check_availability": {"service": "Damenschnitt", "date_from": "nächste Woche", "part_of_day": "vormittags"},
    "book_appointment": {"service": "Damenschnitt", "time": "10 Uhr", "name": "Svea Thomsen"},
}


def main(kind: str, rounds: int) -> None:
    with servers.place(kind) as environment:
        servers.run_flask(environment, "db", "upgrade")
        servers.run_flask(environment, "seed", "demo")
        found: dict[tuple[str, str], list[client.Answers]] = {}
        with (
            servers.served("wsgi:app", environment, worker=servers.WEB_WORKER, workers=2, threads=32) as ours,
            servers.served("benchmarks.baselines.signed_request:app", environment, worker="gthread", workers=2, threads=32) as floor,
        ):
            for turn in range(0, 2 * (rounds + 1), 2):
                runs = (("as callers speak", _speaking(ours, floor, turn)), ("in one instant", _at_once(ours, floor, turn + 1)))
                for rhythm, name, answers in ((rhythm, *measured) for rhythm, run in runs for measured in run):
                    # the first time warms up
                    if turn:
                        found.setdefault((rhythm, name), []).append(answers)
    _tell(kind, rounds, found)


def _speaking(ours: int, floor: int, turn: int) -> Iterator[tuple[str, client.Answers]]:
    """All functions beside each other, a share of the callers' questions each."""
    rate = CALLS / BETWEEN_QUESTIONS_S
    yield "floor", client.send(floor, _functions("get_context", {}, turn), clients=CALLS, rate=rate)
    with ThreadPoolExecutor(len(ASKED)) as pool:
        asked = {
            name: pool.submit(client.send, ours, _functions(name, given, turn), clients=CALLS // len(ASKED), rate=rate / len(ASKED))
            for name, given in ASKED.items()
        }
    yield from ((name, answers.result()) for name, answers in asked.items())
    yield "inbound", client.send(ours, _ringing(), clients=CALLS, rate=rate)


def _at_once(ours: int, floor: int, turn: int) -> Iterator[tuple[str, client.Answers]]:
    for name, given in ASKED.items():
        yield "floor", client.send(floor, _functions(name, given, turn), clients=CALLS)
        yield name, client.send(ours, _functions(name, given, turn), clients=CALLS)
        time.sleep(PAUSE_S)
    yield "inbound", client.send(ours, _ringing(), clients=CALLS)


def _functions(name: str, given: dict[str, object], turn: int) -> list[bytes]:
    bodies = []
    for place in range(CALLS):
        asked = given | {"date": f"in {10 + turn * 5 + place % 5} Tagen"} if name == "book_appointment" else given
        bodies.append({"name": name, "args": asked, "call": _call(place, name, asked, turn)})
    return client.prepared("/api/retell/function", _signed(bodies))


def _ringing() -> list[bytes]:
    bodies = [
        {"event": "call_inbound", "call_inbound": {"from_number": f"+4917139200{50 + place % 20}", "to_number": NUMBER}}
        for place in range(CALLS)
    ]
    return client.prepared("/api/retell/inbound", _signed(bodies))


def _call(place: int, name: str, asked: dict[str, object], turn: int) -> dict[str, object]:
    turns = [
        {
            "role": "agent" if spoken % 2 == 0 else "user",
            "content": " ".join(SENTENCE),
            "words": [
                {"word": word, "start": spoken * 8 + at * 0.4, "end": spoken * 8 + at * 0.4 + 0.3} for at, word in enumerate(SENTENCE)
            ],
        }
        for spoken in range(6)
    ]
    use = {"role": "tool_call_invocation", "tool_call_id": f"{name}_{turn}", "name": name, "arguments": json.dumps(asked)}
    return {
        "call_id": f"bench_{place}", "call_type": "phone_call", "agent_id": "agent_lena", "from_number": f"+4917139200{50 + place % 20}",
        "to_number": NUMBER, "direction": "inbound", "call_status": "ongoing", "start_timestamp": time.time_ns() // 10**6 - 60_000,
        "transcript_object": turns, "transcript_with_tool_calls": [*turns, use],
    }  # fmt: skip


def _signed(bodies: list[dict[str, object]]) -> list[tuple[bytes, str]]:
    raws = [json.dumps(body, ensure_ascii=False).encode() for body in bodies]
    return [(raw, sign_retell(raw, servers.KEY, time.time_ns() // 10**6)) for raw in raws]


def _tell(kind: str, rounds: int, found: dict[tuple[str, str], list[client.Answers]]) -> None:
    print(f"functions on {kind}: {CALLS} calls at once, {rounds} rounds, 2 web processes; milliseconds from request to answer")
    for (rhythm, name), runs in sorted(found.items()):
        p50, p95, p99 = (median(answers.percentile(share) for answers in runs) for share in (0.5, 0.95, 0.99))
        bad = sum(count for answers in runs for status, count in answers.statuses.items() if status != 200)
        print(f"  {rhythm:17} {name:19} p50 {p50:6.1f}   p95 {p95:6.1f}   p99 {p99:6.1f}   not 200: {bad}")


if __name__ == "__main__":
    kind, rounds = [*sys.argv[1:], *("mariadb", "5")[len(sys.argv) - 1 :]]
    main(kind, int(rounds))
