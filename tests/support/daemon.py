"""Starts concordatd for a test or the demo, and its other commands.

The port is the one the daemon says it listens on (port 0 asks for a free one),
and it is ready when /readyz says so: no test waits by guess. Log lines are
collected as they come; a daemon that ends with anything but 0 fails the test
that stops it, so a leak or a sanitizer's finding cannot pass unseen.
"""

import base64
import http.client
import json
import os
import secrets
import signal
import subprocess
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
START_SECONDS = 60
STOP_SECONDS = 60

SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
}


class DaemonError(Exception):
    pass


def default_binary():
    """CONCORDATD, else the build with the sanitizers, else the release build."""
    candidates = [os.environ.get("CONCORDATD"), "build/asan/concordatd", "build/release/concordatd"]
    for candidate in candidates:
        if candidate and os.path.exists(os.path.join(ROOT, candidate)):
            return os.path.join(ROOT, candidate)
    raise DaemonError("concordatd is not built; run `make` or `make asan`.")


def database_settings(cluster, database):
    """The three connection strings of a database in a Cluster."""
    return {
        "database": cluster.conninfo(database, "concordat_service"),
        "database_reader": cluster.conninfo(database, "concordat_reader"),
        "database_owner": cluster.conninfo(database, "concordat_owner"),
    }


def write_log_key(path):
    """A new Ed25519 key as `concordatd log-key` makes it: PKCS #8 is a fixed head and 32 bytes."""
    der = bytes.fromhex("302e020100300506032b657004220420") + secrets.token_bytes(32)
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
        file.write(f"-----BEGIN PRIVATE KEY-----\n{base64.b64encode(der).decode()}\n-----END PRIVATE KEY-----\n")


class Daemon:
    """One configuration and, once started, one process. config: setting -> value."""

    def __init__(self, binary, config, folder=None):
        self.binary = binary or default_binary()
        self.folder = folder or tempfile.mkdtemp(prefix="concordat-daemon-")
        os.makedirs(self.folder, exist_ok=True)
        self.config = {
            "listen_address": "127.0.0.1",
            "listen_port": 0,
            "requests_per_second": 0,  # a test says so where it is about the limit
            "reference_dir": os.path.join(ROOT, "reference"),
            **config,
        }
        if "master_key_file" not in self.config:
            self.config["master_key_file"] = self._make_master_key()
        self.config_file = os.path.join(self.folder, "concordat.conf")
        self.process = None
        self.port = None
        self._lines = []
        self._said_all = True
        self._changed = threading.Condition()

    def _make_master_key(self):
        path = os.path.join(self.folder, "master_key")
        if not os.path.exists(path):
            with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32) + "\n")
        return path

    def with_log(self):
        """A key that signs the logs, and a folder for their checkpoints, unless the settings say otherwise."""
        if "log_key_file" not in self.config:
            self.config["log_key_file"] = os.path.join(self.folder, "log_key.pem")
            if not os.path.exists(self.config["log_key_file"]):
                write_log_key(self.config["log_key_file"])
        if "log_dir" not in self.config:
            self.config["log_dir"] = os.path.join(self.folder, "log")
            os.makedirs(self.config["log_dir"], exist_ok=True)
        return self

    def _write_config(self):
        with open(os.open(self.config_file, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w",
                  encoding="utf-8") as file:
            for key, value in self.config.items():
                value = str(value).lower() if isinstance(value, bool) else value
                file.write(f"{key}={value}\n")

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self.port}"

    # -- The daemon's other commands

    def run(self, command, *arguments, check=True, timeout=120, env=None):
        """`concordatd COMMAND --config FILE ARGUMENTS`; answers the completed process."""
        self._write_config()
        done = subprocess.run(
            [self.binary, command, "--config", self.config_file, *arguments],
            cwd=ROOT, env={**os.environ, **SANITIZERS, **(env or {})}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, errors="replace", timeout=timeout, check=False,
        )
        if check and done.returncode != 0:
            raise DaemonError(
                f"concordatd {command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done

    def migrate(self, *arguments):
        return self.run("migrate", *arguments)

    def load_reference(self, folder=None):
        return self.run("load-reference", folder or os.path.join(ROOT, "reference"))

    def rehearse(self, instant):
        """Moves the protocol time of a rehearsal database forward to an RFC 3339 instant."""
        return self.run("rehearse", "--to", instant)

    # -- Serving

    def start(self):
        assert not self.running(), "the daemon runs already"
        self._write_config()
        with self._changed:
            self._lines = []
            self._said_all = False
            # It is ended with us, however we end.
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig=KILL", self.binary, "serve", "--config", self.config_file],
                cwd=ROOT, env={**os.environ, **SANITIZERS}, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
            )
        threading.Thread(target=self._collect, args=(self.process,), daemon=True).start()
        self.port = int(self.wait_for_line(lambda line: line.get("message") == "listening")["port"])
        self._wait_ready()
        return self

    def _collect(self, process):
        for line in process.stderr:
            try:
                parsed = json.loads(line)
            except ValueError:
                parsed = None
            if not isinstance(parsed, dict):
                parsed = {"message": "", "raw": line.rstrip("\n")}  # a sanitizer speaks, say
            self._take(process, lines=[parsed])
        process.wait()
        self._take(process, said_all=True)

    def _take(self, process, lines=(), said_all=False):
        with self._changed:
            # One that has ended may still be heard when its successor runs: that is no news of this one.
            if self.process is None or process is self.process:
                self._lines += lines
                self._said_all = self._said_all or said_all
                self._changed.notify_all()

    def _wait_ready(self):
        deadline = time.monotonic() + START_SECONDS
        answer = None
        while time.monotonic() < deadline and self.running():
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/readyz")
                answer = connection.getresponse().status
                connection.close()
                if answer == 200:
                    return
            except OSError as error:
                answer = error
            time.sleep(0.02)
        raise DaemonError(f"/readyz did not say 200 but {answer}; the log ends:\n{self.log_tail()}")

    def running(self):
        return self.process is not None and self.process.poll() is None

    @property
    def lines(self):
        """The log so far: one dictionary a line."""
        with self._changed:
            return list(self._lines)

    def log_tail(self, count=30):
        return "\n".join(line.get("raw") or json.dumps(line) for line in self.lines[-count:])

    def wait_for_line(self, wanted, seconds=START_SECONDS):
        """The first log line that wanted(line) is true of, past or to come."""
        deadline = time.monotonic() + seconds
        seen = 0
        with self._changed:
            while True:
                for line in self._lines[seen:]:
                    if wanted(line):
                        return line
                seen = len(self._lines)
                left = deadline - time.monotonic()
                if left <= 0 or self._said_all:
                    break
                self._changed.wait(left)
        state = "runs" if self.running() else "has ended"
        raise DaemonError(f"The awaited log line did not come; concordatd {state}:\n{self.log_tail()}")

    def stop(self):
        """SIGTERM; it drains, frees and must end with 0."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill9()
            raise DaemonError(f"concordatd did not stop; the log ends:\n{self.log_tail()}") from None
        self.process = None
        if code != 0:
            raise DaemonError(f"concordatd ended with {code}; the log ends:\n{self.log_tail(80)}")

    def kill9(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if kind:
            self.kill9()
        else:
            self.stop()
