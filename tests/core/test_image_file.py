"""Uploaded pictures: PNG and JPEG come out as the picture and nothing else, everything else is refused."""

import struct
import zlib

import pytest

from app.core.image_file import MAX_SIDE, PNG_SIGNATURE, UnreadableImage, read_image
from tests.support.pictures import jpeg, png, png_chunk


def test_metadata_of_a_png_is_left_out() -> None:
    image = read_image(png(3, 2, extra=png_chunk(b"tEXt", b"Author\0Astrid") + png_chunk(b"eXIf", b"place")) + b"<script>")
    assert (image.content_type, image.width, image.height) == ("image/png", 3, 2)
    assert image.content == png(3, 2)


def test_metadata_of_a_jpeg_is_left_out() -> None:
    image = read_image(jpeg(40, 30, extra=b"\xff\xe1\x00\x0aExif\0\0GP" + b"\xff\xfe\x00\x06Anna") + b"<?php")
    assert (image.content_type, image.width, image.height) == ("image/jpeg", 40, 30)
    assert image.content == jpeg(40, 30)
    assert read_image(image.content) == image


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a\x01\x00\x01\x00",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        PNG_SIGNATURE,
        PNG_SIGNATURE + b"<svg/>",
        png(3, 2)[:-4],
        png(3, 2).replace(b"IHDR", b"IDHR"),
        png(3, 2, rows=1),
        png(MAX_SIDE + 1, 1),
        PNG_SIGNATURE + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 2, 8, 2, 0, 0, 0))
        + png_chunk(b"IDAT", b"no") + png_chunk(b"IEND", b""),
        PNG_SIGNATURE + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
        + png_chunk(b"IDAT", zlib.compress(b"\0" * 9_000_000)) + png_chunk(b"IEND", b""),
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        jpeg(40, 30)[:-2],
        jpeg(MAX_SIDE + 1, 30),
        jpeg(0, 30),
    ],
)  # fmt: skip
def test_what_is_no_such_picture_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableImage):
        read_image(content)
