"""Kills a running daemon at the k-th of some system calls, with strace.

    tracer = killer(daemon, "sendto,recvfrom", k)     strace is attached once this returns
    count_calls(daemon, calls, body, scratch)                              how many of them body() takes
"""

import os
import re
import subprocess
import time

ATTACH_SECONDS = 20


class Tracer:
    def __init__(self, daemon, *options):
        # -f: the threads that send e-mail too
        self.process = subprocess.Popen(["strace", "-f", "-p", str(daemon.process.pid), *options],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        assert "attached" in line, f"strace could not attach: {line}"
        self._wait_until_traced(daemon.process.pid)

    @staticmethod
    def _wait_until_traced(pid):
        deadline = time.monotonic() + ATTACH_SECONDS
        while time.monotonic() < deadline:
            try:
                with open(f"/proc/{pid}/status", encoding="ascii") as file:
                    if not re.search(r"^TracerPid:\s+0$", file.read(), re.M):
                        return
            except OSError:
                return
            time.sleep(0.005)
        raise AssertionError("strace did not attach in time")

    def end(self):
        self.process.terminate()
        self.process.communicate(timeout=ATTACH_SECONDS)


def killer(daemon, calls, k):
    """A Tracer; the daemon dies as it enters the k-th of those calls from now on."""
    return Tracer(daemon, "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={calls}:signal=SIGKILL:when={k}")


def count_calls(daemon, calls, body, scratch):
    path = os.path.join(scratch, f"calls-{time.monotonic_ns()}")
    tracer = Tracer(daemon, "-o", path, "-e", f"trace={calls}")
    body()
    tracer.end()
    with open(path, encoding="utf-8", errors="replace") as file:
        return sum(1 for line in file if re.match(r"^\d+\s+\w+\(", line))
