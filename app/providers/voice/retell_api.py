"""Retell's REST API through its SDK, which is loaded when it is first needed: that takes seconds, so never in the web's hot path."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from app.core.clock import to_ms
from app.providers.credentials import Access
from app.providers.http import CONNECT_S, READ_S, Answer, NoAnswer, NotSent, Refused, TooFast, parsed, watched, whole
from app.providers.throttle import Pace
from app.providers.voice.management import (
    AgentSetup,
    Binding,
    BrainSetup,
    FetchedCall,
    ListedCall,
    Reason,
    RemoteAgent,
    RemoteBrain,
    RemoteNumber,
    VoiceRefused,
)
from app.providers.voice.retell_mapping import (
    agent_body,
    agent_of,
    brain_body,
    brain_of,
    fetched_of,
    listed_of,
    mark_of,
    number_of,
)

# Retell does not say how much it allows; this is far above what we need, and the rest when it says "later" is kept
PACE = Pace("retell", limit=300)
MOST_PAGES = 200
CALLS_A_PAGE = 100
REASONS: dict[int, Reason] = {401: "bad_key", 402: "no_credit", 403: "forbidden", 404: "not_found", 409: "conflict"}
PAUSE_S = 0.2
BUSY = (502, 503, 504)
Found = TypeVar("Found")
# what an SDK method with a streamed answer takes and gives; its types stay in this file
Call = Callable[..., Any]


class RetellAccount:
    """One Retell account."""

    name = "retell"

    def __init__(self, access: Access) -> None:
        self._access = access

    def find_brains(self, mark: str) -> list[str]:
        found = [brain_of(row) for row in self._pages(self._api.llm.list) if mark_of(row) == mark]
        return [brain.ref for brain in found if brain]

    def create_brain(self, setup: BrainSetup) -> RemoteBrain:
        return _read(brain_of, self._change(self._api.llm.create, **brain_body(setup)))

    def get_brain(self, ref: str, *, version: int | None = None) -> RemoteBrain | None:
        return self._find(brain_of, self._api.llm.retrieve, ref, **_if_known(version=version))

    def update_brain(self, ref: str, setup: BrainSetup, *, version: int | None = None) -> RemoteBrain:
        return _read(brain_of, self._change(self._api.llm.update, ref, **brain_body(setup), **_if_known(version=version)))

    def find_agents(self, part_of_name: str) -> list[str]:
        rows = self._pages(self._api.agent.list, filter_criteria={"query": part_of_name})
        found = [row.get("agent_id") for row in rows if part_of_name in str(row.get("agent_name"))]
        return list(dict.fromkeys(ref for ref in found if isinstance(ref, str) and ref))

    def create_agent(self, setup: AgentSetup, brain: RemoteBrain) -> RemoteAgent:
        return _read(agent_of, self._change(self._api.agent.create, **agent_body(setup, brain)))

    def get_agent(self, ref: str, *, version: int | None = None) -> RemoteAgent | None:
        return self._find(agent_of, self._api.agent.retrieve, ref, **_if_known(version=version))

    def update_agent(self, ref: str, setup: AgentSetup, brain: RemoteBrain, *, version: int | None = None) -> RemoteAgent:
        return _read(agent_of, self._change(self._api.agent.update, ref, **agent_body(setup, brain), **_if_known(version=version)))

    def draft_agent(self, ref: str, *, base_version: int) -> RemoteAgent:
        return _read(agent_of, self._change(self._api.agent.create_version, ref, base_version=base_version))

    def publish_agent(self, ref: str, version: int, *, title: str) -> None:
        self._ask(self._api.agent.publish, (ref,), {"version": version, "version_title": title}, is_safe=False, is_told=False)

    def list_numbers(self) -> list[RemoteNumber]:
        return [number for row in self._pages(self._api.phone_number.list) if (number := number_of(row))]

    def get_number(self, e164: str) -> RemoteNumber | None:
        return self._find(number_of, self._api.phone_number.retrieve, e164)

    def bind_number(self, e164: str, binding: Binding, *, ringing_url: str) -> RemoteNumber:
        agent = {"agent_id": binding.agent_ref, "weight": 1} | _if_known(agent_version=binding.version)
        return _read(number_of, self._change(self._api.phone_number.update, e164, inbound_agents=[agent], inbound_webhook_url=ringing_url))

    def release_number(self, e164: str) -> RemoteNumber:
        return _read(number_of, self._change(self._api.phone_number.update, e164, inbound_agents=[], inbound_webhook_url=None))

    def list_calls(self, started_from: datetime, started_before: datetime, *, agents: tuple[str, ...] = ()) -> Iterator[ListedCall]:
        span = {"type": "range", "op": "bt", "value": [to_ms(started_from), to_ms(started_before)]}
        criteria: dict[str, Any] = {"start_timestamp": span}
        if agents:
            criteria["agent"] = [{"agent_id": ref} for ref in agents]
        for row in self._pages(self._api.call.list, filter_criteria=criteria, limit=CALLS_A_PAGE, sort_order="ascending"):
            if listed := listed_of(row):
                yield listed

    def get_call(self, call_id: str) -> FetchedCall | None:
        return self._find(fetched_of, self._api.call.retrieve, call_id)

    def delete_call(self, call_id: str) -> None:
        try:
            self._ask(self._api.call.delete, (call_id,), {}, is_safe=True, is_told=False)
        except VoiceRefused as refused:
            if refused.code != "not_found":
                raise

    @property
    def _api(self) -> "Streamed":
        return Streamed(_client(self._access))

    def _find(self, read: Callable[[dict[str, Any]], Found | None], call: Call, *args: Any, **given: Any) -> Found | None:
        try:
            return read(self._ask(call, args, given, is_safe=True))
        except VoiceRefused as refused:
            if refused.code == "not_found":
                return None
            raise

    def _change(self, call: Call, *args: Any, **given: Any) -> dict[str, Any]:
        return self._ask(call, args, given, is_safe=False)

    def _pages(self, call: Call, **given: Any) -> Iterator[dict[str, Any]]:
        """The rows of all pages; more pages than anybody has are an error, lest something be taken for missing."""
        for _page in range(MOST_PAGES):
            answer = self._ask(call, (), given, is_safe=True)
            rows, key = answer.get("items"), answer.get("pagination_key")
            if not isinstance(rows, list):
                raise NoAnswer("Retell's answer is no list.", retryable=True)
            yield from (row for row in rows if isinstance(row, dict))
            if answer.get("has_more") is not True or not key or key == given.get("pagination_key"):
                return
            given = {**given, "pagination_key": key}
        raise NoAnswer("Retell's list does not end.", retryable=False)

    def _ask(self, call: Call, args: tuple[Any, ...], given: dict[str, Any], *, is_safe: bool, is_told: bool = True) -> dict[str, Any]:
        """Once, and once more where nothing was sent, or where it is safe and the provider is only busy."""
        try:
            return self._once(call, args, given, is_told=is_told)
        except (NotSent, NoAnswer) as error:
            if not isinstance(error, NotSent) and not (is_safe and error.data.get("http_status") in BUSY):
                raise
        time.sleep(PAUSE_S)
        return self._once(call, args, given, is_told=is_told)

    def _once(self, call: Call, args: tuple[Any, ...], given: dict[str, Any], *, is_told: bool) -> dict[str, Any]:
        PACE.take(self._access.key)
        try:
            return watched("retell", self._access.base_url, lambda: _exchange(call, args, given, is_told=is_told)).body
        except TooFast as waiting:
            PACE.rest(self._access.key, waiting.retry_after_s)
            raise
        except Refused as refused:
            raise _in_our_words(refused.answer) from refused


class Streamed:
    """The SDK's resources with answers that are read by us: bounded in time and length, and not taken for what they are not."""

    def __init__(self, client: Any) -> None:
        self.agent = client.agent.with_streaming_response
        self.llm = client.llm.with_streaming_response
        self.phone_number = client.phone_number.with_streaming_response
        self.call = client.call.with_streaming_response


def _exchange(call: Call, args: tuple[Any, ...], given: dict[str, Any], *, is_told: bool) -> Answer:
    import httpx
    import retell

    try:
        with call(*args, **given) as response:
            raw = whole(response.iter_bytes())
            return Answer(response.status_code, parsed(raw, response.status_code) if is_told else {}, response.headers)
    except retell.APIStatusError as error:
        if error.status_code >= 500 or error.status_code == 408:
            status = error.status_code
            raise NoAnswer(f"The provider answered {status}.", retryable=True, http_status=status) from error
        body = error.body if isinstance(error.body, dict) else {}
        return Answer(error.status_code, body, error.response.headers)
    except (retell.APIConnectionError, httpx.HTTPError) as error:
        cause = error.__cause__ or error
        if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
            raise NotSent("The provider cannot be reached.", retryable=True) from error
        raise NoAnswer("The provider did not answer in time.", retryable=True) from error


@cache
def _client(access: Access) -> Any:
    """The SDK without its own repeats: it would also repeat what must not happen twice, and wait up to a minute."""
    import httpx
    from retell import Retell

    timeout = httpx.Timeout(READ_S, connect=CONNECT_S)
    return Retell(api_key=access.key, base_url=access.base_url.rstrip("/"), max_retries=0, timeout=timeout, http_client=_http_client())


@cache
def _http_client() -> Any:
    import httpx

    return httpx.Client(follow_redirects=False, limits=httpx.Limits(max_connections=16, max_keepalive_connections=4))


def _read(read: Callable[[dict[str, Any]], Found | None], body: dict[str, Any]) -> Found:
    found = read(body)
    if found is None:
        raise NoAnswer("Retell's answer names nothing.", retryable=True)
    return found


def _if_known(**given: Any) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _in_our_words(answer: Answer) -> VoiceRefused:
    """The shape of its errors is written down nowhere: whatever text there is, is taken."""
    told = next((text for key in ("error_message", "message", "error", "detail") if isinstance(text := answer.body.get(key), str)), None)
    return VoiceRefused((told or f"HTTP {answer.status}")[:500], reason=REASONS.get(answer.status, "invalid"))
