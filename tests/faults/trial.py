"""One fault's run: a house under load, watched all along, brought to rest and judged.

    def test_something(house):                                 the fixture of conftest.py
        with Trial(house, "F6", "a backend is terminated") as trial:
            for _ in range(10):
                terminate_one()
                trial.did()                                    counted for the table
                trial.load.wait_for_moves(2)
        # leaving it stops the load, waits for rest, runs every function of checker.CHECKS, and fails
        # with their sentences when there are any

Trial(..., threads=0): no load of its own; the test moves through trial.load.party(...) or Negotiation.
trial.watch.away() / trial.watch.troubled(): see watch.py. trial.restart(): kill -9 of the daemon, and a new one.
pause(seconds): how long a fault lasts. wait_until(true, what): everything else.
house.daemon.expects(code): the end that the test itself brings about, as -signal.SIGKILL.
"""

import dataclasses
import http.client
import json
import signal
import time
import uuid

import checker
from load import Load
from session import Refused, Session
from support.client import Client
from support.daemon import Daemon
from support.figures import read
from support.house import PEOPLE, House, money
from watch import Watch

REST_SECONDS = 90
TABLE = []  # what conftest prints at the end: one dictionary a trial

MORE_PEOPLE = {
    "MANAGER": ("council", "Mona Pike", ["manager"]),
    "OFFICER2": ("southmere", "Olwen Dace", ["case_officer"]),
    "PANEL2": ("southmere", "Piers Roach", ["panel_member"]),
    "SIGNATORY2": ("southmere", "Sabra Tench", ["signatory"]),
    "MANAGER2": ("southmere", "Mabel Smelt", ["manager"]),
    "PROVIDER_ADMIN": ("larch", "Lena Tarn", ["administrator"]),
}
BACKENDS = "select pid, backend_start from pg_stat_activity where usename like 'concordat%' and datname = '{}'"
SETTINGS = {"lease_ms": 500, "smtp_retry": "200ms"}  # so that what a killed daemon held is soon taken over


class FaultDaemon(Daemon):
    """Keeps the log of all its lives, and how each ended."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.said = []  # lines of lives that are over
        self.ends = []  # (exit code, the code that was expected)
        self.expected = None

    def expects(self, code):
        """This life ends with that exit code, by the test's own doing."""
        self.expected = code

    def start(self):
        self.bury()
        return super().start()

    def bury(self):
        """Notes the end of a process that is over, if there is one."""
        if self.process is not None and self.process.poll() is not None:
            self.ends.append((self.process.returncode, self.expected))
            self._keep_lines()
            self.process = None
        self.expected = None

    def kill9(self):
        if self.process is not None:
            if self.process.poll() is None:
                self.process.kill()
                if self.process.wait() == -signal.SIGKILL:  # else it has just ended by itself
                    self.expected = -signal.SIGKILL
            self.bury()

    def stop(self):
        if self.process is not None:
            process = self.process
            super().stop()
            self.ends.append((process.returncode, 0))
            self._keep_lines()

    def _keep_lines(self):
        with self._changed:
            self._changed.wait_for(lambda: self._said_all, 60)
            self.said += self._lines
            self._lines = []

    @property
    def all_lines(self):
        return self.said + self.lines


@dataclasses.dataclass(eq=False)
class Hook:
    id: str
    who: str
    organisation: str
    path: str
    secret: str
    steady: bool = True  # never disabled, so that it is told everything


class FaultHouse(House):
    """Two councils, each with a provider of its own; a daemon that remembers."""

    def __init__(self, cluster, database, sink, binary, folder, settings=None):
        super().__init__(cluster, database, sink, binary, folder, settings)
        self.known_keys = set()  # of every request that anybody made here, in this trial or one before
        self.sinks, self.receivers, self.hooks = [sink], [], []  # to whom it is told: the checker looks at all of them
        self.daemon = FaultDaemon(binary, {**self.daemon.config, **SETTINGS, **(settings or {})}, folder)
        self.twins = []

    def _enter_everybody(self):
        super()._enter_everybody()
        self._organisation("southmere", kind="authority", name="Southmere Council", email="care@southmere.example",
                           division="england-and-wales", panel_weekday=2, panel_threshold=money(0))
        self._people(MORE_PEOPLE)

    def hook(self, receiver, who="MANAGER", host="127.0.0.1", **body):
        """A webhook of that person's organisation, with a path of its own at the receiver."""
        if receiver not in self.receivers:
            self.receivers.append(receiver)
        path = "/" + uuid.uuid4().hex
        made = Client(self.daemon.base_url, self.tokens[who]).post(
            "/v1/webhooks", {"url": receiver.url.replace("127.0.0.1", host) + path, **body}, 201).json
        organisation = self.organisations[{**PEOPLE, **MORE_PEOPLE}[who][0]]
        self.hooks.append(Hook(made["id"], who, organisation, path, made["secret"]))
        return self.hooks[-1]

    def live_as(self, entered):
        """On a copy of another house's database: everybody there is here already."""
        for name in ("tokens", "users", "organisations", "homes"):
            setattr(self, name, dict(getattr(entered, name)))
        return self

    def twin(self, **settings):
        """Another daemon on the same database, not started."""
        config = {**self.daemon.config, "listen_port": 0, **settings}
        self.twins.append(FaultDaemon(self.daemon.binary, config, f"{self.daemon.folder}-twin-{time.monotonic_ns()}"))
        return self.twins[-1]

    def readiness(self):
        """The status that it tells; None: it does not answer."""
        client = Client(self.daemon.base_url, timeout=10)
        try:
            return client.request("GET", "/readyz").status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            client.close()

    def ready(self):
        return self.readiness() == 200

    def connections(self):
        """How many connections to the database the daemons that run have; None while one is not up."""
        count = 0
        for daemon in filter(Daemon.running, [self.daemon, *self.twins]):
            client = Client(daemon.base_url, timeout=10)
            try:
                figures = read(client)
            except (OSError, http.client.HTTPException):
                return None
            finally:
                client.close()
            if figures("concordat_pool_connections_up") != figures("concordat_pool_connections"):
                return None
            count += int(figures("concordat_pool_connections"))
        return count

    def backends(self):
        """The processes that serve its sessions; none while the server takes nobody."""
        try:
            with Session(self.cluster, "postgres", timeout=10) as session:
                return {(row[0], row[1]) for row in session.ask(BACKENDS.format(self.database))}
        except (OSError, Refused):
            return set()


def wait_until(true, what, seconds=60, every=0.02):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} (in {seconds} s)"
        time.sleep(every)


def pause(seconds):
    """How long a fault lasts: the one thing that is not waited for but measured."""
    time.sleep(seconds)


class Trial:
    """`every`: which checks; all unless a test says otherwise."""

    def __init__(self, house, fault, what, threads=4, offers=6, base_url=None, checks=None):
        self.house, self.fault, self.what = house, fault, what
        self.load = Load(house, threads, offers, base_url)
        self.watch = Watch(house)
        self.checks = checker.CHECKS if checks is None else checks
        self.count = 0
        self.notes = []  # short words for the table
        self.started_at = time.monotonic()

    def did(self, count=1):
        self.count += count

    def restart(self):
        """kill -9, as of a machine that loses its power; and a new daemon."""
        with self.watch.troubled():
            self.house.daemon.kill9()
            self.house.daemon.start()

    def __enter__(self):
        self.log_from = len(self.house.daemon.all_lines)
        self.watch.start()
        if self.load.threads:
            self.load.start()
        return self

    def __exit__(self, kind, error, _):
        self.load.given_up = kind is not None
        try:
            self.load.stop()
        finally:
            if kind:
                self.watch.stop()
                self._tell(f"failed: {kind.__name__}")
        if not kind:
            self.judge()

    # -- Rest and judgement

    def waiting(self):
        """What is still to be done, by name; empty at rest."""
        counts = self.house.cluster.psql(
            "select (select coalesce(sum(h.size - coalesce(c.next_index, 0)), 0) from log_head h left join deliver_cursor c "
            "using (authority_id)), (select count(*) from dispatch), "
            "(select count(*) from delivery where outcome_due), "
            "(select count(*) from obligation where next_at <= clock_timestamp()), "
            "(select count(*) from log_head h left join log_seal s using (authority_id) where h.size > coalesce(s.size, 0))",
            self.house.database)[0]
        names = ("facts nobody was told of", "messages not sent", "outcomes not recorded", "obligations that are due", "logs not sealed")
        return {name: int(count) for name, count in zip(names, counts) if int(count)}

    def rest(self, seconds=REST_SECONDS):
        """Liveness: with the fault gone everything comes to its end."""
        deadline = time.monotonic() + seconds
        wait_until(self.house.ready, "the service does not become ready again")
        looks = 0  # twice in a row: what one has ended may be what another is about to begin
        while looks < 2:
            looks = 0 if self.waiting() else looks + 1
            assert looks or time.monotonic() < deadline, f"nothing moves any more: {self.waiting()} after {seconds} s"
            time.sleep(0.05)

    def judge(self):
        failures = []
        try:
            self.rest()
            evidence = checker.Evidence(self)
            for check in self.checks:
                failures += [f"{check.__name__}: {sentence}" for sentence in check(evidence)[:10]]
        except AssertionError as error:
            failures.append(f"liveness: {error}")
        finally:
            self.watch.stop()
        self._tell("holds" if not failures else f"{len(failures)} broken")
        assert not failures, "\n".join([f"{self.fault}, {self.what}:", *failures, "The log ends:", *self._log_tail()])

    def _log_tail(self, count=20):
        lines = [line for line in self.house.daemon.all_lines if line.get("message") != "request"]
        return [line.get("raw") or json.dumps(line) for line in lines[-count:]]

    def _tell(self, result):
        TABLE.append({
            "fault": self.fault, "what": self.what, "times": self.count,
            "moves": len(self.load.asked), "reads": self.load.reads,
            "lost": self.load.lost + self.load.reads_lost, "503": self.load.put_off,
            "livez ms": round(self.watch.slowest_liveness() * 1000),
            "seconds": round(time.monotonic() - self.started_at, 1),
            "result": "; ".join([result, *self.notes]),
        })
