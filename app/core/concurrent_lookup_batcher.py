"""Merge concurrent look-ups into batches: one thread runs a batch for all its waiters, while the next batch collects."""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, cast

Item = TypeVar("Item")
Answer = TypeVar("Answer")
MAX_BATCH_SIZE = 200


class _PendingLookup(Generic[Item, Answer]):
    def __init__(self, item: Item) -> None:
        self.item = item
        self.answer: Answer | None = None
        self.error: BaseException | None = None
        self.leads = False
        # released when the answer is ready, or when this thread has to run the next batch
        self.called = threading.Lock()
        self.called.acquire()


class BatchLoader(Generic[Item, Answer]):
    """`work` answers many items at once, in their order; it always starts after its items were requested."""

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Answer]]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._queue: list[_PendingLookup[Item, Answer]] = []
        self._is_led = False

    def load(self, item: Item) -> Answer:
        """The answer for this item; raises the error of `work` for its batch."""
        pending: _PendingLookup[Item, Answer] = _PendingLookup(item)
        with self._lock:
            self._queue.append(pending)
            if not self._is_led:
                self._is_led = pending.leads = True
        if not pending.leads:
            pending.called.acquire()
        if pending.leads:
            self._lead()
        if pending.error:
            raise pending.error
        return cast("Answer", pending.answer)

    def _lead(self) -> None:
        with self._lock:
            batch, self._queue = self._queue[:MAX_BATCH_SIZE], self._queue[MAX_BATCH_SIZE:]
        try:
            answers = self._work([waiting.item for waiting in batch])
            for waiting, answer in zip(batch, answers, strict=True):
                waiting.answer = answer
        except BaseException as error:
            for waiting in batch:
                waiting.error = error
            raise
        finally:
            with self._lock:
                following = self._queue[0] if self._queue else None
                self._is_led = following is not None
            if following:
                following.leads = True
                following.called.release()
            for waiting in batch[1:]:
                waiting.called.release()
