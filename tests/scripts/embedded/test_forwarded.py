"""Whose X-Forwarded-* headers are believed is said by PROXY_HOPS alone, also of those who come from this machine."""

import http.client
from pathlib import Path

import pytest
from flask import Flask

from tests.support.sockets import WORKERS, SocketServer
from tests.support.waiting import HANGS_AFTER_S

FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on", "X-Forwarded-Protocol": "ssl", "X-Forwarded-Host": "evil.example"}


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.mark.parametrize("kind", WORKERS)
@pytest.mark.parametrize("hops", ["0", "1"])
def test_scheme_is_that_of_the_connection_unless_a_proxy_is_there(app: Flask, tmp_path: Path, kind: str, hops: str) -> None:
    with SocketServer(app, tmp_path, kind=kind, PROXY_HOPS=hops) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=HANGS_AFTER_S)
        connection.request("GET", "/login?lang=en", headers=FORWARDED)
        cookie = connection.getresponse().headers["Set-Cookie"]
        connection.close()
    assert ("Secure" in cookie) is (hops == "1")
