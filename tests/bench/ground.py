"""What everything is measured on: one private cluster with fsync on, filled databases, copies of them.

A measure gets a copy that nobody has touched, so all begin from the same rows. The service runs as shipped (the
release build, its log to a file), and so does whatever it is measured against.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from support.cluster import Cluster, free_port  # noqa: E402
from support.daemon import ROOT, Daemon, database_settings  # noqa: E402

VAR = os.path.join(ROOT, "var", "bench")
BINARY = os.path.join(ROOT, "build/release/concordatd")
FILL = os.path.join(ROOT, "build/release/tests/bench/fill")
LOAD = os.path.join(ROOT, "build/release/tests/bench/load")

# A server of its own for a service of this kind, the same for all who are measured on it. Checkpoints are asked for
# before each measure and do not fall into one. The commit's own time is what lateness is measured by.
SETTINGS = """
shared_buffers = 1GB
max_wal_size = 16GB
checkpoint_timeout = 30min
track_commit_timestamp = on
"""
READY_SECONDS = 60


class BenchError(Exception):
    pass


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode != 0:
        raise BenchError(f"{os.path.basename(command[0])} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


class Service:
    """concordatd as it is shipped, on a database of the ground; ready when started."""

    def __init__(self, ground, database, **settings):
        self.port = free_port()
        self.daemon = Daemon(BINARY, {
            **database_settings(ground.cluster, database), "master_key_file": ground.master_key,
            "listen_port": self.port, **settings,
        }, os.path.join(VAR, "daemon"))
        self.daemon._write_config()
        self.process = None
        self.start_ms = None

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def __enter__(self):
        with open(os.path.join(VAR, "daemon.log"), "a", encoding="utf-8") as log:
            began = time.monotonic()
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig=KILL", BINARY, "serve", "--config", self.daemon.config_file], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log)
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > began + READY_SECONDS:
                raise BenchError(f"The service did not start; see {VAR}/daemon.log.")
            time.sleep(0.001)
        self.start_ms = (time.monotonic() - began) * 1000
        return self

    def rss_mib(self):
        return resident_mib(self.process.pid)

    def figure(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as page:
            return next(float(line.rsplit(" ", 1)[1]) for line in page.read().decode().splitlines() if line.startswith(name))

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(READY_SECONDS)


class Ground:
    def __init__(self):
        shutil.rmtree(VAR, ignore_errors=True)
        os.makedirs(VAR)
        self.cluster = Cluster(os.path.join(VAR, "cluster"), settings=SETTINGS).start()
        self.master_key = os.path.join(VAR, "daemon", "master_key")
        self.copies = 0

    def close(self):
        self.cluster.stop("immediate")
        self.cluster.remove()

    def new_database(self, name):
        self.cluster.create_database(name)
        daemon = Daemon(BINARY, database_settings(self.cluster, name), os.path.join(VAR, "daemon"))
        daemon.migrate()
        daemon.load_reference()
        return name

    def fill(self, database, *words):
        """What was made, and the folder of its lists."""
        folder = os.path.join(VAR, database)
        os.makedirs(folder, exist_ok=True)
        made = run([FILL, "--database", self.cluster.conninfo(database), "--master-key-file", self.master_key,
                    "--reference-dir", os.path.join(ROOT, "reference"), "--out", folder, *map(str, words)])
        return json.loads(made.splitlines()[-1]), folder

    def copy(self, database):
        """A fresh copy, settled on disk."""
        self.copies += 1
        name = self.cluster.create_database(f"copy_{self.copies}", template=database)
        self.settle()
        return name

    def drop(self, database):
        self.cluster.drop_database(database)

    def settle(self):
        self.cluster.psql("checkpoint", "postgres")

    def load(self, what, port, connections, seconds, rows, body=None, first=None, rest=None):
        command = [LOAD, what, "--port", str(port), "--connections", str(connections), "--seconds", str(seconds), "--rows", rows]
        command += ["--body", body] if body else []
        command += ["--first", str(first)] if first else []
        command += ["--rest", rest] if rest else []
        return json.loads(run(command))


def lines(path):
    with open(path, encoding="ascii") as file:
        return file.read().splitlines()


def split_rows(path, sizes, mark):
    """The list cut into files of so many rows each, one for each measure, so that none meets another's rows."""
    rest = lines(path)
    paths = []
    for number, size in enumerate(sizes):
        if len(rest) < size:
            raise BenchError(f"{path} has too few rows.")
        paths.append(f"{path}.{mark}.{number}")
        with open(paths[-1], "w", encoding="ascii") as file:
            file.write("\n".join(rest[:size]) + "\n")
        rest = rest[size:]
    return paths
