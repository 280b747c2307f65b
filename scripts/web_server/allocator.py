"""Configure malloc to return large buffers to the system at once and to use few arenas for many threads (glibc only)."""

import ctypes
import sys

# malloc.h; mallopt(3)
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
LARGE_BYTES = 128 * 1024
ARENAS = 2


def return_large_buffers() -> bool:
    """Set malloc's options for this process and its forks; False if the C library has none.

    By default glibc keeps freed buffers of up to 32 MB in the thread's arena, with 8 arenas per core: each thread that once
    read a large body keeps its size for good.
    """
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if libc is None or not hasattr(libc, "mallopt"):
        return False
    options = ((M_MMAP_THRESHOLD, LARGE_BYTES), (M_TRIM_THRESHOLD, LARGE_BYTES), (M_ARENA_MAX, ARENAS))
    return all(libc.mallopt(name, value) for name, value in options)
