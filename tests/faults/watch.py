"""What is looked at all along while faults happen, from outside.

    watch = Watch(house); watch.start() ... watch.stop()
    watch.probes      [(asked, answered, path, status)]: /readyz and /livez in turn, every 50 ms; status None: no answer
    watch.idle        sessions that stood idle in a transaction for more than five seconds, as PostgreSQL said
    watch.sizes()     (descriptors, resident MiB, sessions of the service in PostgreSQL) now
    with watch.away(): ...       the database is away, and nothing can bring it back before the window is left. It
                                 begins when readiness has said so, and from then on readiness must say 503
    with watch.troubled(): ...   readiness may say either (the database is slow, the daemon killed), and for a
                                 while after
    watch.wait_for_lively(most)  until liveness was told within so many seconds several times in a row
Outside of these windows the service must be ready, and a readiness of 200 must have a move beside it that
succeeded. Liveness is 200 always.
"""

import contextlib
import http.client
import os
import threading
import time

from session import Refused, Session

PROBE_EVERY = 0.05
PROBE_SECONDS = 10
PROBES_AWAY = 5  # at least so many in a window say that the database is away
SETTLED_SECONDS = 6.0  # after a window
PATIENCE = 60
IDLE = ("select application_name || ' ' || left(query, 60) from pg_stat_activity "
        "where state like 'idle in transaction%' and now() - state_change > interval '5 s' and usename like 'concordat%'")
SESSIONS = "select count(*) from pg_stat_activity where usename like 'concordat%' and datname = '{}'"


class Watch:
    def __init__(self, house):
        self.house = house
        self.probes, self.idle, self.windows = [], [], []
        self.stopping = threading.Event()
        self.threads = []
        self.baseline = None

    def start(self):
        self.baseline = self.settled_sizes()
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self._probe, self._ask_database)]
        for thread in self.threads:
            thread.start()
        return self

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)

    # -- Windows

    @contextlib.contextmanager
    def _window(self, kind):
        window = [kind, time.monotonic(), None]
        self.windows.append(window)
        try:
            yield
        finally:
            window[2] = time.monotonic()

    @contextlib.contextmanager
    def away(self):
        self._wait(lambda: self.house.readiness() == 503, "readiness does not say that the database is away")
        with self._window("away"):
            yield
            begun = time.monotonic()
            self._wait(lambda: len([1 for asked, _, path, _ in self.since(begun) if path == "/readyz"]) >= PROBES_AWAY,
                       "nobody asks for readiness")

    def troubled(self):
        return self._window("troubled")

    def since(self, begun):
        """The probes that were asked after that instant."""
        return [probe for probe in list(self.probes) if probe[0] > begun]

    def wait_for_lively(self, most, times=5):
        begun = time.monotonic()

        def lively():
            last = [status == 200 and answered - asked < most
                    for asked, answered, path, status in self.since(begun) if path == "/livez"][-times:]
            return len(last) == times and all(last)
        self._wait(lively, f"/livez is not answered within {most} s")

    @staticmethod
    def _wait(true, what):
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, f"{what} (in {PATIENCE} s)"
            time.sleep(PROBE_EVERY)

    def kind_at(self, asked, answered):
        """"away", "calm", or None where nothing is asked of that moment."""
        kind = "calm"
        for name, begun, ended in self.windows:
            ended = ended or time.monotonic()
            if answered < begun or asked > ended + SETTLED_SECONDS:
                continue
            if name == "away" and asked > begun and answered < ended:
                return "away"
            kind = None
        return kind

    # -- Sizes

    def sizes(self):
        pid = self.house.daemon.process.pid
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
        with Session(self.house.cluster, self.house.database) as session:
            sessions = int(session.value(SESSIONS.format(self.house.database)))
        return len(os.listdir(f"/proc/{pid}/fd")), resident, sessions

    def settled_sizes(self, descriptors=None):
        """Once every daemon has all its sessions and none is left over; with no more descriptors than so many, if
        they become so few."""
        deadline, before = time.monotonic() + PATIENCE, None
        while True:
            wanted = self.house.connections()  # None: not all are up
            now = self.sizes()
            settled = now[2] == wanted and before and now[0] == before[0] and (descriptors is None or now[0] <= descriptors)
            if settled or time.monotonic() > deadline:
                return now
            before = now
            time.sleep(0.1)

    # -- Threads

    def _probe(self):
        connection, turn = None, 0
        while not self.stopping.wait(PROBE_EVERY):
            path = ("/readyz", "/livez")[turn % 2]
            turn += 1
            asked, status = time.monotonic(), None
            try:
                if connection is None or connection.port != self.house.daemon.port:
                    connection = http.client.HTTPConnection("127.0.0.1", self.house.daemon.port, timeout=PROBE_SECONDS)
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                if connection:
                    connection.close()
                connection = None
            self.probes.append((asked, time.monotonic(), path, status))
        if connection:
            connection.close()

    def _ask_database(self):
        session = None
        while not self.stopping.wait(0.5):
            try:
                session = session or Session(self.house.cluster, "postgres", timeout=5)
                self.idle += [row[0] for row in session.ask(IDLE)]
            except (OSError, Refused):
                if session:
                    session.close()
                session = None
        if session:
            session.close()

    # -- Answers

    def slowest_liveness(self):
        """Seconds, of those that were answered."""
        return max((answered - asked for asked, answered, path, status in self.probes
                    if path == "/livez" and status == 200), default=0.0)
