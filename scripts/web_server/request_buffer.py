"""Where a request ends: collects the bytes of a connection until head and body are complete, without reading a socket."""

import re
import tempfile
from typing import IO, Literal

Stage = Literal["head", "body", "complete"]
# the application answers 413 beyond 10 MB; a longer body is not waited for
MAX_BODY = 10 * 1024 * 1024
# so much more may come for the framing of a chunked body
MAX_CHUNKED = MAX_BODY + MAX_BODY // 8
# gunicorn's own limits of lines and fields are below
MAX_HEAD = 64 * 1024
# a larger request waits in a file
IN_MEMORY = 64 * 1024
MAX_LINE = 8 * 1024
END_OF_HEAD = b"\r\n\r\n"
EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([^\r]*?)[ \t]*(?=\r\n)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
SIZE = re.compile(rb"[0-9a-fA-F]{1,8}")


class RequestBuffer:
    """The bytes of one connection: the request that is coming in, and what came behind it.

    What is framed in a way that is not understood here counts as complete with its head; the parser behind says what is wrong with it.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._begin()

    def _begin(self) -> None:
        self.stage: Stage = "head"
        # whether the client waits for "100 Continue" before it sends the body
        self.expects_continue = False
        # whether bytes of this request were left on the wire: nothing can follow it
        self.is_cut = False
        self._stored: IO[bytes] | None = None
        self._whole = b""
        self._missing = 0
        self._chunks: ChunkScanner | None = None

    @property
    def is_empty(self) -> bool:
        return not self._rest and self._stored is None

    def starts_with(self, words: bytes) -> bool:
        """Whether the complete request begins so; of those without a body."""
        return self.stage == "complete" and self._whole.startswith(words)

    def feed(self, data: bytes) -> None:
        """Takes what came from the wire."""
        if self.stage == "head":
            self._read_head(self._rest + data if self._rest else data)
        elif self.stage == "body":
            self._read_body(data)
        else:
            self._rest += data

    def take(self) -> "Source":
        """The complete request, as bytes for the parser; what came behind it begins the next one."""
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
    """Follows the framing of a chunked body (RFC 9112, 7.1) to its end."""

    def __init__(self) -> None:
        self.is_odd = False
        self._left = 0
        self._line = b""
        self._in_trailers = False

    def feed(self, data: bytes) -> int | None:
        """Where the body ends in this piece, or None where it goes on."""
        at = 0
        while at < len(data):
            if self._left:
                step = min(self._left, len(data) - at)
                self._left -= step
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
        # its bytes and the line break behind them
        self._left = int(size, 16) + 2 if int(size, 16) else 0
        self._in_trailers = not self._left
        return True


class Source:
    """The bytes of one request, to be read once."""

    def __init__(self, whole: bytes, stored: IO[bytes] | None) -> None:
        self._whole, self._stored = whole, stored
        if stored is not None:
            stored.seek(0)

    def read(self, size: int) -> bytes:
        """Some more bytes, about so many; none at the end."""
        if self._stored is not None:
            return self._stored.read(size)
        data, self._whole = self._whole, b""
        return data

    def close(self) -> None:
        if self._stored is not None:
            self._stored.close()
