"""Kills a running daemon at the k-th of a system call, with strace.

    calls_of(daemon, "sendto,recvfrom", body, scratch)    [("sendto", 1), ("recvfrom", 1), ("sendto", 2), ...]: what body() takes
    tracer = killer(daemon, "sendto", 2)                  strace is attached once this returns

strace counts each call of each thread by itself, and so do these: the k-th of whichever thread comes to it first.
"""

import collections
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


def killer(daemon, call, k):
    """A Tracer; the daemon dies as it enters that call for the k-th time from now on."""
    return Tracer(daemon, "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={k}")


def calls_of(daemon, calls, body, scratch):
    path = os.path.join(scratch, f"calls-{time.monotonic_ns()}")
    tracer = Tracer(daemon, "-o", path, "-e", f"trace={calls}")
    body()
    tracer.end()
    counts, found = collections.Counter(), []
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            call = re.match(r"^(\d+)\s+(\w+)\(", line)
            if call:
                counts[call.groups()] += 1
                point = (call[2], counts[call.groups()])
                if point not in found:
                    found.append(point)
    return found
