"""What Concordat is measured against, started and stopped: the Fastify peer, and Graphile Worker.

Both work on a filled database of a Cluster. Their packages are installed on first use, from
tests/bench/peer/package-lock.json.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from support.cluster import free_port  # noqa: E402

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer")
START_SECONDS = 60
STOP_SECONDS = 30


class PeerError(Exception):
    pass


def install():
    """node_modules as the lock file says, unless they are so already."""
    lock = os.path.join(FOLDER, "package-lock.json")
    mark = os.path.join(FOLDER, "node_modules", ".package-lock.json")
    if os.path.exists(mark) and os.path.getmtime(mark) >= os.path.getmtime(lock):
        return
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund"], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise PeerError(f"npm ci failed:\n{done.stdout}{done.stderr}")


def environment(cluster, database, user, **more):
    """What node-postgres reads: libpq's own names, by the cluster's socket."""
    words = dict(word.split("=", 1) for word in cluster.conninfo(database, user).split())
    return {
        **os.environ, "NODE_ENV": "production", "PGHOST": words["host"], "PGPORT": words["port"],
        "PGDATABASE": words["dbname"], "PGUSER": words["user"], **{k: str(v) for k, v in more.items()},
    }


class Peer:
    """workers: processes behind the one port; they share the pool of 20 connections."""

    def __init__(self, cluster, database, master_key_file, workers=1):
        self.port = None
        self.process = None
        self.settings = (cluster, database, "concordat_service")
        self.more = {"MASTER_KEY_FILE": master_key_file, "WORKERS": workers}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        install()
        self.port = free_port()
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", "node", "server.js"], cwd=FOLDER, stdin=subprocess.DEVNULL,
            env=environment(*self.settings, **self.more, PORT=self.port),
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise PeerError("The Fastify peer did not start; it said why above.")
            time.sleep(0.02)
        return self

    def _answers(self):
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def _worker(cluster, database, concurrency, *command):
    # It makes a schema of its own, so it comes as the owner.
    done = subprocess.run(
        ["node", "worker.js", *map(str, command)], cwd=FOLDER, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False, env=environment(cluster, database, "concordat_owner", CONCURRENCY=concurrency),
    )
    if done.returncode != 0:
        raise PeerError(f"worker.js {command[0]} failed:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def graphile(cluster, database, concurrency=16):
    """A job for each obligation that is due, then all of them: {"fired": N, "seconds": S, "failed": F}.

    Only the second part is timed; "enqueue_seconds" says what the first took.
    """
    install()
    began = time.monotonic()
    enqueued = _worker(cluster, database, concurrency, "enqueue")["enqueued"]
    enqueue_seconds = round(time.monotonic() - began, 3)
    done = _worker(cluster, database, concurrency, "run")
    return {**done, "enqueued": enqueued, "enqueue_seconds": enqueue_seconds}


def graphile_posts(cluster, database, port, count, concurrency=16):
    """So many signed posts, a job each: {"fired": N, "seconds": S, "failed": F}; making the jobs is not timed."""
    install()
    _worker(cluster, database, concurrency, "enqueue-posts", port, count)
    return _worker(cluster, database, concurrency, "run")
