"""The buffer finds where a request ends, however its bytes come in, and never more of them than it may keep."""

import pytest

from scripts.web_server.request_buffer import MAX_BODY, MAX_HEAD, RequestBuffer

GET = b"GET /login HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /x HTTP/1.1\r\nHost: a\r\ncontent-LENGTH:  5 \r\n\r\nhello"
CHUNKED = (
    b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;name=value\r\nhello\r\n1A\r\n"
    + b"z" * 26
    + b"\r\n0\r\nT: 1\r\n\r\n"
)


def taken(buffer: RequestBuffer) -> bytes:
    assert buffer.stage == "complete"
    source, found = buffer.take(), b""
    while data := source.read(7):
        found += data
    source.close()
    return found


@pytest.mark.parametrize("request_bytes", [GET, POST, CHUNKED], ids=["get", "post", "chunked"])
@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_pipelined_requests_are_cut_where_each_ends_however_they_arrive(request_bytes: bytes, step: int) -> None:
    buffer, wire, found = RequestBuffer(), request_bytes * 3, []
    for at in range(0, len(wire), step):
        buffer.feed(wire[at : at + step])
        while buffer.stage == "complete":
            found.append(taken(buffer))
    assert found == [request_bytes] * 3
    assert buffer.is_empty


@pytest.mark.parametrize("request_bytes", [GET, POST, CHUNKED], ids=["get", "post", "chunked"])
def test_request_is_not_complete_before_its_last_byte(request_bytes: bytes) -> None:
    buffer = RequestBuffer()
    for byte in request_bytes[:-1]:
        buffer.feed(bytes([byte]))
        assert buffer.stage != "complete"
    buffer.feed(request_bytes[-1:])
    assert taken(buffer) == request_bytes


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: +5",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Content-Length: " + b"9" * 5000,
        b"Content-Length: " + str(MAX_BODY + 1).encode(),
    ],
)
def test_body_that_nobody_will_read_is_not_waited_for(lines: bytes) -> None:
    buffer = RequestBuffer()
    buffer.feed(b"POST /x HTTP/1.1\r\n" + lines + b"\r\n\r\nhel")
    assert buffer.stage == "complete"
    assert buffer.is_cut, "what follows on the wire is no request"


@pytest.mark.parametrize("size", [b"-5", b"0x5", b"5 5", b"", b"fffffffff"])
def test_chunk_of_unreadable_size_ends_the_wait(size: bytes) -> None:
    buffer = RequestBuffer()
    buffer.feed(b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\nhello\r\n")
    assert (buffer.stage, buffer.is_cut) == ("complete", True)
    buffer.close()


def test_head_without_end_is_cut() -> None:
    buffer = RequestBuffer()
    buffer.feed(b"GET / HTTP/1.1\r\nX: " + b"a" * MAX_HEAD)
    assert (buffer.stage, buffer.is_cut) == ("complete", True)


def test_chunked_body_without_end_is_cut() -> None:
    buffer = RequestBuffer()
    buffer.feed(b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(200):
        if buffer.stage == "complete":
            break
        buffer.feed(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
    assert (buffer.stage, buffer.is_cut) == ("complete", True)
    buffer.close()


def test_client_that_waits_for_continue_is_noticed_once_and_the_parser_is_not_told() -> None:
    buffer = RequestBuffer()
    buffer.feed(b"POST /x HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n")
    assert buffer.expects_continue
    buffer.feed(b"hello")
    assert not buffer.expects_continue
    assert taken(buffer) == b"POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
