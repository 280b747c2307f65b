"""Retell's REST API through its SDK; the import takes seconds and is deferred, so never call it from a web request."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from app.core.clock import to_ms
from app.providers.credentials import Credentials
from app.providers.http import (
    CONNECT_TIMEOUT_S,
    READ_TIMEOUT_S,
    ConnectionFailed,
    ProviderResponse,
    RateLimited,
    RequestRejected,
    ResponseTimeout,
    call_with_breaker,
    parse_body,
    read_body,
)
from app.providers.throttle import Throttle
from app.providers.voice.management import (
    AgentSettings,
    FetchedCall,
    ListedCall,
    LlmConfig,
    NumberBinding,
    RejectionReason,
    RemoteAgent,
    RemoteLlm,
    RemoteNumber,
    VoiceRejected,
)
from app.providers.voice.retell_api_mapping import (
    get_mark,
    parse_agent,
    parse_fetched_call,
    parse_listed_call,
    parse_llm,
    parse_number,
    to_agent_body,
    to_llm_body,
)

# Retell documents no limit; this is far above our need, and its 429 responses pause the key.
THROTTLE = Throttle("retell", limit=300)
MAX_PAGES = 200
PAGE_SIZE = 100
REASONS: dict[int, RejectionReason] = {401: "bad_key", 402: "no_credit", 403: "forbidden", 404: "not_found", 409: "conflict"}
RETRY_DELAY_S = 0.2
RETRYABLE_STATUSES = (502, 503, 504)
Parsed = TypeVar("Parsed")
# An SDK method with a streamed response; the SDK's types stay in this file.
SdkMethod = Callable[..., Any]


class RetellClient:
    """One Retell account."""

    name = "retell"

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def find_llms(self, mark: str) -> list[str]:
        llms = [parse_llm(row) for row in self._iterate_pages(self._api.llm.list) if get_mark(row) == mark]
        return [llm.ref for llm in llms if llm]

    def create_llm(self, setup: LlmConfig) -> RemoteLlm:
        return _parse(parse_llm, self._modify(self._api.llm.create, **to_llm_body(setup)))

    def get_llm(self, ref: str, *, version: int | None = None) -> RemoteLlm | None:
        return self._find(parse_llm, self._api.llm.retrieve, ref, **_drop_none(version=version))

    def update_llm(self, ref: str, setup: LlmConfig, *, version: int | None = None) -> RemoteLlm:
        return _parse(parse_llm, self._modify(self._api.llm.update, ref, **to_llm_body(setup), **_drop_none(version=version)))

    def find_agents(self, part_of_name: str) -> list[str]:
        rows = self._iterate_pages(self._api.agent.list, filter_criteria={"query": part_of_name})
        refs = [row.get("agent_id") for row in rows if part_of_name in str(row.get("agent_name"))]
        return list(dict.fromkeys(ref for ref in refs if isinstance(ref, str) and ref))

    def create_agent(self, setup: AgentSettings, llm: RemoteLlm) -> RemoteAgent:
        return _parse(parse_agent, self._modify(self._api.agent.create, **to_agent_body(setup, llm)))

    def get_agent(self, ref: str, *, version: int | None = None) -> RemoteAgent | None:
        return self._find(parse_agent, self._api.agent.retrieve, ref, **_drop_none(version=version))

    def update_agent(self, ref: str, setup: AgentSettings, llm: RemoteLlm, *, version: int | None = None) -> RemoteAgent:
        return _parse(parse_agent, self._modify(self._api.agent.update, ref, **to_agent_body(setup, llm), **_drop_none(version=version)))

    def draft_agent(self, ref: str, *, base_version: int) -> RemoteAgent:
        return _parse(parse_agent, self._modify(self._api.agent.create_version, ref, base_version=base_version))

    def publish_agent(self, ref: str, version: int, *, title: str) -> None:
        self._request(self._api.agent.publish, (ref,), {"version": version, "version_title": title}, is_safe=False, has_body=False)

    def list_numbers(self) -> list[RemoteNumber]:
        return [number for row in self._iterate_pages(self._api.phone_number.list) if (number := parse_number(row))]

    def get_number(self, e164: str) -> RemoteNumber | None:
        return self._find(parse_number, self._api.phone_number.retrieve, e164)

    def bind_number(self, e164: str, binding: NumberBinding, *, inbound_webhook_url: str) -> RemoteNumber:
        agent = {"agent_id": binding.agent_ref, "weight": 1} | _drop_none(agent_version=binding.version)
        return _parse(
            parse_number, self._modify(self._api.phone_number.update, e164, inbound_agents=[agent], inbound_webhook_url=inbound_webhook_url)
        )

    def release_number(self, e164: str) -> RemoteNumber:
        return _parse(parse_number, self._modify(self._api.phone_number.update, e164, inbound_agents=[], inbound_webhook_url=None))

    def list_calls(self, started_from: datetime, started_before: datetime, *, agents: tuple[str, ...] = ()) -> Iterator[ListedCall]:
        span = {"type": "range", "op": "bt", "value": [to_ms(started_from), to_ms(started_before)]}
        criteria: dict[str, Any] = {"start_timestamp": span}
        if agents:
            criteria["agent"] = [{"agent_id": ref} for ref in agents]
        for row in self._iterate_pages(self._api.call.list, filter_criteria=criteria, limit=PAGE_SIZE, sort_order="ascending"):
            if listed := parse_listed_call(row):
                yield listed

    def get_call(self, call_id: str) -> FetchedCall | None:
        return self._find(parse_fetched_call, self._api.call.retrieve, call_id)

    def delete_call(self, call_id: str) -> None:
        try:
            self._request(self._api.call.delete, (call_id,), {}, is_safe=True, has_body=False)
        except VoiceRejected as rejection:
            if rejection.code != "not_found":
                raise

    @property
    def _api(self) -> "StreamingRetellClient":
        return StreamingRetellClient(_get_client(self._credentials))

    def _find(self, read: Callable[[dict[str, Any]], Parsed | None], call: SdkMethod, *args: Any, **options: Any) -> Parsed | None:
        try:
            return read(self._request(call, args, options, is_safe=True))
        except VoiceRejected as rejection:
            if rejection.code == "not_found":
                return None
            raise

    def _modify(self, call: SdkMethod, *args: Any, **options: Any) -> dict[str, Any]:
        return self._request(call, args, options, is_safe=False)

    def _iterate_pages(self, call: SdkMethod, **options: Any) -> Iterator[dict[str, Any]]:
        """Iterate over the rows of all pages; raises ResponseTimeout beyond MAX_PAGES, so that no row counts as missing."""
        for _page in range(MAX_PAGES):
            answer = self._request(call, (), options, is_safe=True)
            rows, key = answer.get("items"), answer.get("pagination_key")
            if not isinstance(rows, list):
                raise ResponseTimeout("Retell's answer is no list.", retryable=True)
            yield from (row for row in rows if isinstance(row, dict))
            if answer.get("has_more") is not True or not key or key == options.get("pagination_key"):
                return
            options = {**options, "pagination_key": key}
        raise ResponseTimeout("Retell's list does not end.", retryable=False)

    def _request(
        self, call: SdkMethod, args: tuple[Any, ...], options: dict[str, Any], *, is_safe: bool, has_body: bool = True
    ) -> dict[str, Any]:
        """Send a request, with one retry where nothing was sent, or where it is safe and the provider is busy."""
        try:
            return self._send(call, args, options, has_body=has_body)
        except (ConnectionFailed, ResponseTimeout) as error:
            if not isinstance(error, ConnectionFailed) and not (is_safe and error.data.get("http_status") in RETRYABLE_STATUSES):
                raise
        time.sleep(RETRY_DELAY_S)
        return self._send(call, args, options, has_body=has_body)

    def _send(self, call: SdkMethod, args: tuple[Any, ...], options: dict[str, Any], *, has_body: bool) -> dict[str, Any]:
        THROTTLE.acquire(self._credentials.key)
        try:
            return call_with_breaker("retell", self._credentials.base_url, lambda: _perform(call, args, options, has_body=has_body)).body
        except RateLimited as error:
            THROTTLE.pause(self._credentials.key, error.retry_after_s)
            raise
        except RequestRejected as rejection:
            raise _to_rejection(rejection.response) from rejection


class StreamingRetellClient:
    """The SDK's resources with streamed responses, which we read and parse ourselves, bounded in time and length."""

    def __init__(self, client: Any) -> None:
        self.agent = client.agent.with_streaming_response
        self.llm = client.llm.with_streaming_response
        self.phone_number = client.phone_number.with_streaming_response
        self.call = client.call.with_streaming_response


def _perform(call: SdkMethod, args: tuple[Any, ...], options: dict[str, Any], *, has_body: bool) -> ProviderResponse:
    import httpx
    import retell

    try:
        with call(*args, **options) as response:
            raw = read_body(response.iter_bytes())
            return ProviderResponse(response.status_code, parse_body(raw, response.status_code) if has_body else {}, response.headers)
    except retell.APIStatusError as error:
        if error.status_code >= 500 or error.status_code == 408:
            status = error.status_code
            raise ResponseTimeout(f"The provider answered {status}.", retryable=True, http_status=status) from error
        body = error.body if isinstance(error.body, dict) else {}
        return ProviderResponse(error.status_code, body, error.response.headers)
    except (retell.APIConnectionError, httpx.HTTPError) as error:
        cause = error.__cause__ or error
        if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
            raise ConnectionFailed("The provider cannot be reached.", retryable=True) from error
        raise ResponseTimeout("The provider did not answer in time.", retryable=True) from error


@cache
def _get_client(credentials: Credentials) -> Any:
    """Create the SDK client without its own retries: they include unsafe requests and wait up to a minute."""
    import httpx
    from retell import Retell

    timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    return Retell(
        api_key=credentials.key, base_url=credentials.base_url.rstrip("/"), max_retries=0, timeout=timeout, http_client=_get_http_client()
    )


@cache
def _get_http_client() -> Any:
    import httpx

    return httpx.Client(follow_redirects=False, limits=httpx.Limits(max_connections=16, max_keepalive_connections=4))


def _parse(read: Callable[[dict[str, Any]], Parsed | None], body: dict[str, Any]) -> Parsed:
    parsed = read(body)
    if parsed is None:
        raise ResponseTimeout("Retell's answer names nothing.", retryable=True)
    return parsed


def _drop_none(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _to_rejection(answer: ProviderResponse) -> VoiceRejected:
    """Translate an error; Retell documents no format, so the first known text field is used."""
    message = next((text for key in ("error_message", "message", "error", "detail") if isinstance(text := answer.body.get(key), str)), None)
    return VoiceRejected((message or f"HTTP {answer.status}")[:500], reason=REASONS.get(answer.status, "invalid"))
