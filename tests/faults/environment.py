"""A running server under fault injection: its processes, database and Redis, and read access to its rows."""

import os
import random
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import requests
from flask import Flask
from sqlalchemy import func, select

from app.core.clock import now
from app.core.database import read_only
from app.core.extensions import db
from app.models import WebhookEvent
from config import Settings
from tests.faults.load import Sender
from tests.support.applications import SECRETS, new_app
from tests.support.external_servers import MariaDbServer, RedisServer
from tests.support.running_server import DEMO_PASSWORD, DEMO_VARIABLES, RunningServer
from tests.support.waiting import HANGS_AFTER_S, wait_until

VARIABLES = DEMO_VARIABLES | {"LOG_LEVEL": "WARNING"}


@dataclass
class Environment:
    """`redis` and `maria` are None where the server uses the embedded ones."""

    server: RunningServer
    redis: RedisServer | None = None
    maria: MariaDbServer | None = None
    killed: Counter[str] = field(default_factory=Counter)

    @cached_property
    def app(self) -> Flask:
        """An application of the test's own on the server's database."""
        options = {"database_url": self.maria.url} if self.maria else {}
        return new_app(
            Settings(
                app_env="development",
                instance_path=self.server.instance,
                redis_url=None,
                encryption_keys=SECRETS["encryption_keys"],
                **options,
            )
        )

    def sender(self, **options: Any) -> Sender:
        return Sender(lambda: self.server.url, self.server.secrets["RETELL_API_KEY"], **options)

    def kill(self, name: str) -> None:
        """kill -9 for one of web, worker, clock, redis, maria; each comes back by itself or is started again. `flush` empties Redis."""
        self.killed[name] += 1
        if name == "flush":
            assert self.redis is not None
            self.redis.flush()
            return
        backend = {"redis": self.redis, "maria": self.maria}.get(name)
        if backend is not None:
            backend.kill()
            backend.start()
        else:
            with suppress(KeyError, ProcessLookupError):
                self.server.kill(name)

    def kill_all(self) -> None:
        """Kill all processes at once; children die with their parent."""
        self.server.kill("server")
        for backend in (self.redis, self.maria):
            if backend is not None:
                backend.kill()

    def start_all(self) -> None:
        for backend in (self.redis, self.maria):
            if backend is not None:
                backend.start()
        self.server.start()

    def get(self, path: str, *, key: str | None = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return requests.get(f"{self.server.url}{path}", headers=headers, timeout=HANGS_AFTER_S)

    def signal(self, name: str, number: int) -> int:
        """Sends one of the server's processes a signal; its id."""
        pid = self.server.pids[name]
        os.kill(pid, number)
        return pid

    def sign_in(self, email: str) -> requests.Session:
        """Sign in and return the HTTP session."""
        session = requests.Session()
        page = session.get(f"{self.server.url}/login", timeout=HANGS_AFTER_S).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token, page
        form = {"email": email, "password": DEMO_PASSWORD, "csrf_token": token[1]}
        answer = session.post(f"{self.server.url}/login", data=form, timeout=HANGS_AFTER_S, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return session

    def wait_until_ready(self) -> None:
        self.server.wait_until(self.server.is_ready, "a ready server")

    def statuses(self) -> Counter[str]:
        """Count the webhook events by status."""
        with self.app.app_context(), read_only(), db.engine.connect() as connection:
            return Counter(connection.execute(select(WebhookEvent.status)).scalars())

    def count_claimed(self) -> int:
        """Count the events claimed by a worker."""
        with self.app.app_context(), read_only(), db.engine.connect() as connection:
            table = WebhookEvent.__table__
            held = select(func.count()).where(table.c.status == "pending", table.c.claim_token.is_not(None))
            return connection.execute(held).scalar() or 0

    def count_leased(self) -> int:
        """Count the events whose worker may still work on them."""
        with self.app.app_context(), read_only(), db.engine.connect() as connection:
            table = WebhookEvent.__table__
            held = select(func.count()).where(table.c.status == "pending", table.c.claim_token.is_not(None), table.c.due_at > now())
            return connection.execute(held).scalar() or 0

    def is_locked(self) -> bool:
        """Tell whether a transaction holds SQLite's write lock; always False on MariaDB."""
        if self.maria:
            return False
        with closing(sqlite3.connect(self.server.instance / "askproai.sqlite3", timeout=0)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
        return False

    def wait_until_settled(self) -> None:
        """Wait until no event is pending."""
        wait_until(lambda: self.statuses()["pending"] == 0, "an empty inbox")

    def run_with_kills(
        self, work: Sequence[Callable[[], object]], victims: Sequence[str], *, seed: int, every_s: tuple[float, float], kills: int = 0
    ) -> None:
        """Kill one victim every few seconds, each equally often, until the work in threads is done and `kills` were reached.

        From this thread: the kernel ends a child together with the thread that started it.
        """
        chance, bag, last = random.Random(seed), [], sum(self.killed.values()) + kills
        with ThreadPoolExecutor(len(work)) as pool:
            futures = [pool.submit(each) for each in work]
            while wait(futures, timeout=0).not_done or sum(self.killed.values()) < last:
                time.sleep(chance.uniform(*every_s))
                bag = bag or chance.sample(victims, len(victims))
                self.kill(bag.pop())
            for each in futures:
                each.result()
