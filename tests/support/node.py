"""What others wrote for Node.js, asked to read what Concordat writes: the programs of tests/node."""

import fcntl
import json
import os
import subprocess

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "node")
SECONDS = 300


def install():
    """node_modules as the lock file says, unless they are so already; one at a time."""
    lock = os.path.join(FOLDER, "package-lock.json")
    mark = os.path.join(FOLDER, "node_modules", ".package-lock.json")
    with open(lock, encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if os.path.exists(mark) and os.path.getmtime(mark) >= os.path.getmtime(lock):
            return
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=FOLDER, capture_output=True, text=True,
                              check=False, timeout=SECONDS)
        assert done.returncode == 0, f"npm ci failed:\n{done.stdout}{done.stderr}"
        os.utime(mark)


def node(program, given):
    """What that program of the folder says of the bytes given, as JSON."""
    install()
    done = subprocess.run(["node", program], cwd=FOLDER, input=given, capture_output=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return json.loads(done.stdout)
