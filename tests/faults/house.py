"""A whole server under fault: its processes, its database and its Redis, and a way to look into its rows from outside."""

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

from app.core.database import read_only
from app.core.extensions import db
from app.models import WebhookEvent
from config import Settings
from tests.faults.sending import Sender
from tests.support.applications import SECRETS, new_app
from tests.support.backends import MariaBackend, RedisBackend, wait_until
from tests.support.running_server import DEMO_PASSWORD, TOWN, RunningServer

VARIABLES = TOWN | {"LOG_LEVEL": "WARNING"}


@dataclass
class House:
    """`redis` and `maria` are there where they are not the embedded ones."""

    server: RunningServer
    redis: RedisBackend | None = None
    maria: MariaBackend | None = None
    killed: Counter[str] = field(default_factory=Counter)

    @cached_property
    def app(self) -> Flask:
        """An application of the test's own on the server's database."""
        known = {"database_url": self.maria.url} if self.maria else {}
        return new_app(
            Settings(
                app_env="development",
                instance_path=self.server.instance,
                redis_url=None,
                encryption_keys=SECRETS["encryption_keys"],
                **known,
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

    def cut_the_power(self) -> None:
        """All of it at once; the children die with their parent."""
        self.server.kill("server")
        for backend in (self.redis, self.maria):
            if backend is not None:
                backend.kill()

    def switch_on(self) -> None:
        for backend in (self.redis, self.maria):
            if backend is not None:
                backend.start()
        self.server.start()

    def get(self, path: str, *, key: str | None = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return requests.get(f"{self.server.url}{path}", headers=headers, timeout=20)

    def signal(self, name: str, number: int) -> int:
        """Sends one of the server's processes a signal; its id."""
        pid = self.server.pids[name]
        os.kill(pid, number)
        return pid

    def sign_in(self, email: str) -> requests.Session:
        """A browser without a screen."""
        person = requests.Session()
        page = person.get(f"{self.server.url}/login", timeout=20).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token, page
        form = {"email": email, "password": DEMO_PASSWORD, "csrf_token": token[1]}
        answer = person.post(f"{self.server.url}/login", data=form, timeout=20, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return person

    def wait_until_ready(self, within_s: float = 60.0) -> None:
        wait_until(self.server.is_ready, within_s=within_s, what="the server")

    def statuses(self) -> Counter[str]:
        """How many events of the inbox stand where."""
        with self.app.app_context(), read_only(), db.engine.connect() as connection:
            return Counter(connection.execute(select(WebhookEvent.status)).scalars())

    def claimed(self) -> int:
        """How many events are in the hands of a worker."""
        with self.app.app_context(), read_only(), db.engine.connect() as connection:
            table = WebhookEvent.__table__
            held = select(func.count()).where(table.c.status == "pending", table.c.claim_token.is_not(None))
            return connection.execute(held).scalar() or 0

    def is_locked(self) -> bool:
        """Whether somebody is about to write on SQLite, where nobody else can while that one stands still."""
        if self.maria:
            return False
        with closing(sqlite3.connect(self.server.instance / "askproai.sqlite3", timeout=0)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
        return False

    def wait_until_settled(self, within_s: float = 60.0) -> float:
        """Until nothing waits any more; how long that took."""
        return wait_until(lambda: self.statuses()["pending"] == 0, within_s=within_s, what="an empty inbox")

    def rage_while(
        self, work: Sequence[Callable[[], object]], victims: Sequence[str], *, seed: int, every_s: tuple[float, float], kills: int = 0
    ) -> None:
        """Kills one of these every few seconds, all equally often, until the work in threads is done and so many were killed.

        From this thread: the kernel ends a child together with the thread that started it.
        """
        chance, bag, last = random.Random(seed), [], sum(self.killed.values()) + kills
        with ThreadPoolExecutor(len(work)) as beside:
            working = [beside.submit(each) for each in work]
            while wait(working, timeout=0).not_done or sum(self.killed.values()) < last:
                time.sleep(chance.uniform(*every_s))
                bag = bag or chance.sample(victims, len(victims))
                self.kill(bag.pop())
            for each in working:
                each.result()
