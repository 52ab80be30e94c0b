"""A private PostgreSQL cluster for tests and the demo.

Its own data folder, socket folder and free port; trust authentication, reachable
from this machine only. It ends when the process that started it ends, however
that happens. PostgreSQL refuses to run as root, so root runs it as `postgres`.
"""

import contextlib
import glob
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROLES = ("concordat_owner", "concordat_service", "concordat_reader")
SOCKET_PATH_LIMIT = 100  # sun_path holds 108 bytes, and the socket's own name needs some

SETTINGS = """
listen_addresses = '127.0.0.1'
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u@%d '
max_connections = 200
shared_buffers = 64MB
max_wal_size = 512MB
"""
NO_FSYNC = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


class ClusterError(Exception):
    pass


def programs():
    """The folder of initdb, postgres and psql; Debian keeps it out of PATH."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    if not on_path:
        raise ClusterError("PostgreSQL is not installed; run `make install-packages`.")
    return os.path.dirname(on_path)


HELD_PORTS = []


def free_port(wanted=0):
    """The port wanted, when nobody has it; else any free one. It is held for whoever asked, to the end of this program:
    who wants that very port may listen on it, again and again, and nobody is given it by chance meanwhile."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind(("127.0.0.1", wanted))
    except OSError:
        held.close()
        return free_port()
    HELD_PORTS.append(held)
    return held.getsockname()[1]


def as_server(*command, dies_with_us=False):
    """The command, run as a user that PostgreSQL accepts."""
    prefix = ["setpriv"]
    if os.geteuid() == 0:
        prefix += ["--reuid=postgres", "--regid=postgres", "--init-groups"]
    if dies_with_us:
        prefix += ["--pdeathsig=INT"]
    return [*prefix, *command] if len(prefix) > 1 else list(command)


def server_can_enter(folder):
    return subprocess.run(as_server("test", "-x", folder), check=False).returncode == 0


class Cluster:
    """Data lives in folder/data and stays there between runs; start() makes it when it is new."""

    def __init__(self, folder, fsync=True, port=None, settings=""):
        self.folder = os.path.abspath(folder)
        self.fsync = fsync
        self.settings = settings
        self.port = port
        self.process = None
        self.bin = programs()
        os.makedirs(self.folder, exist_ok=True)
        if os.geteuid() == 0:
            os.chmod(self.folder, 0o755)
            if not server_can_enter(self.folder):
                # As when the tree lies in root's home. The same tree gets the same place again.
                mark = hashlib.sha256(self.folder.encode()).hexdigest()[:12]
                self.folder = f"/var/tmp/concordat-{mark}"
                os.makedirs(self.folder, mode=0o755, exist_ok=True)
        self.data = os.path.join(self.folder, "data")
        self.log = os.path.join(self.folder, "postgresql.log")
        self.sockets = os.path.join(self.folder, "sockets")
        self.sockets_are_elsewhere = len(self.sockets) > SOCKET_PATH_LIMIT

    def start(self):
        if not os.path.exists(os.path.join(self.data, "PG_VERSION")):
            self._initialise()
        if self.sockets_are_elsewhere and not self.sockets.startswith("/tmp/cc-"):
            self.sockets = tempfile.mkdtemp(prefix="cc-", dir="/tmp")
        self._own(self.sockets)
        for last_try in (False, False, True):
            try:
                self._start_on(self.port or free_port())
                break
            except ClusterError:
                if last_try or self.port:
                    raise
        self._ensure_roles()
        return self

    def _own(self, folder):
        os.makedirs(folder, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        os.chmod(folder, 0o755)

    def _initialise(self):
        shutil.rmtree(self.data, ignore_errors=True)
        self._own(self.data)
        os.chmod(self.data, 0o700)
        command = [
            f"{self.bin}/initdb", "--pgdata", self.data, "--username=postgres", "--encoding=UTF8",
            "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=trust",
        ]
        done = subprocess.run(
            as_server(*command, *([] if self.fsync else ["--no-sync"])),
            cwd="/", capture_output=True, text=True, check=False,
        )
        if done.returncode != 0:
            raise ClusterError(f"initdb failed:\n{done.stdout}{done.stderr}")
        with open(os.path.join(self.data, "postgresql.conf"), "a", encoding="utf-8") as file:
            file.write(SETTINGS + ("" if self.fsync else NO_FSYNC) + self.settings)

    def _start_on(self, port):
        command = [
            f"{self.bin}/postgres", "-D", self.data, "-p", str(port), "-k", self.sockets,
        ]
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                as_server(*command, dies_with_us=True),
                cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )
        deadline = time.monotonic() + 60
        while not self._answers(port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill9()
                raise ClusterError(f"PostgreSQL did not start; its log ends:\n{self.log_tail()}")
            time.sleep(0.02)
        self._running_port = port

    def _answers(self, port):
        asked = [f"{self.bin}/pg_isready", "-q", "-h", self.sockets, "-p", str(port), "-d", "postgres"]
        return subprocess.run(asked, check=False).returncode == 0

    def _ensure_roles(self):
        self._psql(["-f", os.path.join(ROOT, "migrations/roles.sql")], "postgres", "postgres")

    def log_tail(self, lines=20):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-lines:])

    def stop(self, mode="fast"):
        """mode: smart, fast or immediate (as after a crash: it recovers at the next start)."""
        if not self.process or self.process.poll() is not None:
            return
        sent = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode]
        self.process.send_signal(sent)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill9()
            raise ClusterError(f"PostgreSQL did not stop; its log ends:\n{self.log_tail()}") from None

    def kill9(self):
        """Ends every process of the server at once, as a power cut would."""
        if not self.process or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGSTOP)  # so that it has no more children than those
        while not self._has_stopped():
            time.sleep(0.001)
        children = self.children()
        self.process.kill()
        self.process.wait()
        for pid in children:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def children(self):
        """The processes of the server but its first: each is a session's or one of its own."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            return {int(pid) for pid in file.read().split()}

    def _has_stopped(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] in "TZ"  # it may have ended meanwhile

    def remove(self):
        """Stops it and forgets the data."""
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.sockets_are_elsewhere:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    # -- Use

    def conninfo(self, database, user="postgres"):
        return f"host={self.sockets} port={self._running_port} dbname={database} user={user}"

    def create_database(self, name, owner="concordat_owner", template=None):
        copied = f' TEMPLATE "{template}"' if template else ""
        self.psql(f'CREATE DATABASE "{name}" OWNER "{owner}"{copied}', "postgres")
        return name

    def drop_database(self, name):
        self.psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', "postgres")

    def apply_migrations(self, database):
        """The migrations as files, without the daemon: for unit tests below it."""
        for path in sorted(glob.glob(os.path.join(ROOT, "migrations/[0-9]*_*.sql"))):
            self._psql(["-1", "-f", path], database, "concordat_owner")

    def psql(self, sql, database, user="postgres"):
        """The rows of the last statement, as lists of text; None for null."""
        output = self._psql(["-A", "-t", "-F", "\x1f", "-R", "\x1e", "-P", "null=\x02", "-c", sql], database, user)
        output = output.removesuffix("\n")
        if not output:
            return []
        rows = [row.split("\x1f") for row in output.split("\x1e")]
        return [[None if cell == "\x02" else cell for cell in row] for row in rows]

    def psql_json(self, query, database, user="postgres"):
        """The rows of one query as dictionaries."""
        query = query.rstrip().rstrip(";")
        rows = self.psql(
            f"SELECT coalesce(json_agg(to_json(q)), '[]') FROM ({query}) q", database, user
        )
        return json.loads(rows[0][0])

    def _psql(self, arguments, database, user):
        command = [f"{self.bin}/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
        done = subprocess.run(
            [*command, *arguments, self.conninfo(database, user)],
            cwd="/", capture_output=True, text=True, check=False,
            env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"},
        )
        if done.returncode != 0:
            raise ClusterError(f"psql failed on {database} as {user}:\n{done.stderr}")
        return done.stdout

    @contextlib.contextmanager
    def locked(self, sql, database):
        """What the statement locks stays locked meanwhile."""
        psql = subprocess.Popen([f"{self.bin}/psql", "-X", "-q", "-A", "-t", self.conninfo(database)],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/")
        try:
            psql.stdin.write(f"begin; {sql}; select 'locked';\n")
            psql.stdin.flush()
            while (line := psql.stdout.readline()) != "locked\n":
                if not line:
                    raise ClusterError(f"The lock was not given: {sql}")
            yield
        finally:
            psql.stdin.close()
            psql.wait()
