"""How the C library gives memory back: large buffers at once, and few arenas for many threads (glibc only)."""

import ctypes
import sys

# malloc.h; mallopt(3)
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
LARGE_BYTES = 128 * 1024
ARENAS = 2


def return_large_buffers() -> bool:
    """For this process and those that it forks; whether the C library can do it.

    Left alone, glibc keeps buffers of up to 32 MB in the arena of the thread that freed one such, and makes 8 arenas a core: each
    thread that once read a large body holds its size for good.
    """
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if libc is None or not hasattr(libc, "mallopt"):
        return False
    options = ((M_MMAP_THRESHOLD, LARGE_BYTES), (M_TRIM_THRESHOLD, LARGE_BYTES), (M_ARENA_MAX, ARENAS))
    return all(libc.mallopt(name, value) for name, value in options)
