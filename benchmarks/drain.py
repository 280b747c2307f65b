"""Events per second that one worker process applies, against loops that do one upsert for each event.

python -m benchmarks.drain [sqlite|mariadb] [calls]
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from benchmarks import servers

CALLER = "+4917139200{:02d}"
MITTE = "+493023125100"
START_MS = 1773130445120
WORDS = [f"Satz Nummer {number} mit einigen Worten darin, wie man sie am Telefon sagt." for number in range(10)]
SNAPSHOTS = (2, 4, 6, 8, 10)


def build_call_events(call_id: str, caller: str) -> Iterator[bytes]:
    """Build the eight events of a call with ten turns."""
    base = {
        "call_id": call_id, "call_type": "phone_call", "agent_id": "agent_lena", "from_number": caller, "to_number": MITTE,
        "direction": "inbound", "start_timestamp": START_MS,
    }  # fmt: skip
    over = {"end_timestamp": START_MS + 60_000, "duration_ms": 60_000, "disconnection_reason": "user_hangup"}
    yield _event("call_started", base)
    for count in SNAPSHOTS:
        yield _event("transcript_updated", base | {"transcript_object": _turns(count)})
    yield _event("call_ended", base | over | {"transcript_object": _turns(10)})
    analysis = {"call_summary": "Frage nach Preisen.", "user_sentiment": "Neutral", "custom_analysis_data": {"anliegen": "auskunft"}}
    yield _event("call_analyzed", base | over | {"transcript_object": _turns(10), "call_analysis": analysis})


def _event(name: str, call: dict) -> bytes:
    return json.dumps({"event": name, "call": call}).encode()


def _turns(count: int) -> list[dict]:
    return [
        {"role": "agent" if turn % 2 == 0 else "user", "content": text, "words": _words(text, turn * 4.0)}
        for turn, text in enumerate(WORDS[:count])
    ]


def _words(text: str, start: float) -> list[dict]:
    return [{"word": word, "start": start, "end": start + 0.3} for word in text.split()]


def build_interleaved_events(calls: int, run: str) -> list[bytes]:
    """Build the events of all calls, twenty calls interleaved."""
    all_calls = [list(build_call_events(f"call_{run}_{number}", CALLER.format(50 + number % 20))) for number in range(calls)]
    return [events[step] for group in range(0, calls, 20) for step in range(8) for events in all_calls[group : group + 20]]


def main(kind: str, calls: int) -> None:
    with servers.isolated_environment(kind) as environment:
        os.environ.clear()
        os.environ.update(environment)
        servers.run_flask(environment, "db", "upgrade")
        from app import create_app

        app = create_app()
        with app.app_context():
            ours = _rate(_drain, build_interleaved_events(calls, "ours"))
            bare = _rate(_upserts, build_interleaved_events(max(20, calls // 4), "bare"))
            queued = _rate(_upsert_jobs, build_interleaved_events(20, "jobs"))
    print(f"applying on {kind}: one process, {calls * 8} events")
    print(f"  ours, whole work, batches      {ours:7.0f} /s   (target 1000)")
    print(f"  one upsert and commit an event {bare:7.0f} /s   ours / this = {ours / bare:.2f}")
    print(f"  the same as one RQ job each    {queued:7.0f} /s   ours / this = {ours / queued:.2f} (target 1)")


def _rate(work: Callable[[list[bytes]], float], bodies: list[bytes]) -> float:
    return len(bodies) / work(bodies)


def _drain(bodies: list[bytes]) -> float:
    from app.core.extensions import db
    from app.domain.inbox import processor, store
    from app.jobs import inbox
    from app.models import WebhookEvent
    from app.providers import get_call_webhook_reader
    from tests.support.retell_webhooks import make_company_with_number

    make_company_with_number()
    driver = get_call_webhook_reader("retell")
    peeks = [(driver.peek(body), body) for body in bodies]
    rows = [
        store.IncomingWebhook("retell", peek.event, peek.dedupe_key, body, peek.provider_call_id, peek.business_raw).row()
        for peek, body in peeks
    ]
    with db.engine.begin() as connection:
        connection.execute(WebhookEvent.__table__.insert(), rows)
    batch = inbox.BATCH_SIZE_SQLITE if db.engine.dialect.name == "sqlite" else inbox.BATCH_SIZE
    began = time.perf_counter()
    done = 0
    while handled := processor.drain_batch(batch):
        done += handled
    seconds = time.perf_counter() - began
    assert done == len(bodies), f"{done} of {len(bodies)} were applied"
    return seconds


def _upserts(bodies: list[bytes]) -> float:
    began = time.perf_counter()
    for body in bodies:
        upsert(body)
    return time.perf_counter() - began


def _upsert_jobs(bodies: list[bytes]) -> float:
    from rq import SimpleWorker
    from rq.serializers import JSONSerializer

    from app.core.queues import get_queue

    queue = get_queue("maintenance")
    for body in bodies:
        queue.enqueue("benchmarks.drain.upsert", body.decode())
    worker = SimpleWorker([queue], connection=queue.connection, serializer=JSONSerializer)
    began = time.perf_counter()
    worker.work(burst=True, logging_level="ERROR")
    return time.perf_counter() - began


def upsert(body: bytes | str) -> None:
    """Do the least work of a queue job: parse the body, insert or update one row, commit."""
    import orjson
    from sqlalchemy.dialects.mysql import insert as mysql_insert
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    from app.core.extensions import db
    from app.models import FeatureFlag

    call = orjson.loads(body)["call"]
    values = {"name": call["call_id"], "company_id": "", "is_enabled": True, "changed_at": datetime.now(UTC)}
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            adding = sqlite_insert(FeatureFlag.__table__).values(values)
            connection.execute(adding.on_conflict_do_update(index_elements=["name", "company_id"], set_={"is_enabled": False}))
        else:
            connection.execute(mysql_insert(FeatureFlag.__table__).values(values).on_duplicate_key_update(is_enabled=False))


if __name__ == "__main__":
    kind, calls = [*sys.argv[1:], *("mariadb", "400")[len(sys.argv) - 1 :]]
    main(kind, int(calls))
