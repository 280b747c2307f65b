"""A TCP proxy that a test may interrupt or delay."""

import contextlib
import select
import socket
import threading
import time
from types import TracebackType


class TcpProxy:
    """Forwards in both directions; while cut it accepts connections and bytes and forwards nothing. A context manager."""

    def __init__(self, target_port: int, *, delay_s: float = 0.0) -> None:
        self.delay_s = delay_s
        self._target = ("127.0.0.1", target_port)
        self._whole = threading.Event()
        self._whole.set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=500)
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = [self._listener]

    def __enter__(self) -> "TcpProxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._whole.set()
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def cut(self) -> None:
        self._whole.clear()

    def restore(self) -> None:
        self._whole.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = self._listener.accept()
                self._open.append(near)
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._whole.wait()
            far = socket.create_connection(self._target)
            self._open.append(far)
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            others = {near: far, far: near}
            while True:
                for end in select.select(list(others), [], [])[0]:
                    data = end.recv(65536)
                    self._whole.wait()
                    if end is near and self.delay_s:
                        time.sleep(self.delay_s)
                    if not data:
                        others[end].shutdown(socket.SHUT_WR)
                        del others[end]
                        if not others:
                            return
                        continue
                    others[end].sendall(data)
