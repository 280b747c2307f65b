"""One question for all who ask at the same time: one of them asks for the others, while the next ones gather."""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, cast

Item = TypeVar("Item")
Answer = TypeVar("Answer")
MAX_BATCH_SIZE = 200


class _PendingItem(Generic[Item, Answer]):
    def __init__(self, item: Item) -> None:
        self.item = item
        self.answer: Answer | None = None
        self.error: BaseException | None = None
        self.leads = False
        # released when the answer is there, or when it is this one's turn to lead
        self.called = threading.Lock()
        self.called.acquire()


class CoalescedQuery(Generic[Item, Answer]):
    """`work` answers many items in one go, in their order; every answer was looked up after its item was asked for."""

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Answer]]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._queue: list[_PendingItem[Item, Answer]] = []
        self._is_led = False

    def ask(self, item: Item) -> Answer:
        """The answer for this item. Raises what `work` raised for the batch that it was in."""
        mine: _PendingItem[Item, Answer] = _PendingItem(item)
        with self._lock:
            self._queue.append(mine)
            if not self._is_led:
                self._is_led = mine.leads = True
        if not mine.leads:
            mine.called.acquire()
        if mine.leads:
            self._lead()
        if mine.error:
            raise mine.error
        return cast("Answer", mine.answer)

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
