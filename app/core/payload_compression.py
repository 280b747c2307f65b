"""Stored form of webhook bodies: compressed, then encrypted by their column (RawEncryptedBytes)."""

import threading

import zstandard

from app.core.encryption import DecryptionError, keyring

_compressors = threading.local()


class StoredPayloadUnreadable(Exception):
    """A stored body cannot be decrypted or decompressed: it was changed, or its key was removed."""


def compress_body(body: bytes) -> bytes:
    """Compress with zstd, level 1, using one compressor per thread; the column encrypts the result."""
    if not hasattr(_compressors, "zstd"):
        _compressors.zstd = zstandard.ZstdCompressor(level=1)
    return _compressors.zstd.compress(body)


def decompress_body(sealed: bytes) -> bytes:
    """Decrypt and decompress a value of the column; raises StoredPayloadUnreadable."""
    try:
        return zstandard.decompress(keyring().open(sealed))
    except (DecryptionError, zstandard.ZstdError) as error:
        raise StoredPayloadUnreadable(str(error)) from error
