"""Small pictures, made byte by byte."""

import struct
import zlib

from app.core.image_file import PNG_SIGNATURE


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, extra: bytes = b"", rows: int | None = None) -> bytes:
    """A petrol rectangle, with `extra` chunks between its head and its pixels."""
    line = b"\0" + bytes((15, 110, 110)) * width
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = zlib.compress(line * (height if rows is None else rows))
    return PNG_SIGNATURE + head + extra + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")


def jpeg(width: int, height: int, *, extra: bytes = b"") -> bytes:
    """The segments of a JPEG with a scan of a few bytes, with `extra` ones behind its first."""
    jfif = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return b"\xff\xd8" + jfif + extra + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\x34\xff\x00\x56" + b"\xff\xd9"
