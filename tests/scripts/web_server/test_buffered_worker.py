"""The worker on real sockets: keep-alive, pipelining, chunked and large bodies, and what slow or vanished clients meet."""

import http.client
import socket
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from flask.testing import FlaskClient
from gunicorn.config import Config

from scripts.embedded.redis_server import free_port
from scripts.web_server.buffered_worker import ALIVE, BufferedThreadWorker
from scripts.web_server.connection import Connection
from tests.support import processes
from tests.support.waiting import HANGS_AFTER_S, wait_until

# says what it got and sends as much as it is asked to
APPLICATION = """
import hashlib, json, os, threading, time

def app(environ, start_response):
    body = environ["wsgi.input"].read() if environ["PATH_INFO"] != "/unread" else b""
    if environ["PATH_INFO"] == "/held":
        gate = environ["QUERY_STRING"]
        open(f"{gate}.{threading.get_ident()}", "w").close()
        while not os.path.exists(gate):
            time.sleep(0.01)
        environ["QUERY_STRING"] = ""
    size = int(environ["QUERY_STRING"] or 0)
    told = json.dumps({"path": environ["PATH_INFO"], "size": len(body), "sha": hashlib.sha256(body).hexdigest()}).encode()
    start_response("200 OK", [("Content-Length", str(len(told) + size))])
    yield told
    for _ in range(0, size, 1024 * 1024):
        yield b"." * min(size, 1024 * 1024)
"""
FOR_EVER_S = 10 * HANGS_AFTER_S
WORKER = "scripts.web_server.buffered_worker.BufferedThreadWorker"
ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def serving(folder: Path, *options: str, **limits: float) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """Two threads only, so that whoever holds one is noticed; other limits replace those of the connection. It ends well."""
    (folder / "echoing.py").write_text(APPLICATION)
    changes = [f"connection.{name} = {seconds}" for name, seconds in limits.items()]
    (folder / "limits.py").write_text("\n".join(["from scripts.web_server import connection", *changes]))
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", WORKER, "--threads", "2"]
    command += [*options, "--config", str(folder / "limits.py"), "--chdir", str(ROOT), "--pythonpath", str(folder), "echoing:app"]
    process = processes.start(command, log=folder / "log", is_up=lambda: processes.answers(port))
    try:
        yield port, process
    finally:
        process.terminate()
        code = process.wait(HANGS_AFTER_S)
    assert code == 0, (folder / "log").read_text()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with serving(tmp_path_factory.mktemp("worker"), "--keep-alive", "2") as (port, _process):
        yield port


_opened: list[socket.socket] = []


@pytest.fixture(autouse=True)
def closed_in_the_end() -> Iterator[None]:
    yield
    while _opened:
        _opened.pop().close()


def connect(port: int, words: bytes = b"") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=HANGS_AFTER_S)
    _opened.append(client)
    client.sendall(words)
    return client


def read_to_end(client: socket.socket) -> bytes:
    found = b""
    while data := client.recv(65536):
        found += data
    client.close()
    return found


def test_connection_serves_one_request_after_the_other(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HANGS_AFTER_S)
    for size in (0, 10, 300_000):
        connection.request("POST", "/", body=b"a" * size)
        assert f'"size": {size}'.encode() in connection.getresponse().read()
    connection.close()


def test_pipelined_requests_are_answered_in_order(port: int) -> None:
    words = b"".join(f"GET /{number} HTTP/1.1\r\nHost: a\r\n\r\n".encode() for number in range(30))
    answer = read_to_end(connect(port, words + b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
    places = [answer.index(f'"/{number}"'.encode()) for number in (*range(30), "last")]
    assert places == sorted(places)


@pytest.mark.parametrize("size", [0, 1, 70_000, 3_000_000])
def test_chunked_body_arrives_whole(port: int, size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"e" * (size % 256)
    pieces = (body[at : at + 50_000] for at in range(0, size, 50_000))
    whole = requests.post(f"http://127.0.0.1:{port}/", data=body, timeout=HANGS_AFTER_S).json()
    assert requests.post(f"http://127.0.0.1:{port}/", data=pieces, timeout=HANGS_AFTER_S).json() == whole
    assert whole["size"] == size


def test_client_that_asks_first_is_told_to_go_on(port: int) -> None:
    client = connect(port, b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n")
    assert client.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(b"hello")
    answer = read_to_end(client)
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b'"size": 5' in answer


def test_body_that_nobody_read_does_not_become_the_next_request(port: int) -> None:
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    head = f"POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: {len(smuggled)}\r\n\r\n".encode()
    answer = read_to_end(connect(port, head + smuggled + b"GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
    assert b"smuggled" not in answer
    assert b'"/next"' in answer


def test_too_long_a_body_is_answered_without_being_waited_for(port: int) -> None:
    answer = read_to_end(connect(port, b"POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\nabc"))
    assert answer.startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    "words", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"GET / HTTP/1.1\r\nA b: c\r\n\r\n"]
)
def test_unreadable_request_is_refused_and_closed(port: int, words: bytes) -> None:
    assert read_to_end(connect(port, words)).startswith(b"HTTP/1.1 400 ")


def test_half_a_head_hears_408_and_silence_is_just_closed(tmp_path: Path) -> None:
    with serving(tmp_path, HEAD_TIMEOUT_S=0.5) as (port, _process):
        slow, silent = connect(port, b"GET / HTTP/1.1\r\nHost:"), connect(port)
        assert read_to_end(slow).startswith(b"HTTP/1.1 408 ")
        assert read_to_end(silent) == b""


def test_idle_connection_is_closed_after_its_keepalive(port: int) -> None:
    answer = read_to_end(connect(port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_liveness_is_answered_while_all_threads_are_busy(port: int, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    held = [connect(port, f"GET /held?{gate} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()) for _ in range(2)]
    wait_until(lambda: len(list(tmp_path.iterdir())) == 2, what="two busy threads")
    answer = requests.get(f"http://127.0.0.1:{port}/health/live", timeout=HANGS_AFTER_S)
    gate.touch()
    assert (answer.status_code, answer.json(), answer.headers["Content-Type"]) == (200, {"status": "ok"}, "application/json")
    assert answer.headers["Connection"] == "close"
    assert all(read_to_end(client).startswith(b"HTTP/1.1 200 OK") for client in held)


def test_the_main_loop_says_what_the_application_says(client: FlaskClient) -> None:
    head, body = ALIVE.split(b"\r\n\r\n")
    answer = client.get("/health/live")
    assert (answer.status_code, answer.data, answer.content_type) == (200, body, "application/json")
    assert f"Content-Length: {len(body)}".encode() in head


def test_clients_that_read_nothing_hold_no_thread_and_the_patient_get_every_byte(port: int) -> None:
    size = 12 * 1024 * 1024
    lazy = [connect(port, f"GET /lazy?{size} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()) for _ in range(6)]
    for client in lazy:
        assert client.recv(1, socket.MSG_PEEK), "its answer has begun"
    for _ in range(4):
        assert requests.get(f"http://127.0.0.1:{port}/", timeout=HANGS_AFTER_S).status_code == 200
    assert len(read_to_end(lazy[0])) > size
    for client in lazy[1:]:
        client.close()


def test_client_that_vanishes_takes_nobody_along(port: int) -> None:
    for words in (b"", b"GET / HTT", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\na", b"GET /?9000000 HTTP/1.1\r\n\r\n"):
        client = connect(port, words)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        client.close()
    assert requests.get(f"http://127.0.0.1:{port}/", timeout=HANGS_AFTER_S).status_code == 200


def test_one_address_cannot_take_all_places(tmp_path: Path) -> None:
    # they keep their places until somebody else needs one
    with serving(tmp_path, "--worker-connections", "100", HEAD_TIMEOUT_S=FOR_EVER_S) as (port, _process):
        slow = []
        for _ in range(3):
            slow += [connect(port, b"GET / HT") for _ in range(90)]
            assert requests.get(f"http://127.0.0.1:{port}/", timeout=HANGS_AFTER_S).status_code == 200
        for client in slow:
            client.close()


def test_stopping_worker_finishes_what_it_has_begun(tmp_path: Path) -> None:
    with serving(tmp_path, "--keep-alive", "600", BODY_TIMEOUT_S=FOR_EVER_S) as (port, process):
        client = connect(port, b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        assert client.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n", "it has begun"
        client.sendall(b"hel")
        other = http.client.HTTPConnection("127.0.0.1", port, timeout=HANGS_AFTER_S)
        assert not hears_of_the_end(other)
        process.terminate()
        wait_until(lambda: hears_of_the_end(other), "a worker that stops")
        other.close()
        client.sendall(b"lo")
        answer = read_to_end(client)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert b"Connection: close" in answer


def hears_of_the_end(connection: http.client.HTTPConnection) -> bool:
    """Whether the worker closes what it would otherwise keep."""
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
    except ConnectionError:
        return True
    return answer.headers["Connection"] == "close"


def test_connection_is_counted_out_once() -> None:
    """The end of a client and its last event may come together; counted twice, a worker that stops leaves before its last answer."""
    worker = BufferedThreadWorker.__new__(BufferedThreadWorker)
    worker.parked, worker.half_open, worker.nr_conns = {}, defaultdict(dict), 2
    ours, theirs = socket.socketpair()
    connection = Connection(Config(), ours, ("127.0.0.1", 1), ("127.0.0.1", 2))
    theirs.close()
    worker._drop(connection)
    worker._on_event(connection)
    worker._drop(connection)
    assert worker.nr_conns == 1


def test_thread_that_closes_a_socket_after_its_answer_closes_nobody_elses() -> None:
    """A WebSocket library closes the socket from a thread of its own, whenever that ends; the number must stay taken until the main loop
    has stopped watching it: the next client would get it, and its connection would be lost."""
    ours, theirs = socket.socketpair()
    connection = Connection(Config(), ours, ("127.0.0.1", 1), ("127.0.0.1", 2))
    number = connection.sock.fileno()
    for is_lent in (True, False):
        connection.sock.is_lent = is_lent
        connection.sock.close()
        assert connection.sock.fileno() == number
    assert theirs.recv(1) == b"", "the client hears at once that it is over"
    connection.close()
    assert connection.sock.fileno() == -1
    theirs.close()
