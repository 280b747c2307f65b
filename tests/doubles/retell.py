"""A double of Retell's REST API over real HTTP: agents, LLMs, numbers, calls, and injected faults.

`python -m tests.doubles.retell --port 8998 --number +493023125100` runs it by itself; RETELL_BASE_URL points to it.
"""

import argparse
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug import Request, Response

from tests.doubles.http_double import HttpDouble, as_json
from tests.doubles.retell_account import Refusal, RetellClient, Row, page

KEY = "key_tests_only_retell"
# what a list leaves out of a call
ONLY_FETCHED = {"transcript", "transcript_object", "transcript_with_tool_calls", "scrubbed_transcript_with_tool_calls"}
LISTED_AGENT = ("agent_id", "agent_name", "channel", "is_suspended", "tags", "user_modified_timestamp")


@dataclass
class RetellDouble(HttpDouble, RetellClient):
    """A context manager; the test's thread may read and change its state."""

    first = "POST /create-agent"
    key: str = KEY
    page_size: int = 50

    def handle(self, request: Request, path: str) -> Response:
        try:
            if request.headers.get("Authorization") != f"Bearer {self.key}":
                raise Refusal(401, "Invalid API Key")
            with self.lock:
                return self._route(request, path)
        except Refusal as refusal:
            return as_json({"status": "error", "message": str(refusal)}, refusal.status)

    def _route(self, request: Request, path: str) -> Response:
        body = request.get_json() if request.data else {}
        for method, pattern, work in ROUTES:
            found = re.fullmatch(pattern, path)
            if request.method == method and found:
                answer = work(self, request, body, *found.groups())
                created = path.startswith("/create-")
                return Response(status=200) if answer is None else as_json(answer, 201 if created else 200)
        raise Refusal(404, f"Cannot {request.method} {path}")

    def list_agents(self, request: Request, body: Row) -> Row:
        query = (body.get("filter_criteria") or {}).get("query", "").lower()
        newest = [versions[-1] for versions in self.agents.values()]
        rows = [
            {name: row.get(name) for name in LISTED_AGENT} | {"is_suspended": False, "tags": {}, "user_modified_timestamp": 0}
            for row in newest
            if query in str(row.get("agent_name", "")).lower() or query in row["agent_id"]
        ]
        return page(rows, size=self.page_size, after=request.args.get("pagination_key"), key="agent_id")

    def list_llms(self, request: Request, _body: Row) -> Row:
        rows = [versions[-1] for versions in self.llms.values()]
        return page(rows, size=self.page_size, after=request.args.get("pagination_key"), key="llm_id")

    def list_numbers(self, request: Request, _body: Row) -> Row:
        return page(self.numbers.values(), size=self.page_size, after=request.args.get("pagination_key"), key="phone_number")

    def list_calls(self, _request: Request, body: Row) -> Row:
        criteria = body.get("filter_criteria") or {}
        rows = [row for row in self.calls.values() if all(_fits(row, name, wanted) for name, wanted in criteria.items())]
        rows.sort(key=lambda row: row.get("start_timestamp") or 0, reverse=body.get("sort_order") != "ascending")
        shown = [{name: value for name, value in row.items() if name not in ONLY_FETCHED} for row in rows]
        size = min(body.get("limit") or self.page_size, self.page_size)
        answer = page(shown, size=size, after=body.get("pagination_key"), key="call_id")
        return answer | ({"total": len(rows)} if body.get("include_total") else {})


def _fits(row: Row, name: str, wanted: Any) -> bool:
    if name == "agent":
        return any(
            row.get("agent_id") == each["agent_id"] and (not each.get("version") or row.get("agent_version") in each["version"])
            for each in wanted
        )
    if name == "metadata":
        return all((row.get("metadata") or {}).get(each["key"]) == each["value"] for each in wanted)
    value = row.get(name)
    match wanted.get("op"):
        case "bt":
            return value is not None and wanted["value"][0] <= value <= wanted["value"][1]
        case "ge":
            return value is not None and value >= wanted["value"]
        case "in":
            return value in wanted["value"]
        case "eq":
            return value == wanted["value"]
    raise Refusal(422, f"filter_criteria.{name}: unknown op")


def _version(request: Request) -> int | None:
    told = request.args.get("version")
    return int(told) if told else None


def _number(retell: RetellDouble, e164: str) -> Row:
    if e164 not in retell.numbers:
        raise Refusal(404, f"Phone number {e164} not found")
    return retell.numbers[e164]


def _call(retell: RetellDouble, call_id: str) -> Row:
    if call_id not in retell.calls:
        raise Refusal(404, f"Call {call_id} not found")
    return retell.calls[call_id]


Work = Callable[..., Any]
ROUTES: tuple[tuple[str, str, Work], ...] = (
    ("POST", "/create-agent", lambda retell, _r, body: retell.create_agent(body)),
    ("GET", "/get-agent/([^/]+)", lambda retell, r, _b, ref: retell.agent(ref, _version(r))),
    ("PATCH", "/update-agent/([^/]+)", lambda retell, r, body, ref: retell.update_agent(retell.agent(ref, _version(r)), body)),
    ("POST", "/create-agent-version/([^/]+)", lambda retell, _r, body, ref: retell.create_agent_version(ref, body)),
    ("POST", "/publish-agent-version/([^/]+)", lambda retell, _r, body, ref: retell.publish_agent_version(ref, body)),
    ("POST", "/v2/list-agents", RetellDouble.list_agents),
    ("POST", "/create-retell-llm", lambda retell, _r, body: retell.create_llm(body)),
    ("GET", "/get-retell-llm/([^/]+)", lambda retell, r, _b, ref: retell.llm(ref, _version(r))),
    ("PATCH", "/update-retell-llm/([^/]+)", lambda retell, r, body, ref: retell.update_llm(retell.llm(ref, _version(r)), body)),
    ("GET", "/v2/list-retell-llms", RetellDouble.list_llms),
    ("GET", "/v2/list-phone-numbers", RetellDouble.list_numbers),
    ("GET", "/get-phone-number/([^/]+)", lambda retell, _r, _b, e164: _number(retell, e164)),
    ("PATCH", "/update-phone-number/([^/]+)", lambda retell, _r, body, e164: retell.update_number(_number(retell, e164), body)),
    ("POST", "/v3/list-calls", RetellDouble.list_calls),
    ("GET", "/v2/get-call/([^/]+)", lambda retell, _r, _b, call_id: _call(retell, call_id)),
    ("DELETE", "/v2/delete-call/([^/]+)", lambda retell, _r, _b, call_id: retell.delete_call(call_id)),
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=8998)
    arguments.add_argument("--key", default=KEY)
    arguments.add_argument("--number", action="append", default=[], help="a number that this account has; may be given again")
    chosen = arguments.parse_args()
    with RetellDouble(key=chosen.key, port=chosen.port) as retell:
        for number in chosen.number:
            retell.add_number(number)
        print(f"Retell stands in at {retell.url} with the key {retell.key}")
        threading.Event().wait()


if __name__ == "__main__":
    main()
