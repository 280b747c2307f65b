"""Memory that large requests took is given back, however many threads read them."""

import subprocess
import sys

import pytest

from tests.support.running_server import ROOT

# large buffers are taken and given up in many threads at a time, again and again; then it says how much more there is than before
PROGRAM = """
import sys, threading
from pathlib import Path
from scripts.web_server.allocator import return_large_buffers

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 2**20

assert sys.argv[1] != "set" or return_large_buffers()
before = resident_mb()

pins = []

def read_bodies():
    for size in (1, 3, 8, 5, 2, 8):
        # what stays lies above what goes
        body = bytearray(size * 2**20)
        pins.append(bytes(3000))

threads = [threading.Thread(target=read_bodies) for _ in range(32)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(resident_mb() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc only")
def test_buffers_of_many_threads_are_given_back() -> None:
    assert kept_mb("set") < 10


def kept_mb(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", PROGRAM, how], cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout)
