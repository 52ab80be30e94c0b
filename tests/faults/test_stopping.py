"""The daemon is told to stop, or is stopped for a while as a machine that is moved.

| fault | how | what must happen |
|---|---|---|
| F2 SIGTERM under load | again and again; with appends held up by a lock | all in flight is answered, leases given back, 0 |
| F2 SIGTERM twice | the second while it drains | it leaves at once with 0 or 143 |
| F2 SIGTERM at start-up | at the k-th system call, by strace | 0, or by the signal where nobody listens yet |
| F3 SIGSTOP past the lease | a second daemon takes over, then SIGCONT | what comes late changes nothing; a mail comes twice at most |
"""

import collections
import contextlib
import itertools
import os
import re
import signal
import subprocess
import threading
import time

from conftest import pick
from load import PAIRS, Negotiation
from proxy import Proxy
from session import Session
from support.client import Client
from support.figures import read
from support.house import london, rfc3339
from trial import Trial, pause, wait_until

HELD = "select name from lease where until_real > clock_timestamp()"
THE_LAST_DUE = ("select 1 from stream where stream_id = (select stream_id from obligation where next_at <= clock_timestamp() "
                "order by next_at desc limit 1) for update")
DUE = "select count(*) from obligation where next_at <= clock_timestamp()"
WHEREVER_IT_IS = "select 1 from log_head for update"
DRAIN = 10  # seconds that a daemon takes to drain at most, unless its settings say otherwise


def terminate(daemon, code):
    """Waits for the end of a daemon that was told to stop; how long it took."""
    daemon.expects(code)
    begun = time.monotonic()
    daemon.process.send_signal(signal.SIGTERM)
    daemon.process.wait(60)
    return time.monotonic() - begun


def given_back(house):
    held = house.cluster.psql(HELD, house.database)
    assert not held, f"the daemon has ended and holds the lease of {held}"


def under_way(client):
    """How many requests the daemon has taken and not answered, but for the one that asks."""
    figures = read(client)
    return figures("concordat_http_requests_total") - figures("concordat_http_request_seconds_count") - 1


@contextlib.contextmanager
def appends_held_up(trial):
    """Every move waits for a lock; each client is at one, which the daemon has. -> what they asked"""
    load, client = trial.load, Client(trial.house.daemon.base_url)
    with Session(trial.house.cluster, trial.house.database) as session:
        session.ask(f"begin; {WHEREVER_IT_IS}")
        wait_until(lambda: len(load.unanswered()) == load.threads <= under_way(client), "not every client is at a move that is held up")
        client.close()
        yield load.unanswered()


# -- F2

def test_a_daemon_told_to_stop_under_load_answers_and_gives_back_its_leases(house):
    with Trial(house, "F2", "SIGTERM under load", threads=6) as trial:
        longest = 0.0
        for _ in range(pick(4, 60)):
            trial.load.wait_for_moves(2)
            with trial.watch.troubled():
                longest = max(longest, terminate(house.daemon, 0))
                given_back(house)
                trial.did()
                house.daemon.start()
        assert longest < DRAIN, f"stopping took {longest:.1f} s"
        trial.notes.append(f"{longest:.2f} s at most")
        trial.load.wait_for_moves(2)


def test_moves_in_flight_are_finished_before_the_daemon_leaves(house):
    with Trial(house, "F2", "SIGTERM with moves in flight", threads=6) as trial:
        for _ in range(pick(2, 20)):
            trial.load.wait_for_moves(1)
            with trial.watch.troubled():
                since, lost = time.monotonic(), trial.load.lost
                with appends_held_up(trial) as in_flight:
                    house.daemon.expects(0)
                    house.daemon.process.send_signal(signal.SIGTERM)
                    house.daemon.wait_for_line(lambda line: line.get("message") == "Draining")
                house.daemon.process.wait(60)
                given_back(house)
                wait_until(lambda in_flight=in_flight: all(one.answers for one in in_flight), "a client waits for its answer")
                first = [one.answers[0].status for one in in_flight]
                assert all(status in (200, 201, 409, 412, 503) for status in first), (first, lost)
                trial.did(sum(one.receipt is not None and one.receipt.at > since for one in in_flight))
                house.daemon.start()
        trial.load.wait_for_moves(2)


def test_a_daemon_whose_moves_stay_held_up_leaves_at_the_drain_limit(make_house):
    limit = pick(0.4, 2.0)
    house = make_house(drain_ms=int(limit * 1000))
    with Trial(house, "F2", f"SIGTERM, held up past the limit of {limit} s", threads=4) as trial:
        for _ in range(pick(1, 10)):
            trial.load.wait_for_moves(1)
            with trial.watch.troubled():
                with appends_held_up(trial):
                    took = terminate(house.daemon, 0)
                # by the limit that is usual it would have waited for longer
                assert limit <= took < DRAIN, f"it left after {took:.2f} s"
                trial.did()
                house.daemon.start()
        trial.load.wait_for_moves(2)
    house.stop()


def test_a_second_signal_ends_the_daemon_at_once(house):
    with Trial(house, "F2", "SIGTERM twice", threads=4) as trial:
        slowest = 0.0
        for _ in range(pick(2, 30)):
            trial.load.wait_for_moves(1)
            with trial.watch.troubled():
                with appends_held_up(trial):
                    house.daemon.process.send_signal(signal.SIGTERM)
                    house.daemon.wait_for_line(lambda line: line.get("message") == "Draining")
                    slowest = max(slowest, terminate(house.daemon, SECOND_SIGNAL))
                trial.did()
                house.daemon.start()
        assert slowest < DRAIN / 2, f"the second signal took {slowest:.1f} s"
        trial.load.wait_for_moves(2)


def started_under_strace(house, scratch, *options):
    """`concordatd serve` from its first instruction on. strace makes itself the grandchild, so the end is the daemon's own."""
    house.daemon.config["listen_port"] = 0
    house.daemon._write_config()
    house.daemon.config["listen_port"] = house.daemon.port
    # The sanitizer cannot look for leaks under strace.
    return subprocess.Popen(
        ["strace", "-D", "-f", "-o", os.path.join(scratch, "start.strace"), *options, house.daemon.binary, "serve",
         "--config", house.daemon.config_file],
        env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True)


def calls_of_a_start(house, scratch):
    """[(call, k)]: every call that a start makes until its connections stand, as strace counts them: each call by itself."""
    process = started_under_strace(house, scratch, "-e", f"trace={CALLS_OF_A_START}")
    connected = 0
    for line in process.stderr:
        connected += "connected to the database" in line
        if connected == CONNECTIONS:
            connected = 0
            process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    counts, calls = collections.Counter(), []
    with open(os.path.join(scratch, "start.strace"), encoding="utf-8", errors="replace") as file:
        for line in itertools.takewhile(lambda line: "--- SIGTERM" not in line, file):
            found = re.match(r"^\d+\s+(\w+)\(", line)
            if found:
                counts[found[1]] += 1
                calls.append((found[1], counts[found[1]]))
    return calls


CALLS_OF_A_START = "openat,read,socket,connect,sendto,recvfrom,poll,epoll_ctl,epoll_wait,bind,listen,write,mmap,close"
CONNECTIONS = 11  # two to append, eight to read, one for the jobs
SECOND_SIGNAL = 143


def test_a_daemon_told_to_stop_while_it_starts_leaves(house, scratch):
    """Before it listens for signals they end it, as they end any program; afterwards it drains."""
    with Trial(house, "F2", "SIGTERM at the k-th call of a start", threads=0) as trial:
        calls = calls_of_a_start(house, scratch)
        ends, slowest = collections.Counter(), 0.0
        for call, k in calls[::max(1, len(calls) // pick(12, 200))]:
            process = started_under_strace(house, scratch, "-e", f"trace={call}", "-e", f"inject={call}:signal=SIGTERM:when={k}")
            begun, well = time.monotonic(), (0, -signal.SIGTERM)
            try:
                said = process.communicate(timeout=5)[1]
            except subprocess.TimeoutExpired:  # it is slow, or made fewer of these: so that it ends in any case
                process.send_signal(signal.SIGTERM)
                said, well = process.communicate(timeout=60)[1], (*well, SECOND_SIGNAL)
            slowest = max(slowest, time.monotonic() - begun)
            assert process.returncode in well, f"{call} {k}: {process.returncode}\n{said}"
            assert '"error"' not in said, f"{call} {k}:\n{said}"
            ends[process.returncode] += 1
            trial.did()
        assert ends[0], ends
        trial.notes.append(f"{len(calls)} calls, {ends[0]} drained, {slowest:.1f} s at most")


# -- F3

def state(daemon):
    with open(f"/proc/{daemon.process.pid}/stat", encoding="ascii") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


@contextlib.contextmanager
def stopped(daemon):
    daemon.process.send_signal(signal.SIGSTOP)
    wait_until(lambda: state(daemon) == "T", "it is not stopped", every=0.001)
    try:
        yield
    finally:
        daemon.process.send_signal(signal.SIGCONT)


def holder(house, name):
    rows = house.cluster.psql(f"select holder, term from lease where name = '{name}'", house.database)
    return tuple(rows[0]) if rows else None


def test_a_daemon_stopped_while_time_catches_up_changes_nothing_when_it_goes_on(make_house):
    """One placement an append, and what was due last cannot be recorded for now, so that it is stopped half through."""
    house = make_house(start=False, lease_ms=100, batch_streams=1)
    house.daemon.rehearse(rfc3339(london("2026-04-01 10:00")))
    house.daemon.start()
    with Trial(house, "F3", "SIGSTOP while time catches up", threads=0) as trial, trial.watch.troubled():
        walks = [Negotiation(trial.load, PAIRS[n % 2]).to("negotiating" if n % 4 < 2 else "inviting")
                 for n in range(pick(8, 60))]
        house.daemon.stop()
        house.cluster.psql("delete from rehearsal", house.database)
        twin = house.twin()
        with Session(house.cluster, house.database) as session, Session(house.cluster, house.database) as held:
            before = int(session.value(DUE))
            held.ask(f"begin; {THE_LAST_DUE}")
            over = threading.Event()

            def start():
                house.daemon.start()
                over.wait()  # a process that we start ends with the thread that started it

            threading.Thread(target=start, daemon=True).start()
            wait_until(lambda: int(session.value(DUE)) < before, "time does not act", every=0)
            with stopped(house.daemon):
                left = int(session.value(DUE))
                held.ask("rollback")
                mine = holder(house, "clock")
                twin.start()
                wait_until(lambda: holder(house, "clock") != mine, "nobody takes the clock over")
                wait_until(lambda: not trial.waiting(), "the second daemon does not go on")
                trial.did()
        assert 0 < left < before, (left, before)
        trial.notes.append(f"{before} were due, {left} when it was stopped")
        wait_until(house.ready, "it does not go on")
        trial.rest()
        twin.stop()
        for walk in walks:
            walk.close()
    house.stop()
    over.set()


def test_a_daemon_stopped_while_it_sends_has_a_mail_come_twice_at_most(make_house):
    """Its way to the mail server is slow, so that it is stopped with mails half sent."""
    house = make_house(start=False, lease_ms=100)  # a claim lasts twelve of these
    slow = Proxy(("127.0.0.1", house.sink.port))
    slow.delay = 0.02
    twin = house.twin()
    house.daemon.config["smtp_url"] = f"smtp://127.0.0.1:{slow.port}"
    house.daemon.start()
    twin.start()
    seconds = pick(1.5, 4.0)  # the whole form has one of a minute too
    with Trial(house, "F3", "SIGSTOP while it sends", threads=2, base_url=twin.base_url) as trial:
        for turn in range(pick(2, 12)):
            trial.load.wait_for_moves(1)
            with trial.watch.troubled():
                wait_until(lambda: slow.links, "it sends nothing")
                with stopped(house.daemon):
                    pause(60 if pick(False, turn == 5) else seconds)
                    trial.did()
                trial.load.wait_for_moves(1)
                wait_until(house.ready, "it does not go on")
        trial.load.stop()
        trial.load.base_url = None  # the checker asks the one that was stopped
        trial.rest()
        late = sum("claimed by another" in line["message"] for line in house.daemon.lines)
        taken = sum("has taken the lease" in line["message"] for line in house.daemon.lines)
        came = collections.Counter(message.message_id for message in house.sink.messages)
        trial.notes.append(f"{late} late ends, {taken} leases lost, {sum(n == 2 for n in came.values())} of {len(came)} mails twice")
    twin.stop()
    house.stop()
    slow.stop()


def test_both_daemons_stopped_in_turn_under_load_lose_nothing(make_house):
    house = make_house(lease_ms=100)
    twin = house.twin()
    twin.start()
    with Trial(house, "F3", "SIGSTOP of either in turn", threads=4) as trial:
        for turn in range(pick(1, 20)):
            trial.load.wait_for_moves(1)
            with trial.watch.troubled(), stopped((house.daemon, twin)[turn % 2]):
                pause(pick(1.5, 2.2))
                trial.did()
    twin.stop()
    house.stop()
