"""F1: the daemon is killed at every point of a move, and under load.

| fault | how | what must happen |
|---|---|---|
| SIGKILL at the k-th system call of a move | strace on the idle daemon, then one move; every k | the move is there once or not at all; its key tells |
| SIGKILL at the k-th system call of a send | the same with its telling, by e-mail and to a webhook; every k | it is told and sent, again under the same id where it may have come |
| SIGKILL under load, again and again | kill -9, start | nothing answered is lost; what was being told and sent goes on |
| SIGKILL while time is catching up | many obligations long due | each ends once, with the time it was due |
"""

import signal
import time

import pytest

from conftest import pick
from kill import calls_of, killer
from load import PAIRS, Lost, Negotiation
from support.house import london, rfc3339
from support.receiver import Receiver
from trial import Trial, wait_until

WIRE = "sendto,recvfrom"  # PostgreSQL's
EDGE = "readv,writev,read,write,sendmsg,recvmsg"  # HTTP, the log, eventfds
LOOP = f"{WIRE},{EDGE},epoll_wait,epoll_ctl,poll,accept4,close,futex"
MOVES_OF_A_PLACEMENT = 36  # a party may have 20 questions open


class Mover:
    """One move after another on placements of its own, with connections that are there before."""

    def __init__(self, trial, kind):
        self.trial, self.kind, self.count = trial, kind, 0
        self.walk = None

    def ready(self):
        """The next request, not sent yet; all is at rest and read."""
        if self.walk is None or self.count % MOVES_OF_A_PLACEMENT == 0:
            if self.walk:
                self.walk.close()
            self.walk = Negotiation(self.trial.load, PAIRS[self.count // MOVES_OF_A_PLACEMENT % 2]).to("negotiating")
        self.count += 1
        if self.kind == "opening":
            self.party, body = self.walk.officer, {
                "person_name": f"Zeb {self.walk.pair.private}", "person_initials": "ZQ", "date_of_birth": "1971-02-03",
                "care_setting": "residential", "urgency": "ordinary", "wanted_start": "2027-03-01",
                "funding": [{"funder": "authority"}]}
            return self.party.make("/v1/placements", body, move="open_placement")
        self.party = (self.walk.officer, self.walk.provider)[self.count % 2]
        version = self.party.see(self.walk.id)["version"]
        body = {"move": "ask", "question": f"{self.count} {self.walk.pair.shared}"}
        return self.party.make(f"/v1/placements/{self.walk.id}/moves", body, version)


ASKED_AT_REST = 200


def wait_until_killed(trial, mover, telling):
    """One that has survived its move is given something to do, so that it comes to the k-th call. False: it had told
    the move all the same, comes to no such call again, and is killed at rest."""
    daemon, deadline, asked = trial.house.daemon, time.monotonic() + 60, 0
    while daemon.running():
        if telling and asked > ASKED_AT_REST:
            daemon.process.kill()
            daemon.process.wait()
            return False
        assert time.monotonic() < deadline, "the daemon was not killed"
        try:
            mover.party.exchange("GET", f"/v1/placements/{mover.walk.id}")
            asked = asked + 1 if asked or not trial.waiting() else 0
        except Lost:
            time.sleep(0.01)
    return True


def kill_at_each(trial, kind, calls, every, scratch, telling):
    """SIGKILL at the 1st, 1 + every-th ... call; which ones a move (and telling it) takes is listed first."""
    house, mover = trial.house, Mover(trial, kind)
    asked = mover.ready()

    def move():
        mover.party.insist(asked)
        if telling:
            trial.rest()

    if telling:
        trial.rest()
    points = calls_of(house.daemon, calls, move, scratch)
    at_rest = 0
    for call, k in points[::every]:
        asked = mover.ready()
        tracer = killer(house.daemon, call, k)
        house.daemon.expects(-signal.SIGKILL)
        mover.party.send(asked)  # its answer may come: then death comes while it is told and sent
        at_rest += not wait_until_killed(trial, mover, telling)
        tracer.end()
        house.daemon.start()
        answer = mover.party.insist(asked)
        assert answer.status in (200, 201), (call, k, answer)
        trial.did()
    assert at_rest * 2 < len(points[::every]), "most were not killed at the call that was meant"
    mover.walk.close()
    trial.notes.append(f"{len(points)} calls")


@pytest.mark.parametrize("kind, calls", [
    pytest.param("ask", WIRE, id="ask-database"),
    pytest.param("ask", LOOP, id="ask-everything"),
    pytest.param("opening", EDGE, id="opening-edge"),
    pytest.param("opening", LOOP, id="opening-everything"),
    *pick((), (pytest.param("ask", "all", id="ask-all"), pytest.param("opening", "all", id="opening-all"))),
])
def test_a_daemon_killed_at_any_call_of_a_move_leaves_nothing_half_done(make_house, scratch, kind, calls):
    house = make_house(jobs=False)  # so that the calls are the move's
    with Trial(house, "F1", f"at the k-th of {calls.split(',')[0]}.. of one {kind}", threads=0) as trial:
        with trial.watch.troubled():
            kill_at_each(trial, kind, calls, 1, scratch, telling=False)
            house.daemon.stop()
            house.daemon.config["jobs"] = True
            house.daemon.start()
    house.stop()


# By what is told: the calls that a send makes, and at which of them in the short form (every so many-th).
SENDS = {
    "email": (LOOP, 54),
    "webhook": (f"{LOOP},socket,connect,getsockname,getsockopt,clone3,exit", 80),
}


@pytest.mark.parametrize("channel", SENDS)
def test_a_daemon_killed_at_any_call_while_it_tells_and_sends_tells_all(make_house, scratch, channel):
    """E-mails are sent in either case. A sender's claim ends 1.2 s after its death."""
    calls, every = SENDS[channel]
    house = make_house(lease_ms=100, webhook_private_targets=True, webhook_retry=" ".join(["100ms"] * 24), webhook_timeout_ms=1000)
    with Receiver() as receiver:
        if channel == "webhook":
            house.hook(receiver, "PROVIDER_ADMIN")
            house.hook(receiver, "MANAGER2")
        with Trial(house, "F1", f"at the k-th call of telling and sending, {channel}", threads=0) as trial:
            with trial.watch.troubled():
                kill_at_each(trial, "ask", calls, pick(every, 1), scratch, telling=True)
            assert bool(receiver.requests) == (channel == "webhook")
        house.stop()


def test_a_daemon_killed_again_and_again_loses_nothing(house):
    with Trial(house, "F1", "kill -9 under load", threads=6) as trial:
        for _ in range(pick(4, 60)):
            trial.load.wait_for_moves(2)
            trial.restart()
            trial.did()
        trial.load.wait_for_moves(2)


def test_a_daemon_killed_while_time_catches_up_enforces_each_obligation_once(make_house):
    """Liveness: what was long due when it starts is all recorded, told and sent within the deadline."""
    house = make_house(start=False, lease_ms=100)
    house.daemon.rehearse(rfc3339(london("2026-04-01 10:00")))
    house.daemon.start()
    with Trial(house, "F1", "killed while time catches up", threads=0) as trial:
        walks = [Negotiation(trial.load, PAIRS[n % 2]).to("negotiating" if n % 4 < 2 else "inviting")
                 for n in range(pick(12, 60))]
        with trial.watch.troubled():
            house.daemon.stop()
            house.cluster.psql("delete from rehearsal", house.database)
            due = "select count(*) from obligation where next_at <= clock_timestamp()"
            left = before = int(house.cluster.psql(due, house.database)[0][0])
            assert left >= len(walks)
            for part in range(pick(3, 12), 0, -1):
                house.daemon.start()
                # Each life gets a part of what is left; the last is left alone.
                wait_until(lambda: int(house.cluster.psql(due, house.database)[0][0]) <= left * (part - 1) // part,
                           "time does not act")
                left = int(house.cluster.psql(due, house.database)[0][0])
                house.daemon.kill9()
                trial.did()
            house.daemon.start()
        trial.rest()
        for walk in walks:
            walk.close()
        trial.notes.append(f"{before} were due")
    house.stop()
