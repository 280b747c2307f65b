"""Baseline of a mid-call function: HMAC over the raw body, parsed JSON, a fixed response."""

import os
import time

import orjson
from flask import Flask, Response, request

from app.core.signatures import verify_retell

app = Flask(__name__)
KEY = os.environ["BENCH_KEY"]


@app.post("/api/retell/function")
def function() -> Response:
    raw = request.get_data()
    if not verify_retell(raw, request.headers.get("X-Retell-Signature"), KEY, time.time_ns() // 10**6):
        return Response(status=401)
    name = orjson.loads(raw)["name"]
    return Response(orjson.dumps({"ok": True, "say": f"{name} tut nichts.", "data": {}}), mimetype="application/json")
