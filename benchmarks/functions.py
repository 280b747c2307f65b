"""Response times of mid-call functions and of the inbound webhook with 50 concurrent calls, against a baseline without work.

python -m benchmarks.functions [sqlite|mariadb] [rounds]

Measured twice: at the pace of speech, with one function every three seconds for each of the 50 calls, and with all 50 requests at the
same instant. Both servers are measured in turn.
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
# the time a caller listens, thinks and speaks
BETWEEN_QUESTIONS_S = 3.0
# the functions of a booking dialogue; every booking has another day, so that no result is idempotent
FUNCTION_ARGUMENTS = {
    "get_context": {},
    "parse_date": {"text": "nächsten Freitag um halb drei"},
    "check_availability": {"service": "Damenschnitt", "date_from": "nächste Woche", "part_of_day": "vormittags"},
    "book_appointment": {"service": "Damenschnitt", "time": "10 Uhr", "name": "Svea Thomsen"},
}


def main(kind: str, rounds: int) -> None:
    with servers.isolated_environment(kind) as environment:
        servers.run_flask(environment, "db", "upgrade")
        servers.run_flask(environment, "seed", "demo")
        results: dict[tuple[str, str], list[client.LoadResult]] = {}
        with (
            servers.web_server("wsgi:app", environment, worker=servers.WEB_WORKER, workers=2, threads=32) as ours,
            servers.web_server("benchmarks.baselines.signed_request:app", environment, worker="gthread", workers=2, threads=32) as baseline,
        ):
            for turn in range(0, 2 * (rounds + 1), 2):
                runs = (
                    ("as callers speak", _run_as_callers_speak(ours, baseline, turn)),
                    ("in one instant", _run_at_once(ours, baseline, turn + 1)),
                )
                for rhythm, name, answers in ((rhythm, *measured) for rhythm, run in runs for measured in run):
                    # the first round warms up
                    if turn:
                        results.setdefault((rhythm, name), []).append(answers)
    print_results(kind, rounds, results)


def _run_as_callers_speak(ours: int, baseline: int, turn: int) -> Iterator[tuple[str, client.LoadResult]]:
    """Call all functions in parallel; each gets an equal share of the requests."""
    rate = CALLS / BETWEEN_QUESTIONS_S
    yield "baseline", client.send(baseline, _build_functions("get_context", {}, turn), clients=CALLS, rate=rate)
    with ThreadPoolExecutor(len(FUNCTION_ARGUMENTS)) as pool:
        futures = {
            name: pool.submit(
                client.send,
                ours,
                _build_functions(name, arguments, turn),
                clients=CALLS // len(FUNCTION_ARGUMENTS),
                rate=rate / len(FUNCTION_ARGUMENTS),
            )
            for name, arguments in FUNCTION_ARGUMENTS.items()
        }
    yield from ((name, future.result()) for name, future in futures.items())
    yield "inbound", client.send(ours, _build_inbound(), clients=CALLS, rate=rate)


def _run_at_once(ours: int, baseline: int, turn: int) -> Iterator[tuple[str, client.LoadResult]]:
    for name, arguments in FUNCTION_ARGUMENTS.items():
        yield "baseline", client.send(baseline, _build_functions(name, arguments, turn), clients=CALLS)
        yield name, client.send(ours, _build_functions(name, arguments, turn), clients=CALLS)
        time.sleep(PAUSE_S)
    yield "inbound", client.send(ours, _build_inbound(), clients=CALLS)


def _build_functions(name: str, arguments: dict[str, object], turn: int) -> list[bytes]:
    bodies = []
    for place in range(CALLS):
        dated = arguments | {"date": f"in {10 + turn * 5 + place % 5} Tagen"} if name == "book_appointment" else arguments
        bodies.append({"name": name, "args": dated, "call": _build_call(place, name, dated, turn)})
    return client.build_requests("/api/retell/function", _sign(bodies))


def _build_inbound() -> list[bytes]:
    bodies = [
        {"event": "call_inbound", "call_inbound": {"from_number": f"+4917139200{50 + place % 20}", "to_number": NUMBER}}
        for place in range(CALLS)
    ]
    return client.build_requests("/api/retell/inbound", _sign(bodies))


def _build_call(place: int, name: str, arguments: dict[str, object], turn: int) -> dict[str, object]:
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
    use = {"role": "tool_call_invocation", "tool_call_id": f"{name}_{turn}", "name": name, "arguments": json.dumps(arguments)}
    return {
        "call_id": f"bench_{place}", "call_type": "phone_call", "agent_id": "agent_lena", "from_number": f"+4917139200{50 + place % 20}",
        "to_number": NUMBER, "direction": "inbound", "call_status": "ongoing", "start_timestamp": time.time_ns() // 10**6 - 60_000,
        "transcript_object": turns, "transcript_with_tool_calls": [*turns, use],
    }  # fmt: skip


def _sign(bodies: list[dict[str, object]]) -> list[tuple[bytes, str]]:
    raws = [json.dumps(body, ensure_ascii=False).encode() for body in bodies]
    return [(raw, sign_retell(raw, servers.KEY, time.time_ns() // 10**6)) for raw in raws]


def print_results(kind: str, rounds: int, results: dict[tuple[str, str], list[client.LoadResult]]) -> None:
    print(f"functions on {kind}: {CALLS} calls at once, {rounds} rounds, 2 web processes; milliseconds from request to answer")
    for (rhythm, name), runs in sorted(results.items()):
        p50, p95, p99 = (median(answers.percentile(share) for answers in runs) for share in (0.5, 0.95, 0.99))
        bad = sum(count for answers in runs for status, count in answers.statuses.items() if status != 200)
        print(f"  {rhythm:17} {name:19} p50 {p50:6.1f}   p95 {p95:6.1f}   p99 {p99:6.1f}   not 200: {bad}")


if __name__ == "__main__":
    kind, rounds = [*sys.argv[1:], *("mariadb", "5")[len(sys.argv) - 1 :]]
    main(kind, int(rounds))
