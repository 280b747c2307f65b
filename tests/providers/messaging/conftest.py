"""As much of an application as drivers stand on."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.core import redis as redis_room


@pytest.fixture
def ground(redis: Any, redis_url: str) -> Iterator[None]:
    app = Flask(__name__)
    app.extensions["askproai_redis"] = redis_room.connect(redis_url)
    with app.app_context():
        yield
