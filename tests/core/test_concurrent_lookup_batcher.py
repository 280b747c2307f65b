"""Those who ask at the same time are answered together, each with their own answer, and an error reaches all it concerns."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.concurrent_lookup_batcher import BatchLoader
from tests.support.waiting import HANGS_AFTER_S, wait_until


def test_many_share_few_questions_and_each_gets_the_own_answer() -> None:
    sizes: list[int] = []

    def double(items: Sequence[int]) -> list[int]:
        sizes.append(len(items))
        time.sleep(0.02)
        return [2 * item for item in items]

    batch = BatchLoader(double)
    with ThreadPoolExecutor(100) as people:
        assert list(people.map(batch.load, range(300))) == [2 * number for number in range(300)]
    assert sum(sizes) == 300
    assert len(sizes) < 300


def test_error_reaches_the_batch_and_the_next_one_is_answered() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(items: Sequence[str]) -> Sequence[str]:
        begun.set()
        go_on.wait(HANGS_AFTER_S)
        if "bad" in items:
            raise LookupError
        return items

    batch = BatchLoader(work)
    with ThreadPoolExecutor(3) as people:
        first = people.submit(batch.load, "first")
        begun.wait(HANGS_AFTER_S)
        together = [people.submit(batch.load, word) for word in ("bad", "beside")]
        wait_until(lambda: len(batch._queue) == 2, "both")
        go_on.set()
        assert first.result(HANGS_AFTER_S) == "first"
        for asked in together:
            with pytest.raises(LookupError):
                asked.result(HANGS_AFTER_S)
    assert batch.load("next") == "next"
