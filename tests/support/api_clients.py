"""Programs that use the API: a key of a company, and a client that sends it."""

from typing import Any

from flask import Flask

from app.core.transactions import transaction
from app.domain.accounts.api_keys import SCOPES, create_key
from app.models import ApiKey, Company


class ApiClient:
    """Asks with its key; answers are the test client's."""

    def __init__(self, app: Flask, plain: str, key: ApiKey) -> None:
        self._client, self.plain, self.key = app.test_client(), plain, key

    def get(self, path: str, **query: Any) -> Any:
        return self._client.get(f"/api/v1{path}", query_string=query, headers={"Authorization": f"Bearer {self.plain}"})

    def items(self, path: str, **query: Any) -> list[dict[str, Any]]:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json["items"]


def make_api_client(app: Flask, company: Company, scopes: tuple[str, ...] = SCOPES, *, per_minute: int = 10_000) -> ApiClient:
    """A program with a key of the company, committed."""
    with transaction():
        key, plain = create_key(company, "Kasse", list(scopes))
        key.per_minute = per_minute
    return ApiClient(app, plain, key)
