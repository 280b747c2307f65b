"""Collect the bytes of a request until head and body are complete, without reading a socket."""

import re
import tempfile
from typing import IO, Literal

Stage = Literal["head", "body", "complete"]
# the application answers 413 beyond 10 MB, so a longer body is not read to its end
MAX_BODY = 10 * 1024 * 1024
# includes the framing of a chunked body
MAX_CHUNKED = MAX_BODY + MAX_BODY // 8
# gunicorn's own limits of lines and fields are lower
MAX_HEAD = 64 * 1024
# a larger request is buffered in a file
IN_MEMORY = 64 * 1024
MAX_LINE = 8 * 1024
END_OF_HEAD = b"\r\n\r\n"
EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([^\r]*?)[ \t]*(?=\r\n)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
SIZE = re.compile(rb"[0-9a-fA-F]{1,8}")


class RequestBuffer:
    """The bytes of one connection: the current request, and the bytes after it.

    A request with invalid framing counts as complete with its head; gunicorn's parser rejects it.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._begin()

    def _begin(self) -> None:
        self.stage: Stage = "head"
        # whether the client waits for "100 Continue" before it sends the body
        self.expects_continue = False
        # whether bytes of this request were left unread, so that no request can follow
        self.is_cut = False
        self._stored: IO[bytes] | None = None
        self._whole = b""
        self._missing = 0
        self._chunks: ChunkScanner | None = None

    @property
    def is_empty(self) -> bool:
        return not self._rest and self._stored is None

    def starts_with(self, words: bytes) -> bool:
        """Whether the request is complete, held in memory, and begins with these bytes."""
        return self.stage == "complete" and self._whole.startswith(words)

    def feed(self, data: bytes) -> None:
        """Add received bytes."""
        if self.stage == "head":
            self._read_head(self._rest + data if self._rest else data)
        elif self.stage == "body":
            self._read_body(data)
        else:
            self._rest += data

    def take(self) -> "Source":
        """The complete request for the parser; the bytes after it begin the next one."""
        source = Source(self._whole, self._stored)
        rest, self._rest = self._rest, b""
        is_cut = self.is_cut
        self._begin()
        self.is_cut = is_cut
        if rest and not is_cut:
            self.feed(rest)
        return source

    def close(self) -> None:
        if self._stored is not None:
            self._stored.close()
            self._stored = None

    def _read_head(self, data: bytes) -> None:
        end = data.find(END_OF_HEAD)
        if end < 0:
            self._rest = data
            if len(data) > MAX_HEAD:
                self._complete(data, b"", is_cut=True)
            return
        end += len(END_OF_HEAD)
        head, self._rest = data[:end], b""
        lengths = LENGTH.findall(head)
        if CHUNKED.search(head):
            if lengths:
                return self._complete(data, b"", is_cut=True)
            self._chunks = ChunkScanner()
        elif lengths:
            if len(lengths) > 1 or not lengths[0].isdigit() or len(lengths[0]) > 18 or int(lengths[0]) > MAX_BODY:
                return self._complete(EXPECT.sub(b"", head), b"", is_cut=True)
            self._missing = int(lengths[0])
        if self._chunks is None and len(data) - end >= self._missing:
            return self._complete(data[: end + self._missing], data[end + self._missing :])
        if EXPECT.search(head) and len(data) == end:
            self.expects_continue, head = True, EXPECT.sub(b"", head)
        self._stored = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by its reader
        self._stored.write(head)
        self.stage = "body"
        if len(data) > end:
            self._read_body(data[end:])
        return None

    def _read_body(self, data: bytes) -> None:
        assert self._stored is not None
        if self._chunks is None:
            self._stored.write(data[: self._missing])
            data, self._missing = data[self._missing :], max(0, self._missing - len(data))
            if not self._missing:
                self._complete(b"", data)
            return
        end = self._chunks.feed(data)
        self._stored.write(data if end is None else data[:end])
        if end is not None or self._chunks.is_odd or self._stored.tell() > MAX_CHUNKED:
            self._complete(b"", data[end:] if end is not None else b"", is_cut=end is None)

    def _complete(self, whole: bytes, rest: bytes, *, is_cut: bool = False) -> None:
        self.stage, self.is_cut, self.expects_continue = "complete", is_cut, False
        self._whole, self._rest = whole, rest


class ChunkScanner:
    """Scan the framing of a chunked body (RFC 9112, 7.1) for its end."""

    def __init__(self) -> None:
        self.is_odd = False
        self._remaining = 0
        self._line = b""
        self._in_trailers = False

    def feed(self, data: bytes) -> int | None:
        """The position in this piece at which the body ends, or None."""
        at = 0
        while at < len(data):
            if self._remaining:
                step = min(self._remaining, len(data) - at)
                self._remaining -= step
                at += step
                continue
            newline = data.find(b"\n", at)
            self._line += data[at : newline + 1 if newline >= 0 else len(data)]
            if newline < 0 or len(self._line) > MAX_LINE:
                self.is_odd = len(self._line) > MAX_LINE
                return None
            at = newline + 1
            line, self._line = self._line.strip(), b""
            if self._in_trailers and not line:
                return at
            if not self._in_trailers and not self._begin_chunk(line):
                return None
        return None

    def _begin_chunk(self, line: bytes) -> bool:
        size = line.partition(b";")[0].rstrip()
        self.is_odd = SIZE.fullmatch(size) is None
        if self.is_odd:
            return False
        # the chunk's bytes and the line break after them
        self._remaining = int(size, 16) + 2 if int(size, 16) else 0
        self._in_trailers = not self._remaining
        return True


class Source:
    """The bytes of one request, to be read once."""

    def __init__(self, whole: bytes, stored: IO[bytes] | None) -> None:
        self._whole, self._stored = whole, stored
        if stored is not None:
            stored.seek(0)

    def read(self, size: int) -> bytes:
        """Read about so many bytes; empty at the end."""
        if self._stored is not None:
            return self._stored.read(size)
        data, self._whole = self._whole, b""
        return data

    def close(self) -> None:
        if self._stored is not None:
            self._stored.close()
