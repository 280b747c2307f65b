"""Baseline F1: Flask, HMAC, orjson, one Core INSERT and COMMIT a request, one push to Redis."""

import hashlib
import hmac
import os
import time

import orjson
import redis
from flask import Flask, request
from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, create_engine, event

KEY = os.environ["BENCH_KEY"].encode()
URL = os.environ["BENCH_DATABASE_URL"]
engine = create_engine(URL, pool_size=16, max_overflow=0, connect_args={"timeout": 15} if URL.startswith("sqlite") else {})
if URL.startswith("sqlite"):

    @event.listens_for(engine, "connect")
    def _connect(connection, _record):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")


events = Table(
    "floor_events",
    MetaData(),
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("dedupe_key", String(160), unique=True),
    Column("call_id", String(128)),
    Column("received_ms", BigInteger),
    Column("status", String(16)),
    Column("body", LargeBinary(2**20)),
    Index("ix_floor_status", "status", "received_ms"),
)
events.metadata.create_all(engine)
queue = redis.Redis.from_url(os.environ["BENCH_REDIS_URL"])
app = Flask(__name__)


def is_signed(raw: bytes, header: str) -> bool:
    stamp, _, digest = header[2:].partition(",d=")
    return hmac.compare_digest(hmac.new(KEY, raw + stamp.encode(), hashlib.sha256).hexdigest(), digest)


@app.post("/api/retell/webhook")
def webhook():
    raw = request.get_data()
    if not is_signed(raw, request.headers["X-Retell-Signature"]):
        return "", 401
    body = orjson.loads(raw)
    key = f"{body['event']}:{body['call']['call_id']}"
    with engine.begin() as connection:
        connection.execute(
            events.insert(),
            {
                "dedupe_key": key,
                "call_id": body["call"]["call_id"],
                "received_ms": time.time_ns() // 10**6,
                "status": "pending",
                "body": raw,
            },
        )
    queue.lpush("floor:wake", key)
    return "", 204
