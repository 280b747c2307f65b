"""Baseline F2: HMAC over the raw bytes, two fields parsed, zstd, one COMMIT for all requests of a moment, one wake-up a group."""

import os
import threading
import time

import msgspec
import zstandard
from flask import Flask, request

from benchmarks.baselines.plain_intake import engine, events, is_signed, queue


class Call(msgspec.Struct):
    call_id: str


class Event(msgspec.Struct):
    event: str
    call: Call


decoder = msgspec.json.Decoder(Event)
app = Flask(__name__)
waiting: list[tuple[dict, threading.Event]] = []
commit_lock = threading.Lock()
SQLITE = os.environ["BENCH_DATABASE_URL"].startswith("sqlite")


@app.post("/api/retell/webhook")
def webhook():
    raw = request.get_data()
    if not is_signed(raw, request.headers["X-Retell-Signature"]):
        return "", 401
    event = decoder.decode(raw)
    row = {
        "dedupe_key": f"{event.event}:{event.call.call_id}",
        "call_id": event.call.call_id,
        "received_ms": time.time_ns() // 10**6,
        "status": "pending",
        "body": zstandard.ZstdCompressor(level=1).compress(raw),
    }
    done = threading.Event()
    waiting.append((row, done))
    with commit_lock:
        if not done.is_set():
            group, waiting[:] = waiting[:], []
            with engine.begin() as connection:
                connection.execute(events.insert().prefix_with("OR IGNORE" if SQLITE else "IGNORE"), [row for row, _ in group])
            for _, each in group:
                each.set()
            queue.lpush("floor:wake", 1)
    return "", 204
