"""The machine has no more to give: memory, descriptors, room for the log.

| fault | how | what must happen |
|---|---|---|
| F4 out of memory | prlimit --as under load, less than it is then sent to hold | 503, or the end with 70 and a line; a start, nothing lost |
| F5 out of descriptors | prlimit --nofile, more clients than that | those inside are served, no busy loop, it resumes |
| F12 no room for the log | standard error on a full tmpfs, or /dev/full | the service goes on; lines that are lost are counted |
"""

import contextlib
import itertools
import json
import os
import resource
import socket
import subprocess
import threading
import time
import uuid

import checker
from conftest import pick
from load import PAIRS, Negotiation
from support.daemon import ROOT, SANITIZERS
from support.figures import figure
from test_database_slow import fill, small_disk  # noqa: F401  a fixture
from trial import FaultDaemon, Trial, pause, wait_until

RELEASE = os.path.join(ROOT, "build/release/concordatd")
OUT_OF_MEMORY = 70


def release():
    """The sanitizers reserve more address space than any limit, and quarrel with what is preloaded."""
    program = os.environ.get("CONCORDATD", RELEASE)
    program = RELEASE if "asan" in program else program
    assert os.path.exists(program), f"{program} is not built; run `make daemon`."
    return program


def but_for(words):
    """The checks, where the fault itself has the log say such a thing."""
    def I10_but_for_what_is_expected(evidence):
        return [sentence for sentence in checker.I10_it_ended_only_by_our_hand_and_readiness_told_the_truth(evidence)
                if not (sentence.startswith("the log says") and words in sentence)]

    own = checker.I10_it_ended_only_by_our_hand_and_readiness_told_the_truth
    return [I10_but_for_what_is_expected if check is own else check for check in checker.CHECKS]


# -- F4

def address_space(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


class Uploads:
    """Documents on their way that never end: what has come of each must be held, and all of it is more than there is."""

    def __init__(self, house, count=24, size=5 * 2**20 - 4096):
        self.house, self.size, self.stopping = house, size, threading.Event()
        self.threads = [threading.Thread(target=self._send, daemon=True) for _ in range(count)]

    def _send(self):
        head = (f"POST /v1/documents HTTP/1.1\r\nHost: here\r\nContent-Type: application/pdf\r\n"
                f"Authorization: Bearer {self.house.tokens['PROVIDER']}\r\nIdempotency-Key: {uuid.uuid4()}\r\n"
                f"Content-Length: {self.size}\r\n\r\n")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.house.daemon.port), 5) as client:
            client.settimeout(5)
            client.sendall(head.encode() + b"%PDF-" + bytes(self.size - 6))  # all but the last byte
            self.stopping.wait(30)

    def __enter__(self):
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


def test_a_daemon_without_memory_ends_cleanly_and_loses_nothing(make_house):
    house = make_house(start=False, cache_mib=64)
    house.daemon.binary = release()
    house.daemon.start()
    with Trial(house, "F4", "address space used up", threads=2, checks=but_for("emory")) as trial:
        ends = survived = 0
        for turn in itertools.takewhile(lambda turn: turn < pick(3, 16) or (turn < 30 and not ends), itertools.count()):
            trial.load.wait_for_moves(1)
            with trial.watch.troubled():
                process = house.daemon.process
                house.daemon.expects(OUT_OF_MEMORY)
                more = (0, 1, 3, 6)[turn % 4] * 2**20 + turn * 65536
                limit = address_space(process.pid) + more
                resource.prlimit(process.pid, resource.RLIMIT_AS, (limit, limit))
                # It ends, or says 503 for as long; most of what it needs for moves it has already.
                with Uploads(house), contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(pick(2, 4))
                if process.poll() is None:
                    survived += 1
                    house.daemon.kill9()
                else:
                    ends += 1
                trial.did()
                house.daemon.start()
        trial.notes.append(f"{ends} ends, {survived} went on without")
        assert ends, "the memory was never used up, so this was not the fault"
        trial.load.wait_for_moves(2)
    house.stop()


# -- F5

def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def knock(house):
    """A client that asks /livez on a connection of its own, whether it is let in or not."""
    client = socket.create_connection(("127.0.0.1", house.daemon.port), 5)
    client.sendall(b"GET /livez HTTP/1.1\r\nHost: here\r\n\r\n")
    return client


def answer_of(client, seconds=60):
    client.settimeout(seconds)
    try:
        return client.recv(4096).split(b"\r\n")[0]
    except TimeoutError:
        return None


def test_a_daemon_without_descriptors_serves_those_inside_and_does_not_spin(house):
    with Trial(house, "F5", "more clients than descriptors", threads=0) as trial:
        walk = Negotiation(trial.load, PAIRS[0], offers=0).to("negotiating")
        for party in walk.parties.values():
            party.see(walk.id)
        for _ in range(pick(1, 10)):
            pid, pauses = house.daemon.process.pid, figure(house, "concordat_http_accept_pauses_total")
            trial.rest()
            before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
            with trial.watch.troubled():
                resource.prlimit(pid, resource.RLIMIT_NOFILE, (descriptors(pid) + 12, before[1]))
                outside = [knock(house) for _ in range(60)]
                inside = [client for client in outside[:8]]
                assert all(answer_of(client) == b"HTTP/1.1 200 OK" for client in inside)
                wait_until(lambda: any("Accepting is paused" in line["message"] for line in house.daemon.lines), "no pause")
                begun, used = time.monotonic(), processor_seconds(pid)
                for _ in range(5):  # those inside go on, and not too often, so that we do not measure them
                    walk.counter()
                    pause(0.2)
                busy = (processor_seconds(pid) - used) / (time.monotonic() - begun)
                assert busy < 0.5, f"{busy:.0%} of a processor while accepting is paused"
                resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
                answers = [answer_of(client) for client in outside[8:]]
                assert set(answers) <= {b"HTTP/1.1 200 OK", b"HTTP/1.1 503 Service Unavailable"}, answers
                assert b"HTTP/1.1 200 OK" in answers
                for client in outside:
                    client.close()
                trial.did()
            wait_until(lambda: answer_of(knock(house)) == b"HTTP/1.1 200 OK", "it does not resume")
            paused = figure(house, "concordat_http_accept_pauses_total") - pauses
            assert paused >= 1
            trial.notes.append(f"{busy:.0%} of a processor, {paused:.0f} pauses")
        walk.close()


def test_database_and_mail_come_back_when_there_are_descriptors_again(house):
    """While none is left the database's connections are cut: they cannot be made again, and then they can."""
    with Trial(house, "F5", "no descriptor for the database", threads=4) as trial:
        for _ in range(pick(1, 10)):
            trial.load.wait_for_moves(1)
            pid = house.daemon.process.pid
            before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
            with trial.watch.troubled():
                resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, before[1]))
                house.cluster.psql("select pg_terminate_backend(pid) from pg_stat_activity where usename like 'concordat%' "
                                   f"and datname = '{house.database}'", "postgres")
                used, begun = processor_seconds(pid), time.monotonic()
                pause(pick(0.6, 3))
                busy = (processor_seconds(pid) - used) / (time.monotonic() - begun)
                assert busy < 0.7, f"{busy:.0%} of a processor without descriptors"
                resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
                wait_until(house.ready, "it does not come back")
                trial.did()
            trial.load.wait_for_moves(1)
        trial.load.wait_for_moves(1)


# -- F12

class Scribe(FaultDaemon):
    """A daemon whose standard error is a file, as a service manager may have it."""

    path = None

    def start(self):
        self.bury()
        self._write_config()
        self._lines, self._said_all = [], True
        with open(self.path, "ab", buffering=0) as file:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig=KILL", self.binary, "serve", "--config", self.config_file], cwd=ROOT,
                env={**os.environ, **SANITIZERS}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=file)
        self.port = self.config["listen_port"]
        self._wait_ready()
        return self

    def _keep_lines(self):
        pass

    @property
    def lines(self):
        if not os.path.isfile(self.path):
            return []
        with open(self.path, encoding="utf-8", errors="replace") as file:
            return [self.line_of(text) for text in file.read().splitlines()]

    @staticmethod
    def line_of(text):
        try:
            return json.loads(text)
        except ValueError:
            # The beginning of a line that did not fit; anything else is told by the checker.
            return {"message": "", "torn": text} if text.startswith("{") and text.count('{"time"') <= 1 else {"raw": text}


def scribed(make_house, path):
    house = make_house(start=False)
    settings, folder = house.daemon.config, house.daemon.folder
    house.daemon = Scribe(house.daemon.binary, settings, folder)
    house.daemon.path = path
    house.daemon.start()
    return house


DROPPED = "concordat_log_lines_dropped_total"


def test_a_full_disk_under_the_log_costs_only_lines(make_house, small_disk):  # noqa: F811
    disk = small_disk(1)
    house = scribed(make_house, os.path.join(disk, "log"))
    with Trial(house, "F12", "the log's disk is full", threads=4) as trial:
        for _ in range(pick(2, 30)):
            trial.load.wait_for_moves(1)
            filler = fill(disk)
            before, lines = figure(house, DROPPED), len(house.daemon.lines)
            trial.load.wait_for_moves(2)
            wait_until(lambda before=before: figure(house, DROPPED) > before, "no line is counted as dropped")
            trial.did(int(figure(house, DROPPED) - before))
            os.unlink(filler)
            trial.load.wait_for_moves(1)
            wait_until(lambda lines=lines: len(house.daemon.lines) > lines + 1, "the log does not go on")
        glued = [line["raw"] for line in house.daemon.lines if "raw" in line]
        assert not glued, f"{len(glued)} lines are two in one, as {glued[0]}"
    house.stop()


def test_a_log_that_goes_nowhere_does_not_stop_the_service(make_house):
    house = scribed(make_house, "/dev/full")
    with Trial(house, "F12", "the log goes to /dev/full", threads=4) as trial:
        trial.load.wait_for_moves(pick(3, 60))
        trial.did(int(figure(house, DROPPED)))
        assert trial.count > 0, "no line was counted as dropped"
    house.stop()
