"""How webhook bodies rest: compressed, then sealed by their column (RawEncryptedBytes)."""

import threading

import zstandard

from app.core.encryption import DecryptionError, keyring

_compressors = threading.local()


class PayloadUnreadable(Exception):
    """What was stored cannot be opened any more: changed, or sealed with a key that is gone."""


def compress_body(body: bytes) -> bytes:
    """zstd, level 1; a compressor belongs to one thread. The column seals it."""
    if not hasattr(_compressors, "zstd"):
        _compressors.zstd = zstandard.ZstdCompressor(level=1)
    return _compressors.zstd.compress(body)


def decompress_body(sealed: bytes) -> bytes:
    """The raw bytes of what the column holds; raises PayloadUnreadable."""
    try:
        return zstandard.decompress(keyring().open(sealed))
    except (DecryptionError, zstandard.ZstdError) as error:
        raise PayloadUnreadable(str(error)) from error
