"""Pictures that people upload: PNG and JPEG, read by their structure and written anew without metadata and trailing bytes."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MAX_SIDE = 2000
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# chunks that make up the picture itself; all others are metadata (https://www.w3.org/TR/png-3/#5Chunk-layout)
PNG_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# segments of a JPEG: its begin, its end, the start of a scan, and frames, which hold width and height (ITU T.81, table B.1)
SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# applications' segments and comments hold metadata, but JFIF and Adobe say how colours are meant
METADATA = (frozenset(range(0xE0, 0xF0)) | {0xFE}) - {0xE0, 0xEE}


class UnreadableImage(ValueError):
    """Neither a PNG nor a JPEG, damaged, or too large in pixels."""


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A picture with nothing in it but the picture."""

    content: bytes
    content_type: str
    width: int
    height: int


def read_image(content: bytes) -> ImageFile:
    """Read a PNG or JPEG and leave out what is no picture. Raises UnreadableImage."""
    try:
        image = _read_png(content) if content.startswith(PNG_SIGNATURE) else _read_jpeg(content)
    except (struct.error, IndexError, zlib.error):
        raise UnreadableImage from None
    if not (0 < image.width <= MAX_SIDE and 0 < image.height <= MAX_SIDE):
        raise UnreadableImage
    return image


def _read_png(content: bytes) -> ImageFile:
    chunks = list(_iter_chunks(content))
    if not chunks or chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND":
        raise UnreadableImage
    width, height, depth, colour_type, _compression, _filter, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if colour_type not in PNG_CHANNELS or not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise UnreadableImage
    # one byte a line for its filter; interlaced pictures have up to seven passes of lines
    expected = height * (1 + (width * depth * PNG_CHANNELS[colour_type] + 7) // 8)
    pixels = zlib.decompressobj().decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"), 2 * expected + 64)
    if len(pixels) < expected or (len(pixels) > expected and not interlaced):
        raise UnreadableImage
    kept = b"".join(_write_chunk(kind, data) for kind, data in chunks if kind in PNG_CHUNKS)
    return ImageFile(PNG_SIGNATURE + kept, "image/png", width, height)


def _iter_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(PNG_SIGNATURE)
    while position < len(content):
        length, kind = struct.unpack_from(">I4s", content, position)
        data = content[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack_from(">I", content, position + 8 + length)
        if zlib.crc32(kind + data) != checksum:
            raise UnreadableImage
        yield kind, data
        if kind == b"IEND":
            return
        position += length + 12


def _write_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))


def _read_jpeg(content: bytes) -> ImageFile:
    if content[:2] != bytes((0xFF, SOI)):
        raise UnreadableImage
    kept, size, position = [content[:2]], None, 2
    while True:
        mark, marker, length = struct.unpack_from(">BBH", content, position)
        if mark != 0xFF or length < 2:
            raise UnreadableImage
        end = position + 2 + length
        if marker in SOF:
            height, width = struct.unpack_from(">HH", content, position + 5)
            size = (width, height)
        if marker == SOS:
            break
        if marker not in METADATA:
            kept.append(content[position:end])
        position = end
    last = content.rfind(bytes((0xFF, EOI)))
    if size is None or last <= position:
        raise UnreadableImage
    return ImageFile(b"".join(kept) + content[position : last + 2], "image/jpeg", *size)
