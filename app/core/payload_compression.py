"""How webhook bodies rest: compressed, then sealed by their column (KeptSealed)."""

import threading

import zstandard

from app.core.encryption import SealBroken, keyring

_compressors = threading.local()


class BodyBroken(Exception):
    """What was stored cannot be opened any more: changed, or sealed with a key that is gone."""


def pack(body: bytes) -> bytes:
    """zstd, level 1; a compressor belongs to one thread. The column seals it."""
    if not hasattr(_compressors, "zstd"):
        _compressors.zstd = zstandard.ZstdCompressor(level=1)
    return _compressors.zstd.compress(body)


def unpack(sealed: bytes) -> bytes:
    """The raw bytes of what the column holds; raises BodyBroken."""
    try:
        return zstandard.decompress(keyring().open(sealed))
    except (SealBroken, zstandard.ZstdError) as error:
        raise BodyBroken(str(error)) from error
