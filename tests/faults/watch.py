"""What is looked at all along while faults happen, from outside.

    watch = Watch(house); watch.start() ... watch.stop()
    watch.probes      [(asked, answered, path, status)]: /readyz and /livez in turn, every 50 ms; status None: no answer
    watch.idle        sessions that stood idle in a transaction for more than five seconds, as PostgreSQL said
    watch.sizes()     (descriptors, resident MiB, sessions of the daemon in PostgreSQL) now
    with watch.away(): ...       the database is away: readiness must say 503, liveness 200
    with watch.troubled(): ...   readiness may say either (the database is slow, the daemon killed)
Outside of these windows the service must be ready, and a readiness of 200 must have a move beside it that
succeeded. `grace` is how long after the start of a window, and after its end, anything may still be said.
"""

import contextlib
import http.client
import os
import threading
import time

from session import Refused, Session

PROBE_EVERY = 0.05
PROBE_SECONDS = 5
IDLE = ("select application_name || ' ' || left(query, 60) from pg_stat_activity "
        "where state like 'idle in transaction%' and now() - state_change > interval '5 s' and usename like 'concordat%'")
SESSIONS = "select count(*) from pg_stat_activity where usename like 'concordat%'"


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
    def _window(self, kind, grace):
        window = [kind, time.monotonic(), None, grace]
        self.windows.append(window)
        try:
            yield
        finally:
            window[2] = time.monotonic()

    def away(self, grace=1.0):
        return self._window("away", grace)

    def troubled(self, grace=3.0):
        return self._window("troubled", grace)

    def kind_at(self, asked, answered):
        """"away", "calm", or None where nothing is asked of that moment."""
        kind = "calm"
        for name, begun, ended, grace in self.windows:
            ended = ended or time.monotonic()
            if answered < begun or asked > ended + max(grace, 6.0):
                continue
            if name == "away" and asked > begun + grace and answered < ended:
                return "away"
            kind = None
        return kind

    # -- Sizes

    def sizes(self):
        pid = self.house.daemon.process.pid
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
        with Session(self.house.cluster, self.house.database) as session:
            sessions = int(session.value(SESSIONS))
        return len(os.listdir(f"/proc/{pid}/fd")), resident, sessions

    def settled_sizes(self, most=None, seconds=10):
        """Once they stand still, and within most (the sessions exactly); else as they are after so long."""
        deadline, before = time.monotonic() + seconds, None
        while True:
            now = self.sizes()
            small = most is None or (now[0] <= most[0] and now[2] == most[2])
            if (small and before and now[0] == before[0] and now[2] == before[2]) or time.monotonic() > deadline:
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
